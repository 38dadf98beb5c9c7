import { useApi } from '@backstage/frontend-plugin-api';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import type { BilledItem } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Text } from '@backstage/ui';
import { useCallback } from 'react';
import { meshDrApiRef } from '../../../api/meshDrApiRef';
import { usePolling } from '../../../hooks/usePolling';
import { useText } from '../../../hooks/useText';
import common from '../../common/common.module.css';
import { StatePill } from '../../common/StatePill';
import { BilledItems } from '../EnvironmentPlan/BilledItems';
import styles from '../EnvironmentPlan/EnvironmentPlan.module.css';
import { PlanFrame } from './PlanFrame';
import { workloadsOf, type RolloutForm, type RolloutKind } from './rollout';

/** The field's name in templates: `ui:field: RolloutPlanField`. */
export const ROLLOUT_PLAN_FIELD = 'RolloutPlanField';

/** A gateway brings a load balancer to every cluster; Pods run on nodes that are paid for already. */
const billedFor = (kind: RolloutKind, clusters: number): BilledItem[] =>
  kind === 'gateway' && clusters > 0
    ? [
        {
          id: 'gateway-load-balancer',
          quantity: clusters,
          pricing: 'hour-and-gigabyte',
        },
      ]
    : [];

/** The last page of forms that put something on every cluster of a mesh: what each of them gets, and what is billed. */
export function RolloutPlanField(
  props: FieldExtensionComponentProps<undefined, { of?: RolloutKind }>,
) {
  const kind = props.uiSchema['ui:options']?.of ?? 'service';
  const form = (props.formContext?.formData ?? {}) as RolloutForm;
  const { mesh } = form;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const load = useCallback(
    (signal: AbortSignal) => api.getMesh(mesh!, { signal }),
    [api, mesh],
  );
  const found = usePolling(mesh ? load : undefined, 0);
  return (
    <PlanFrame plan={found}>
      {({ clusters }) => {
        const billed = billedFor(kind, clusters.length);
        return (
          <>
            {clusters.length === 0 && (
              <Text as="p">{t('taskPlan.noClusters')}</Text>
            )}
            {clusters.length > 0 && (
              <div className={common.tableScroll}>
                <table className={common.table}>
                  <caption>
                    {t(
                      kind === 'gateway'
                        ? 'taskPlan.gatewayCaption'
                        : 'taskPlan.rolloutCaption',
                    )}
                  </caption>
                  <thead>
                    <tr>
                      <th scope="col">{t('taskPlan.cluster')}</th>
                      <th scope="col">{t('taskPlan.gets')}</th>
                      <th scope="col">{t('taskPlan.pods')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {clusters.map(cluster => {
                      const workloads = workloadsOf(kind, form, cluster);
                      return (
                        <tr key={cluster.id}>
                          <th scope="row">
                            {cluster.name}
                            <div className={styles.small}>
                              {cluster.region}{' '}
                              {cluster.state !== 'running' && (
                                <StatePill state={cluster.state} />
                              )}
                            </div>
                          </th>
                          <td>
                            {workloads.map(({ name }) => (
                              <div key={name}>{name}</div>
                            ))}
                          </td>
                          <td>
                            {workloads.map(({ name, pods }) => (
                              <div key={name}>{pods}</div>
                            ))}
                          </td>
                        </tr>
                      );
                    })}
                  </tbody>
                </table>
              </div>
            )}
            {billed.length > 0 ? (
              <BilledItems items={billed} />
            ) : (
              <Text as="p" variant="body-small" color="secondary">
                {t('taskPlan.nothingBilled')}
              </Text>
            )}
          </>
        );
      }}
    </PlanFrame>
  );
}
