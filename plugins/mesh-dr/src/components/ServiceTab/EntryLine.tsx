import type { EntryRequirement } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  RiCheckLine,
  RiErrorWarningLine,
  RiQuestionLine,
} from '@remixicon/react';
import type { ReactElement } from 'react';
import { useText } from '../../hooks/useText';
import { Pill, type Tone } from '../common/Pill';
import styles from './ServiceTab.module.css';

const LOOK: Record<
  EntryRequirement['state'],
  { tone: Tone; icon: ReactElement }
> = {
  met: { tone: 'good', icon: <RiCheckLine aria-hidden /> },
  unmet: { tone: 'warn', icon: <RiErrorWarningLine aria-hidden /> },
  unknown: { tone: 'neutral', icon: <RiQuestionLine aria-hidden /> },
};

/** What the verdict needs beyond the mesh: that clients outside find another region's gateway. */
export function EntryLine({ entry }: { entry: EntryRequirement }) {
  const { dynamic, t } = useText();
  const { tone, icon } = LOOK[entry.state];
  return (
    <div role="group" aria-label={t('entry.title')} className={styles.entry}>
      <Pill tone={tone} icon={icon}>
        {t(`entry.state.${entry.state}`)}
      </Pill>
      <span>{dynamic(`entry.${entry.key}`, entry.values, entry.sentence)}</span>
    </div>
  );
}
