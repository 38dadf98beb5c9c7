import type { Alicloud } from '../alicloud/types';
import { limitCalls } from './calls';
import {
  describeError,
  isAbort,
  isGone,
  isInUse,
  isUnclear,
} from './cloudErrors';
import { findEnvironment, isEmpty, type FoundEnvironment } from './find';
import { buildGraph, walk } from './graph';
import { defaultPace, poll } from './pace';
import { environmentRemovals, type Removal } from './removals';
import type { Pace, ProgressEvent, ResourceReport } from './types';

export interface DestroyOptions {
  signal?: AbortSignal;
  onProgress?(event: ProgressEvent): void;
  concurrency?: number;
  pace?: Partial<Pace>;
}

export interface DestroyReport {
  environment: string;
  status: 'destroyed' | 'failed' | 'cancelled';
  elapsedMs: number;
  resources: ResourceReport[];
  /** What still carries the environment's tag, or what others attached and so keeps it from going; sentences. */
  leftovers: string[];
  warnings: string[];
}

/** What destroying would take away, in order, and what keeps something from going. */
export async function planDestroy(
  cloud: Alicloud,
  name: string,
  options: { signal?: AbortSignal } = {},
): Promise<{
  steps: { title: string; id: string; blocked?: string }[];
  warnings: string[];
}> {
  const call = { signal: options.signal };
  const bounded = limitCalls(cloud, 8);
  const found = await findEnvironment(bounded, name, call);
  const graph = buildGraph(environmentRemovals(bounded, found, call));
  return {
    steps: graph.overallOrder().map(key => {
      const { title, id, blocked } = graph.getNodeData(key);
      return { title, id, blocked };
    }),
    warnings: found.warnings,
  };
}

/** Removes one thing and waits until it is gone; waits out what still uses it. */
async function take(
  removal: Removal,
  options: { pace: Pace; signal?: AbortSignal; onDelete(): void },
): Promise<'deleted' | 'unchanged'> {
  const { pace, signal } = options;
  if (removal.blocked) {
    throw new Error(`${removal.title} stays: ${removal.blocked}`);
  }
  options.onDelete();
  const begin = pace.now();
  let removed = false;
  while (!removed) {
    signal?.throwIfAborted();
    try {
      await removal.remove();
      removed = true;
    } catch (error) {
      if (isAbort(error) || signal?.aborted) throw error;
      if (isGone(error)) return 'deleted';
      if (!isInUse(error) && !isUnclear(error)) throw error;
      if (isUnclear(error) && (await removal.gone())) return 'deleted';
      if (pace.now() - begin >= pace.inUseMs) {
        throw new Error(
          `${removal.title} (${
            removal.id
          }) is still in use by something this environment did not make: ${describeError(
            error,
          )}`,
        );
      }
      await pace.sleep(
        Math.max(pace.minIntervalMs, (pace.now() - begin) * pace.growth),
        signal,
      );
    }
  }
  await poll(
    async () => {
      try {
        return await removal.gone();
      } catch (error) {
        if (isGone(error)) return true;
        if (isUnclear(error)) return false;
        throw error;
      }
    },
    gone => gone,
    {
      pace,
      signal,
      timeoutMs: pace.timeoutMs,
      onTimeout: () =>
        new Error(
          `${removal.title} (${removal.id}) is still there ${Math.round(
            pace.timeoutMs / 60_000,
          )} minutes after it was asked to go; run again to resume`,
        ),
    },
  );
  return 'deleted';
}

/** The parts of an environment as sentences. */
function describeLeftovers(found: FoundEnvironment): string[] {
  return [
    ...found.meshes.map(
      item => `ASM mesh ${item.name} (${item.serviceMeshId})`,
    ),
    ...found.clusters.map(
      item => `ACK cluster ${item.name} (${item.clusterId})`,
    ),
    ...[...found.vpcAttachments, ...found.peerAttachments].map(
      item => `attachment ${item.transitRouterAttachmentId}`,
    ),
    ...found.transitRouters.map(
      item => `transit router ${item.transitRouterId}`,
    ),
    ...found.cens.map(item => `CEN instance ${item.name} (${item.cenId})`),
    ...found.vswitches.map(
      item => `vSwitch ${item.vSwitchName} (${item.vSwitchId})`,
    ),
    ...found.vpcs.map(item => `VPC ${item.vpcName} (${item.vpcId})`),
    ...found.foreign.map(item => `made by somebody else: ${item}`),
  ];
}

/**
 * Takes an environment away in reverse order of dependence: only what carries its tag, waiting for dependants. A second
 * run continues where the first one stopped. An environment that does not exist is destroyed already.
 */
export async function destroyEnvironment(
  cloud: Alicloud,
  name: string,
  options: DestroyOptions = {},
): Promise<DestroyReport> {
  const { signal } = options;
  const pace = { ...defaultPace, ...options.pace };
  const call = { signal };
  const begin = pace.now();
  const elapsed = () => pace.now() - begin;
  const bounded = limitCalls(cloud, options.concurrency ?? 8);
  const found = await findEnvironment(bounded, name, call);
  const graph = buildGraph(environmentRemovals(bounded, found, call));
  const progress = (event: Omit<ProgressEvent, 'elapsedMs'>) =>
    options.onProgress?.({ ...event, elapsedMs: elapsed() });
  const ended = new Map<string, number>();

  const outcomes = await walk(
    graph,
    async removal => {
      const { key, id, title } = removal;
      try {
        await take(removal, {
          pace,
          signal,
          onDelete: () =>
            progress({ key, id, state: 'deleting', detail: title }),
        });
        progress({ key, id, state: 'deleted' });
      } catch (error) {
        if (signal?.aborted) progress({ key, id, state: 'cancelled' });
        else {
          progress({ key, id, state: 'failed', detail: describeError(error) });
        }
        throw error;
      } finally {
        ended.set(key, elapsed());
      }
    },
    { signal },
  );

  const resources = graph.overallOrder().map((key): ResourceReport => {
    const { kind, id, title } = graph.getNodeData(key);
    const outcome = outcomes.get(key)!;
    const base = {
      key,
      kind,
      id,
      title,
      elapsedMs: ended.get(key) ?? elapsed(),
    };
    if (outcome.state === 'done') return { ...base, result: 'deleted' };
    if (outcome.state === 'cancelled') return { ...base, result: 'cancelled' };
    if (outcome.state === 'skipped') {
      return {
        ...base,
        result: 'skipped',
        reason: `waits for ${outcome.because
          .map(other => graph.getNodeData(other).title)
          .join(', ')}`,
      };
    }
    return { ...base, result: 'failed', reason: describeError(outcome.error) };
  });
  if (signal?.aborted) {
    return {
      environment: name,
      status: 'cancelled',
      elapsedMs: elapsed(),
      resources,
      leftovers: [],
      warnings: found.warnings,
    };
  }
  const after = await findEnvironment(bounded, name, call);
  return {
    environment: name,
    status:
      isEmpty(after) && resources.every(item => item.result === 'deleted')
        ? 'destroyed'
        : 'failed',
    elapsedMs: elapsed(),
    resources,
    leftovers: describeLeftovers(after),
    warnings: [...new Set([...found.warnings, ...after.warnings])],
  };
}
