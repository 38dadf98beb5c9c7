import { ConflictError } from '@backstage/errors';
import type { DestinationRuleLike } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { KubernetesObject } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { same } from './canonical';
import { unitsOf } from './policyUnits';
import { UNIT_NAMES, type PolicyUnits, type ServicePlan } from './types';

/** The DestinationRule of a plan, as messages name it. */
export function nameOf({ object }: Pick<ServicePlan, 'object'>): string {
  return `DestinationRule ${object.namespace}/${object.name}`;
}

/** The spec of a DestinationRule; an empty one when there is none. */
export function specOf(object?: KubernetesObject): DestinationRuleLike['spec'] {
  return (object?.spec ?? {}) as DestinationRuleLike['spec'];
}

/** A value as messages show it. */
export function text(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}

/** Which of the portal's units differ, and how. */
export function changesBetween(before: PolicyUnits, now: PolicyUnits): string {
  const changed = UNIT_NAMES.filter(unit => !same(before[unit], now[unit]));
  return changed.length > 0
    ? changed
        .map(
          unit => `${unit} was ${text(before[unit])}, now ${text(now[unit])}`,
        )
        .join('; ')
    : 'The fields of the locality rule are the same, something else in the object changed; look at a new preview';
}

/** Whether the object is as the plan wanted it. */
export function isReached(
  plan: ServicePlan,
  live: KubernetesObject | undefined,
): boolean {
  return plan.remove
    ? !live
    : live !== undefined &&
        same(unitsOf(specOf(live).trafficPolicy), plan.after);
}

/** What somebody else made of the object since the plan; nothing of it is overwritten. */
export function editedSince(
  plan: ServicePlan,
  live: KubernetesObject | undefined,
): ConflictError {
  const version = live?.metadata.resourceVersion;
  const now = unitsOf(specOf(live).trafficPolicy);
  return new ConflictError(
    `${nameOf(plan)} was ${
      version ? 'edited' : 'deleted'
    } since the preview (resourceVersion ${
      plan.resourceVersion ?? 'none'
    }, now ${version ?? 'none'}). ${changesBetween(plan.before, now)}`,
  );
}
