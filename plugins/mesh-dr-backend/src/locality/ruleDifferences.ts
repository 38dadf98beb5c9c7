import type { RuleDrift } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { KubernetesObject } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { FleetMesh } from '../fleet/Fleet';
import { same } from './canonical';
import { isReached, specOf } from './editedSince';
import { describe, normalise, sameRule } from './MeshRule';
import { unitsOf } from './policyUnits';
import { UNIT_NAMES, type ChangePlan, type ServicePlan } from './types';

/** How a rule differs from what a change left. */
export type Difference = Pick<RuleDrift, 'kind' | 'fields'>;

/**
 * Compares what the fleet has in memory with what a change left; `unknown` while that is not current.
 *
 * @returns undefined when they are the same
 */
export function differenceInMemory(
  mesh: FleetMesh,
  plan: ChangePlan,
): Difference | 'unknown' | undefined {
  if (plan.kind === 'mesh') {
    if (mesh.trouble) return 'unknown';
    const now = normalise(mesh.mesh.locality);
    if (sameRule(now, plan.after)) return undefined;
    const field = {
      name: 'localityLbSetting',
      wanted: describe(plan.after),
      found: describe(now),
    };
    return { kind: 'edited', fields: [field] };
  }
  if (mesh.rules.freshness.state !== 'ok') return 'unknown';
  const { namespace, name } = plan.object;
  const live = mesh.rules.destinationRules.find(
    ({ metadata }) =>
      metadata.name === name && metadata.namespace === namespace,
  );
  // The watch keeps whole specs; its type names what the model reads.
  return differenceOfObject(plan, live as unknown as KubernetesObject);
}

function differenceOfObject(
  plan: ServicePlan,
  live: KubernetesObject | undefined,
): Difference | undefined {
  if (isReached(plan, live)) return undefined;
  if (!live) return { kind: 'deleted', fields: [] };
  if (plan.remove) return { kind: 'recreated', fields: [] };
  const now = unitsOf(specOf(live).trafficPolicy);
  const text = (value: unknown) =>
    value === undefined ? undefined : JSON.stringify(value);
  return {
    kind: 'edited',
    fields: UNIT_NAMES.filter(unit => !same(plan.after[unit], now[unit])).map(
      unit => ({
        name: unit,
        wanted: text(plan.after[unit]),
        found: text(now[unit]),
      }),
    ),
  };
}
