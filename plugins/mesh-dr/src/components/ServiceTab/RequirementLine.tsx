import {
  RiCheckLine,
  RiErrorWarningLine,
  RiQuestionLine,
} from '@remixicon/react';
import type { ReactElement, ReactNode } from 'react';
import { Pill, type Tone } from '../common/Pill';
import styles from './ServiceTab.module.css';

type State = 'met' | 'unmet' | 'unknown';

const LOOK: Record<State, { tone: Tone; icon: ReactElement }> = {
  met: { tone: 'good', icon: <RiCheckLine aria-hidden /> },
  unmet: { tone: 'warn', icon: <RiErrorWarningLine aria-hidden /> },
  unknown: { tone: 'neutral', icon: <RiQuestionLine aria-hidden /> },
};

/** Something that the verdict needs and that no rule of the mesh can give. */
export function RequirementLine(props: {
  name: string;
  state: State;
  /** The state in words. */
  label: string;
  children: ReactNode;
}) {
  const { name, state, label, children } = props;
  const { tone, icon } = LOOK[state];
  return (
    <div role="group" aria-label={name} className={styles.requirement}>
      <Pill tone={tone} icon={icon}>
        {label}
      </Pill>
      <span>{children}</span>
    </div>
  );
}
