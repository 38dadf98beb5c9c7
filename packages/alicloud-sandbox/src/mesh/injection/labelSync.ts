import type {
  CloudView,
  KubeCluster,
  KubeFleet,
  MeshView,
  StorageEvent,
} from '../../contract';
import { GVR, sameResource } from '../gvr';
import type { Registry } from '../registry';
import { NAMESPACE_LABEL, REVISION_LABEL } from './decide';

type Labels = Record<string, string>;

const SYNCED = [NAMESPACE_LABEL, REVISION_LABEL];

const synced = (labels: Labels | undefined): Labels =>
  Object.fromEntries(
    Object.entries(labels ?? {}).filter(([key]) => SYNCED.includes(key)),
  );

/**
 * ASM carries the injection labels of namespaces from the control plane to the clusters of the mesh: when they change
 * there, when a cluster joins, and when a cluster gets the namespace. Labels that only a cluster has are left alone.
 */
export class LabelSync {
  private readonly subscriptions = new Map<string, () => void>();
  private readonly unsubscribe: () => void;
  /** `mesh cluster` pairs that were seen as joined. */
  private joined = new Set<string>();
  private stopped = false;

  constructor(
    private readonly cloud: CloudView,
    private readonly kube: KubeFleet,
    private readonly registry: Registry,
  ) {
    kube.onOpen(cluster => this.watch(cluster));
    kube.onDestroy(id => {
      this.subscriptions.get(id)?.();
      this.subscriptions.delete(id);
    });
    this.unsubscribe = cloud.onChange(() => this.greet());
    this.greet();
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    this.subscriptions.forEach(end => end());
  }

  /** Brings everything in line, after a region came back. */
  syncAll(): void {
    this.joined.clear();
    this.greet();
  }

  /** Clusters that joined since the last look get the labels that are there. */
  private greet(): void {
    const now = new Set<string>();
    for (const mesh of this.cloud.meshes()) {
      for (const member of mesh.members) {
        const pair = `${mesh.id} ${member}`;
        now.add(pair);
        if (!this.joined.has(pair)) this.syncMember(mesh, member);
      }
    }
    this.joined = now;
  }

  private syncMember(mesh: MeshView, member: string): void {
    const control = this.kube.get(mesh.id);
    for (const namespace of control?.storage.list(GVR.namespaces) ?? []) {
      const { name, labels } = namespace.metadata;
      this.write(mesh, member, name, synced(labels), []);
    }
  }

  private watch(cluster: KubeCluster): void {
    const { id, kind } = cluster.spec;
    this.subscriptions.get(id)?.();
    this.subscriptions.set(
      id,
      cluster.storage.subscribe(event => {
        if (!sameResource(event.gvr, GVR.namespaces)) return;
        if (kind === 'asm') this.controlChanged(id, event);
        else if (event.type === 'ADDED') this.namespaceMade(id, event);
      }),
    );
  }

  private controlChanged(meshId: string, event: StorageEvent): void {
    const mesh = this.cloud.mesh(meshId);
    if (!mesh || event.type === 'DELETED') return;
    const now = synced(event.object.metadata.labels);
    const before = synced(event.previous?.metadata.labels);
    const gone = Object.keys(before).filter(key => !(key in now));
    const changed = Object.fromEntries(
      Object.entries(now).filter(([key, value]) => before[key] !== value),
    );
    for (const member of mesh.members) {
      this.write(mesh, member, event.object.metadata.name, changed, gone);
    }
  }

  private namespaceMade(clusterId: string, event: StorageEvent): void {
    const mesh = this.cloud.meshes().find(m => m.members.includes(clusterId));
    const { name } = event.object.metadata;
    const control = mesh && this.kube.get(mesh.id);
    const source = control?.storage.get(GVR.namespaces, undefined, name);
    if (mesh && source) {
      this.write(mesh, clusterId, name, synced(source.metadata.labels), []);
    }
  }

  private write(
    mesh: MeshView,
    clusterId: string,
    namespace: string,
    labels: Labels,
    gone: string[],
  ): void {
    const cluster = this.kube.get(clusterId);
    const lost =
      !cluster ||
      this.registry.isRegionLost(mesh.region) ||
      this.registry.isRegionLost(cluster.spec.region);
    const nothing = Object.keys(labels).length === 0 && gone.length === 0;
    if (lost || nothing || this.stopped) return;
    cluster.storage.update(GVR.namespaces, undefined, namespace, o => {
      o.metadata.labels = { ...o.metadata.labels, ...labels };
      for (const key of gone) delete o.metadata.labels[key];
    });
  }
}
