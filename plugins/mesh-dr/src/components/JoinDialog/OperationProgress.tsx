import type { Operation } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Alert } from '@backstage/ui';
import { useNow } from '../../hooks/useNow';
import { useText } from '../../hooks/useText';
import { formatElapsed } from '../../lib/format';
import common from '../common/common.module.css';
import styles from './JoinDialog.module.css';
import { PreflightList } from './PreflightList';

/** A running, finished or failed join or leave: log with elapsed times, and the diagnosis when it failed. */
export function OperationProgress(props: {
  operation: Operation;
  clusterName: string;
  /** For operations whose diagnosis has checks. */
  onRepaired?: () => void;
}) {
  const { operation, clusterName, onRepaired } = props;
  const { t } = useText();
  const now = useNow(1000);
  const start = Date.parse(operation.startedAt);
  const end = operation.finishedAt ? Date.parse(operation.finishedAt) : now;
  const elapsed = formatElapsed(start, end);
  const { diagnosis, kind } = operation;
  return (
    <div className={common.stack}>
      {operation.status === 'running' && (
        <Alert
          role="status"
          status="info"
          isPending
          title={t(`${kind}.running`, { cluster: clusterName, elapsed })}
          description={t(`${kind}.runningHint`)}
        />
      )}
      {operation.status === 'succeeded' && (
        <Alert
          role="status"
          status="success"
          icon
          title={t(`${kind}.succeeded`, { cluster: clusterName, elapsed })}
        />
      )}
      {operation.status === 'cancelled' && (
        <Alert
          role="status"
          status="warning"
          icon
          title={t(`${kind}.cancelled`, { cluster: clusterName, elapsed })}
          description={t(`${kind}.cancelledHint`)}
        />
      )}
      {operation.status === 'failed' && (
        <Alert
          role="alert"
          status="danger"
          icon
          title={t(`${kind}.failedTitle`, { cluster: clusterName, elapsed })}
          description={
            diagnosis && (
              <>
                <p className={common.pre}>{diagnosis.summary}</p>
                {diagnosis.asmMessage && (
                  <p className={common.pre}>
                    {t('join.asmSays', { message: diagnosis.asmMessage })}
                  </p>
                )}
              </>
            )
          }
        />
      )}
      {diagnosis && (
        <PreflightList report={diagnosis.preflight} onRepaired={onRepaired} />
      )}
      <ol className={styles.log} aria-label={t('join.log')}>
        {operation.progress.map((entry, index) => (
          <li key={index}>
            <time dateTime={entry.at}>
              {formatElapsed(start, Date.parse(entry.at))}
            </time>
            <span>{entry.message}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
