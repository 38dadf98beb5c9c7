import type { NetworkFinding } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useContext } from 'react';
import { useText } from '../../../hooks/useText';
import styles from './NetworkPlan.module.css';
import { PlanMarksContext } from './PlanInput';

/** What is wrong with a plan, each with its remedy and a way to its field; read out as it changes. */
export function Findings(props: { findings: NetworkFinding[] }) {
  const { findings } = props;
  const { t, dynamic } = useText();
  const { idOf } = useContext(PlanMarksContext);
  const goTo = (path: string) => document.getElementById(idOf(path))?.focus();
  if (!findings.length) {
    return (
      <p className={styles.fine} role="status">
        {t('plan.fine')}
      </p>
    );
  }
  const ordered = [...findings].sort(
    (a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'),
  );
  return (
    <ul className={styles.findings} aria-live="polite">
      {ordered.map(finding => {
        const { id, path, value, severity, otherPath, otherValue } = finding;
        const values = {
          path,
          value,
          otherPath: otherPath ?? '',
          otherValue: otherValue ?? '',
        };
        return (
          <li
            key={`${id} ${path} ${otherPath}`}
            className={styles.finding}
            data-severity={severity}
          >
            <button type="button" onClick={() => goTo(path)}>
              {path}
            </button>
            {': '}
            {dynamic(`planFinding.${id}`, values, finding.message)}{' '}
            {dynamic(`planRemedy.${id}`, values, finding.remedy)}
          </li>
        );
      })}
    </ul>
  );
}
