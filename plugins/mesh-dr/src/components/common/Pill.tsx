import type { ReactElement, ReactNode } from 'react';
import styles from './common.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'neutral';

export interface PillProps {
  tone?: Tone;
  /** Says the same as the colour, for readers who do not see it. */
  icon?: ReactElement;
  children: ReactNode;
  title?: string;
}

/** A short fact with a tone. */
export function Pill(props: PillProps) {
  const { tone = 'neutral', icon, children, title } = props;
  return (
    <span className={styles.pill} data-tone={tone} title={title}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
