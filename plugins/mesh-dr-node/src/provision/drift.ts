import type { DriftItem } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Alicloud } from '../alicloud/types';
import { planEnvironment, type PlannedResource } from './plan';
import type { EnvironmentSpec } from './spec';

/** What a planned action says about an environment that should be complete. */
function driftOf(planned: PlannedResource): DriftItem[] {
  const { key, title, id, action, reason, differences = [] } = planned;
  const base = { key, title, ...(id && { id }) };
  const told = differences.map(
    (detail): DriftItem => ({
      ...base,
      kind: 'changed',
      detail,
      repair: 'none',
    }),
  );
  switch (action) {
    case 'create':
      return [
        {
          ...base,
          kind: 'missing',
          detail: 'does not exist',
          repair: 'provision',
        },
      ];
    case 'missing':
      return [
        {
          ...base,
          kind: 'missing',
          detail: `${
            reason ?? 'does not exist'
          }, and is not the environment's to make`,
          repair: 'none',
        },
      ];
    case 'update':
      return [
        ...told,
        { ...base, kind: 'changed', detail: reason!, repair: 'provision' },
      ];
    case 'replace':
      return [
        ...told,
        { ...base, kind: 'changed', detail: reason!, repair: 'replace' },
      ];
    case 'delete':
      return [{ ...base, kind: 'surplus', detail: reason!, repair: 'prune' }];
    case 'conflict':
      return [{ ...base, kind: 'changed', detail: reason!, repair: 'none' }];
    default:
      return reason
        ? [
            ...told,
            { ...base, kind: 'changed', detail: reason, repair: 'none' },
          ]
        : told;
  }
}

/**
 * Compares the cloud with the spec of an environment that was provisioned from it; reads only. Includes what a run would
 * not repair, such as nodes that somebody added by hand.
 *
 * @returns nothing when the cloud is as the spec says
 */
export async function driftOfEnvironment(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  options: { signal?: AbortSignal } = {},
): Promise<DriftItem[]> {
  const { resources } = await planEnvironment(cloud, spec, options);
  return resources.flatMap(driftOf);
}
