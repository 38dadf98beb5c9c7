import { useApi } from '@backstage/frontend-plugin-api';
import type { PreflightReport } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Alert, Button, Skeleton, Text } from '@backstage/ui';
import { useCallback, useEffect, useRef, useState } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { useOperation } from '../../hooks/useOperation';
import { usePolling } from '../../hooks/usePolling';
import { useSubmission } from '../../hooks/useSubmission';
import { useText } from '../../hooks/useText';
import { ErrorNotice } from '../common/ErrorNotice';
import { FormDialog } from '../common/FormDialog';
import { CandidateList } from './CandidateList';
import { OperationProgress } from './OperationProgress';
import { PreflightList } from './PreflightList';

export interface JoinDialogProps {
  meshId: string;
  meshName: string;
  onJoined: () => void;
  onClose: () => void;
}

/** Choose a cluster → preflight → join → progress → done, or a diagnosis and another try. */
export function JoinDialog(props: JoinDialogProps) {
  const { meshId, meshName, onJoined, onClose } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const [clusterId, setClusterId] = useState<string>();
  const [report, setReport] = useState<PreflightReport>();
  const [checking, setChecking] = useState(false);
  const { pending: starting, error, submit, setError } = useSubmission();
  const {
    operation: started,
    set: setStarted,
    followed,
    cancel,
  } = useOperation(onJoined);
  const check = useRef<AbortController>();
  useEffect(() => () => check.current?.abort(), []);

  const loadCandidates = useCallback(
    (signal: AbortSignal) => api.listCandidates(meshId, { signal }),
    [api, meshId],
  );
  const candidates = usePolling(loadCandidates, 0);

  const runPreflight = async (
    id: string,
  ): Promise<PreflightReport | undefined> => {
    check.current?.abort();
    const own = new AbortController();
    check.current = own;
    setReport(undefined);
    setError(undefined);
    setChecking(true);
    try {
      const result = await api.preflight(meshId, id, { signal: own.signal });
      if (own.signal.aborted) return undefined;
      setReport(result);
      return result;
    } catch (e) {
      if (!own.signal.aborted) setError(e as Error);
      return undefined;
    } finally {
      if (!own.signal.aborted) setChecking(false);
    }
  };

  const join = () =>
    submit(async () => {
      if (clusterId) setStarted(await api.joinCluster(meshId, clusterId));
    });

  /** Looks again; a join that failed goes on by itself once nothing stands in its way. */
  const repaired = async () => {
    if (!clusterId) return;
    const again = Boolean(started);
    setStarted(undefined);
    const next = await runPreflight(clusterId);
    if (again && next?.ready) await join();
  };

  const running = started?.status === 'running';
  const chosen = candidates.value?.find(c => c.id === clusterId);
  const failed =
    started?.status === 'failed' || started?.status === 'cancelled';
  return (
    <FormDialog
      title={t('join.title', { mesh: meshName })}
      width={760}
      onClose={onClose}
      actions={
        <>
          {(!started || running || failed) && (
            <Button variant="secondary" onPress={onClose}>
              {running ? t('join.leave') : t('common.cancel')}
            </Button>
          )}
          {running && (
            <Button
              variant="secondary"
              onPress={() => cancel().catch(setError)}
            >
              {t('operation.stop')}
            </Button>
          )}
          {!started && clusterId && (
            <>
              <Button
                variant="secondary"
                isDisabled={checking}
                onPress={() => runPreflight(clusterId)}
              >
                {t('join.checkAgain')}
              </Button>
              <Button
                variant={report?.ready ? 'primary' : 'secondary'}
                isDisabled={checking || !report}
                isPending={starting}
                onPress={join}
              >
                {report && !report.ready ? t('join.anyway') : t('join.submit')}
              </Button>
            </>
          )}
          {failed && (
            <>
              <Button
                variant="secondary"
                onPress={() => {
                  setStarted(undefined);
                  if (clusterId) runPreflight(clusterId);
                }}
              >
                {t('join.back')}
              </Button>
              <Button variant="primary" isPending={starting} onPress={join}>
                {t('join.retry')}
              </Button>
            </>
          )}
          {started?.status === 'succeeded' && (
            <Button variant="primary" onPress={onClose}>
              {t('common.close')}
            </Button>
          )}
        </>
      }
    >
      {!started && (
        <>
          <Text as="p" color="secondary">
            {t('join.explain')}
          </Text>
          {candidates.error && (
            <ErrorNotice
              title={t('join.candidatesFailed')}
              error={candidates.error}
              onRetry={candidates.refresh}
            />
          )}
          {!candidates.value && !candidates.error && (
            <Skeleton width="100%" height={64} />
          )}
          {candidates.value && (
            <CandidateList
              candidates={candidates.value}
              selected={clusterId}
              onSelect={id => {
                setClusterId(id);
                runPreflight(id);
              }}
            />
          )}
          {checking && (
            <div role="status" aria-label={t('join.checking')}>
              <Skeleton width="100%" height={180} />
            </div>
          )}
          {report && (
            <>
              <Alert
                role="status"
                status={report.ready ? 'success' : 'warning'}
                icon
                title={
                  report.ready
                    ? t('join.ready')
                    : t('join.notReady', {
                        check: report.firstFailure
                          ? t(`check.${report.firstFailure.id}`)
                          : '',
                      })
                }
              />
              <PreflightList report={report} onRepaired={repaired} />
            </>
          )}
        </>
      )}
      {started && (
        <OperationProgress
          operation={started}
          clusterName={chosen?.name ?? started.clusterId}
          onRepaired={repaired}
        />
      )}
      {followed.error && running && (
        <ErrorNotice
          title={t('join.followFailed')}
          error={followed.error}
          onRetry={followed.refresh}
        />
      )}
      {error && <ErrorNotice title={t('join.failed')} error={error} />}
    </FormDialog>
  );
}
