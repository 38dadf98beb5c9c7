import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import type {
  LocalityIntent,
  ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useCallback } from 'react';
import { meshDrApiRef } from '../../../api/meshDrApiRef';
import { usePolling } from '../../../hooks/usePolling';
import { usePreview } from '../../../hooks/usePreview';
import { serviceOfComponent } from '../../../lib/componentService';
import { PreviewPanel } from '../../Controls/PreviewPanel';
import { PlanFrame } from './PlanFrame';
import { ruleOf, type RuleForm } from './ruleOf';

/** The field's name in templates: `ui:field: RulePlanField`. */
export const RULE_PLAN_FIELD = 'RulePlanField';

/** The service that a component stands for. */
function useTopology(component: string | undefined) {
  const catalog = useApi(catalogApiRef);
  const api = useApi(meshDrApiRef);
  const load = useCallback(
    async (signal: AbortSignal) => {
      const { mesh, service } = await serviceOfComponent(
        { catalog, api },
        component!,
        signal,
      );
      return await api.getTopology({ meshId: mesh.id, ...service }, { signal });
    },
    [catalog, api, component],
  );
  return usePolling(component ? load : undefined, 0);
}

function RulePreview(props: {
  topology: ServiceTopology;
  intent: LocalityIntent | undefined;
}) {
  const { topology, intent } = props;
  const { namespace, name } = topology.service;
  const state = usePreview(
    { scope: 'service', meshId: topology.mesh.id, namespace, name },
    intent,
  );
  return (
    <PreviewPanel
      state={state}
      regions={topology.regions.map(({ region }) => region)}
      callers={topology.callers}
    />
  );
}

/** The last page of the form that protects a service: what the rule would do to its calls, and why it may be refused. */
export function RulePlanField(props: FieldExtensionComponentProps<undefined>) {
  const form = (props.formContext?.formData ?? {}) as RuleForm;
  const topology = useTopology(form.component);
  return (
    <PlanFrame plan={topology}>
      {value => <RulePreview topology={value} intent={ruleOf(form)} />}
    </PlanFrame>
  );
}
