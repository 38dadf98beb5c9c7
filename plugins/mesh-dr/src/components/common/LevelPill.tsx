import type { Verdict } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  RiAlertLine,
  RiErrorWarningLine,
  RiQuestionLine,
  RiShieldCheckLine,
} from '@remixicon/react';
import type { ReactElement } from 'react';
import { useText } from '../../hooks/useText';
import { Pill, type Tone } from './Pill';

export const LEVEL_LOOK: Record<
  Verdict['level'],
  { tone: Tone; icon: ReactElement }
> = {
  protected: { tone: 'good', icon: <RiShieldCheckLine aria-hidden /> },
  partial: { tone: 'warn', icon: <RiErrorWarningLine aria-hidden /> },
  unprotected: { tone: 'bad', icon: <RiAlertLine aria-hidden /> },
  unknown: { tone: 'neutral', icon: <RiQuestionLine aria-hidden /> },
};

/** Protected, partly protected, not protected, unknown. */
export function LevelPill(props: { level: Verdict['level'] }) {
  const { t } = useText();
  const { tone, icon } = LEVEL_LOOK[props.level];
  return (
    <Pill tone={tone} icon={icon}>
      {t(`level.${props.level}`)}
    </Pill>
  );
}
