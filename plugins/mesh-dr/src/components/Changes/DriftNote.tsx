import type { RuleDrift } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { RiAlarmWarningLine } from '@remixicon/react';
import { useText } from '../../hooks/useText';
import { formatDateTime } from '../../lib/format';
import { Pill } from '../common/Pill';
import styles from './Changes.module.css';

/** Says that the rule in force is not what the change left, and where they differ. */
export function DriftNote({ drift }: { drift: RuleDrift }) {
  const { t, locale } = useText();
  const unset = t('changes.notSet');
  return (
    <div className={styles.drift}>
      <Pill tone="warn" icon={<RiAlarmWarningLine aria-hidden />}>
        {t(`changes.drift.${drift.kind}`)}
      </Pill>
      <span className={styles.meta}>
        {t('changes.driftSeen', {
          when: formatDateTime(drift.seenAt, locale),
        })}
      </span>
      {drift.fields.length > 0 && (
        <ul className={styles.driftFields}>
          {drift.fields.map(({ name, wanted = unset, found = unset }) => (
            <li key={name}>
              <code>{name}</code>: {t('changes.driftField', { wanted, found })}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
