import type { CallerTopology } from '../api/types';
import { localityOf, selects, serviceIn } from './facts';
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
  const sidecars = new Map<string, Caller>();
  for (const cluster of clusters) {
    const own = serviceIn(cluster, service);
    for (const pod of cluster.pods) {
      const itself =
        pod.namespace === service.namespace &&
        selects(own?.selector, pod.labels);
      if (!itself && inMesh(pod) && !isGatewayPod(pod, cluster, ingress)) {
        addSidecar(sidecars, cluster, pod, service.namespace);
      }
    }
  }
  const gateways = ingress
    .filter(gateway =>
      entryServices(gateway, input.virtualServices, input.gateways).some(
        entry =>
          entry.name === service.name && entry.namespace === service.namespace,
      ),
    )
    .map(gatewayCaller);
  return [
    ...gateways,
    ...[...sidecars.values()].sort((a, b) =>
      a.topology.id < b.topology.id ? -1 : 1,
    ),
  ];
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

function isGatewayPod(
  pod: PodFacts,
  cluster: ClusterFacts,
  ingress: IngressGateway[],
): boolean {
  return ingress.some(
    gateway => gateway.cluster === cluster && gateway.pods.includes(pod),
  );
}

function addSidecar(
  sidecars: Map<string, Caller>,
  cluster: ClusterFacts,
  pod: PodFacts,
  namespace: string,
) {
  const { region, zone, source } = localityOf(cluster, pod);
  const id = `sidecars:${region}${zone ? `/${zone}` : ''}`;
  const caller = sidecars.get(id) ?? {
    namespace,
    topology: {
      id,
      kind: 'sidecars' as const,
      name: `workloads in ${zone ?? region}`,
      region,
      ...(zone && { zone }),
      proxies: 0,
      localitySource: source,
    },
  };
  caller.topology.proxies++;
  if (source === 'assumed') {
    caller.topology.localitySource = 'assumed';
  }
  sidecars.set(id, caller);
}

/** A gateway's locality is its pod's node; one that ASM runs elsewhere is assumed to stand in its cluster's region. */
export function gatewayCaller(gateway: IngressGateway): Caller {
  const { topology, pods, cluster } = gateway;
  const place = pods.length
    ? localityOf(cluster, pods[0])
    : { region: cluster.region, zone: undefined, source: 'assumed' as const };
  return {
    namespace: topology.namespace,
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
