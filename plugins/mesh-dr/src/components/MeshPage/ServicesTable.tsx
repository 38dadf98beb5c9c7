import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import { useApi, useRouteRef } from '@backstage/frontend-plugin-api';
import {
  catalogApiRef,
  entityRouteParams,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import type { Entity } from '@backstage/catalog-model';
import {
  ANNOTATION_HOST,
  parseHost,
  type ServiceSummary,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, Link, SearchField, Skeleton } from '@backstage/ui';
import { useCallback, useEffect, useState } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePolling } from '../../hooks/usePolling';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import { EmptyState } from '../common/EmptyState';
import { ErrorNotice } from '../common/ErrorNotice';
import { LevelPill } from '../common/LevelPill';
import { Section } from '../common/Section';
import styles from './MeshPage.module.css';

const POLL_MS = 10_000;
const PAGE_SIZE = 50;
/** Rest before a search is sent, ms. */
const DEBOUNCE_MS = 250;

const catalogEntityRouteRef = convertLegacyRouteRef(entityRouteRef);

/** Catalog entities by `namespace/name` of the service they are annotated with. */
function useAnnotatedEntities(): Map<string, Entity> {
  const catalog = useApi(catalogApiRef);
  const load = useCallback(async () => {
    const { items } = await catalog.getEntities({
      filter: { kind: 'Component' },
      fields: [
        'kind',
        'metadata.name',
        'metadata.namespace',
        'metadata.title',
        'metadata.annotations',
      ],
    });
    const found = new Map<string, Entity>();
    for (const entity of items) {
      const service = parseHost(entity.metadata.annotations?.[ANNOTATION_HOST]);
      if (service) {
        found.set(`${service.namespace}/${service.name}`, entity);
      }
    }
    return found;
  }, [catalog]);
  return usePolling(load, 0).value ?? new Map();
}

/** The services of a mesh with their verdicts, linked to the catalog where an entity names them. */
export function ServicesTable(props: { meshId: string }) {
  const { meshId } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const [limit, setLimit] = useState(PAGE_SIZE);
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const load = useCallback(
    (signal: AbortSignal) =>
      api.listServices(
        { meshId, limit, ...(search && { search }) },
        { signal },
      ),
    [api, meshId, search, limit],
  );
  const { value, error, refresh } = usePolling(load, POLL_MS);
  const entities = useAnnotatedEntities();
  return (
    <Section
      title={t('services.title')}
      subtitle={t('services.subtitle')}
      actions={
        <div className={styles.search}>
          <SearchField
            aria-label={t('services.search')}
            placeholder={t('services.search')}
            value={typed}
            onChange={setTyped}
          />
        </div>
      }
    >
      {error && (
        <ErrorNotice
          title={t('services.failed')}
          error={error}
          onRetry={refresh}
        />
      )}
      {!value && !error && <Skeleton width="100%" height={120} />}
      {value?.items.length === 0 && (
        <EmptyState
          title={t('services.emptyTitle')}
          description={search ? t('services.noMatch') : t('services.empty')}
        />
      )}
      {value && value.items.length > 0 && (
        <div className={common.tableScroll}>
          <table className={common.table}>
            <thead>
              <tr>
                <th scope="col">{t('services.name')}</th>
                <th scope="col">{t('services.namespace')}</th>
                <th scope="col">{t('services.regions')}</th>
                <th scope="col">{t('services.protection')}</th>
                <th scope="col">{t('services.entity')}</th>
              </tr>
            </thead>
            <tbody>
              {value.items.map(service => (
                <ServiceRow
                  key={`${service.namespace}/${service.name}`}
                  service={service}
                  entity={entities.get(`${service.namespace}/${service.name}`)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {value?.nextCursor && (
        <Button variant="secondary" onPress={() => setLimit(limit + PAGE_SIZE)}>
          {t('services.more')}
        </Button>
      )}
    </Section>
  );
}

function ServiceRow(props: { service: ServiceSummary; entity?: Entity }) {
  const { service, entity } = props;
  const { t } = useText();
  // Absent in an app without the catalog's pages.
  const entityLink = useRouteRef(catalogEntityRouteRef);
  return (
    <tr>
      <th scope="row">{service.name}</th>
      <td>{service.namespace}</td>
      <td>
        <span className={styles.regionsCell}>
          {service.regions.map(({ region, ready, total }) => (
            <span key={region}>
              {region}{' '}
              {t('topology.readyOfTotal', {
                ready: String(ready),
                total: String(total),
              })}
            </span>
          ))}
        </span>
      </td>
      <td>
        <LevelPill level={service.protection} />
      </td>
      <td>
        {entity && entityLink && (
          <Link
            href={`${entityLink(entityRouteParams(entity))}/disaster-recovery`}
          >
            {entity.metadata.title ?? entity.metadata.name}
          </Link>
        )}
        {!entity && (
          <span className={styles.small}>{t('services.noEntity')}</span>
        )}
      </td>
    </tr>
  );
}
