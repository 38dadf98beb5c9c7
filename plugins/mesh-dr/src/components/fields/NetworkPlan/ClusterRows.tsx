import type { NetworkPlan } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { ButtonIcon } from '@backstage/ui';
import { RiDeleteBinLine } from '@remixicon/react';
import { useText } from '../../../hooks/useText';
import { changeCluster } from './edits';
import styles from './NetworkPlan.module.css';
import { PlanInput, PlanSelect } from './PlanInput';

/** The clusters of a plan, and where the mesh lies, as an editable table. */
export function ClusterRows(props: {
  plan: NetworkPlan;
  onChange: (plan: NetworkPlan) => void;
}) {
  const { plan, onChange } = props;
  const { t } = useText();
  const vpcs = plan.vpcs.map(vpc => vpc.name);
  const setMesh = (change: Partial<NetworkPlan['mesh']>) => {
    const mesh = { ...plan.mesh, ...change };
    const vpc = plan.vpcs.find(item => item.name === mesh.vpc);
    onChange({
      ...plan,
      mesh: { ...mesh, region: vpc?.region ?? mesh.region },
    });
  };
  return (
    <div className={styles.tableScroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('plan.cluster')}</th>
            <th scope="col">VPC</th>
            <th scope="col">{t('plan.plugin')}</th>
            <th scope="col">{t('plan.pods')}</th>
            <th scope="col">{t('plan.services')}</th>
            <th scope="col">
              <span hidden>{t('plan.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {plan.clusters.map((cluster, i) => {
            const set = (change: Partial<typeof cluster>) =>
              onChange(changeCluster(plan, i, change));
            return (
              <tr key={i}>
                <td>
                  <PlanInput
                    path={`clusters[${i}].name`}
                    label={t('plan.clusterName', { n: String(i + 1) })}
                    value={cluster.name}
                    onChange={name => set({ name })}
                  />
                </td>
                <td>
                  <PlanSelect
                    path={`clusters[${i}].vpc`}
                    label={t('plan.clusterVpc', { name: cluster.name })}
                    value={cluster.vpc}
                    options={vpcs}
                    onChange={vpc => set({ vpc })}
                  />
                </td>
                <td>
                  <PlanSelect
                    path={`clusters[${i}].networkPlugin`}
                    label={t('plan.clusterPlugin', { name: cluster.name })}
                    value={cluster.networkPlugin}
                    options={['flannel', 'terway']}
                    onChange={plugin =>
                      set({
                        networkPlugin: plugin as typeof cluster.networkPlugin,
                      })
                    }
                  />
                </td>
                <td>
                  {cluster.networkPlugin === 'flannel' ? (
                    <PlanInput
                      mono
                      path={`clusters[${i}].podCidr`}
                      label={t('plan.clusterPods', { name: cluster.name })}
                      value={cluster.podCidr ?? ''}
                      onChange={podCidr => set({ podCidr })}
                    />
                  ) : (
                    t('plan.podsInVSwitch')
                  )}
                </td>
                <td>
                  <PlanInput
                    mono
                    path={`clusters[${i}].serviceCidr`}
                    label={t('plan.clusterServices', { name: cluster.name })}
                    value={cluster.serviceCidr}
                    onChange={serviceCidr => set({ serviceCidr })}
                  />
                </td>
                <td className={styles.actions}>
                  <ButtonIcon
                    size="small"
                    variant="secondary"
                    icon={<RiDeleteBinLine />}
                    aria-label={t('plan.remove', { name: cluster.name })}
                    onPress={() =>
                      onChange({
                        ...plan,
                        clusters: plan.clusters.filter((_, at) => at !== i),
                      })
                    }
                  />
                </td>
              </tr>
            );
          })}
          <tr>
            <td>
              <PlanInput
                path="mesh.name"
                label={t('plan.meshName')}
                value={plan.mesh.name}
                onChange={name => setMesh({ name })}
              />
            </td>
            <td>
              <PlanSelect
                path="mesh.vpc"
                label={t('plan.meshVpc')}
                value={plan.mesh.vpc}
                options={vpcs}
                onChange={vpc => setMesh({ vpc })}
              />
            </td>
            <td colSpan={4}>{t('plan.meshNote')}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
