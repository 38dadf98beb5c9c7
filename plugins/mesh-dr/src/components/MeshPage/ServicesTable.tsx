import { useApi } from '@backstage/frontend-plugin-api';
import { Button, Skeleton } from '@backstage/ui';
import { useCallback, useDeferredValue, useEffect, useMemo } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import type { MeshName } from '../../hooks/useAnnotatedEntities';
import { usePolling } from '../../hooks/usePolling';
import { useServiceFilters } from '../../hooks/useServiceFilters';
import { useText } from '../../hooks/useText';
import { filterServices, formatFilters } from '../../lib/serviceFilters';
import { allServices } from '../../lib/services';
import { EmptyState } from '../common/EmptyState';
import { ErrorNotice } from '../common/ErrorNotice';
import { Section } from '../common/Section';
import styles from './MeshPage.module.css';
import { ServiceFilterBar } from './ServiceFilterBar';
import { ServiceRows } from './ServiceRows';

/** How often all services are read again, ms. */
const POLL_MS = 30_000;

/** The services of a mesh with their verdicts, linked to the catalog where an entity names them. */
export function ServicesTable(props: {
  mesh: MeshName;
  /** Grows with every change made on the page: verdicts may be others then. */
  revision?: number;
}) {
  const { mesh, revision } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const { filters, setFilters } = useServiceFilters();
  const load = useCallback(
    (signal: AbortSignal) => allServices(api, mesh.id, signal),
    [api, mesh.id],
  );
  const { value: services, error, refresh } = usePolling(load, POLL_MS);
  useEffect(() => {
    if (revision) refresh();
  }, [revision, refresh]);
  // Typing comes first, thousands of rows after it.
  const wanted = useDeferredValue(filters);
  const found = useMemo(
    () => filterServices(services ?? [], wanted),
    [services, wanted],
  );
  return (
    <Section title={t('services.title')} subtitle={t('services.subtitle')}>
      {error && (
        <ErrorNotice
          title={t('services.failed')}
          error={error}
          onRetry={refresh}
        />
      )}
      {!services && !error && <Skeleton width="100%" height={120} />}
      {services?.length === 0 && (
        <EmptyState
          title={t('services.emptyTitle')}
          description={t('services.empty')}
        />
      )}
      {services && services.length > 0 && (
        <div className={styles.services}>
          <ServiceFilterBar
            services={services}
            filters={filters}
            onChange={setFilters}
          />
          <div role="status" className={styles.small}>
            {t('services.found', {
              found: String(found.length),
              total: String(services.length),
            })}
          </div>
          {found.length === 0 ? (
            <EmptyState
              title={t('services.emptyTitle')}
              description={t('services.noMatch')}
              action={
                <Button
                  variant="secondary"
                  onPress={() =>
                    setFilters({ search: '', levels: [], namespace: '' })
                  }
                >
                  {t('services.clear')}
                </Button>
              }
            />
          ) : (
            <ServiceRows
              mesh={mesh}
              services={found}
              listed={formatFilters(wanted).toString()}
            />
          )}
        </div>
      )}
    </Section>
  );
}
