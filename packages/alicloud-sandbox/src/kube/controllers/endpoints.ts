import type { KubeObject } from '../../contract';
import type { Json } from '../json';
import { ENDPOINTS, ENDPOINT_SLICES, NODES, PODS, SERVICES } from '../kinds';
import { equal } from '../json';
import { isPodReady } from './conditions';
import {
  keyOf,
  ownerReference,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';

const ZONE = 'topology.kubernetes.io/zone';
const SERVICE = 'kubernetes.io/service-name';
const MANAGED = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const PER_SLICE = 100;

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
  return Object.entries(service.spec.selector ?? {}).every(
    ([k, v]) => pod.metadata.labels?.[k] === v,
  );
}

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

  function writeSlices(service: KubeObject, endpoints: Json[], ports: Json[]) {
    const { namespace, name } = service.metadata;
    const existing = storage
      .list(ENDPOINT_SLICES, namespace)
      .filter(
        s =>
          s.metadata.labels?.[SERVICE] === name &&
          s.metadata.labels?.[MANAGED] === MANAGER,
      );
    const pages: Json[][] = [];
    for (let i = 0; i < endpoints.length || i === 0; i += PER_SLICE) {
      pages.push(endpoints.slice(i, i + PER_SLICE));
    }
    pages.forEach((page, i) => {
      const slice = existing[i];
      if (slice) {
        storage.update(ENDPOINT_SLICES, namespace, slice.metadata.name, o => {
          o.endpoints = page;
          o.ports = ports;
        });
        return;
      }
      storage.create(ENDPOINT_SLICES, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: '',
          generateName: `${name}-`,
          namespace,
          labels: {
            ...service.metadata.labels,
            [SERVICE]: name,
            [MANAGED]: MANAGER,
          },
          ownerReferences: [ownerReference(service)],
        },
        addressType: 'IPv4',
        endpoints: page,
        ports,
      });
    });
    for (const slice of existing.slice(pages.length)) {
      storage.delete(ENDPOINT_SLICES, namespace, slice.metadata.name);
    }
  }

  function writeEndpoints(
    service: KubeObject,
    endpoints: Json[],
    ports: Json[],
  ) {
    const { namespace, name } = service.metadata;
    const address = (e: Json) => ({
      ip: e.addresses[0],
      nodeName: e.nodeName,
      targetRef: e.targetRef,
    });
    const live = endpoints.filter(e => !e.conditions.terminating);
    const ready = live.filter(e => e.conditions.ready).map(address);
    const notReady = live.filter(e => !e.conditions.ready).map(address);
    const subsets =
      live.length === 0
        ? undefined
        : [
            {
              ...(ready.length ? { addresses: ready } : {}),
              ...(notReady.length ? { notReadyAddresses: notReady } : {}),
              ports,
            },
          ];
    const found = storage.get(ENDPOINTS, namespace, name);
    if (!found) {
      storage.create(ENDPOINTS, {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name, namespace, labels: service.metadata.labels },
        subsets,
      });
    } else if (!equal(found.subsets, subsets)) {
      storage.update(ENDPOINTS, namespace, name, o => {
        o.subsets = subsets;
      });
    }
  }

  return {
    name: 'endpoints-controller',
    keys({ object, previous }) {
      const { namespace } = object.metadata;
      if (object.kind === 'Service') return [keyOf(object)];
      if (object.kind === 'EndpointSlice') {
        const service = object.metadata.labels?.[SERVICE];
        return service ? [`${namespace}/${service}`] : [];
      }
      if (object.kind !== 'Pod') return [];
      return storage
        .list(SERVICES, namespace)
        .filter(
          s =>
            s.spec.selector &&
            (selects(s, object) || (previous && selects(s, previous))),
        )
        .map(keyOf);
    },
    reconcile(key) {
      const [namespace, name] = splitKey(key);
      const service = storage.get(SERVICES, namespace, name);
      if (!service) {
        storage.delete(ENDPOINTS, namespace, name);
        return;
      }
      if (!service.spec.selector || service.metadata.deletionTimestamp) return;
      const pods = storage
        .list(PODS, namespace)
        .filter(
          p =>
            p.status?.podIP &&
            selects(service, p) &&
            !['Succeeded', 'Failed'].includes(p.status.phase),
        );
      const endpoints = pods.map(p =>
        endpointOf(p, Boolean(service.spec.publishNotReadyAddresses)),
      );
      // Pods of one service are taken to agree on the numbers behind port names.
      const ports = (service.spec.ports ?? [])
        .map((p: Json) => ({
          name: p.name ?? '',
          port: targetPort(pods[0], p),
          protocol: p.protocol,
          appProtocol: p.appProtocol,
        }))
        .filter((p: Json) => p.port !== undefined);
      writeSlices(service, endpoints, ports);
      writeEndpoints(
        service,
        endpoints,
        ports.map((p: Json) => ({ ...p, name: p.name || undefined })),
      );
    },
  };
}
