import type { KubeObject } from '../../contract';
import { byLabel, bySelector, SERVICE_NAME } from '../indexes';
import { equal, type Json } from '../json';
import { ENDPOINTS, NODES, PODS, SERVICES } from '../kinds';
import { isPodReady } from './conditions';
import { writeSlices, type EndpointGroup } from './endpointSlices';
import {
  keyOf,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';

const ZONE = 'topology.kubernetes.io/zone';
/** Endpoints objects hold no more addresses than this. */
const MOST_ADDRESSES = 1000;
const TRUNCATED = 'endpoints.kubernetes.io/over-capacity';

/** The pod's port that a service port points to; undefined when it names a port that the pod does not have. */
export function targetPort(
  pod: KubeObject | undefined,
  port: Json,
): number | undefined {
  if (typeof port.targetPort === 'number') return port.targetPort;
  if (/^\d+$/.test(port.targetPort ?? '')) return Number(port.targetPort);
  if (port.targetPort === undefined) return port.port;
  for (const container of pod?.spec.containers ?? []) {
    const found = container.ports?.find(
      (p: Json) =>
        p.name === port.targetPort && (p.protocol ?? 'TCP') === port.protocol,
    );
    if (found) return found.containerPort;
  }
  return undefined;
}

function selects(service: KubeObject, pod: KubeObject): boolean {
  const pairs = Object.entries(service.spec.selector ?? {});
  return (
    pairs.length > 0 && pairs.every(([k, v]) => pod.metadata.labels?.[k] === v)
  );
}

const ended = (pod: KubeObject) =>
  ['Succeeded', 'Failed'].includes(pod.status?.phase);

/** Whether a change of a pod can change endpoints. */
const concerns = (pod: KubeObject, before: KubeObject | undefined) =>
  !before ||
  before === pod ||
  before.spec !== pod.spec ||
  before.metadata.labels !== pod.metadata.labels ||
  before.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
  before.status?.podIP !== pod.status?.podIP ||
  ended(before) !== ended(pod) ||
  isPodReady(before) !== isPodReady(pod);

/** Keeps EndpointSlices and Endpoints of services with a selector equal to their pods. */
export function endpointsController(ctx: ControllerContext): Controller {
  const { storage } = ctx;

  function endpointOf(pod: KubeObject, publish: boolean) {
    const node = storage.get(NODES, undefined, pod.spec.nodeName);
    const terminating = Boolean(pod.metadata.deletionTimestamp);
    const serving = isPodReady(pod);
    return {
      addresses: [pod.status.podIP],
      conditions: {
        ready: publish || (serving && !terminating),
        serving,
        terminating,
      },
      hostname:
        pod.spec.hostname && pod.spec.subdomain ? pod.spec.hostname : undefined,
      nodeName: pod.spec.nodeName,
      zone: node?.metadata.labels?.[ZONE],
      targetRef: {
        kind: 'Pod',
        namespace: pod.metadata.namespace,
        name: pod.metadata.name,
        uid: pod.metadata.uid,
      },
    };
  }

  function portsOf(service: KubeObject, pod: KubeObject): Json[] {
    return (service.spec.ports ?? [])
      .map((p: Json) => ({
        name: p.name ?? '',
        port: targetPort(pod, p),
        protocol: p.protocol,
        ...(p.appProtocol ? { appProtocol: p.appProtocol } : {}),
      }))
      .filter((p: Json) => p.port !== undefined);
  }

  /** Pods may hold different numbers behind one port name, in the middle of a rollout for instance. */
  function groupsOf(service: KubeObject): EndpointGroup[] {
    const groups = new Map<string, EndpointGroup>();
    const publish = Boolean(service.spec.publishNotReadyAddresses);
    for (const pod of podsOf(service)) {
      const ports = portsOf(service, pod);
      const key = JSON.stringify(ports);
      const group = groups.get(key) ?? { ports, endpoints: [] };
      group.endpoints.push(endpointOf(pod, publish));
      groups.set(key, group);
    }
    return [...groups.values()];
  }

  function podsOf(service: KubeObject): KubeObject[] {
    const { namespace = '' } = service.metadata;
    const [[key, value]] = Object.entries<string>(service.spec.selector);
    return storage
      .find(PODS, byLabel(namespace, key, value))
      .filter(p => p.status?.podIP && selects(service, p) && !ended(p))
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  function subsetOf({ ports, endpoints }: EndpointGroup) {
    const address = (e: Json) => ({
      ip: e.addresses[0],
      ...(e.hostname ? { hostname: e.hostname } : {}),
      nodeName: e.nodeName,
      targetRef: e.targetRef,
    });
    const live = endpoints.filter(e => !e.conditions.terminating);
    const ready = live.filter(e => e.conditions.ready).map(address);
    const notReady = live.filter(e => !e.conditions.ready).map(address);
    return {
      ...(ready.length ? { addresses: ready.slice(0, MOST_ADDRESSES) } : {}),
      ...(notReady.length
        ? {
            notReadyAddresses: notReady.slice(
              0,
              Math.max(0, MOST_ADDRESSES - ready.length),
            ),
          }
        : {}),
      ports: ports.map(({ name, ...p }) => (name ? { name, ...p } : p)),
    };
  }

  function writeEndpoints(service: KubeObject, groups: EndpointGroup[]) {
    const { namespace, name, labels } = service.metadata;
    const subsets = groups
      .map(subsetOf)
      .filter(s => s.addresses || s.notReadyAddresses);
    const many = groups.some(g => g.endpoints.length > MOST_ADDRESSES);
    const found = storage.get(ENDPOINTS, namespace, name);
    const wanted = subsets.length > 0 ? subsets : undefined;
    if (!found) {
      storage.create(ENDPOINTS, {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: {
          name,
          namespace,
          labels,
          ...(many ? { annotations: { [TRUNCATED]: 'truncated' } } : {}),
        },
        subsets: wanted,
      });
    } else if (!equal(found.subsets, wanted)) {
      storage.update(ENDPOINTS, namespace, name, o => {
        o.subsets = wanted;
        if (many) (o.metadata.annotations ??= {})[TRUNCATED] = 'truncated';
        else if (o.metadata.annotations) {
          delete o.metadata.annotations[TRUNCATED];
        }
      });
    }
  }

  function servicesOf(pod: KubeObject): KubeObject[] {
    const { namespace = '', labels = {} } = pod.metadata;
    return Object.entries(labels)
      .flatMap(([k, v]) => storage.find(SERVICES, bySelector(namespace, k, v)))
      .filter(service => selects(service, pod));
  }

  return {
    name: 'endpoints-controller',
    keys({ object, previous, type }) {
      const { namespace } = object.metadata;
      if (object.kind === 'Service') return [keyOf(object)];
      if (object.kind === 'EndpointSlice') {
        const service = object.metadata.labels?.[SERVICE_NAME];
        // What we wrote ourselves is as it should be.
        return service && type !== 'ADDED' ? [`${namespace}/${service}`] : [];
      }
      if (object.kind !== 'Pod' || !concerns(object, previous)) return [];
      const services = [
        ...servicesOf(object),
        ...(previous && previous.metadata.labels !== object.metadata.labels
          ? servicesOf(previous)
          : []),
      ];
      return services.map(keyOf);
    },
    reconcile(key) {
      const [namespace, name] = splitKey(key);
      const service = storage.get(SERVICES, namespace, name);
      if (!service) {
        storage.delete(ENDPOINTS, namespace, name);
        return;
      }
      const { selector } = service.spec;
      if (!Object.keys(selector ?? {}).length) return;
      if (service.metadata.deletionTimestamp) return;
      const groups = groupsOf(service);
      writeSlices(ctx, service, groups);
      writeEndpoints(service, groups);
    },
  };
}
