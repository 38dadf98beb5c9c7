import type {
  CheckStatus,
  PreflightReport,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiErrorWarningFill,
  RiQuestionLine,
} from '@remixicon/react';
import { useText } from '../../hooks/useText';
import { CheckRepair } from './CheckRepair';
import styles from './JoinDialog.module.css';

const ICONS: Record<CheckStatus, typeof RiQuestionLine> = {
  passed: RiCheckboxCircleFill,
  failed: RiCloseCircleFill,
  warning: RiErrorWarningFill,
  unknown: RiQuestionLine,
};

/** Every check in the order of dependence; the first that failed stands out with its evidence and the exact fix. */
export function PreflightList(props: {
  report: PreflightReport;
  /** Absent: fixes are named only. */
  onRepaired?: () => void;
}) {
  const { report, onRepaired } = props;
  const { t } = useText();
  return (
    <ul className={styles.checks} aria-label={t('join.checks')}>
      {report.checks.map(check => {
        const Icon = ICONS[check.status];
        const first = report.firstFailure?.id === check.id;
        return (
          <li
            key={check.id}
            className={styles.check}
            data-status={check.status}
            data-first={first}
            aria-current={first ? 'true' : undefined}
          >
            <Icon role="img" aria-label={t(`checkStatus.${check.status}`)} />
            <div>
              <strong>{t(`check.${check.id}`)}</strong>
              {check.evidence && (
                <div className={styles.small}>{check.evidence}</div>
              )}
              {check.fix && check.status !== 'passed' && (
                <p className={styles.fix}>
                  <strong>{t('join.fix')}</strong> {check.fix}
                </p>
              )}
              {check.repair && onRepaired && (
                <CheckRepair
                  meshId={report.meshId}
                  clusterId={report.clusterId}
                  check={check}
                  onRepaired={onRepaired}
                />
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
