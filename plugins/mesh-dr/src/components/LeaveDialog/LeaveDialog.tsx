import { useApi } from '@backstage/frontend-plugin-api';
import type { MemberCluster } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, Skeleton, Text } from '@backstage/ui';
import { useCallback } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { useOperation } from '../../hooks/useOperation';
import { usePolling } from '../../hooks/usePolling';
import { useSubmission } from '../../hooks/useSubmission';
import { useText } from '../../hooks/useText';
import { ErrorNotice } from '../common/ErrorNotice';
import { FormDialog } from '../common/FormDialog';
import { OperationProgress } from '../JoinDialog/OperationProgress';
import { LeaveWarning } from './LeaveWarning';

export interface LeaveDialogProps {
  meshId: string;
  meshName: string;
  cluster: MemberCluster;
  onLeft: () => void;
  onClose: () => void;
}

/** What leaving takes from the services → confirm → progress → done, or why it failed and another try. */
export function LeaveDialog(props: LeaveDialogProps) {
  const { meshId, meshName, cluster, onLeft, onClose } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const { pending: starting, error, submit, setError } = useSubmission();
  const { operation, set, followed, cancel } = useOperation(onLeft);
  const load = useCallback(
    (signal: AbortSignal) => api.previewLeave(meshId, cluster.id, { signal }),
    [api, meshId, cluster.id],
  );
  const preview = usePolling(load, 0);

  const leave = () =>
    submit(async () => set(await api.leaveMesh(meshId, cluster.id)));

  const status = operation?.status;
  const running = status === 'running';
  const retry = status === 'failed' || status === 'cancelled';
  return (
    <FormDialog
      title={t('leave.title', { cluster: cluster.name, mesh: meshName })}
      width={640}
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onPress={onClose}>
            {t(operation ? 'common.close' : 'common.cancel')}
          </Button>
          {running && (
            <Button
              variant="secondary"
              onPress={() => cancel().catch(setError)}
            >
              {t('operation.stop')}
            </Button>
          )}
          {(!operation || retry) && (
            <Button
              variant="primary"
              destructive
              isDisabled={!preview.value}
              isPending={starting}
              onPress={leave}
            >
              {t(retry ? 'join.retry' : 'leave.submit')}
            </Button>
          )}
        </>
      }
    >
      {!operation && (
        <>
          <Text as="p">{t('leave.explain')}</Text>
          {preview.loading && (
            <div role="status" aria-label={t('leave.checking')}>
              <Skeleton width="100%" height={96} />
            </div>
          )}
          {preview.error && (
            <ErrorNotice
              title={t('leave.previewFailed')}
              error={preview.error}
              onRetry={preview.refresh}
            />
          )}
          {preview.value && <LeaveWarning preview={preview.value} />}
        </>
      )}
      {operation && (
        <OperationProgress operation={operation} clusterName={cluster.name} />
      )}
      {followed.error && running && (
        <ErrorNotice
          title={t('leave.followFailed')}
          error={followed.error}
          onRetry={followed.refresh}
        />
      )}
      {error && <ErrorNotice title={t('leave.failed')} error={error} />}
    </FormDialog>
  );
}
