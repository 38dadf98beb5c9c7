import type {
  CloudView,
  KubeCluster,
  KubeFleet,
  KubeObject,
  MeshView,
} from '../contract';
import { isViewed, viewCluster, type ClusterView } from './clusterView';
import { GVR } from './gvr';

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
 * The control planes' view of clusters and meshes, kept up to date by storage subscriptions and rebuilt on first use
 * after a change. A cluster in a lost region keeps its last view (istiod keeps the last endpoints); a mesh whose own
 * region is lost keeps everything (proxies keep their last configuration).
 */
export class Registry {
  /** Grows with every change; caches compare it. */
  revision = 1;
  private readonly views = new Map<string, ClusterView>();
  private readonly dirty = new Set<string>();
  private readonly meshes = new Map<string, MeshSnapshot>();
  private readonly fresh = new Map<string, number>();
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
      this.revision++;
    });
    this.unsubscribe.push(cloud.onChange(() => this.revision++));
  }

  stop(): void {
    [...this.unsubscribe, ...this.subscriptions.values()].forEach(f => f());
  }

  /** Marks a region lost or back. */
  setRegionLost(region: string, lost: boolean): void {
    // The last view must exist before the door closes.
    this.clusters();
    this.cloud.meshes().forEach(mesh => this.mesh(mesh.id));
    if (lost) {
      this.lost.add(region);
    } else {
      this.lost.delete(region);
      this.kube
        .list()
        .filter(c => c.spec.region === region)
        .forEach(c => this.dirty.add(c.spec.id));
    }
    this.revision++;
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
    const cluster = this.kube.get(id);
    if (!cluster) {
      return undefined;
    }
    const known = this.views.get(id);
    if (
      known &&
      (!this.dirty.has(id) || this.isRegionLost(cluster.spec.region))
    ) {
      return known;
    }
    const view = viewCluster(cluster);
    this.views.set(id, view);
    this.dirty.delete(id);
    return view;
  }

  /** All workload clusters. */
  clusters(): ClusterView[] {
    return this.kube
      .list()
      .filter(c => c.spec.kind === 'ack')
      .map(c => this.cluster(c.spec.id)!);
  }

  /** The mesh a cluster is a running member of. */
  meshOf(clusterId: string): MeshSnapshot | undefined {
    const mesh = this.cloud.meshes().find(m => m.members.includes(clusterId));
    return mesh && this.mesh(mesh.id);
  }

  /** What istiod of a mesh knows now. */
  mesh(id: string): MeshSnapshot | undefined {
    const known = this.meshes.get(id);
    if (known && this.fresh.get(id) === this.revision) {
      return known;
    }
    const mesh = this.cloud.mesh(id);
    const control = this.kube.get(id);
    if (!mesh || !control) {
      this.meshes.delete(id);
      return undefined;
    }
    this.fresh.set(id, this.revision);
    if (known && this.isRegionLost(mesh.region)) {
      return known;
    }
    const snapshot: MeshSnapshot = {
      mesh,
      clusters: mesh.members.flatMap(m => this.cluster(m) ?? []),
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

  private watch(cluster: KubeCluster): void {
    const { id } = cluster.spec;
    this.subscriptions.get(id)?.();
    this.subscriptions.set(
      id,
      cluster.storage.subscribe(({ gvr }) => {
        if (cluster.spec.kind === 'ack' && !isViewed(gvr)) return;
        this.dirty.add(id);
        this.revision++;
      }),
    );
    this.dirty.add(id);
    this.revision++;
  }
}
