import type {
  MeshMember,
  ServiceMesh,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { Snapshot } from '../database/SnapshotStore';
import type { ClusterContent } from './ClusterWatch';
import type { FleetMesh } from './Fleet';
import type { MeshContent } from './MeshWatch';

/** What a mesh's snapshot holds: ASM's word and the rules. */
export interface MeshSnapshotContent {
  mesh: ServiceMesh;
  members: MeshMember[];
  rules: MeshContent;
}

/** Something that may be kept, described without copying it. */
export interface Keepable extends Omit<Snapshot, 'content' | 'observedAt'> {
  /** Another one whenever the content is another one. */
  mark: string;
  /** Whether it is known to be so at this moment; otherwise what is kept is at least as good. */
  current: boolean;
  content(): MeshSnapshotContent | ClusterContent;
}

/** What of a mesh and its clusters is worth keeping. */
export function keepablesOf(entry: FleetMesh): Keepable[] {
  const { account, mesh, members, rules, clusters } = entry;
  const common = { account, meshId: mesh.serviceMeshId };
  return [
    {
      ...common,
      id: mesh.serviceMeshId,
      kind: 'mesh',
      mark: `${rules.revision} ${JSON.stringify([mesh, members])}`,
      current: !entry.trouble && rules.freshness.state === 'ok',
      content: () => ({ mesh, members, rules: rules.content() }),
    },
    ...[...clusters].map(
      ([id, watch]): Keepable => ({
        ...common,
        id,
        kind: 'cluster',
        mark: `${watch.revision}`,
        current: watch.freshness.state === 'ok',
        content: () => watch.content(),
      }),
    ),
  ];
}

/** Snapshots that wait for the watch that goes on from them. */
export class KeptSnapshots {
  private readonly byId = new Map<string, Snapshot>();

  constructor(snapshots: Snapshot[]) {
    for (const snapshot of snapshots) this.byId.set(snapshot.id, snapshot);
  }

  meshes(): Snapshot<MeshSnapshotContent>[] {
    return [...this.byId.values()].filter(
      (snapshot): snapshot is Snapshot<MeshSnapshotContent> =>
        snapshot.kind === 'mesh',
    );
  }

  /** The snapshot of a cluster; it is held no longer. */
  takeCluster(id: string): Snapshot<ClusterContent> | undefined {
    const found = this.byId.get(id);
    if (found?.kind !== 'cluster') return undefined;
    this.byId.delete(id);
    return found as Snapshot<ClusterContent>;
  }

  /** The snapshot of a mesh; it is held no longer. */
  takeMesh(id: string): Snapshot<MeshSnapshotContent> | undefined {
    const found = this.byId.get(id);
    if (found?.kind !== 'mesh') return undefined;
    this.byId.delete(id);
    return found as Snapshot<MeshSnapshotContent>;
  }

  /** Holds the snapshots of an account no longer; returns their ids. */
  drop(account: string): string[] {
    const ids = [...this.byId.values()]
      .filter(snapshot => snapshot.account === account)
      .map(({ id }) => id);
    for (const id of ids) this.byId.delete(id);
    return ids;
  }
}
