import { useApi } from '@backstage/frontend-plugin-api';
import { Link, Skeleton, Text } from '@backstage/ui';
import { useCallback } from 'react';
import { Navigate } from 'react-router-dom';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePolling } from '../../hooks/usePolling';
import { useText } from '../../hooks/useText';
import { AtRisk } from '../cards/AtRisk';
import { AtRiskSection } from '../cards/AtRiskSection';
import { EmptyState } from '../common/EmptyState';
import { ErrorNotice } from '../common/ErrorNotice';
import { FreshnessPill } from '../common/FreshnessPill';
import { Pill } from '../common/Pill';
import { StatePill } from '../common/StatePill';
import styles from './MeshPage.module.css';

const POLL_MS = 10_000;

/** All meshes the portal sees; with only one, straight to it. */
export function MeshList() {
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const load = useCallback(
    (signal: AbortSignal) => api.listMeshes({ signal }),
    [api],
  );
  const { value: meshes, error, refresh } = usePolling(load, POLL_MS);

  if (meshes?.length === 1) {
    return <Navigate to={encodeURIComponent(meshes[0].id)} replace />;
  }
  return (
    <div className={styles.page}>
      {error && (
        <ErrorNotice
          title={t('mesh.listFailed')}
          error={error}
          onRetry={refresh}
        />
      )}
      {!meshes && !error && (
        <div
          className={styles.cards}
          role="status"
          aria-label={t('common.loading')}
        >
          <Skeleton width="100%" height={150} />
          <Skeleton width="100%" height={150} />
        </div>
      )}
      {meshes?.length === 0 && (
        <EmptyState
          title={t('mesh.noneTitle')}
          description={t('mesh.noneDescription')}
          action={<Link href="/create">{t('mesh.noneAction')}</Link>}
        />
      )}
      {meshes && meshes.length > 1 && (
        <div className={styles.cards}>
          {meshes.map(mesh => (
            <article key={mesh.id} className={styles.card}>
              <Text as="h2" variant="title-x-small" weight="bold">
                <Link
                  variant="title-x-small"
                  href={encodeURIComponent(mesh.id)}
                >
                  {mesh.name}
                </Link>
              </Text>
              <Text as="p" color="secondary">
                {mesh.region} · ASM {mesh.version} · {mesh.account}
              </Text>
              <div className={styles.facts}>
                <StatePill state={mesh.state} />
                <FreshnessPill freshness={mesh.freshness} />
                <Pill>
                  {t('mesh.clusterCount', { count: mesh.clusters.length })}
                </Pill>
              </div>
            </article>
          ))}
        </div>
      )}
      {meshes && meshes.length > 1 && (
        <AtRiskSection>
          <AtRisk />
        </AtRiskSection>
      )}
    </div>
  );
}
