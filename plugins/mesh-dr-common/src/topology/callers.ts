import type { CallerTopology } from '../api/types';
import { localityOf, selectedPods } from './facts';
import { entryServices, type IngressGateway } from './gateways';
import type { ClusterFacts, PodFacts, TopologyInput } from './types';

/** Namespaces whose pods are no part of anybody's application. */
const SYSTEM_NAMESPACES = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'istio-system',
];

/** A caller with the namespace whose rules it obeys. */
export interface Caller {
  topology: CallerTopology;
  namespace: string;
  /** Labels of the calling pods, where it is known which they are (gateways). */
  labels?: Record<string, string>;
}

/** Mesh proxies of one locality. */
interface ProxyGroup {
  region: string;
  zone?: string;
  proxies: number;
  /** Of them, those whose node does not say where it stands. */
  assumed: number;
}

/**
 * Who calls a service: the sidecars of all other workloads, one caller per region and zone (who really calls is not
 * written anywhere, and each obeys the same rule), and every ingress gateway that routes to it.
 */
export function findCallers(
  input: TopologyInput,
  ingress: IngressGateway[],
): Caller[] {
  const { service, clusters } = input;
  const groups = new Map<string, ProxyGroup>();
  for (const cluster of clusters) {
    for (const group of proxyGroups(cluster).values()) {
      add(groups, group);
    }
    const others = [
      ...selectedPods(cluster, service),
      ...ingress.flatMap(gateway =>
        gateway.cluster === cluster ? gateway.pods : [],
      ),
    ];
    for (const pod of others.filter(inMesh)) {
      add(groups, groupOf(cluster, pod), -1);
    }
  }
  const sidecars = [...groups.values()]
    .filter(({ proxies }) => proxies > 0)
    .map(group => sidecarCaller(group, service.namespace))
    .sort((a, b) => (a.topology.id < b.topology.id ? -1 : 1));
  const gateways = ingress
    .filter(gateway =>
      entryServices(gateway, input.virtualServices, input.gateways).some(
        entry =>
          entry.name === service.name && entry.namespace === service.namespace,
      ),
    )
    .map(gatewayCaller);
  return [...gateways, ...sidecars];
}

/** Whether any workload of the mesh runs in a cluster. */
export function hasProxies(cluster: ClusterFacts): boolean {
  return [...proxyGroups(cluster).values()].some(({ proxies }) => proxies > 0);
}

const counted = new WeakMap<
  PodFacts[],
  { nodes: ClusterFacts['nodes']; groups: Map<string, ProxyGroup> }
>();

/** All proxies of a cluster by locality, counted once per list of pods. */
function proxyGroups(cluster: ClusterFacts): Map<string, ProxyGroup> {
  const known = counted.get(cluster.pods);
  if (known?.nodes === cluster.nodes) {
    return known.groups;
  }
  const groups = new Map<string, ProxyGroup>();
  for (const pod of cluster.pods.filter(inMesh)) {
    add(groups, groupOf(cluster, pod));
  }
  counted.set(cluster.pods, { nodes: cluster.nodes, groups });
  return groups;
}

function groupOf(cluster: ClusterFacts, pod: PodFacts): ProxyGroup {
  const { region, zone, source } = localityOf(cluster, pod);
  return {
    region,
    ...(zone && { zone }),
    proxies: 1,
    assumed: source === 'assumed' ? 1 : 0,
  };
}

/** Adds a group to, or with `sign` -1 takes it from, the sum of its locality. `group` stays as it is. */
function add(
  groups: Map<string, ProxyGroup>,
  group: ProxyGroup,
  sign: 1 | -1 = 1,
) {
  const key = `${group.region}/${group.zone ?? ''}`;
  let sum = groups.get(key);
  if (!sum) {
    sum = { ...group, proxies: 0, assumed: 0 };
    groups.set(key, sum);
  }
  sum.proxies += sign * group.proxies;
  sum.assumed += sign * group.assumed;
}

function sidecarCaller(group: ProxyGroup, namespace: string): Caller {
  const { region, zone, proxies, assumed } = group;
  return {
    namespace,
    topology: {
      id: `sidecars:${region}${zone ? `/${zone}` : ''}`,
      kind: 'sidecars',
      name: `workloads in ${zone ?? region}`,
      region,
      ...(zone && { zone }),
      proxies,
      localitySource: assumed > 0 ? 'assumed' : 'node',
    },
  };
}

function inMesh(pod: PodFacts): boolean {
  if (pod.terminating || !pod.ready || pod.sidecar === false) {
    return false;
  }
  return (
    pod.sidecar === true ||
    (!SYSTEM_NAMESPACES.includes(pod.namespace) &&
      pod.labels['sidecar.istio.io/inject'] !== 'false')
  );
}

/** A gateway's locality is its pod's node; one that ASM runs elsewhere is assumed to stand in its cluster's region. */
export function gatewayCaller(gateway: IngressGateway): Caller {
  const { topology, pods, cluster } = gateway;
  const place = pods.length
    ? localityOf(cluster, pods[0])
    : { region: cluster.region, zone: undefined, source: 'assumed' as const };
  return {
    namespace: topology.namespace,
    ...(pods.length > 0 && { labels: pods[0].labels }),
    topology: {
      id: `gateway:${topology.clusterId}/${topology.namespace}/${topology.name}`,
      kind: 'gateway',
      name: topology.name,
      region: place.region,
      ...(place.zone && { zone: place.zone }),
      proxies: Math.max(1, topology.ready),
      localitySource: place.source,
    },
  };
}
