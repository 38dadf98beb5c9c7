import { meshRouteRef } from '../../routes';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Link } from '@backstage/ui';
import { useNow } from '../../hooks/useNow';
import { useText } from '../../hooks/useText';
import { formatAgo } from '../../lib/format';
import styles from './ServiceTab.module.css';

/** Which mesh this is, and how old the picture is. */
export function TopologyAge(props: {
  mesh: ServiceTopology['mesh'];
  computedAt: string;
}) {
  const { mesh, computedAt } = props;
  const { t, locale } = useText();
  const now = useNow(5000);
  const meshLink = useRouteRef(meshRouteRef);
  return (
    <div className={styles.age}>
      <span>
        {t('tab.mesh')}{' '}
        {meshLink ? (
          <Link variant="body-small" href={meshLink({ mesh: mesh.id })}>
            {mesh.name}
          </Link>
        ) : (
          mesh.name
        )}{' '}
        · {mesh.region} · ASM {mesh.version}
      </span>
      <span>
        · {t('tab.computed', { ago: formatAgo(computedAt, now, locale) })}
      </span>
    </div>
  );
}
