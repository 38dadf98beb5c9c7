import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  NotFoundError,
  ServiceUnavailableError,
  stringifyError,
} from '@backstage/errors';
import {
  TAG_ENVIRONMENT,
  type ClusterFacts,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  AlicloudAccounts,
  KubernetesConnector,
  MeshMember,
  ServiceMesh,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { Snapshot } from '../database/SnapshotStore';
import { withDeadline } from '../util/abort';
import { ClusterWatch } from './ClusterWatch';
import { MeshWatch } from './MeshWatch';
import { keepablesOf, KeptSnapshots, type Keepable } from './snapshots';

const ACCOUNT_DEADLINE_MS = 30_000;
/** A request for an unknown mesh asks the clouds, but not more often than this. */
const RECHECK_MS = 3_000;

/** One mesh with everything the portal keeps about it in memory. */
export interface FleetMesh {
  account: string;
  mesh: ServiceMesh;
  members: MeshMember[];
  rules: MeshWatch;
  clusters: Map<string, ClusterWatch>;
  /** Goes up whenever anything about the mesh changes. */
  version: number;
  /** When ASM last answered about it. */
  readAt: string;
  /** Set while the account cannot be read. */
  trouble?: { since: string; reason: string };
}

/**
 * Which meshes and clusters exist, found through the ASM API of every configured account, and the watches that keep their
 * facts in memory. Everything here can be rebuilt from the clouds.
 */
export class Fleet {
  private readonly meshes = new Map<string, FleetMesh>();
  private readonly troubles = new Map<string, string>();
  private readonly listeners = new Set<(meshId: string) => void>();
  private kept = new KeptSnapshots([]);
  private gone: string[] = [];
  private refreshing: Promise<void> | undefined;
  private again = false;
  private lastRefresh = 0;
  private stopped = false;

  constructor(
    private readonly deps: {
      accounts: AlicloudAccounts;
      connector: KubernetesConnector;
      logger: LoggerService;
    },
  ) {}

  /** Called with the id of a mesh after anything about it changed. */
  onChange(listener: (meshId: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Reads all accounts. Calls that arrive while one runs share the run that follows it, so that each sees the state
   * after its call. Never rejects: an account in trouble is remembered with its reason.
   */
  refresh(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    if (this.refreshing) {
      this.again = true;
      return this.refreshing;
    }
    this.refreshing = (async () => {
      do {
        this.again = false;
        await Promise.all(
          this.deps.accounts.names().map(name => this.readAccount(name)),
        );
        this.lastRefresh = Date.now();
      } while (this.again && !this.stopped);
    })().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  /** All meshes by name. Throws ServiceUnavailableError when none is known because accounts cannot be read. */
  async list(): Promise<FleetMesh[]> {
    await this.ensureRead();
    if (this.meshes.size === 0 && this.troubles.size > 0) {
      throw new ServiceUnavailableError(this.troubleText());
    }
    return [...this.meshes.values()].sort((a, b) =>
      a.mesh.name.localeCompare(b.mesh.name),
    );
  }

  /** A mesh by id or name. Throws NotFoundError that lists the meshes there are. */
  async require(nameOrId: string): Promise<FleetMesh> {
    const find = () => {
      const named = [...this.meshes.values()].filter(
        ({ mesh }) => mesh.name === nameOrId,
      );
      return (
        this.meshes.get(nameOrId) ?? (named.length === 1 ? named[0] : undefined)
      );
    };
    const known = find();
    if (known) return known;
    if (Math.abs(Date.now() - this.lastRefresh) > RECHECK_MS)
      await this.refresh();
    const found = find();
    if (found) return found;
    const all = [...this.meshes.values()].map(
      ({ mesh }) => `${mesh.name} (${mesh.serviceMeshId})`,
    );
    throw new NotFoundError(
      [
        `Mesh '${nameOrId}' is not known; there ${
          all.length ? `are: ${all.join(', ')}` : 'is none'
        }`,
        ...(this.troubles.size ? [this.troubleText()] : []),
      ].join('. '),
    );
  }

  /** What is known of the member clusters of a mesh; nothing of an unknown one. */
  async clustersOf(nameOrId: string): Promise<ClusterFacts[]> {
    const mesh = await this.require(nameOrId).catch(() => undefined);
    return [...(mesh?.clusters.values() ?? [])].map(watch => watch.facts());
  }

  /** Names by which operation grants may know the mesh's environment. */
  async environmentsOf(nameOrId: string): Promise<string[]> {
    const { mesh } = await this.require(nameOrId);
    const environment = mesh.tags[TAG_ENVIRONMENT];
    return [
      ...(environment ? [environment] : []),
      mesh.name,
      mesh.serviceMeshId,
    ];
  }

  /**
   * Shows what an earlier process knew, marked with its age, until the clouds have been asked. To be called before
   * anything else.
   */
  restore(snapshots: Snapshot[]): void {
    const accounts = new Set(this.deps.accounts.names());
    this.kept = new KeptSnapshots(
      snapshots.filter(({ account }) => accounts.has(account)),
    );
    for (const { account, observedAt, content } of this.kept.meshes()) {
      this.add(account, content.mesh, content.members, {
        readAt: observedAt,
        trouble: {
          since: observedAt,
          reason: 'this is what was known before the portal started',
        },
      });
    }
  }

  /** What is worth writing down for the next start. */
  keepables(): Keepable[] {
    return [...this.meshes.values()].flatMap(keepablesOf);
  }

  /** Says that something changed that belongs to a mesh and is kept elsewhere. */
  touch(entry: FleetMesh): void {
    this.changed(entry);
  }

  /** Ids of meshes and clusters that ceased to exist since the last call. */
  takeGone(): string[] {
    const gone = this.gone;
    this.gone = [];
    return gone.filter(id => !this.isKnown(id));
  }

  /** Undoes takeGone, when the ids could not be dealt with. */
  giveBackGone(ids: string[]): void {
    this.gone.push(...ids);
  }

  /** Ends all watches. */
  stop(): void {
    this.stopped = true;
    for (const id of [...this.meshes.keys()]) this.close(id);
  }

  private async ensureRead(): Promise<void> {
    if (this.lastRefresh > 0) return;
    const reading = this.refresh();
    // What an earlier process knew is better than to wait for clouds that may not answer.
    if (this.meshes.size === 0) await reading;
  }

  private async readAccount(account: string): Promise<void> {
    try {
      await withDeadline(
        ACCOUNT_DEADLINE_MS,
        `no answer within ${ACCOUNT_DEADLINE_MS / 1000} s`,
        async signal => {
          const { asm } = this.deps.accounts.get(account);
          const meshes = await asm.describeServiceMeshes({ signal });
          await Promise.all(
            meshes.map(async ({ serviceMeshId }) => {
              const [mesh, members] = await Promise.all([
                asm.describeServiceMesh({ serviceMeshId }, { signal }),
                asm.describeMembers({ serviceMeshId }, { signal }),
              ]);
              if (mesh && !signal.aborted && !this.stopped) {
                this.put(account, mesh, members);
              }
            }),
          );
          const ids = new Set(meshes.map(mesh => mesh.serviceMeshId));
          for (const [id, known] of this.meshes) {
            if (known.account === account && !ids.has(id)) this.forget(id);
          }
        },
      );
      this.troubles.delete(account);
      // What no mesh of the account took up belongs to none any more.
      this.gone.push(...this.kept.drop(account));
    } catch (error) {
      this.markTrouble(account, error as Error);
    }
  }

  private markTrouble(account: string, error: Error): void {
    const reason = `${error.message || stringifyError(error)}`;
    if (this.troubles.get(account) !== reason) {
      this.deps.logger.warn(`Account '${account}' cannot be read: ${reason}`);
    }
    this.troubles.set(account, reason);
    for (const known of this.meshes.values()) {
      if (known.account === account && known.trouble?.reason !== reason) {
        const since = known.trouble?.since ?? new Date().toISOString();
        known.trouble = { since, reason };
        this.changed(known);
      }
    }
  }

  private put(account: string, mesh: ServiceMesh, members: MeshMember[]): void {
    const id = mesh.serviceMeshId;
    const known = this.meshes.get(id);
    const readAt = new Date().toISOString();
    if (!known) {
      this.add(account, mesh, members, { readAt });
      return;
    }
    const before = JSON.stringify([known.mesh, known.members, known.trouble]);
    Object.assign(known, {
      account,
      mesh,
      members,
      readAt,
      trouble: undefined,
    });
    this.follow(known);
    if (JSON.stringify([mesh, members, undefined]) !== before) {
      this.changed(known);
    }
  }

  private add(
    account: string,
    mesh: ServiceMesh,
    members: MeshMember[],
    read: Pick<FleetMesh, 'readAt' | 'trouble'>,
  ): void {
    const id = mesh.serviceMeshId;
    const kept = this.kept.takeMesh(id);
    const entry: FleetMesh = {
      ...read,
      account,
      mesh,
      members,
      version: 0,
      clusters: new Map(),
      rules: new MeshWatch(
        this.deps.connector.mesh({ account, serviceMeshId: id }),
        () => this.changed(entry),
        kept && { ...kept, content: kept.content.rules },
      ),
    };
    this.meshes.set(id, entry);
    this.follow(entry);
    this.changed(entry);
  }

  /** Opens watches for new members, ends those of clusters that left. */
  private follow(entry: FleetMesh): void {
    const { account, members, clusters } = entry;
    for (const { clusterId, name, regionId } of members) {
      if (!clusters.has(clusterId)) {
        clusters.set(
          clusterId,
          new ClusterWatch(
            { id: clusterId, name, region: regionId },
            this.deps.connector.cluster({ account, regionId, clusterId }),
            () => this.changed(entry),
            this.kept.takeCluster(clusterId),
          ),
        );
      }
    }
    for (const [id, watch] of clusters) {
      if (!members.some(({ clusterId }) => clusterId === id)) {
        watch.stop();
        clusters.delete(id);
        this.gone.push(id);
      }
    }
  }

  private forget(id: string): void {
    const clusters = this.meshes.get(id)?.clusters ?? new Map();
    this.gone.push(id, ...clusters.keys());
    this.close(id);
  }

  private isKnown(id: string): boolean {
    return (
      this.meshes.has(id) ||
      [...this.meshes.values()].some(({ clusters }) => clusters.has(id))
    );
  }

  private close(id: string): void {
    const entry = this.meshes.get(id);
    if (!entry) return;
    this.meshes.delete(id);
    entry.rules.stop();
    for (const watch of entry.clusters.values()) watch.stop();
    this.changed(entry);
  }

  private changed(entry: FleetMesh): void {
    entry.version += 1;
    for (const listener of this.listeners) listener(entry.mesh.serviceMeshId);
  }

  private troubleText(): string {
    return [...this.troubles]
      .map(
        ([account, reason]) =>
          `Alibaba Cloud account '${account}' cannot be read: ${reason} (see meshDr.alicloud.accounts)`,
      )
      .join('; ');
  }
}
