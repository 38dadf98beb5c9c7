import { useApi } from '@backstage/frontend-plugin-api';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { Text } from '@backstage/ui';
import { useCallback } from 'react';
import { meshDrApiRef } from '../../../api/meshDrApiRef';
import { usePolling } from '../../../hooks/usePolling';
import { useResourceTitle } from '../../../hooks/useResourceTitle';
import { useText } from '../../../hooks/useText';
import common from '../../common/common.module.css';
import { Pill } from '../../common/Pill';
import styles from '../EnvironmentPlan/EnvironmentPlan.module.css';
import { PlanFrame } from './PlanFrame';

/** The field's name in templates: `ui:field: RemovalPlanField`. */
export const REMOVAL_PLAN_FIELD = 'RemovalPlanField';

/** The last page of the form that removes an environment: all that would go, and what would stay and why. */
export function RemovalPlanField(
  props: FieldExtensionComponentProps<undefined>,
) {
  const { environment: name, account } = (props.formContext?.formData ??
    {}) as { environment?: string; account?: string };
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const titleOf = useResourceTitle();
  const load = useCallback(
    (signal: AbortSignal) =>
      api.planRemoval({ name: name!, account }, { signal }),
    [api, name, account],
  );
  const plan = usePolling(name ? load : undefined, 0);
  return (
    <PlanFrame plan={plan}>
      {({ steps, warnings }) => {
        const staying = steps.filter(({ blocked }) => blocked);
        return (
          <>
            <div className={styles.summary}>
              <Pill tone={steps.length ? 'bad' : 'neutral'}>
                {t('taskPlan.removed', {
                  number: `${steps.length - staying.length}`,
                })}
              </Pill>
              {staying.length > 0 && (
                <Pill tone="warn">
                  {t('taskPlan.staying', { number: `${staying.length}` })}
                </Pill>
              )}
            </div>
            <Text as="p" variant="body-small" color="secondary">
              {steps.length
                ? t('taskPlan.billingEnds')
                : t('taskPlan.nothingToRemove', { name: name! })}
            </Text>
            {warnings.map(warning => (
              <Text as="p" key={warning} variant="body-small">
                {warning}
              </Text>
            ))}
            {steps.length > 0 && (
              <div className={common.tableScroll}>
                <table className={common.table}>
                  <caption>{t('taskPlan.removalCaption')}</caption>
                  <thead>
                    <tr>
                      <th scope="col">{t('envPlan.resource')}</th>
                      <th scope="col">{t('envPlan.action')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {steps.map(({ key, id, title, blocked }) => (
                      <tr key={`${key}/${id}`}>
                        <th scope="row">
                          <span title={title}>{titleOf(key, title)}</span>
                          <div className={styles.small}>{id}</div>
                        </th>
                        <td>
                          <Pill tone={blocked ? 'warn' : 'bad'}>
                            {t(blocked ? 'envPlan.keep' : 'envPlan.delete')}
                          </Pill>
                          {blocked && (
                            <div className={styles.small}>{blocked}</div>
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </>
        );
      }}
    </PlanFrame>
  );
}
