import type { KubernetesObject, ResourceType } from './types';

/** Path of a collection or an object: `/apis/apps/v1/namespaces/default/deployments/reviews`. */
export function resourcePath(
  type: ResourceType,
  namespace?: string,
  name?: string,
  subresource?: string,
): string {
  const base = type.apiVersion.includes('/')
    ? `/apis/${type.apiVersion}`
    : `/api/${type.apiVersion}`;
  return [
    base,
    ...(namespace ? ['namespaces', encodeURIComponent(namespace)] : []),
    type.plural,
    ...(name ? [encodeURIComponent(name)] : []),
    ...(subresource ? [subresource] : []),
  ].join('/');
}

/** `deployments default/reviews`, for messages. */
export function subjectOf(
  type: ResourceType,
  namespace?: string,
  name?: string,
): string {
  const where = [namespace, name].filter(Boolean).join('/');
  return where ? `${type.plural} ${where}` : type.plural;
}

export function query(
  values: Record<string, string | number | boolean | undefined>,
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const result = search.toString();
  return result ? `?${result}` : '';
}

/** Kinds whose plural is known without asking: plural and whether objects live in namespaces. */
const KNOWN: Record<string, [plural: string, namespaced: boolean]> = {
  'v1/Namespace': ['namespaces', false],
  'v1/Node': ['nodes', false],
  'v1/Pod': ['pods', true],
  'v1/Service': ['services', true],
  'v1/ServiceAccount': ['serviceaccounts', true],
  'v1/ConfigMap': ['configmaps', true],
  'v1/Secret': ['secrets', true],
  'v1/Event': ['events', true],
  'v1/PersistentVolumeClaim': ['persistentvolumeclaims', true],
  'apps/v1/Deployment': ['deployments', true],
  'apps/v1/ReplicaSet': ['replicasets', true],
  'apps/v1/StatefulSet': ['statefulsets', true],
  'apps/v1/DaemonSet': ['daemonsets', true],
  'batch/v1/Job': ['jobs', true],
  'batch/v1/CronJob': ['cronjobs', true],
  'autoscaling/v2/HorizontalPodAutoscaler': ['horizontalpodautoscalers', true],
  'policy/v1/PodDisruptionBudget': ['poddisruptionbudgets', true],
  'networking.k8s.io/v1/Ingress': ['ingresses', true],
  'networking.k8s.io/v1/NetworkPolicy': ['networkpolicies', true],
  'discovery.k8s.io/v1/EndpointSlice': ['endpointslices', true],
  'istio.alibabacloud.com/v1beta1/IstioGateway': ['istiogateways', true],
  'istio.alibabacloud.com/v1beta1/ASMMeshConfig': ['asmmeshconfigs', false],
};

for (const version of ['v1alpha3', 'v1beta1', 'v1']) {
  for (const [kind, plural] of [
    ['DestinationRule', 'destinationrules'],
    ['VirtualService', 'virtualservices'],
    ['Gateway', 'gateways'],
    ['ServiceEntry', 'serviceentries'],
    ['Sidecar', 'sidecars'],
    ['WorkloadEntry', 'workloadentries'],
    ['EnvoyFilter', 'envoyfilters'],
  ]) {
    KNOWN[`networking.istio.io/${version}/${kind}`] = [plural, true];
  }
}

/**
 * Plural and scope of a kind that every cluster knows, or undefined: then only discovery can tell.
 */
export function pluralOf(
  apiVersion: string,
  kind: string,
): { plural: string; namespaced: boolean } | undefined {
  const known = KNOWN[`${apiVersion}/${kind}`];
  return known && { plural: known[0], namespaced: known[1] };
}

/** `apps/v1 Deployment default/reviews`. */
export function objectName(object: KubernetesObject): string {
  const where = [object.metadata.namespace, object.metadata.name]
    .filter(Boolean)
    .join('/');
  return `${object.kind} ${where}`;
}
