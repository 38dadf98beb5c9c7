import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import { useApi, useRouteRef } from '@backstage/frontend-plugin-api';
import {
  entityRouteParams,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { Link, Skeleton, Text } from '@backstage/ui';
import { useCallback, useMemo } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import {
  useAnnotatedEntities,
  type EntityOf,
} from '../../hooks/useAnnotatedEntities';
import { usePolling } from '../../hooks/usePolling';
import { useText } from '../../hooks/useText';
import { formatFilters } from '../../lib/serviceFilters';
import {
  servicesAtRisk,
  type Level,
  type ServiceAtRisk,
  type ServicesAtRisk,
} from '../../lib/services';
import { meshRouteRef } from '../../routes';
import { ErrorNotice } from '../common/ErrorNotice';
import { LevelPill } from '../common/LevelPill';
import styles from './cards.module.css';

/** How often all services are looked at again, ms. */
const POLL_MS = 30_000;

const catalogEntityRouteRef = convertLegacyRouteRef(entityRouteRef);

export interface AtRiskProps {
  /** Verdicts that count as being at risk; default: not protected and partly protected. */
  levels?: Level[];
  /** Kubernetes namespaces to leave out. */
  excludeNamespaces?: string[];
  /** Most services that are listed; the others are counted. Default: 8. */
  limit?: number;
}

/** The services of all meshes that would not survive the loss of a region, the worst first. */
export function AtRisk(props: AtRiskProps) {
  const { limit = 8 } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  // By value: who uses the card may write its lists in place.
  const levels = (props.levels ?? ['unprotected', 'partial']).join();
  const excluded = (props.excludeNamespaces ?? []).join();
  const filter = useMemo(
    () => ({
      levels: levels.split(',') as Level[],
      excludeNamespaces: excluded.split(','),
    }),
    [levels, excluded],
  );
  const load = useCallback(
    (signal: AbortSignal) => servicesAtRisk(api, filter, signal),
    [api, filter],
  );
  const { value, error, refresh } = usePolling(load, POLL_MS);
  if (!value && !error) {
    return (
      <div
        className={styles.stack}
        role="status"
        aria-label={t('common.loading')}
      >
        <Skeleton width="60%" height={36} />
        <Skeleton width="100%" height={120} />
      </div>
    );
  }
  return (
    <div className={styles.stack}>
      {error && (
        <ErrorNotice
          title={value ? t('tab.refreshFailed') : t('services.failed')}
          error={error}
          onRetry={refresh}
        />
      )}
      {value?.failed.map(({ mesh, error: cause }) => (
        <ErrorNotice
          key={mesh.id}
          title={t('risk.meshFailed', { mesh: mesh.name })}
          error={cause}
          onRetry={refresh}
        />
      ))}
      {value && <Found found={value} limit={limit} levels={filter.levels} />}
    </div>
  );
}

function Found(props: {
  found: ServicesAtRisk;
  limit: number;
  levels: Level[];
}) {
  const { found, limit, levels } = props;
  const { atRisk, total, failed, meshes } = found;
  const { t } = useText();
  const entityOf = useAnnotatedEntities();
  const meshLink = useRouteRef(meshRouteRef);
  if (meshes === 0) {
    return <Text color="secondary">{t('mesh.noneDescription')}</Text>;
  }
  if (total === 0) {
    return failed.length > 0 ? null : (
      <Text color="secondary">{t('services.empty')}</Text>
    );
  }
  if (atRisk.length === 0) {
    return <Text>{t('risk.none', { count: total })}</Text>;
  }
  const hidden = atRisk.slice(limit);
  const hiddenIn = [...new Map(hidden.map(r => [r.mesh.id, r.mesh])).values()];
  return (
    <>
      <div className={styles.counts}>
        <span className={styles.count}>{atRisk.length}</span>
        <span>{t('risk.ofTotal', { count: total })}</span>
      </div>
      <ul className={styles.list} aria-label={t('risk.title')}>
        {atRisk.slice(0, limit).map(risk => (
          <RiskItem
            key={`${risk.mesh.id}/${risk.service.namespace}/${risk.service.name}`}
            risk={risk}
            entityOf={entityOf}
          />
        ))}
      </ul>
      {hidden.length > 0 && (
        <div className={styles.counts}>
          <span>{t('risk.more', { count: hidden.length })}</span>
          {meshLink &&
            hiddenIn.map(mesh => (
              <Link
                key={mesh.id}
                href={`${meshLink({ mesh: mesh.id })}?${formatFilters({
                  levels,
                })}`}
              >
                {t('risk.allOf', { mesh: mesh.name })}
              </Link>
            ))}
        </div>
      )}
    </>
  );
}

function RiskItem(props: { risk: ServiceAtRisk; entityOf: EntityOf }) {
  const { mesh, service } = props.risk;
  const { t } = useText();
  // Absent in an app without the catalog's pages, or without the mesh page.
  const entityLink = useRouteRef(catalogEntityRouteRef);
  const meshLink = useRouteRef(meshRouteRef);
  const entity = props.entityOf(mesh, service);
  const title = `${service.name}.${service.namespace}`;
  const href =
    entity && entityLink
      ? `${entityLink(entityRouteParams(entity))}/disaster-recovery`
      : meshLink &&
        `${meshLink({ mesh: mesh.id })}?${formatFilters({ search: title })}`;
  return (
    <li className={styles.item}>
      <span className={styles.itemText}>
        {href ? <Link href={href}>{title}</Link> : title}
        <span className={styles.small}>
          {[
            mesh.name,
            ...service.regions.map(
              ({ region, ready, total }) =>
                `${region} ${t('topology.readyOfTotal', {
                  ready: String(ready),
                  total: String(total),
                })}`,
            ),
          ].join(' · ')}
        </span>
      </span>
      <LevelPill level={service.protection} />
    </li>
  );
}
