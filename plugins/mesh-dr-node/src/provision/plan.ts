import type { JsonObject } from '@backstage/types';
import type { Alicloud } from '../alicloud/types';
import { limitCalls } from './calls';
import {
  createContext,
  environmentResources,
  selectKinds,
} from './environment';
import { buildGraph, walk } from './graph';
import { preflightSpec } from './preflight';
import type { EnvironmentSpec } from './spec';
import type { ResourceKind } from './types';

/** What a run would do with one resource. */
export interface PlannedResource {
  key: string;
  kind: ResourceKind;
  title: string;
  /** `conflict`: exists and cannot become what the spec says. `missing`: a prerequisite of this slice does not exist. */
  action: 'create' | 'keep' | 'update' | 'conflict' | 'missing';
  id?: string;
  reason?: string;
}

/**
 * Says what provisioning would create, update and keep, reading only.
 *
 * @throws InputError when the cloud cannot do what the spec asks (unknown region, zone or version)
 */
export async function planEnvironment(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  options: {
    kinds?: readonly ResourceKind[];
    signal?: AbortSignal;
    concurrency?: number;
  } = {},
): Promise<PlannedResource[]> {
  const call = { signal: options.signal };
  const bounded = limitCalls(cloud, options.concurrency ?? 8);
  await preflightSpec(bounded, spec, call);
  const { resources, prerequisites } = selectKinds(
    environmentResources(spec),
    options.kinds,
  );
  const graph = buildGraph(resources);
  const outputs = new Map<string, JsonObject>();
  const context = createContext({
    cloud: bounded,
    spec,
    uid: 'plan',
    call,
    outputs,
  });
  const planned = new Map<string, PlannedResource>();
  const outcomes = await walk(
    graph,
    async ({ key, kind, title, dependencies, find }) => {
      const absent = prerequisites.has(key) ? 'missing' : 'create';
      const base = { key, kind, title };
      // Whatever depends on something that does not exist yet cannot exist either.
      if (!dependencies.every(dependency => outputs.has(dependency))) {
        planned.set(key, { ...base, action: absent });
        return;
      }
      const seen = await find(context);
      if (!seen) {
        planned.set(key, { ...base, action: absent });
        return;
      }
      if (seen.state === 'ready') outputs.set(key, seen.outputs);
      const { id } = seen;
      if (seen.mismatch) {
        planned.set(key, {
          ...base,
          id,
          action: 'conflict',
          reason: seen.mismatch,
        });
      } else if (seen.changes?.length && !prerequisites.has(key)) {
        planned.set(key, {
          ...base,
          id,
          action: 'update',
          reason: seen.changes.join('; '),
        });
      } else {
        planned.set(key, {
          ...base,
          id,
          action: 'keep',
          reason: seen.state === 'ready' ? undefined : `is "${seen.status}"`,
        });
      }
    },
    { signal: options.signal },
  );
  options.signal?.throwIfAborted();
  for (const outcome of outcomes.values()) {
    if (outcome.state === 'failed') throw outcome.error;
  }
  return graph.overallOrder().map(key => planned.get(key)!);
}
