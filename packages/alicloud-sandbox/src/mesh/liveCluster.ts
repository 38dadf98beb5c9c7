import type {
  GroupVersionResource,
  KubeCluster,
  KubeStorage,
} from '../contract';
import {
  viewLocality,
  viewPod,
  viewService,
  viewTables,
  type ClusterTables,
  type ClusterView,
} from './clusterView';
import { GVR, sameResource } from './gvr';
import type { Locality } from './types';

const SERVICE_NAME = 'kubernetes.io/service-name';

/** The name of an object in its cluster. */
interface Place {
  namespace?: string;
  name: string;
}

/** The kinds that a view is made of; pods and endpoints are shown with what was read before them. */
const VIEWED = [
  GVR.namespaces,
  GVR.nodes,
  GVR.services,
  GVR.pods,
  GVR.endpointSlices,
] as const;

const keyOf = ({ namespace, name }: Place) =>
  `${namespace ?? 'default'}/${name}`;

const sameLocality = (a: Locality | undefined, b: Locality | undefined) =>
  a?.region === b?.region && a?.zone === b?.zone && a?.subzone === b?.subzone;

function put<V>(table: Map<string, V>, key: string, value: V | undefined) {
  if (value === undefined) table.delete(key);
  else table.set(key, value);
}

function sortKeys<V>(table: Map<string, V>): void {
  const entries = [...table].sort(([a], [b]) => (a < b ? -1 : 1));
  table.clear();
  for (const [key, value] of entries) table.set(key, value);
}

/**
 * A cluster's view that follows its storage object by object: a change costs what changed, however large the cluster is.
 * Paused, the view stands still, and catches up when it is resumed.
 */
export class LiveCluster {
  readonly view: ClusterView;
  private readonly storage: KubeStorage;
  private readonly id: string;
  private readonly tables: ClusterTables = {
    namespaces: new Map(),
    pods: new Map(),
    services: new Map(),
    slices: new Map(),
    localities: new Map(),
  };
  /** The Service that each EndpointSlice is counted to. */
  private readonly served = new Map<string, string>();
  /** What changed while the view stood still; undefined while it follows. */
  private missed?: Map<string, () => void>;

  constructor({ spec, storage }: KubeCluster) {
    this.storage = storage;
    this.id = spec.id;
    this.view = viewTables(spec, this.tables);
    for (const gvr of VIEWED) {
      for (const { metadata } of storage.list(gvr)) this.read(gvr, metadata);
    }
    sortKeys(this.tables.services);
  }

  /** Brings the view in line with an object that changed. False where the view does not show its kind. */
  changed(gvr: GroupVersionResource, place: Place): boolean {
    const viewed = VIEWED.find(kind => sameResource(kind, gvr));
    if (!viewed) return false;
    if (this.missed) {
      this.missed.set(`${viewed.resource} ${keyOf(place)}`, () =>
        this.update(viewed, place),
      );
    } else this.update(viewed, place);
    return true;
  }

  pause(): void {
    this.missed ??= new Map();
  }

  resume(): void {
    const { missed } = this;
    this.missed = undefined;
    for (const update of missed?.values() ?? []) update();
  }

  /** The view as it is now, for good. */
  frozen(): ClusterView {
    const { namespaces, pods, services, slices, localities } = this.tables;
    return viewTables(this.view, {
      namespaces: new Map(namespaces),
      pods: new Map(pods),
      services: new Map(services),
      slices: new Map(slices),
      localities: new Map(localities),
    });
  }

  private update(gvr: (typeof VIEWED)[number], place: Place): void {
    const { services } = this.tables;
    const before = services.size;
    this.read(gvr, place);
    if (services.size > before) sortKeys(services);
  }

  private read(gvr: (typeof VIEWED)[number], place: Place): void {
    switch (gvr) {
      case GVR.namespaces:
        return this.readNamespace(place);
      case GVR.nodes:
        return this.readNode(place);
      case GVR.services:
        return this.readService(place);
      case GVR.pods:
        return this.readPod(place);
      default:
        return this.readSlice(place);
    }
  }

  private readNamespace({ name }: Place): void {
    const namespace = this.storage.get(GVR.namespaces, undefined, name);
    put(
      this.tables.namespaces,
      name,
      namespace && (namespace.metadata.labels ?? {}),
    );
  }

  /** A node that moved takes its pods along. */
  private readNode({ name }: Place): void {
    const { localities, pods } = this.tables;
    const node = this.storage.get(GVR.nodes, undefined, name);
    const locality = node && viewLocality(node);
    if (sameLocality(localities.get(name), locality)) return;
    put(localities, name, locality);
    for (const pod of [...pods.values()]) {
      if (pod.nodeName === name) this.readPod(pod);
    }
  }

  private readService(place: Place): void {
    const { namespace, name } = place;
    const service = this.storage.get(GVR.services, namespace, name);
    put(this.tables.services, keyOf(place), service && viewService(service));
  }

  private readPod(place: Place): void {
    const { namespace, name } = place;
    const pod = this.storage.get(GVR.pods, namespace, name);
    put(
      this.tables.pods,
      keyOf(place),
      pod && viewPod(this.id, pod, this.view.nodeLocality),
    );
  }

  private readSlice(place: Place): void {
    const { namespace, name } = place;
    const { slices } = this.tables;
    const key = keyOf(place);
    const slice = this.storage.get(GVR.endpointSlices, namespace, name);
    const before = this.served.get(key);
    const service =
      slice && `${namespace}/${slice.metadata.labels?.[SERVICE_NAME]}`;
    for (const at of new Set([before, service])) {
      if (at === undefined) continue;
      const others = (slices.get(at) ?? []).filter(
        s => s.metadata.name !== name,
      );
      const all = slice && at === service ? [...others, slice] : others;
      all.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      put(slices, at, all.length ? all : undefined);
    }
    put(this.served, key, service);
  }
}
