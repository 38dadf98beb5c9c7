import type { Alicloud, CallOptions } from '../alicloud/types';
import { environmentResources } from './environment';
import { findEnvironment } from './find';
import { buildGraph } from './graph';
import { planEnvironment } from './plan';
import type { EnvironmentSpec } from './spec';
import { removalsOf } from './surplus';
import { takeAway } from './take';
import type { Pace, ProgressEvent, ResourceReport } from './types';

/** What a run may take away before it makes things; by default nothing. */
export interface Permissions {
  /** Take away what carries the environment's tag and is no longer in the spec. */
  prune?: boolean;
  /** Take away what cannot become what the spec says, with everything that stands on it, so that it is made anew. */
  replace?: boolean;
}

/** Takes away what the spec has no place for, as far as the run may; returns what became of each thing. */
export async function reshape(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  options: Permissions & {
    pace: Pace;
    call: CallOptions;
    elapsed(): number;
    onProgress?(event: ProgressEvent): void;
  },
): Promise<ResourceReport[]> {
  const { prune, replace, pace, call, elapsed, onProgress } = options;
  if (!prune && !replace) return [];
  const [plan, found] = await Promise.all([
    planEnvironment(cloud, spec, { signal: call.signal }),
    findEnvironment(cloud, spec.name, call),
  ]);
  const wanted = new Set(environmentResources(spec).map(({ key }) => key));
  const replaced = new Set(
    plan.resources
      .filter(({ action }) => action === 'replace')
      .map(({ key }) => key),
  );
  const removals = removalsOf(
    cloud,
    found,
    ({ resource }) =>
      resource !== undefined &&
      ((!!prune && !wanted.has(resource)) ||
        (!!replace && replaced.has(resource))),
    call,
  );
  const chosen = new Set(removals.map(({ key }) => key));
  return await takeAway(
    buildGraph(
      removals.map(removal => ({
        ...removal,
        dependencies: removal.dependencies.filter(key => chosen.has(key)),
      })),
    ),
    { pace, signal: call.signal, elapsed, onProgress },
  );
}
