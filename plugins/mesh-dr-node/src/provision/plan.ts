import type { JsonObject } from '@backstage/types';
import type { DepGraph } from 'dependency-graph';
import type { Alicloud } from '../alicloud/types';
import { limitCalls } from './calls';
import {
  EXPECTED_CREATE_MS,
  EXPECTED_DELETE_MS,
  EXPECTED_UPDATE_MS,
} from './durations';
import {
  createContext,
  environmentResources,
  selectKinds,
} from './environment';
import { findEnvironment } from './find';
import { buildGraph, walk, type GraphNode } from './graph';
import { surplusRemovals } from './surplus';
import { preflightSpec } from './preflight';
import type { EnvironmentSpec } from './spec';
import type { Observation, ResourceKind } from './types';

/**
 * What a run does with one resource:
 * - `create`: it does not exist;
 * - `adopt`: it is somebody else's and is used as it is;
 * - `keep`: it is as the spec says; `update`: it is changed in place;
 * - `replace`: it is the environment's own and cannot become what the spec says, or stands on something that is replaced:
 *   taken away and made anew, if the run may;
 * - `delete`: it carries the environment's tag and is no longer in the spec: taken away, if the run may;
 * - `conflict`: it is somebody else's and in the way;
 * - `missing`: a prerequisite of the chosen slice does not exist.
 */
export type PlannedAction =
  | 'create'
  | 'adopt'
  | 'keep'
  | 'update'
  | 'replace'
  | 'delete'
  | 'conflict'
  | 'missing';

export interface PlannedResource {
  key: string;
  kind: string;
  title: string;
  action: PlannedAction;
  id?: string;
  /** Why, unless it simply does not exist or is as it should be. */
  reason?: string;
  /** What differs from the spec and is left as it is. */
  differences?: string[];
  /** Time the action usually takes, ms. */
  expectedMs: number;
}

export interface EnvironmentPlan {
  /** In an order in which they could be worked through one by one. */
  resources: PlannedResource[];
  /** The chain of resources that decides how long the run takes, first to last. */
  criticalPath: string[];
  /** Expected duration of that chain, ms. */
  expectedMs: number;
}

interface Seen {
  action: PlannedAction;
  id?: string;
  reason?: string;
  differences?: string[];
}

/** What one look means for the plan. */
function judge(seen: Observation, prerequisite: boolean): Seen {
  const { id, adopted, mismatch, changes, differences } = seen;
  const base = { id, ...(differences?.length && { differences }) };
  if (mismatch && !prerequisite) {
    return {
      ...base,
      action: adopted ? 'conflict' : 'replace',
      reason: mismatch,
    };
  }
  if (changes?.length && !prerequisite) {
    return { ...base, action: 'update', reason: changes.join('; ') };
  }
  const waiting = seen.state === 'ready' ? undefined : `is "${seen.status}"`;
  return { ...base, action: adopted ? 'adopt' : 'keep', reason: waiting };
}

function expectedMs(kind: string, action: PlannedAction): number {
  const create = EXPECTED_CREATE_MS[kind as ResourceKind] ?? 0;
  const remove = EXPECTED_DELETE_MS[kind] ?? EXPECTED_UPDATE_MS;
  switch (action) {
    case 'create':
      return create;
    case 'replace':
      return create + remove;
    case 'delete':
      return remove;
    case 'update':
      return EXPECTED_UPDATE_MS;
    default:
      return 0;
  }
}

/** The chain through the graph whose actions take longest together. */
export function criticalPath<T extends GraphNode>(
  graph: DepGraph<T>,
  durationOf: (key: string) => number,
): { path: string[]; ms: number } {
  const best = new Map<string, { path: string[]; ms: number }>();
  let longest = { path: [] as string[], ms: 0 };
  for (const key of graph.overallOrder()) {
    const before = graph
      .directDependenciesOf(key)
      .map(dependency => best.get(dependency)!)
      .reduce((a, b) => (b.ms > a.ms ? b : a), { path: [] as string[], ms: 0 });
    const own = durationOf(key);
    const here = own
      ? { path: [...before.path, key], ms: before.ms + own }
      : before;
    best.set(key, here);
    if (here.ms > longest.ms) longest = here;
  }
  return longest;
}

/**
 * Says what provisioning would do with every resource, why, and how long it would take; reads only.
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
): Promise<EnvironmentPlan> {
  const call = { signal: options.signal };
  const bounded = limitCalls(cloud, options.concurrency ?? 8);
  await preflightSpec(bounded, spec, call);
  const all = environmentResources(spec);
  const { resources, prerequisites } = selectKinds(all, options.kinds);
  const graph = buildGraph(resources);
  const outputs = new Map<string, JsonObject>();
  const context = createContext({
    cloud: bounded,
    spec,
    uid: 'plan',
    call,
    outputs,
  });
  const planned = new Map<string, Seen>();
  const looks = walk(
    graph,
    async ({ key, dependencies, find, create }) => {
      const absent: Seen = prerequisites.has(key)
        ? { action: 'missing' }
        : { action: 'create' };
      // Whatever depends on something that does not exist yet cannot exist either.
      if (!dependencies.every(dependency => outputs.has(dependency))) {
        planned.set(key, absent);
        return;
      }
      const seen = await find(context);
      if (seen?.state === 'ready') outputs.set(key, seen.outputs);
      if (seen) planned.set(key, judge(seen, prerequisites.has(key)));
      else if (!create && absent.action === 'create') {
        planned.set(key, { action: 'missing', reason: 'does not exist' });
      } else planned.set(key, absent);
    },
    { signal: options.signal },
  );
  const [outcomes, found] = await Promise.all([
    looks,
    options.kinds ? undefined : findEnvironment(bounded, spec.name, call),
  ]);
  options.signal?.throwIfAborted();
  for (const outcome of outcomes.values()) {
    if (outcome.state === 'failed') throw outcome.error;
  }
  for (const key of graph.overallOrder()) {
    const replaced = graph
      .dependenciesOf(key)
      .find(other => planned.get(other)!.action === 'replace');
    const own = planned.get(key)!;
    if (replaced && (own.action === 'keep' || own.action === 'update')) {
      planned.set(key, {
        ...own,
        action: 'replace',
        reason: `stands on ${replaced}, which is replaced`,
      });
    }
  }
  const surplus = found
    ? surplusRemovals(bounded, found, all, call).map(
        ({ key, kind, title, id, blocked, resource }) => ({
          key,
          kind,
          title,
          id,
          action: 'delete' as const,
          reason:
            blocked ??
            (resource
              ? 'carries the tag of the environment, not in the spec'
              : 'belongs to something that goes'),
          expectedMs: expectedMs(kind, 'delete'),
        }),
      )
    : [];
  const { path, ms } = criticalPath(graph, key =>
    expectedMs(graph.getNodeData(key).kind, planned.get(key)!.action),
  );
  return {
    resources: [
      ...graph.overallOrder().map(key => {
        const { kind, title } = graph.getNodeData(key);
        const seen = planned.get(key)!;
        return {
          key,
          kind,
          title,
          ...seen,
          expectedMs: expectedMs(kind, seen.action),
        };
      }),
      ...surplus,
    ],
    criticalPath: path,
    expectedMs: ms,
  };
}
