import type { Alicloud } from '../alicloud/types';
import { limitCalls } from './calls';
import { findEnvironment, isEmpty, type FoundEnvironment } from './find';
import { buildGraph } from './graph';
import { defaultPace } from './pace';
import { environmentRemovals } from './removals';
import { takeAway } from './take';
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
  const resources = await takeAway(graph, {
    pace,
    signal,
    elapsed,
    onProgress: options.onProgress,
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
