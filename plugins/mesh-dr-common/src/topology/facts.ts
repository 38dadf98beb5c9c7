import type { EndpointTopology, Freshness } from '../api/types';
import type { LocalityEndpoints } from '../locality/types';
import { nodeOf, podsIn, serviceIn } from './snapshotIndex';
import type { ClusterFacts, PodFacts } from './types';

/** Whether every label of a selector is there. An empty selector selects nothing. */
export function selects(
  selector: Record<string, string> | undefined,
  labels: Record<string, string> | undefined,
): boolean {
  const wanted = Object.entries(selector ?? {});
  return (
    wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value)
  );
}

/** Labels by which a pod says itself where it stands; the first from Istio 1.29 on. Dots stand for slashes. */
const LOCALITY_LABELS = ['topology.istio.io/locality', 'istio-locality'];

/** Where a pod stands, as Istio sees it: what its own label says, else its node's labels. */
export function localityOf(
  cluster: ClusterFacts,
  pod: PodFacts,
): { region: string; zone?: string; source: 'node' | 'assumed' } {
  const label = LOCALITY_LABELS.map(key => pod.labels[key]).find(Boolean);
  if (label) {
    const [region, zone] = label.split(label.includes('/') ? '/' : '.');
    return { region, ...(zone && { zone }), source: 'node' };
  }
  const node = nodeOf(cluster, pod.node);
  return {
    region: node?.region ?? cluster.region,
    zone: node?.zone ?? pod.zone,
    source: node?.region ? 'node' : 'assumed',
  };
}

/** Pods behind a service in one cluster. Terminating pods are endpoints no more. */
export function podsOf(
  cluster: ClusterFacts,
  service: { namespace: string; name: string },
): PodFacts[] {
  return selectedPods(cluster, service).filter(
    ({ terminating }) => !terminating,
  );
}

const selected = new WeakMap<
  PodFacts[],
  { services: ClusterFacts['services']; pods: Map<string, PodFacts[]> }
>();

/** Pods a service selects in one cluster, terminating ones, too. Worked out once per snapshot. */
export function selectedPods(
  cluster: ClusterFacts,
  service: { namespace: string; name: string },
): PodFacts[] {
  let known = selected.get(cluster.pods);
  if (known?.services !== cluster.services) {
    known = { services: cluster.services, pods: new Map() };
    selected.set(cluster.pods, known);
  }
  const key = `${service.namespace}/${service.name}`;
  let pods = known.pods.get(key);
  if (!pods) {
    const selector = serviceIn(cluster, service)?.selector;
    pods = podsIn(cluster, service.namespace).filter(pod =>
      selects(selector, pod.labels),
    );
    known.pods.set(key, pods);
  }
  return pods;
}

/** The endpoint as the page shows it. Pods without a version label are `unversioned`. */
export function endpointOf(
  cluster: ClusterFacts,
  pod: PodFacts,
): EndpointTopology {
  const { zone } = localityOf(cluster, pod);
  return {
    pod: pod.name,
    ip: pod.ip ?? '',
    ...(pod.node && { node: pod.node }),
    ...(zone && { zone }),
    version: pod.labels.version ?? 'unversioned',
    ready: pod.ready,
  };
}

/**
 * Endpoints of a service over all clusters, counted by region and zone; with `labels` only those of a subset, with
 * `splitBy` also by the values of these labels. Facts of a cluster that cannot be reached count as last seen: istiod keeps
 * its endpoints, too.
 */
export function endpointsOf(
  clusters: ClusterFacts[],
  service: { namespace: string; name: string },
  labels?: Record<string, string>,
  splitBy: string[] = [],
): LocalityEndpoints[] {
  const groups = new Map<string, LocalityEndpoints>();
  for (const cluster of clusters) {
    for (const pod of podsOf(cluster, service)) {
      if (labels && !selects(labels, pod.labels)) {
        continue;
      }
      const { region, zone } = localityOf(cluster, pod);
      const own = splitBy.length ? labelsOf(cluster, pod, splitBy) : undefined;
      const key = `${region}/${zone ?? ''}${own ? JSON.stringify(own) : ''}`;
      const group = groups.get(key) ?? {
        region,
        ...(zone && { zone }),
        ...(own && { labels: own }),
        total: 0,
        healthy: 0,
        notReady: 0,
      };
      group.total++;
      group.healthy += pod.ready ? 1 : 0;
      group.notReady! += pod.ready ? 0 : 1;
      groups.set(key, group);
    }
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => group);
}

/** Of the labels istiod knows of an endpoint (its pod's, its cluster and node), those asked for. */
function labelsOf(
  cluster: ClusterFacts,
  pod: PodFacts,
  keys: string[],
): Record<string, string> {
  const all: Record<string, string | undefined> = {
    ...pod.labels,
    'topology.istio.io/cluster': cluster.id,
    'kubernetes.io/hostname': pod.node,
  };
  return Object.fromEntries(
    keys.flatMap(key => (all[key] === undefined ? [] : [[key, all[key]!]])),
  );
}

const gravity: Record<Freshness['state'], number> = {
  ok: 0,
  syncing: 1,
  stale: 2,
  forbidden: 3,
  unreachable: 4,
};

/** The worst of several; of equals the first. */
export function worstFreshness(states: Freshness[]): Freshness {
  return states.reduce((worst, state) =>
    gravity[state.state] > gravity[worst.state] ? state : worst,
  );
}
