import type { KubeObject } from '../contract';

/** Names the service that an EndpointSlice belongs to. */
export const SERVICE_NAME = 'kubernetes.io/service-name';

/** Objects that name that uid among their owners, as controller or not. */
export const byOwner = (uid: string) => `owner ${uid}`;

/** Pods on a node; '' for pods that wait for one. Pods that ended are among them. */
export const byNode = (name: string) => `node ${name}`;

/** Pods that have not ended, and nodes, with that IP address. */
export const byAddress = (ip: string) => `address ${ip}`;

/** Pods of a namespace with a label. */
export const byLabel = (namespace: string, key: string, value: string) =>
  `label ${namespace} ${key}=${value}`;

/** Services whose selector begins with that label: exactly one entry a service. */
export const bySelector = (namespace: string, key: string, value: string) =>
  `selector ${namespace} ${key}=${value}`;

/** EndpointSlices of a service. */
export const byService = (namespace: string, name: string) =>
  `service ${namespace}/${name}`;

/** Events about the object with that uid. */
export const byInvolved = (uid: string) => `involved ${uid}`;

function owners(object: KubeObject): string[] {
  return (object.metadata.ownerReferences ?? []).map(o => byOwner(o.uid));
}

function podKeys(pod: KubeObject): string[] {
  const { namespace = '', labels = {} } = pod.metadata;
  const ended = ['Succeeded', 'Failed'].includes(pod.status?.phase);
  const keys = owners(pod);
  keys.push(byNode(pod.spec?.nodeName ?? ''));
  if (!ended && pod.status?.podIP) keys.push(byAddress(pod.status.podIP));
  for (const [key, value] of Object.entries(labels)) {
    keys.push(byLabel(namespace, key, value));
  }
  return keys;
}

function serviceKeys(service: KubeObject): string[] {
  const [first] = Object.entries<string>(service.spec?.selector ?? {});
  const keys = owners(service);
  if (first) {
    keys.push(bySelector(service.metadata.namespace ?? '', first[0], first[1]));
  }
  return keys;
}

/** What an object can be found by beside its name; most kinds are few and have nothing but their owner. */
export function indexKeys(object: KubeObject): string[] {
  switch (object.kind) {
    case 'Pod':
      return podKeys(object);
    case 'Node':
      return (object.status?.addresses ?? [])
        .filter((a: { type: string }) => a.type === 'InternalIP')
        .map((a: { address: string }) => byAddress(a.address));
    case 'Service':
      return serviceKeys(object);
    case 'EndpointSlice':
      return [
        ...owners(object),
        byService(
          object.metadata.namespace ?? '',
          object.metadata.labels?.[SERVICE_NAME] ?? '',
        ),
      ];
    case 'Event':
      return [byInvolved(object.involvedObject?.uid ?? '')];
    default:
      return owners(object);
  }
}
