import { useApi } from '@backstage/frontend-plugin-api';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { Text } from '@backstage/ui';
import { useCallback } from 'react';
import { meshDrApiRef } from '../../../api/meshDrApiRef';
import { usePolling } from '../../../hooks/usePolling';
import { useText } from '../../../hooks/useText';
import common from '../../common/common.module.css';
import { Pill } from '../../common/Pill';
import { PreflightList } from '../../JoinDialog/PreflightList';
import styles from '../EnvironmentPlan/EnvironmentPlan.module.css';
import { PlanFrame } from './PlanFrame';

/** The field's name in templates: `ui:field: JoinPlanField`. */
export const JOIN_PLAN_FIELD = 'JoinPlanField';

interface JoinForm {
  mesh?: string;
  clusters?: { id?: string; region?: string }[];
}

/** The last page of the form that joins clusters: all that joining depends on, checked for each of them now. */
export function JoinPlanField(props: FieldExtensionComponentProps<undefined>) {
  const { mesh, clusters = [] } = (props.formContext?.formData ??
    {}) as JoinForm;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const ids = clusters.map(({ id }) => id ?? '').filter(Boolean);
  const wanted = ids.join(' ');
  const load = useCallback(
    async (signal: AbortSignal) => {
      const { id: meshId, clusters: members } = await api.getMesh(mesh!, {
        signal,
      });
      const isMember = (id: string) =>
        members.some(member => member.id === id && member.state === 'running');
      return await Promise.all(
        wanted.split(' ').map(async id => ({
          id,
          report: isMember(id)
            ? undefined
            : await api.preflight(meshId, id, { signal }),
        })),
      );
    },
    [api, mesh, wanted],
  );
  const plan = usePolling(mesh && wanted ? load : undefined, 0);
  return (
    <PlanFrame plan={plan}>
      {reports => (
        <>
          {reports.map(({ id, report }) => (
            <div key={id} className={common.stack} role="group" aria-label={id}>
              <div className={styles.summary}>
                <Text weight="bold">{id}</Text>
                {report ? (
                  <Pill tone={report.ready ? 'good' : 'bad'}>
                    {t(
                      report.ready ? 'taskPlan.canJoin' : 'taskPlan.cannotJoin',
                    )}
                  </Pill>
                ) : (
                  <Pill tone="info">{t('taskPlan.isMember')}</Pill>
                )}
              </div>
              {report && (
                <PreflightList report={report} onRepaired={plan.refresh} />
              )}
            </div>
          ))}
          <Text as="p" variant="body-small" color="secondary">
            {t('taskPlan.joinBilled')}
          </Text>
        </>
      )}
    </PlanFrame>
  );
}
