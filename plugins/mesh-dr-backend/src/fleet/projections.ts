import type {
  DeploymentFacts,
  NodeFacts,
  PodFacts,
  ServiceFacts,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { KubernetesObject } from '@mesh-dr/backstage-plugin-mesh-dr-node';

const REGION_LABEL = 'topology.kubernetes.io/region';
const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** The few facts of a Pod that topology needs. */
export function projectPod(pod: KubernetesObject): PodFacts {
  const conditions: { type: string; status: string }[] =
    pod.status?.conditions ?? [];
  return {
    name: pod.metadata.name,
    namespace: pod.metadata.namespace ?? 'default',
    labels: pod.metadata.labels ?? {},
    ready: conditions.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ),
    ...(pod.status?.podIP && { ip: pod.status.podIP }),
    ...(pod.spec?.nodeName && { node: pod.spec.nodeName }),
    ...(pod.metadata.deletionTimestamp !== undefined && { terminating: true }),
  };
}

/** The few facts of a Service that topology needs. */
export function projectService(service: KubernetesObject): ServiceFacts {
  const { metadata, spec = {}, status } = service;
  const ingress = status?.loadBalancer?.ingress;
  const distribution =
    spec.trafficDistribution ??
    metadata.annotations?.['networking.istio.io/traffic-distribution'];
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    ...(metadata.labels && { labels: metadata.labels }),
    ports: (spec.ports ?? []).map((port: ServiceFacts['ports'][number]) => ({
      port: port.port,
      ...(port.name && { name: port.name }),
      ...(port.targetPort !== undefined && { targetPort: port.targetPort }),
      ...(port.appProtocol && { appProtocol: port.appProtocol }),
    })),
    ...(spec.selector && { selector: spec.selector }),
    ...(distribution && { trafficDistribution: distribution }),
    ...(spec.clusterIP && { clusterIP: spec.clusterIP }),
    ...(spec.type && { type: spec.type }),
    ...(ingress && {
      loadBalancerIngress: ingress.map(
        (entry: { ip?: string; hostname?: string }) => ({
          ...(entry.ip && { ip: entry.ip }),
          ...(entry.hostname && { hostname: entry.hostname }),
        }),
      ),
    }),
  };
}

/** The few facts of a Deployment that topology needs. */
export function projectDeployment(
  deployment: KubernetesObject,
): DeploymentFacts {
  const { spec = {}, status } = deployment;
  return {
    namespace: deployment.metadata.namespace ?? 'default',
    name: deployment.metadata.name,
    replicas: spec.replicas ?? 1,
    readyReplicas: status?.readyReplicas ?? 0,
    ...(spec.template?.metadata?.labels && {
      labels: spec.template.metadata.labels,
    }),
    ...(spec.selector?.matchLabels && {
      selector: spec.selector.matchLabels,
    }),
  };
}

/** The few facts of a Node that topology needs. */
export function projectNode(node: KubernetesObject): NodeFacts {
  const labels = node.metadata.labels ?? {};
  return {
    name: node.metadata.name,
    ...(labels[REGION_LABEL] && { region: labels[REGION_LABEL] }),
    ...(labels[ZONE_LABEL] && { zone: labels[ZONE_LABEL] }),
  };
}

/** An Istio object without its bookkeeping (managed fields, last-applied annotation). */
export function projectIstio(object: KubernetesObject): KubernetesObject {
  const { name, namespace, creationTimestamp, labels, resourceVersion } =
    object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name, namespace, creationTimestamp, labels, resourceVersion },
    spec: object.spec ?? {},
  };
}
