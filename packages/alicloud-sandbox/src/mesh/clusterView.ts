import type {
  GroupVersionResource,
  KubeCluster,
  KubeObject,
  KubeStorage,
} from '../contract';
import { GVR, sameResource } from './gvr';
import { STATUS } from './injection/template';
import { parseLocality } from './istiod/locality';
import type { Locality, PodView } from './types';

/** A Service as istiod and kube-proxy see it. */
export interface ServiceView {
  namespace: string;
  name: string;
  headless: boolean;
  type: string;
  selector: Record<string, string>;
  ports: { name: string; port: number; targetPort?: number | string }[];
  /** `spec.trafficDistribution`, or Istio's annotation. */
  trafficDistribution?: string;
}

/** One address behind a Service port. */
export interface ServiceEndpoint {
  ip: string;
  port: number;
  ready: boolean;
  terminating: boolean;
  pod?: PodView;
  nodeName?: string;
}

/** A cluster's objects, projected to what the data plane needs. Immutable; rebuilt when the cluster changes. */
export interface ClusterView {
  id: string;
  region: string;
  namespaces: Map<string, Record<string, string>>;
  /** By `namespace/name`. */
  pods: Map<string, PodView>;
  services: Map<string, ServiceView>;
  /** Addresses of one Service port, ready or not. */
  endpoints(service: ServiceView, portName: string): ServiceEndpoint[];
  nodeLocality(name: string | undefined): Locality;
}

/** The kinds that a view is made of. */
const VIEWED = [
  GVR.namespaces,
  GVR.nodes,
  GVR.pods,
  GVR.services,
  GVR.endpointSlices,
];

/** Whether a change of an object of this kind can change the view: most changes (events, leases, jobs) cannot. */
export function isViewed(gvr: GroupVersionResource): boolean {
  return VIEWED.some(viewed => sameResource(viewed, gvr));
}

/** Reads a cluster's storage once. */
export function viewCluster(cluster: KubeCluster): ClusterView {
  const { storage, spec } = cluster;
  const localities = nodeLocalities(storage);
  const nodeLocality = (name: string | undefined) =>
    localities.get(name ?? '') ?? parseLocality('');
  const pods = new Map<string, PodView>();
  for (const pod of storage.list(GVR.pods)) {
    const view = viewPod(spec.id, pod, nodeLocality);
    pods.set(`${view.namespace}/${view.name}`, view);
  }
  const services = new Map<string, ServiceView>();
  for (const service of storage.list(GVR.services)) {
    const view = viewService(service);
    services.set(`${view.namespace}/${view.name}`, view);
  }
  const slices = new Map<string, KubeObject[]>();
  for (const slice of storage.list(GVR.endpointSlices)) {
    const key = `${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name']}`;
    slices.set(key, [...(slices.get(key) ?? []), slice]);
  }
  return {
    id: spec.id,
    region: spec.region,
    namespaces: new Map(
      storage
        .list(GVR.namespaces)
        .map(n => [n.metadata.name, n.metadata.labels ?? {}]),
    ),
    pods,
    services,
    nodeLocality,
    endpoints: (service, portName) =>
      (slices.get(`${service.namespace}/${service.name}`) ?? []).flatMap(
        slice => sliceEndpoints(slice, portName, pods),
      ),
  };
}

function sliceEndpoints(
  slice: KubeObject,
  portName: string,
  pods: Map<string, PodView>,
): ServiceEndpoint[] {
  const port = (slice.ports ?? []).find(
    (p: any) => (p.name ?? '') === portName,
  )?.port;
  if (port === undefined) {
    return [];
  }
  return (slice.endpoints ?? []).flatMap((endpoint: any) =>
    (endpoint.addresses ?? []).map((ip: string) => ({
      ip,
      port: Number(port),
      ready: endpoint.conditions?.ready !== false,
      terminating: endpoint.conditions?.terminating === true,
      pod:
        endpoint.targetRef?.kind === 'Pod'
          ? pods.get(`${slice.metadata.namespace}/${endpoint.targetRef.name}`)
          : undefined,
      nodeName: endpoint.nodeName,
    })),
  );
}

function nodeLocalities(storage: KubeStorage): Map<string, Locality> {
  return new Map(
    storage.list(GVR.nodes).map(node => {
      const labels = node.metadata.labels ?? {};
      const read = (name: string) =>
        labels[`topology.kubernetes.io/${name}`] ??
        labels[`failure-domain.beta.kubernetes.io/${name}`] ??
        '';
      return [
        node.metadata.name,
        {
          region: read('region'),
          zone: read('zone'),
          subzone: labels['topology.istio.io/subzone'] ?? '',
        },
      ];
    }),
  );
}

/** A pod, projected. */
export function viewPod(
  clusterId: string,
  pod: KubeObject,
  nodeLocality: (name: string | undefined) => Locality,
): PodView {
  const labels = pod.metadata.labels ?? {};
  const own = labels['topology.istio.io/locality'] ?? labels['istio-locality'];
  const conditions: any[] = pod.status?.conditions ?? [];
  return {
    clusterId,
    namespace: pod.metadata.namespace ?? 'default',
    name: pod.metadata.name,
    uid: pod.metadata.uid ?? `${pod.metadata.namespace}/${pod.metadata.name}`,
    ip: pod.status?.podIP ?? '',
    labels,
    annotations: pod.metadata.annotations ?? {},
    serviceAccount: pod.spec?.serviceAccountName ?? 'default',
    nodeName: pod.spec?.nodeName ?? '',
    // Label values cannot hold slashes, so Istio writes dots.
    locality: own
      ? parseLocality(own.replace(/\./g, '/'))
      : nodeLocality(pod.spec?.nodeName),
    running: pod.status?.phase === 'Running',
    ready:
      !pod.metadata.deletionTimestamp &&
      conditions.some(c => c.type === 'Ready' && c.status === 'True'),
    sidecar: pod.metadata.annotations?.[STATUS] !== undefined,
    containers: (pod.spec?.containers ?? []).map((c: any) => ({
      name: c.name,
      image: String(c.image ?? ''),
      args: [...(c.command ?? []), ...(c.args ?? [])].map(String),
      env: Object.fromEntries(
        (c.env ?? [])
          .filter((e: any) => e.value !== undefined)
          .map((e: any) => [e.name, String(e.value)]),
      ),
    })),
  };
}

function viewService(service: KubeObject): ServiceView {
  const spec = service.spec ?? {};
  return {
    namespace: service.metadata.namespace ?? 'default',
    name: service.metadata.name,
    headless: spec.clusterIP === 'None',
    type: spec.type ?? 'ClusterIP',
    selector: spec.selector ?? {},
    trafficDistribution:
      spec.trafficDistribution ??
      service.metadata.annotations?.[
        'networking.istio.io/traffic-distribution'
      ],
    ports: (spec.ports ?? []).map((p: any) => ({
      name: p.name ?? '',
      port: Number(p.port),
      targetPort: p.targetPort,
    })),
  };
}
