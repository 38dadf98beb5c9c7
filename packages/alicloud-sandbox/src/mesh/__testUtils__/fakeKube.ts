import { randomUUID } from 'node:crypto';
import type {
  GroupVersionResource,
  KubeCluster,
  KubeClusterSpec,
  KubeFleet,
  KubeObject,
  KubeStorage,
  StorageEvent,
} from '../../contract';

/** Objects in a map: enough of an API server's storage for controllers. */
export class FakeStorage implements KubeStorage {
  private readonly objects = new Map<string, KubeObject>();
  private readonly listeners = new Set<(event: StorageEvent) => void>();
  private version = 1;

  private key(gvr: GroupVersionResource, namespace = '', name = '') {
    return `${gvr.group}/${gvr.resource}/${namespace}/${name}`;
  }

  get(gvr: GroupVersionResource, namespace: string | undefined, name: string) {
    return this.objects.get(this.key(gvr, namespace, name));
  }

  list(gvr: GroupVersionResource, namespace?: string) {
    const prefix = `${gvr.group}/${gvr.resource}/${
      namespace === undefined ? '' : `${namespace}/`
    }`;
    return [...this.objects]
      .filter(([key]) => key.startsWith(prefix))
      .map(([, object]) => object);
  }

  create(gvr: GroupVersionResource, object: KubeObject) {
    const { namespace, name } = object.metadata;
    const key = this.key(gvr, namespace, name);
    if (this.objects.has(key)) {
      throw new Error(`${key} already exists`);
    }
    const stored = structuredClone(object);
    stored.metadata.uid ??= randomUUID();
    stored.metadata.creationTimestamp ??= new Date().toISOString();
    stored.metadata.resourceVersion = String(this.version++);
    this.objects.set(key, stored);
    this.emit({ type: 'ADDED', gvr, object: stored });
    return stored;
  }

  update(
    gvr: GroupVersionResource,
    namespace: string | undefined,
    name: string,
    mutate: (object: KubeObject) => void,
  ) {
    const key = this.key(gvr, namespace, name);
    const previous = this.objects.get(key);
    if (!previous) {
      return undefined;
    }
    const next = structuredClone(previous);
    mutate(next);
    if (JSON.stringify(next) === JSON.stringify(previous)) {
      return previous;
    }
    next.metadata.resourceVersion = String(this.version++);
    this.objects.set(key, next);
    this.emit({ type: 'MODIFIED', gvr, object: next, previous });
    return next;
  }

  delete(
    gvr: GroupVersionResource,
    namespace: string | undefined,
    name: string,
  ) {
    const key = this.key(gvr, namespace, name);
    const previous = this.objects.get(key);
    if (previous) {
      this.objects.delete(key);
      this.emit({ type: 'DELETED', gvr, object: previous, previous });
    }
  }

  subscribe(listener: (event: StorageEvent) => void) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private emit(event: StorageEvent) {
    this.listeners.forEach(listener => listener(event));
  }
}

export type FakeCluster = KubeCluster & { suspended: boolean };

/** Clusters without servers. */
export class FakeFleet implements KubeFleet {
  private readonly clusters = new Map<string, FakeCluster>();
  private readonly openers = new Set<(cluster: KubeCluster) => void>();
  private readonly destroyers = new Set<(id: string) => void>();

  add(spec: Pick<KubeClusterSpec, 'id' | 'kind' | 'region'>): FakeCluster {
    const cluster: FakeCluster = {
      spec: { ...spec, name: spec.id, kubernetesVersion: '1.32.1-aliyun.1' },
      url: 'https://127.0.0.1:1',
      port: 1,
      storage: new FakeStorage(),
      suspended: false,
      kubeconfig: () => ({ yaml: '', expiresAt: '' }),
      revokeKubeconfigs: () => undefined,
      addNode: () => ({}),
      removeNode: () => undefined,
      suspend() {
        this.suspended = true;
      },
      resume() {
        this.suspended = false;
      },
    };
    this.clusters.set(spec.id, cluster);
    this.openers.forEach(listener => listener(cluster));
    return cluster;
  }

  async open(spec: KubeClusterSpec) {
    return this.clusters.get(spec.id) ?? this.add(spec);
  }

  async destroy(id: string) {
    this.clusters.delete(id);
    this.destroyers.forEach(listener => listener(id));
  }

  get(id: string) {
    return this.clusters.get(id);
  }

  list() {
    return [...this.clusters.values()];
  }

  onOpen(listener: (cluster: KubeCluster) => void) {
    this.openers.add(listener);
    this.clusters.forEach(cluster => listener(cluster));
  }

  isNodeLost() {
    return false;
  }

  onDestroy(listener: (id: string) => void) {
    this.destroyers.add(listener);
  }

  async stop() {}
}
