import type {
  KubernetesConnection,
  KubernetesObject,
  ResourceType,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { FIELD_MANAGER, fieldsBelow, unitPointer } from './policyUnits';
import {
  UNIT_NAMES,
  type PolicyUnits,
  type ServicePlan,
  type UnitName,
} from './types';

/**
 * Units in which fields would survive a server-side apply because somebody else owns them and the plan does not set them:
 * a foreign `failover` beside our `distribute` makes the rule invalid. Fields that are the portal's alone go by themselves.
 */
export function unitsWithLeftovers(
  plan: Pick<ServicePlan, 'before' | 'desired'>,
  live: KubernetesObject | undefined,
): UnitName[] {
  return UNIT_NAMES.filter(unit => {
    const [wanted, present] = [plan.desired[unit], plan.before[unit]];
    return (
      isRecord(wanted) &&
      isRecord(present) &&
      Object.keys(present).some(
        key => !(key in wanted) && !isOursAlone(live, unit, key),
      )
    );
  });
}

/** What the fields are between replacing the units with leftovers and applying the rest. */
export function midwayUnits(
  plan: ServicePlan,
  replaced: UnitName[],
): PolicyUnits {
  const units: PolicyUnits = { ...plan.before };
  for (const unit of replaced) {
    Object.assign(units, { [unit]: plan.desired[unit] });
  }
  return units;
}

/** Replaces units as they stand in one write, which the API server refuses when somebody was faster. */
export function replaceUnits(
  connection: KubernetesConnection,
  type: ResourceType,
  live: KubernetesObject,
  replaced: UnitName[],
  units: PolicyUnits,
): Promise<KubernetesObject> {
  return connection.patch(
    type,
    live.metadata.namespace,
    live.metadata.name,
    [
      {
        op: 'test',
        path: '/metadata/resourceVersion',
        value: live.metadata.resourceVersion,
      },
      ...replaced.map(unit => ({
        op: 'replace',
        path: unitPointer(unit),
        value: units[unit],
      })),
    ],
    { kind: 'json' },
  );
}

function isOursAlone(
  live: KubernetesObject | undefined,
  unit: UnitName,
  key: string,
): boolean {
  const owners = fieldsBelow(live, unit).filter(
    ({ fields }) => `f:${key}` in fields,
  );
  return (
    owners.length > 0 &&
    owners.every(
      ({ manager, operation }) =>
        manager === FIELD_MANAGER && operation === 'Apply',
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
