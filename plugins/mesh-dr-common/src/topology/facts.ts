import type { EndpointTopology, Freshness } from '../api/types';
import type { LocalityEndpoints } from '../locality/types';
import { remembered } from './remembered';
import { nodeOf, podsIn, serviceIn } from './snapshotIndex';
import type { ClusterFacts, NodeFacts, PodFacts, ServiceFacts } from './types';

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
  cluster: Pick<ClusterFacts, 'region' | 'nodes'>,
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

const staying = remembered((pods: PodFacts[]) =>
  pods.some(({ terminating }) => terminating)
    ? pods.filter(({ terminating }) => !terminating)
    : pods,
);

/** Pods behind a service in one cluster. Terminating pods are endpoints no more. */
export function podsOf(
  cluster: ClusterFacts,
  service: { namespace: string; name: string },
): PodFacts[] {
  return staying(selectedPods(cluster, service));
}

const lastSelected = new WeakMap<ServiceFacts, PodFacts[]>();

const selectedBy = remembered((pods: PodFacts[], service: ServiceFacts) => {
  const { namespace, selector } = service;
  const now = podsIn({ pods }, namespace).filter(pod =>
    selects(selector, pod.labels),
  );
  const last = lastSelected.get(service);
  // The same list as long as its pods are the same, whatever happened to others: what rests on it stands.
  if (last?.length === now.length && last.every((pod, i) => pod === now[i])) {
    return last;
  }
  lastSelected.set(service, now);
  return now;
});

/** Pods a service selects in one cluster, terminating ones, too. */
export function selectedPods(
  cluster: ClusterFacts,
  service: { namespace: string; name: string },
): PodFacts[] {
  const found = serviceIn(cluster, service);
  return found ? selectedBy(cluster.pods, found) : [];
}

/** The endpoint as the page shows it. Pods without a version label are `unversioned`. */
export function endpointOf(
  cluster: Pick<ClusterFacts, 'region' | 'nodes'>,
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

type EndpointGroups = Map<string, LocalityEndpoints>;

/** Endpoints of one cluster. `wanted` are the labels and `splitBy` of `endpointsOf`, as JSON. */
const grouped = remembered(
  (
    pods: PodFacts[],
    nodes: NodeFacts[],
    id: string,
    region: string,
    wanted: string,
  ) => {
    const [labels, splitBy] = JSON.parse(wanted) as [
      Record<string, string> | null,
      string[],
    ];
    const groups: EndpointGroups = new Map();
    for (const pod of pods) {
      if (labels && !selects(labels, pod.labels)) {
        continue;
      }
      const place = localityOf({ nodes, region }, pod);
      const own = splitBy.length ? labelsOf(id, pod, splitBy) : undefined;
      const key = `${place.region}/${place.zone ?? ''}${
        own ? JSON.stringify(own) : ''
      }`;
      count(groups, key, {
        region: place.region,
        ...(place.zone && { zone: place.zone }),
        ...(own && { labels: own }),
        total: 1,
        healthy: pod.ready ? 1 : 0,
        notReady: pod.ready ? 0 : 1,
      });
    }
    return groups;
  },
);

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
  const groups: EndpointGroups = new Map();
  const wanted = JSON.stringify([labels, splitBy]);
  for (const cluster of clusters) {
    const { id, region, nodes } = cluster;
    const pods = podsOf(cluster, service);
    for (const [key, group] of grouped(pods, nodes, id, region, wanted)) {
      count(groups, key, group);
    }
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => group);
}

/** Adds to the group of the same key. `more` stays as it is. */
function count(groups: EndpointGroups, key: string, more: LocalityEndpoints) {
  let group = groups.get(key);
  if (!group) {
    group = { ...more, total: 0, healthy: 0, notReady: 0 };
    groups.set(key, group);
  }
  group.total += more.total;
  group.healthy += more.healthy;
  group.notReady! += more.notReady!;
}

/** Of the labels istiod knows of an endpoint (its pod's, its cluster and node), those asked for. */
function labelsOf(
  clusterId: string,
  pod: PodFacts,
  keys: string[],
): Record<string, string> {
  const valueOf = (key: string) => {
    if (key === 'topology.istio.io/cluster') return clusterId;
    return key === 'kubernetes.io/hostname' ? pod.node : pod.labels[key];
  };
  const found: Record<string, string> = {};
  for (const key of keys) {
    const value = valueOf(key);
    if (value !== undefined) found[key] = value;
  }
  return found;
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
