import { DURATIONS } from '@mesh-dr/alicloud-sandbox';
import {
  buildGraph,
  criticalPath,
  environmentRemovals,
  environmentResources,
  findEnvironment,
  type Alicloud,
  type EnvironmentSpec,
  type GraphNode,
  type ResourceKind,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

/** Simulated ms until the sandbox has made one resource of a kind; what it does at once takes nothing. */
export const CREATION_MS: Record<ResourceKind, number> = {
  vpc: DURATIONS.vpcAvailable,
  vswitch: DURATIONS.vSwitchAvailable,
  cen: DURATIONS.cenActive,
  'transit-router': DURATIONS.transitRouterActive,
  'vpc-attachment': DURATIONS.vpcAttached,
  'peer-attachment': DURATIONS.peerAttached,
  // Association and propagation are asked for together.
  'route-link': DURATIONS.routeTableLink,
  cluster:
    DURATIONS.clusterApiServerUp +
    DURATIONS.clusterNodesAdded +
    DURATIONS.clusterRunning,
  'pod-routes': 0,
  'security-group': 0,
  mesh: DURATIONS.meshApiServerUp + DURATIONS.meshRunning,
};

/** The same until it has taken one away. */
export const REMOVAL_MS: Record<string, number> = {
  member: DURATIONS.memberRemoved,
  mesh: DURATIONS.meshDeleted,
  cluster: DURATIONS.clusterDeleted,
  'vpc-attachment': DURATIONS.vpcDetached,
  'peer-attachment': DURATIONS.peerDetached,
  'transit-router': DURATIONS.transitRouterDeleted,
};

export interface Critical {
  path: string[];
  seconds: number;
  /** The kind of each thing in the graph. */
  kinds: string[];
}

function criticalOf<T extends GraphNode & { kind: string }>(
  nodes: T[],
  durations: Record<string, number>,
): Critical {
  const graph = buildGraph(nodes);
  const { path, ms } = criticalPath(
    graph,
    key => durations[graph.getNodeData(key).kind] ?? 0,
  );
  return { path, seconds: ms / 1000, kinds: nodes.map(({ kind }) => kind) };
}

/** The longest chain of a new environment's graph. */
export const criticalCreation = (spec: EnvironmentSpec): Critical =>
  criticalOf(environmentResources(spec), CREATION_MS);

/** The longest chain of taking away what there is of an environment. */
export async function criticalRemoval(
  cloud: Alicloud,
  name: string,
): Promise<Critical> {
  const found = await findEnvironment(cloud, name);
  return criticalOf(environmentRemovals(cloud, found, {}), REMOVAL_MS);
}
