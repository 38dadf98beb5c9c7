import type {
  CloudView,
  KubeCluster,
  KubeFleet,
  KubeObject,
  MeshView,
} from '../contract';
import type { ClusterView } from './clusterView';
import { GVR } from './gvr';
import { LiveCluster } from './liveCluster';

/** What istiod of one mesh knows. */
export interface MeshSnapshot {
  mesh: MeshView;
  clusters: ClusterView[];
  destinationRules: KubeObject[];
  virtualServices: KubeObject[];
  gateways: KubeObject[];
  /** Namespace labels of the control plane's API server. */
  namespaces: Map<string, Record<string, string>>;
}

/**
 * The control planes' view of clusters and meshes. Views of clusters follow every change; what a mesh knows is put together
 * on first use after its own configuration changed. A cluster in a lost region keeps its last view (istiod keeps the last
 * endpoints); a mesh whose own region is lost keeps everything (proxies keep their last configuration).
 */
export class Registry {
  /** Grows with every change; caches compare it. */
  revision = 1;
  /** The revision of the last change that live views do not show by themselves. */
  private configured = 1;
  private readonly views = new Map<string, LiveCluster>();
  private readonly meshes = new Map<string, MeshSnapshot>();
  /** The revision that each of them was put together at. */
  private readonly made = new Map<string, number>();
  private readonly lost = new Set<string>();
  private readonly unsubscribe: (() => void)[] = [];
  private readonly subscriptions = new Map<string, () => void>();

  constructor(
    private readonly cloud: CloudView,
    private readonly kube: KubeFleet,
  ) {
    kube.onOpen(cluster => this.watch(cluster));
    kube.onDestroy(id => {
      this.subscriptions.get(id)?.();
      this.subscriptions.delete(id);
      this.views.delete(id);
      this.reconfigured();
    });
    this.unsubscribe.push(cloud.onChange(() => this.reconfigured()));
  }

  stop(): void {
    [...this.unsubscribe, ...this.subscriptions.values()].forEach(f => f());
  }

  /** Marks a region lost or back. */
  setRegionLost(region: string, lost: boolean): void {
    if (this.isRegionLost(region) === lost) return;
    // What is kept must be there, and be the latest, before the door closes.
    this.cloud.meshes().forEach(mesh => this.mesh(mesh.id));
    if (lost) {
      this.lost.add(region);
      this.keepMeshesOf(region);
    } else this.lost.delete(region);
    for (const { spec } of this.kube.list()) {
      if (spec.region !== region) continue;
      if (lost) this.views.get(spec.id)?.pause();
      else this.views.get(spec.id)?.resume();
    }
    this.reconfigured();
  }

  isRegionLost(region: string): boolean {
    return this.lost.has(region);
  }

  /** Whether connections into a lost region are refused rather than left hanging. */
  isRegionGone(region: string): boolean {
    return this.isRegionLost(region) && this.cloud.outage?.(region) === 'gone';
  }

  /** Whether a pod answers nobody because its node is lost. */
  isNodeLost(pod: { clusterId: string; nodeName: string }): boolean {
    return this.kube.isNodeLost(pod.clusterId, pod.nodeName);
  }

  lostRegions(): string[] {
    return [...this.lost];
  }

  /** A workload cluster as its own API server (or its last known state) shows it. */
  cluster(id: string): ClusterView | undefined {
    return this.kube.get(id) && this.views.get(id)?.view;
  }

  /** All workload clusters. */
  clusters(): ClusterView[] {
    return this.kube.list().flatMap(c => this.cluster(c.spec.id) ?? []);
  }

  /** The mesh a cluster is a running member of. */
  meshOf(clusterId: string): MeshSnapshot | undefined {
    const mesh = this.cloud.meshes().find(m => m.members.includes(clusterId));
    return mesh && this.mesh(mesh.id);
  }

  /** What istiod of a mesh knows now. */
  mesh(id: string): MeshSnapshot | undefined {
    const known = this.meshes.get(id);
    if (known && this.made.get(id) === this.configured) {
      return known;
    }
    const mesh = this.cloud.mesh(id);
    const control = this.kube.get(id);
    if (!mesh || !control) {
      this.meshes.delete(id);
      return undefined;
    }
    this.made.set(id, this.configured);
    const lost = this.isRegionLost(mesh.region);
    if (known && lost) {
      return known;
    }
    const snapshot: MeshSnapshot = {
      mesh,
      clusters: lost
        ? this.frozen(mesh.members)
        : mesh.members.flatMap(m => this.cluster(m) ?? []),
      destinationRules: control.storage.list(GVR.destinationRules),
      virtualServices: control.storage.list(GVR.virtualServices),
      gateways: control.storage.list(GVR.gateways),
      namespaces: new Map(
        control.storage
          .list(GVR.namespaces)
          .map(n => [n.metadata.name, n.metadata.labels ?? {}]),
      ),
    };
    this.meshes.set(id, snapshot);
    return snapshot;
  }

  /** istiod of a lost region hears of no change in other regions either. */
  private keepMeshesOf(region: string): void {
    for (const [id, snapshot] of this.meshes) {
      if (snapshot.mesh.region !== region) continue;
      const clusters = this.frozen(snapshot.clusters.map(c => c.id));
      this.meshes.set(id, { ...snapshot, clusters });
    }
  }

  private frozen(ids: string[]): ClusterView[] {
    return ids.flatMap(id => this.views.get(id)?.frozen() ?? []);
  }

  private reconfigured(): void {
    this.revision++;
    this.configured = this.revision;
  }

  private watch(cluster: KubeCluster): void {
    const { spec, storage } = cluster;
    this.subscriptions.get(spec.id)?.();
    if (spec.kind === 'ack') this.follow(cluster);
    else {
      this.subscriptions.set(
        spec.id,
        storage.subscribe(() => this.reconfigured()),
      );
    }
    this.reconfigured();
  }

  private follow(cluster: KubeCluster): void {
    const { spec, storage } = cluster;
    const live = new LiveCluster(cluster);
    if (this.isRegionLost(spec.region)) live.pause();
    this.views.set(spec.id, live);
    this.subscriptions.set(
      spec.id,
      storage.subscribe(({ gvr, object }) => {
        if (live.changed(gvr, object.metadata)) this.revision++;
      }),
    );
  }
}
