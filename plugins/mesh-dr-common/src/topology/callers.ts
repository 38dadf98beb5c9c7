import type { CallerTopology } from '../api/types';
import { localityOf, selectedPods } from './facts';
import { entryServices, type IngressGateway } from './gateways';
import { remembered } from './remembered';
import type { ClusterFacts, NodeFacts, PodFacts, TopologyInput } from './types';

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

/** By region and zone. */
type ProxyGroups = Map<string, ProxyGroup>;

/**
 * Who calls a service: the sidecars of all other workloads, one caller per region and zone (who really calls is not
 * written anywhere, and each obeys the same rule), and every ingress gateway that routes to it.
 */
export function findCallers(
  input: TopologyInput,
  ingress: IngressGateway[],
): Caller[] {
  const { service, clusters } = input;
  const groups: ProxyGroups = new Map();
  for (const cluster of clusters) {
    const own = selectedPods(cluster, service);
    const gates = new Set(
      ingress.flatMap(gateway =>
        gateway.cluster === cluster ? gateway.pods : [],
      ),
    );
    if (gates.size) own.forEach(pod => gates.delete(pod));
    add(groups, proxiesAmong(cluster, cluster.pods));
    add(groups, proxiesAmong(cluster, own), -1);
    add(groups, proxiesAmong(cluster, [...gates]), -1);
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
  return proxiesAmong(cluster, cluster.pods).size > 0;
}

const proxyGroups = remembered(
  (pods: PodFacts[], nodes: NodeFacts[], clusterRegion: string) => {
    const groups: ProxyGroups = new Map();
    for (const pod of pods) {
      if (inMesh(pod)) {
        const place = localityOf({ nodes, region: clusterRegion }, pod);
        const group = groupAt(groups, place);
        group.proxies += 1;
        group.assumed += place.source === 'assumed' ? 1 : 0;
      }
    }
    return groups;
  },
);

/** The proxies among pods of a cluster, by locality. */
function proxiesAmong(
  { nodes, region }: ClusterFacts,
  pods: PodFacts[],
): ProxyGroups {
  return proxyGroups(pods, nodes, region);
}

/** Adds groups to, or with `sign` -1 takes them from, the sums of their localities. `more` stays as it is. */
function add(groups: ProxyGroups, more: ProxyGroups, sign: 1 | -1 = 1) {
  for (const group of more.values()) {
    const sum = groupAt(groups, group);
    sum.proxies += sign * group.proxies;
    sum.assumed += sign * group.assumed;
  }
}

function groupAt(
  groups: ProxyGroups,
  { region, zone }: { region: string; zone?: string },
): ProxyGroup {
  const key = `${region}/${zone ?? ''}`;
  let group = groups.get(key);
  if (!group) {
    group = { region, ...(zone && { zone }), proxies: 0, assumed: 0 };
    groups.set(key, group);
  }
  return group;
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
