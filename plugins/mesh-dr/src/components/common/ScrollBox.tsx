import type { ReactNode } from 'react';
import styles from './common.module.css';

/** Something wider than the page, to be scrolled by keyboard, too. */
export function ScrollBox(props: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  const { label, className = styles.tableScroll, children } = props;
  return (
    <div
      role="group"
      aria-label={label}
      className={className}
      // Without it a keyboard cannot scroll what has nothing to focus inside.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {children}
    </div>
  );
}
