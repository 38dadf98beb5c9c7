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

/** One thing that destroying would take away. */
export interface DestroyStep {
  /** Its key in the environment's spec, or, of what the spec does not name, in the order of removal. */
  key: string;
  kind: string;
  id: string;
  title: string;
  /** Why it would stay. */
  blocked?: string;
}

/** What destroying would take away, in order, and what keeps something from going. */
export async function planDestroy(
  cloud: Alicloud,
  name: string,
  options: { signal?: AbortSignal } = {},
): Promise<{ steps: DestroyStep[]; warnings: string[] }> {
  const call = { signal: options.signal };
  const bounded = limitCalls(cloud, 8);
  const found = await findEnvironment(bounded, name, call);
  const graph = buildGraph(environmentRemovals(bounded, found, call));
  return {
    steps: graph.overallOrder().map(key => {
      const {
        kind,
        id,
        title,
        blocked,
        resource = key,
      } = graph.getNodeData(key);
      return { key: resource, kind, id, title, blocked };
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

/** Rounds of taking away; each takes what the one before it could not see yet. */
const MOST_ROUNDS = 5;

/**
 * Takes an environment away in reverse order of dependence: only what carries its tag, waiting for dependants. A second
 * run continues where the first one stopped. An environment that does not exist is destroyed already.
 *
 * It is gone when nothing was seen by a look that began after listings could no longer lag behind what was made before:
 * what an interrupted run created last may not be listed yet when this one begins.
 *
 * @returns the report, also when something stays or could not be searched (`status`, `leftovers`)
 * @throws AlicloudError when the environment cannot be looked for
 */
export async function destroyEnvironment(
  cloud: Alicloud,
  name: string,
  options: DestroyOptions = {},
): Promise<DestroyReport> {
  const { signal, onProgress } = options;
  const pace = { ...defaultPace, ...options.pace };
  const call = { signal };
  const begin = pace.now();
  const elapsed = () => pace.now() - begin;
  const bounded = limitCalls(cloud, options.concurrency ?? 8);
  const resources = new Map<string, ResourceReport>();
  const warnings = new Set<string>();
  const report = (
    status: DestroyReport['status'],
    leftovers: string[] = [],
  ): DestroyReport => ({
    environment: name,
    status,
    elapsedMs: elapsed(),
    resources: [...resources.values()],
    leftovers,
    warnings: [...warnings],
  });
  const look = async () => {
    const found = await findEnvironment(bounded, name, call);
    for (const warning of found.warnings) warnings.add(warning);
    return found;
  };
  const isStuck = () =>
    [...resources.values()].some(({ result }) => result !== 'deleted');

  try {
    let found = await look();
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      const graph = buildGraph(environmentRemovals(bounded, found, call));
      const taken = await takeAway(graph, {
        pace,
        signal,
        elapsed,
        onProgress,
      });
      for (const item of taken) resources.set(item.key, item);
      if (signal?.aborted) return report('cancelled');
      // From the second round on listings have shown that they lag.
      const lag = pace.listingLagMs - (round > 1 ? 0 : elapsed());
      if (lag > 0 && !isStuck()) await pace.sleep(lag, signal);
      found = await look();
      if (isEmpty(found) || isStuck()) break;
    }
    const gone = isEmpty(found) && !isStuck() && !found.unsearched.length;
    return report(gone ? 'destroyed' : 'failed', [
      ...describeLeftovers(found),
      ...found.unsearched.map(warning => `perhaps something more: ${warning}`),
    ]);
  } catch (error) {
    if (signal?.aborted) return report('cancelled');
    throw error;
  }
}
