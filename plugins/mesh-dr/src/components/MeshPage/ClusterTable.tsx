import {
  clusterJoinPermission,
  type MemberCluster,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button } from '@backstage/ui';
import { usePermitted } from '../../hooks/usePermitted';
import { useText } from '../../hooks/useText';
import common from '../common/common.module.css';
import { EmptyState } from '../common/EmptyState';
import { FreshnessPill, freshnessReason } from '../common/FreshnessPill';
import { Section } from '../common/Section';
import { StatePill } from '../common/StatePill';
import styles from './MeshPage.module.css';

/** The clusters of a mesh: joined, joining, failed with the cause, and how well each is seen. */
export function ClusterTable(props: {
  clusters: MemberCluster[];
  onJoin: () => void;
  onLeave: (cluster: MemberCluster) => void;
}) {
  const { clusters, onJoin, onLeave } = props;
  const { t } = useText();
  const mayLeave = usePermitted(clusterJoinPermission);
  return (
    <Section title={t('clusters.title')} subtitle={t('clusters.subtitle')}>
      {clusters.length === 0 ? (
        <EmptyState
          title={t('clusters.emptyTitle')}
          description={t('clusters.empty')}
          action={
            <Button variant="primary" onPress={onJoin}>
              {t('join.open')}
            </Button>
          }
        />
      ) : (
        <div className={common.tableScroll}>
          <table className={common.table}>
            <thead>
              <tr>
                <th scope="col">{t('clusters.name')}</th>
                <th scope="col">{t('clusters.region')}</th>
                <th scope="col">{t('clusters.version')}</th>
                <th scope="col">{t('clusters.state')}</th>
                <th scope="col">{t('clusters.connection')}</th>
                <th scope="col">{t('leave.actions')}</th>
              </tr>
            </thead>
            <tbody>
              {clusters.map(cluster => (
                <tr key={cluster.id}>
                  <th scope="row">
                    {cluster.name}
                    <div className={styles.small}>{cluster.id}</div>
                  </th>
                  <td className={common.nowrap}>
                    {cluster.region}
                    <div className={styles.small}>{cluster.vpcId}</div>
                  </td>
                  <td className={common.nowrap}>{cluster.version}</td>
                  <td>
                    <StatePill state={cluster.state} />
                    {cluster.errorMessage && (
                      <p className={styles.cause}>{cluster.errorMessage}</p>
                    )}
                  </td>
                  <td>
                    <FreshnessPill freshness={cluster.connection} />
                    {freshnessReason(cluster.connection) && (
                      <p className={styles.cause}>
                        {freshnessReason(cluster.connection)}
                      </p>
                    )}
                  </td>
                  <td className={common.nowrap}>
                    <Button
                      size="small"
                      variant="secondary"
                      aria-label={t('leave.openOf', { cluster: cluster.name })}
                      isDisabled={mayLeave === false}
                      onPress={() => onLeave(cluster)}
                    >
                      {t('leave.open')}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
