import { ButtonIcon, ToggleButton } from '@backstage/ui';
import { RiAddLine, RiPlugLine, RiSubtractLine } from '@remixicon/react';
import { useText } from '../../hooks/useText';
import {
  isAsked,
  toggled,
  withReady,
  type Choices,
  type WhatIfQuestion,
} from '../../lib/whatIf';
import styles from './WhatIf.module.css';

export interface RegionWhatIf {
  question: WhatIfQuestion;
  ask: (question: WhatIfQuestion) => void;
  choices: Choices;
}

/** True when the question takes a whole region away. */
export function isRegionLost(
  question: WhatIfQuestion | undefined,
  region: string,
): boolean {
  return Boolean(question && isAsked(question, { kind: 'lost', region }));
}

/** Takes a whole region away. */
export function LoseRegion(props: RegionWhatIf & { region: string }) {
  const { question, ask, region, choices } = props;
  const { t } = useText();
  if (choices.versions.length + choices.zones.length === 0) {
    return null;
  }
  return (
    <ToggleButton
      size="small"
      className={styles.toggle}
      iconStart={<RiPlugLine aria-hidden />}
      isSelected={isRegionLost(question, region)}
      onChange={() => ask(toggled(question, { kind: 'lost', region }))}
    >
      {t('whatIf.lose', { what: region })}
    </ToggleButton>
  );
}

/** Zones and versions of a region to press, and numbers of pods to change. */
export function WhatIfControls(props: RegionWhatIf & { region: string }) {
  const { question, ask, choices, region } = props;
  const { t } = useText();
  if (choices.versions.length + choices.zones.length === 0) {
    return null;
  }
  const regionLost = isRegionLost(question, region);
  return (
    <div
      className={styles.controls}
      role="group"
      aria-label={t('whatIf.in', { region })}
    >
      {choices.zones.length > 0 && (
        <div className={styles.choice}>
          <span className={styles.choiceName}>{t('whatIf.zones')}</span>
          {choices.zones.map(zone => {
            const edit = { kind: 'lost' as const, region, zone };
            return (
              <ToggleButton
                key={zone}
                size="small"
                className={styles.toggle}
                isDisabled={regionLost}
                isSelected={regionLost || isAsked(question, edit)}
                aria-label={t('whatIf.lose', { what: zone })}
                onChange={() => ask(toggled(question, edit))}
              >
                {zone}
              </ToggleButton>
            );
          })}
        </div>
      )}
      {choices.versions.map(({ version, ready }) => (
        <VersionChoice
          key={version}
          {...props}
          version={version}
          ready={ready}
          isDisabled={regionLost}
        />
      ))}
    </div>
  );
}

function VersionChoice(
  props: RegionWhatIf & {
    region: string;
    version: string;
    ready: number;
    isDisabled: boolean;
  },
) {
  const { question, ask, region, version, ready, isDisabled } = props;
  const { t } = useText();
  const edit = { kind: 'version' as const, region, version };
  const lost = isAsked(question, edit);
  const asked = question.edits.find(
    other =>
      other.kind === 'ready' &&
      other.region === region &&
      other.version === version,
  );
  const count = asked?.kind === 'ready' ? asked.ready : ready;
  const set = (next: number) =>
    ask(withReady(question, { region, version }, next, ready));
  return (
    <div className={styles.choice}>
      <ToggleButton
        size="small"
        className={styles.toggle}
        isDisabled={isDisabled}
        isSelected={isDisabled || lost}
        aria-label={t('whatIf.lose', { what: `${version}, ${region}` })}
        onChange={() => ask(toggled(question, edit))}
      >
        {version}
      </ToggleButton>
      <ButtonIcon
        size="small"
        variant="secondary"
        icon={<RiSubtractLine />}
        aria-label={t('whatIf.fewer', { version, region })}
        isDisabled={isDisabled || lost || count === 0}
        onPress={() => set(count - 1)}
      />
      <span
        className={styles.number}
        data-changed={count !== ready}
        data-testid={`what-if-ready-${region}-${version}`}
      >
        {count === ready
          ? t('whatIf.pods', { count })
          : t('whatIf.podsInstead', { count, now: String(ready) })}
      </span>
      <ButtonIcon
        size="small"
        variant="secondary"
        icon={<RiAddLine />}
        aria-label={t('whatIf.more', { version, region })}
        isDisabled={isDisabled || lost}
        onPress={() => set(count + 1)}
      />
    </div>
  );
}
