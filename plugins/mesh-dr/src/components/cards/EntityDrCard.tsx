import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import { useApi, useRouteRef } from '@backstage/frontend-plugin-api';
import {
  entityRouteParams,
  entityRouteRef,
  useEntity,
} from '@backstage/plugin-catalog-react';
import type { MeshSummary } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Link, Skeleton, Text } from '@backstage/ui';
import { useCallback, type ReactNode } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePolling } from '../../hooks/usePolling';
import {
  useServiceTarget,
  type ServiceName,
  type ServiceTarget,
} from '../../hooks/useServiceTarget';
import { useText } from '../../hooks/useText';
import { useVerdictSentence } from '../../hooks/useVerdictSentence';
import { ErrorNotice } from '../common/ErrorNotice';
import { LevelPill } from '../common/LevelPill';
import { Section } from '../common/Section';
import { RegionMap } from './RegionMap';
import styles from './cards.module.css';

/** How often the topology is asked for, ms: an overview is looked at, not watched. */
const POLL_MS = 10_000;

const catalogEntityRouteRef = convertLegacyRouteRef(entityRouteRef);

export interface EntityDrCardProps {
  /** Whether the predicted shares of calls are drawn below the regions; default: true. */
  shares?: boolean;
}

/** Card of an entity's overview: the verdict on its service and where it runs, with the way to the tab. */
export function EntityDrCard(props: EntityDrCardProps) {
  const { shares = true } = props;
  const { entity } = useEntity();
  const { t } = useText();
  const target = useServiceTarget(entity);
  // Absent in an app without the catalog's pages.
  const entityLink = useRouteRef(catalogEntityRouteRef);
  return (
    <Section
      title={t('card.title')}
      actions={
        entityLink && (
          <Link
            href={`${entityLink(entityRouteParams(entity))}/disaster-recovery`}
          >
            {t('card.open')}
          </Link>
        )
      }
    >
      {target.state === 'ready' ? (
        <ServiceOverview
          key={`${target.mesh.id}/${target.service.namespace}/${target.service.name}`}
          mesh={target.mesh}
          service={target.service}
          shares={shares}
        />
      ) : (
        <Unclear target={target} />
      )}
    </Section>
  );
}

/** Why there is no verdict; the tab explains how to get one. */
function Unclear(props: {
  target: Exclude<ServiceTarget, { state: 'ready' }>;
}): ReactNode {
  const { target } = props;
  const { t } = useText();
  switch (target.state) {
    case 'loading':
      return <CardSkeleton />;
    case 'error':
      return (
        <ErrorNotice
          title={t('tab.meshFailed')}
          error={target.error}
          onRetry={target.retry}
        />
      );
    case 'no-annotation':
      return <Text color="secondary">{t('tab.noAnnotation')}</Text>;
    case 'bad-annotation':
      return (
        <Text color="secondary">
          {t('card.badAnnotation', { value: target.value })}
        </Text>
      );
    case 'no-mesh':
      return <Text color="secondary">{t('mesh.noneDescription')}</Text>;
    default:
      return (
        <Text color="secondary">
          {t('card.severalMeshes', {
            meshes: target.meshes.map(mesh => mesh.name).join(', '),
          })}
        </Text>
      );
  }
}

function CardSkeleton() {
  const { t } = useText();
  return (
    <div
      className={styles.stack}
      role="status"
      aria-label={t('common.loading')}
    >
      <Skeleton width="80%" height={22} />
      <Skeleton width="100%" height={72} />
      <Skeleton width="100%" height={24} />
    </div>
  );
}

function ServiceOverview(props: {
  mesh: MeshSummary;
  service: ServiceName;
  shares: boolean;
}) {
  const { mesh, shares } = props;
  const { namespace, name } = props.service;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const say = useVerdictSentence();
  const load = useCallback(
    (signal: AbortSignal) =>
      api.getTopology({ meshId: mesh.id, namespace, name }, { signal }),
    [api, mesh.id, namespace, name],
  );
  const { value: topology, error, refresh } = usePolling(load, POLL_MS);
  if (!topology && !error) return <CardSkeleton />;
  return (
    <div className={styles.stack}>
      {error && (
        <ErrorNotice
          title={
            topology
              ? t('tab.refreshFailed')
              : t('tab.topologyFailed', { service: `${namespace}/${name}` })
          }
          error={error}
          onRetry={refresh}
        />
      )}
      {topology && (
        <>
          <div className={styles.verdict}>
            <LevelPill level={topology.verdict.level} />
            <p className={styles.sentence}>{say(topology.verdict)}</p>
          </div>
          <RegionMap topology={topology} shares={shares} />
        </>
      )}
    </div>
  );
}
