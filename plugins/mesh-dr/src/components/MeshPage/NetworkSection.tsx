import { useApi } from '@backstage/frontend-plugin-api';
import { Skeleton } from '@backstage/ui';
import { useCallback } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePolling } from '../../hooks/usePolling';
import { useText } from '../../hooks/useText';
import { EmptyState } from '../common/EmptyState';
import { ErrorNotice } from '../common/ErrorNotice';
import { Section } from '../common/Section';
import { NetworkMapView } from './NetworkMapView';

const POLL_MS = 10_000;

/** The network under a mesh, read apart from the mesh so that a slow answer holds up nothing else. */
export function NetworkSection(props: { meshId: string }) {
  const { meshId } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const load = useCallback(
    (signal: AbortSignal) => api.getNetwork(meshId, { signal }),
    [api, meshId],
  );
  const { value: network, error, refresh } = usePolling(load, POLL_MS);
  return (
    <Section title={t('network.title')} subtitle={t('network.subtitle')}>
      {error && (
        <ErrorNotice
          title={t('network.failed')}
          error={error}
          onRetry={refresh}
        />
      )}
      {!network && !error && <Skeleton width="100%" height={260} />}
      {network &&
        (network.vpcs.length === 0 && network.cen.state === 'ok' ? (
          <EmptyState
            title={t('network.emptyTitle')}
            description={t('network.empty')}
          />
        ) : (
          <NetworkMapView network={network} />
        ))}
    </Section>
  );
}
