import {
  defaultPace,
  environmentResources,
  type EnvironmentSpec,
  type Pace,
  type Resource,
  type ResourceKind,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { CREATION_MS, REMOVAL_MS } from './criticalPath';

type Intervals = Pick<Pace, 'minIntervalMs' | 'maxIntervalMs' | 'growth'>;

/** Looks that the engine's patience takes until something is there that takes this long, the last one included. */
export function looksUntil(ms: number, pace: Intervals = defaultPace): number {
  let looks = 1;
  for (let waited = 0; waited < ms; looks++) {
    const interval = Math.max(pace.minIntervalMs, waited * pace.growth);
    waited += Math.min(pace.maxIntervalMs, interval);
  }
  return looks;
}

/** The operations by which the state of each kind is seen; a look calls each of them once. */
const LOOKS: Record<ResourceKind, string[]> = {
  vpc: ['Vpc.DescribeVpcs'],
  vswitch: ['Vpc.DescribeVSwitches'],
  cen: ['Cbn.DescribeCens'],
  'transit-router': ['Cbn.ListTransitRouters'],
  'vpc-attachment': ['Cbn.ListTransitRouterVpcAttachments'],
  'peer-attachment': ['Cbn.ListTransitRouterPeerAttachments'],
  'route-link': [
    'Cbn.ListTransitRouterRouteTableAssociations',
    'Cbn.ListTransitRouterRouteTablePropagations',
  ],
  cluster: ['CS.DescribeClusterDetail'],
  'pod-routes': [
    'Cbn.DescribePublishedRouteEntries',
    'CS.DescribeClusterNodes',
  ],
  'security-group': ['Ecs.DescribeSecurityGroupAttribute'],
  mesh: ['servicemesh.DescribeServiceMeshDetail'],
};

/** Lists that find by name or tag what is then looked at by its id. */
const FINDS: Partial<Record<ResourceKind, string>> = {
  cluster: 'CS.DescribeClustersV1',
  mesh: 'servicemesh.DescribeServiceMeshes',
};

/** Route tables, which a VPC and a transit router have from the start and whose ids others need. */
const TABLES: Partial<Record<ResourceKind, number>> = {
  vpc: 1,
  'transit-router': 1,
};

/** The calls without which an environment cannot be made, or taken away. */
export interface MinimalCalls {
  /** Calls that create, change or delete. */
  writes: number;
  /** One look at each thing before, and when made one at the route tables that come with it. */
  lookUps: number;
  /** Looks until each thing is ready, or gone, at the engine's pace: the least would be one. */
  polls: number;
}

const routesOf = (spec: EnvironmentSpec, cluster?: unknown): number =>
  spec.network.clusters.find(({ name }) => name === cluster)?.nodes ??
  spec.clusters.nodes;

function writesOf({ kind, desired }: Resource, spec: EnvironmentSpec): number {
  if (kind === 'route-link') return 2;
  return kind === 'pod-routes' ? routesOf(spec, desired.cluster) : 1;
}

export function minimalCreation(spec: EnvironmentSpec): MinimalCalls {
  const sum: MinimalCalls = { writes: 0, lookUps: 0, polls: 0 };
  for (const resource of environmentResources(spec)) {
    const { kind } = resource;
    const perLook = LOOKS[kind].length;
    sum.writes += writesOf(resource, spec);
    sum.lookUps += perLook + (TABLES[kind] ?? 0);
    sum.polls += perLook * looksUntil(CREATION_MS[kind]);
  }
  return sum;
}

/** @param kinds - of each thing to take away */
export function minimalRemoval(
  kinds: string[],
  spec: EnvironmentSpec,
): MinimalCalls {
  const sum: MinimalCalls = { writes: 0, lookUps: 0, polls: 0 };
  for (const kind of kinds) {
    sum.writes += kind === 'pod-routes' ? routesOf(spec) : 1;
    sum.lookUps += 1;
    sum.polls += looksUntil(REMOVAL_MS[kind] ?? 0);
  }
  return sum;
}

/** Calls of a run by their purpose. */
export interface SortedCalls {
  writes: number;
  /** Looks at the state of things beyond the first at each. */
  polls: number;
  /** Everything else: first looks, and what the engine asks besides. */
  others: number;
}

/**
 * Sorts the calls of a run, by `Product.Operation`.
 *
 * @param kinds - of each thing that was made or taken away
 */
export function sortCalls(
  calls: Record<string, number>,
  kinds: string[],
): SortedCalls {
  const of = (matches: (operation: string) => boolean) =>
    Object.entries(calls)
      .filter(([operation]) => matches(operation))
      .reduce((sum, [, n]) => sum + n, 0);
  const looks = new Set([
    ...Object.values(LOOKS).flat(),
    ...Object.values(FINDS),
  ]);
  const first = kinds.reduce(
    (sum, kind) => sum + (LOOKS[kind as ResourceKind]?.length ?? 1),
    0,
  );
  const reads = of(name => /\.(Describe|List|Check|Get)/.test(name));
  const polls = of(name => looks.has(name)) - first;
  return { writes: of(() => true) - reads, polls, others: reads - polls };
}
