import type { ClusterView, ServiceView } from '../clusterView';
import type { MeshSnapshot } from '../registry';
import type { Endpoint, EnvoyCluster, Locality, PodView } from '../types';
import { serviceHost } from './hosts';
import {
  applyLocalityLb,
  effectiveSetting,
  groupByLocality,
  isLocalityWeighted,
  preferNear,
} from './locality';
import {
  connectionSettings,
  effectivePolicy,
  hashSettings,
  lbPolicy,
  outlierSettings,
} from './trafficPolicy';
import { selectDestinationRule } from './destinationRules';

/** The proxy a configuration is made for. */
export interface ProxyIdentity {
  uid: string;
  /** Pod name, for traces. */
  name: string;
  clusterId: string;
  namespace: string;
  locality: Locality;
  labels: Record<string, string>;
}

/** Behaviour that changed with the Istio version; see `switchesFor`. */
export interface VersionSwitches {
  retry503: boolean;
  sendUnready: boolean;
  strictEjectionCap: boolean;
  /** DestinationRules for one host merge only if their `exportTo` is equal. */
  mergeByExportTo: boolean;
  /** Since when a Service's `trafficDistribution` is heeded, and how. */
  trafficDistribution?: 'with-subzone' | 'without-subzone';
}

/** Switches for an ASM version such as `v1.22.6.66-g1a2b3c4d-aliyun` (its first two parts are Istio's). */
export function switchesFor(asmVersion: string): VersionSwitches {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(asmVersion) ?? [];
  const release = Number(major ?? 1) * 100 + Number(minor ?? 22);
  const distribution = release >= 127 ? 'without-subzone' : 'with-subzone';
  return {
    retry503: release <= 123,
    sendUnready: release >= 131,
    // Istio 1.20 is the first on Envoy 1.28.
    strictEjectionCap: release >= 120,
    mergeByExportTo: release >= 124,
    trafficDistribution: release >= 125 ? distribution : undefined,
  };
}

/** The proxy of a pod. */
export function proxyIdentity(pod: PodView): ProxyIdentity {
  return {
    uid: pod.uid,
    name: pod.name,
    clusterId: pod.clusterId,
    namespace: pod.namespace,
    locality: pod.locality,
    labels: topologyLabels(
      pod.labels,
      pod.locality,
      pod.clusterId,
      pod.nodeName,
    ),
  };
}

/** A Service by its mesh-wide host name: the clusters that define it share it. */
export function findService(
  snapshot: MeshSnapshot,
  host: string,
): { service: ServiceView; clusters: ClusterView[] } | undefined {
  const [name, namespace] = host.split('.');
  if (!namespace || serviceHost(namespace, name) !== host) {
    return undefined;
  }
  const key = `${namespace}/${name}`;
  let found: ServiceView | undefined;
  const clusters: ClusterView[] = [];
  for (const cluster of snapshot.clusters) {
    const service = cluster.services.get(key);
    if (service) {
      found = found ?? service;
      clusters.push(cluster);
    }
  }
  return found && { service: found, clusters };
}

/**
 * CDS and EDS of `outbound|port|subset|host` for one proxy. Undefined when the service, the port or the subset does not
 * exist: Envoy then has no such cluster (503 NC).
 */
export function buildCluster(
  snapshot: MeshSnapshot,
  proxy: ProxyIdentity,
  target: { host: string; port: number; subset?: string },
): EnvoyCluster | undefined {
  const found = findService(snapshot, target.host);
  const port = found?.service.ports.find(p => p.port === target.port);
  if (!found || !port) {
    return undefined;
  }
  const switches = switchesFor(snapshot.mesh.version);
  const rule = selectDestinationRule(
    snapshot.destinationRules,
    proxy,
    { host: target.host, namespace: found.service.namespace },
    switches.mergeByExportTo,
  );
  const subset = rule?.subsets.find(s => s.name === target.subset);
  if (target.subset && !subset) {
    return undefined;
  }
  const policy = effectivePolicy(rule, target.port, target.subset);
  const outlier = outlierSettings(policy, switches.strictEjectionCap);
  const minHealth = Number(policy.outlierDetection?.minHealthPercent ?? 0);
  const sendUnready = switches.sendUnready && minHealth === 0;
  const near = preferNear(
    found.clusters.map(
      ({ services }) =>
        services.get(`${found.service.namespace}/${found.service.name}`)
          ?.trafficDistribution,
    ),
    switches.trafficDistribution,
  );
  const own = policy.loadBalancer?.localityLbSetting;
  const setting = effectiveSetting(own ?? near, snapshot.mesh.locality);
  const prioritised = outlier !== undefined || (!own && near !== undefined);
  const endpoints = found.clusters
    .flatMap(cluster => clusterEndpoints(cluster, found.service, port.name))
    .filter(e => (e.healthy || sendUnready) && hasLabels(e, subset?.labels));
  return {
    name: `outbound|${target.port}|${target.subset ?? ''}|${target.host}`,
    groups: applyLocalityLb(
      groupByLocality(endpoints),
      proxy,
      setting,
      prioritised,
    ),
    localityWeighted: isLocalityWeighted(setting, prioritised),
    panicThreshold: panicThreshold(
      outlier !== undefined,
      minHealth,
      sendUnready,
    ),
    lbPolicy: lbPolicy(policy),
    hash: hashSettings(policy),
    ...connectionSettings(policy),
    outlier,
  };
}

/** Istio turns panic off with outlier detection, unless `minHealthPercent` asks for it; Envoy's own default is 50. */
function panicThreshold(
  outlier: boolean,
  minHealthPercent: number,
  sendUnready: boolean,
): number {
  if (outlier) {
    return minHealthPercent;
  }
  return sendUnready ? 0 : 50;
}

function hasLabels(
  endpoint: Endpoint,
  labels: Record<string, string> | undefined,
): boolean {
  return Object.entries(labels ?? {}).every(
    ([k, v]) => endpoint.labels[k] === v,
  );
}

function clusterEndpoints(
  cluster: ClusterView,
  service: ServiceView,
  portName: string,
): Endpoint[] {
  const local = cluster.services.get(`${service.namespace}/${service.name}`);
  if (!local) {
    return [];
  }
  return cluster
    .endpoints(local, portName)
    .filter(e => !e.terminating)
    .map(e => {
      const locality = e.pod?.locality ?? cluster.nodeLocality(e.nodeName);
      return {
        key: `${cluster.id}/${e.ip}:${e.port}`,
        clusterId: cluster.id,
        namespace: service.namespace,
        pod: e.pod?.name,
        ip: e.ip,
        port: e.port,
        locality,
        labels: topologyLabels(
          e.pod?.labels ?? {},
          locality,
          cluster.id,
          e.nodeName ?? '',
        ),
        weight: 1,
        healthy: e.ready,
      };
    });
}

/** `AugmentLabels` of istiod. */
function topologyLabels(
  labels: Record<string, string>,
  locality: Locality,
  clusterId: string,
  node: string,
): Record<string, string> {
  return {
    ...labels,
    'topology.kubernetes.io/region': locality.region,
    'topology.kubernetes.io/zone': locality.zone,
    'topology.istio.io/subzone': locality.subzone,
    'topology.istio.io/cluster': clusterId,
    'kubernetes.io/hostname': node,
  };
}
