import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { InputError, NotFoundError } from '@backstage/errors';
import {
  ANNOTATION_HOST,
  ANNOTATION_MESH,
  parseHost,
  type LocalityIntent,
  type ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useCallback } from 'react';
import { meshDrApiRef } from '../../../api/meshDrApiRef';
import { usePolling } from '../../../hooks/usePolling';
import { usePreview } from '../../../hooks/usePreview';
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
      const entity = await catalog.getEntityByRef(component!);
      if (!entity) throw new NotFoundError(`There is no ${component}`);
      const annotations = entity.metadata.annotations ?? {};
      const service = parseHost(annotations[ANNOTATION_HOST]);
      if (!service) {
        throw new InputError(
          `${component} names no mesh service; give it the annotation ${ANNOTATION_HOST}, e.g. reviews.default`,
        );
      }
      const mesh = annotations[ANNOTATION_MESH];
      const meshes = mesh
        ? [await api.getMesh(mesh, { signal })]
        : await api.listMeshes({ signal });
      if (meshes.length !== 1) {
        throw new InputError(
          `${component} does not say which mesh it is in; give it the annotation ${ANNOTATION_MESH}`,
        );
      }
      return await api.getTopology(
        { meshId: meshes[0].id, ...service },
        { signal },
      );
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
