import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import {
  entityRouteParams,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import type { ServiceSummary } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Link } from '@backstage/ui';
import { memo, useEffect, type CSSProperties } from 'react';
import {
  useAnnotatedEntities,
  type MeshName,
} from '../../hooks/useAnnotatedEntities';
import { useRowWindow } from '../../hooks/useRowWindow';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import { LevelPill } from '../common/LevelPill';
import styles from './MeshPage.module.css';

const catalogEntityRouteRef = convertLegacyRouteRef(entityRouteRef);

/** Height of every row, CSS pixels: with it the place of each row is known without drawing it. */
const ROW_HEIGHT = 44;
/** Height of the view, CSS pixels; the style sheet says the same. */
const VIEW_HEIGHT = 572;

/** Takes the place of rows that are not drawn. */
function Gap({ rows }: { rows: number }) {
  return rows > 0 ? (
    <tr aria-hidden className={styles.gap}>
      <td colSpan={5} style={{ height: rows * ROW_HEIGHT }} />
    </tr>
  ) : null;
}

const ServiceRow = memo(function Row(props: {
  /** Among all rows of the table, its head included; from 1. */
  index: number;
  service: ServiceSummary;
  /** Title of the component that stands for the service. */
  entity?: string;
  href?: string;
}) {
  const { index, service, entity, href } = props;
  const { t } = useText();
  const regions = service.regions.map(
    ({ region, ready, total }) =>
      `${region} ${t('topology.readyOfTotal', {
        ready: String(ready),
        total: String(total),
      })}`,
  );
  return (
    <tr aria-rowindex={index}>
      <th scope="row" title={service.name}>
        {service.name}
      </th>
      <td title={service.namespace}>{service.namespace}</td>
      <td title={regions.join(', ')}>
        {regions.map(region => (
          <span key={region} className={styles.regionCount}>
            {region}
          </span>
        ))}
      </td>
      <td>
        <LevelPill level={service.protection} />
      </td>
      <td title={entity}>
        {href ? (
          <Link href={href}>{entity}</Link>
        ) : (
          entity ?? (
            <span className={styles.small}>{t('services.noEntity')}</span>
          )
        )}
      </td>
    </tr>
  );
});

/** Services as a table of which only the rows in view are drawn, however many there are. */
export function ServiceRows(props: {
  mesh: MeshName;
  services: ServiceSummary[];
  /** Changes when other services are listed than before: their first is shown then. */
  listed: string;
}) {
  const { mesh, services, listed } = props;
  const { t } = useText();
  const entityOf = useAnnotatedEntities();
  // Absent in an app without the catalog's pages.
  const entityLink = useRouteRef(catalogEntityRouteRef);
  const { ref, onScroll, first, end, toTop } = useRowWindow(
    services.length,
    ROW_HEIGHT,
    VIEW_HEIGHT,
  );
  useEffect(toTop, [listed, toTop]);
  return (
    <div
      ref={ref}
      role="group"
      aria-label={t('services.title')}
      className={styles.rows}
      style={{ '--mdr-row': `${ROW_HEIGHT}px` } as CSSProperties}
      onScroll={onScroll}
      // Without it a keyboard cannot scroll rows that have nothing to focus inside.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <table className={common.table} aria-rowcount={services.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{t('services.name')}</th>
            <th scope="col">{t('services.namespace')}</th>
            <th scope="col">{t('services.regions')}</th>
            <th scope="col">{t('services.protection')}</th>
            <th scope="col">{t('services.entity')}</th>
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} />
          {services.slice(first, end).map((service, i) => {
            const entity = entityOf(mesh, service);
            return (
              <ServiceRow
                key={`${service.namespace}/${service.name}`}
                index={first + i + 2}
                service={service}
                entity={entity?.metadata.title ?? entity?.metadata.name}
                href={
                  entity &&
                  entityLink &&
                  `${entityLink(entityRouteParams(entity))}/disaster-recovery`
                }
              />
            );
          })}
          <Gap rows={services.length - end} />
        </tbody>
      </table>
    </div>
  );
}
