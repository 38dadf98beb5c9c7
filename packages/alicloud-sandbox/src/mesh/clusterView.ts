import type { KubeObject } from '../contract';
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

/** A cluster's objects, projected to what the data plane needs. */
export interface ClusterView {
  id: string;
  region: string;
  namespaces: ReadonlyMap<string, Record<string, string>>;
  /** By `namespace/name`, in no particular order. */
  pods: ReadonlyMap<string, PodView>;
  /** By `namespace/name`, in the order of their names. */
  services: ReadonlyMap<string, ServiceView>;
  /** Addresses of one Service port, ready or not. */
  endpoints(service: ServiceView, portName: string): ServiceEndpoint[];
  nodeLocality(name: string | undefined): Locality;
}

/** What a view is read from. */
export interface ClusterTables {
  namespaces: Map<string, Record<string, string>>;
  pods: Map<string, PodView>;
  services: Map<string, ServiceView>;
  /** Slices of a Service, by its `namespace/name`, in the order of their names. */
  slices: Map<string, readonly KubeObject[]>;
  /** By the name of the node. */
  localities: Map<string, Locality>;
}

/** A view that shows what the tables hold whenever it is asked. */
export function viewTables(
  { id, region }: { id: string; region: string },
  tables: ClusterTables,
): ClusterView {
  const { namespaces, pods, services, slices, localities } = tables;
  return {
    id,
    region,
    namespaces,
    pods,
    services,
    nodeLocality: name => localities.get(name ?? '') ?? parseLocality(''),
    endpoints: (service, portName) =>
      (slices.get(`${service.namespace}/${service.name}`) ?? []).flatMap(
        slice => sliceEndpoints(slice, portName, pods),
      ),
  };
}

function sliceEndpoints(
  slice: KubeObject,
  portName: string,
  pods: ReadonlyMap<string, PodView>,
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

/** Where a node is, by its labels. */
export function viewLocality(node: KubeObject): Locality {
  const labels = node.metadata.labels ?? {};
  const read = (name: string) =>
    labels[`topology.kubernetes.io/${name}`] ??
    labels[`failure-domain.beta.kubernetes.io/${name}`] ??
    '';
  return {
    region: read('region'),
    zone: read('zone'),
    subzone: labels['topology.istio.io/subzone'] ?? '',
  };
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

/** A Service, projected. */
export function viewService(service: KubeObject): ServiceView {
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
