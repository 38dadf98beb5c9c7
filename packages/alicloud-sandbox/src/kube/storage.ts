import type {
  GroupVersionResource,
  KubeObject,
  KubeStorage,
  StorageEvent,
} from '../contract';
import { ChangeHistory, type HistoryEntry } from './history';
import { clone, equal, timestamp } from './json';
import {
  apiVersionOf,
  gvrOf,
  NAMESPACES,
  type KindRow,
  type KindTable,
} from './kinds';
import { Names } from './names';
import { body, gracePeriod, hasGeneration, inVersion } from './objects';
import { objectKey, objectsOf, VERSION_KEY, type Keep } from './records';
import {
  alreadyExists,
  conflict,
  forbidden,
  notFound,
  KubeStatusError,
} from './status';
import { shared } from './sharing';
import { ObjectTable } from './table';

/** Sets defaults and refuses what is invalid, before an object is written. Edits `object` in place. */
export type Admission = (
  row: KindRow,
  object: KubeObject,
  previous: KubeObject | undefined,
) => void;

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
}

interface Options {
  kinds: KindTable;
  now: () => number;
  /** Remembered changes; older versions answer 410. */
  historySize?: number;
  keep?: Keep;
  names?: Names;
}

/** Namespaces that the API server never lets go. */
const PERMANENT = new Set(['default', 'kube-system', 'kube-public']);

/**
 * The objects of one cluster. Everything is synchronous, so read-modify-write needs no lock; objects are frozen
 * and shared between readers. `metadata.resourceVersion` counts all commits of the cluster.
 */
export class ClusterStorage implements KubeStorage {
  admission: Admission = () => {};
  private readonly kinds: KindTable;
  private readonly now: () => number;
  private readonly keep: Keep;
  readonly names: Names;
  private readonly tables = new Map<KindRow, ObjectTable>();
  private readonly history: ChangeHistory;

  constructor(options: Options) {
    this.kinds = options.kinds;
    this.now = options.now;
    this.keep = options.keep ?? (() => {});
    this.names = options.names ?? new Names();
    for (const row of this.kinds.rows) this.tables.set(row, new ObjectTable());
    // Versions of a cluster that is made anew lie above those of its predecessor: a watcher that outlived the
    // predecessor gets 410 and lists again, instead of waiting for versions that were long passed.
    this.history = new ChangeHistory(
      Math.floor(options.now() / 10),
      options.historySize ?? 5000,
    );
  }

  get resourceVersion(): number {
    return this.history.version;
  }

  /** Throws 404 for a resource that this cluster does not serve. */
  row(gvr: GroupVersionResource): KindRow {
    const row = this.kinds.find(gvr);
    if (!row) {
      throw new KubeStatusError(
        404,
        'NotFound',
        'the server could not find the requested resource',
      );
    }
    return row;
  }

  get(gvr: GroupVersionResource, namespace: string | undefined, name: string) {
    const row = this.row(gvr);
    const found = this.read(row, namespace, name);
    return found && inVersion(row, found, gvr.version);
  }

  list(gvr: GroupVersionResource, namespace?: string): KubeObject[] {
    const row = this.row(gvr);
    return this.readAll(row, namespace).map(o =>
      inVersion(row, o, gvr.version),
    );
  }

  /** As stored (preferred version), frozen. */
  read(row: KindRow, namespace: string | undefined, name: string) {
    return this.tables
      .get(row)!
      .get(row.namespaced ? namespace : undefined, name);
  }

  /** As stored, in key order, frozen. */
  readAll(row: KindRow, namespace?: string): KubeObject[] {
    return this.tables.get(row)!.list(row.namespaced ? namespace : undefined);
  }

  /** What an index of the kind knows under a key made by `indexes.ts`; in no order, as stored. */
  find(gvr: GroupVersionResource, key: string): KubeObject[] {
    return this.tables.get(this.row(gvr))!.indexed(key);
  }

  /** How many objects `find` would return. */
  count(gvr: GroupVersionResource, key: string): number {
    return this.tables.get(this.row(gvr))!.count(key);
  }

  /** How many objects a kind has. */
  size(gvr: GroupVersionResource): number {
    return this.tables.get(this.row(gvr))!.size;
  }

  create(gvr: GroupVersionResource, object: KubeObject): KubeObject {
    const row = this.row(gvr);
    const prepared = this.prepareCreate(row, object);
    return inVersion(row, this.commitCreate(row, prepared), gvr.version);
  }

  /** Everything that create does short of writing (dry run). */
  prepareCreate(row: KindRow, input: KubeObject): KubeObject {
    const object = clone(input);
    object.apiVersion = apiVersionOf(row);
    object.kind = row.kind;
    const { metadata } = object;
    if (!row.namespaced) delete metadata.namespace;
    else metadata.namespace ??= 'default';
    if (!metadata.name && metadata.generateName) {
      const prefix = String(metadata.generateName);
      metadata.name = this.names.generated(row, metadata.namespace, prefix);
    }
    const what = { group: row.group, resource: row.plural };
    if (row.namespaced)
      this.requireNamespace(row, metadata.namespace!, metadata.name);
    if (this.read(row, metadata.namespace, metadata.name)) {
      throw alreadyExists(what, metadata.name);
    }
    metadata.uid = this.names.uid(row, metadata.namespace, metadata.name);
    metadata.creationTimestamp = timestamp(this.now());
    metadata.generation = 1;
    delete metadata.resourceVersion;
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    delete metadata.selfLink;
    this.admission(row, object, undefined);
    if (!hasGeneration(row)) delete metadata.generation;
    return object;
  }

  commitCreate(row: KindRow, object: KubeObject): KubeObject {
    return this.commit('ADDED', row, object);
  }

  update(
    gvr: GroupVersionResource,
    namespace: string | undefined,
    name: string,
    mutate: (object: KubeObject) => void,
  ): KubeObject | undefined {
    const row = this.row(gvr);
    const current = this.read(row, namespace, name);
    if (!current) return undefined;
    const next = clone(inVersion(row, current, gvr.version));
    mutate(next);
    return inVersion(row, this.write(row, current, next), gvr.version);
  }

  /** Writes `next` over `current`; returns what is stored then (`current` itself if nothing changed). */
  replace(row: KindRow, current: KubeObject, next: KubeObject): KubeObject {
    return this.write(row, current, clone(next));
  }

  private write(row: KindRow, current: KubeObject, next: KubeObject) {
    const prepared = this.settle(row, current, next);
    if (prepared === current) return current;
    const { metadata } = prepared;
    const waits = Number(metadata.deletionGracePeriodSeconds ?? 0) > 0;
    if (metadata.deletionTimestamp && !waits && this.mayVanish(prepared)) {
      return this.vanish(row, prepared);
    }
    return this.commit('MODIFIED', row, prepared, current);
  }

  /** Everything that an update does short of writing (dry run). */
  prepareUpdate(
    row: KindRow,
    current: KubeObject,
    input: KubeObject,
  ): KubeObject {
    return this.settle(row, current, clone(input));
  }

  /** `prepareUpdate` of an object that nobody else holds; edits it. */
  private settle(
    row: KindRow,
    current: KubeObject,
    next: KubeObject,
  ): KubeObject {
    next.apiVersion = apiVersionOf(row);
    next.kind = row.kind;
    const fixed = current.metadata;
    Object.assign(next.metadata, {
      name: fixed.name,
      namespace: fixed.namespace,
      uid: fixed.uid,
      creationTimestamp: fixed.creationTimestamp,
      deletionTimestamp: fixed.deletionTimestamp,
      deletionGracePeriodSeconds: fixed.deletionGracePeriodSeconds,
      generation: fixed.generation,
      resourceVersion: fixed.resourceVersion,
    });
    this.admission(row, next, current);
    if (equal(next, current)) return current;
    if (hasGeneration(row) && !equal(body(next), body(current))) {
      next.metadata.generation = (fixed.generation ?? 0) + 1;
    }
    return next;
  }

  delete(
    gvr: GroupVersionResource,
    namespace: string | undefined,
    name: string,
  ): void {
    const row = this.row(gvr);
    const current = this.read(row, namespace, name);
    if (current) this.remove(row, current, {});
  }

  /** Deletes or begins to delete; returns the object as it is afterwards and whether it is gone. */
  remove(
    row: KindRow,
    current: KubeObject,
    options: DeleteOptions,
  ): { object: KubeObject; gone: boolean } {
    const what = { group: row.group, resource: row.plural };
    const { name, finalizers = [] } = current.metadata;
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid && uid !== current.metadata.uid) {
      throw conflict(
        what,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
      );
    }
    if (
      resourceVersion &&
      resourceVersion !== current.metadata.resourceVersion
    ) {
      throw conflict(
        what,
        name,
        `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${current.metadata.resourceVersion}`,
      );
    }
    if (row.kind === 'Namespace' && PERMANENT.has(name)) {
      throw forbidden(what, name, 'this namespace may not be deleted');
    }
    const next = clone(current);
    const extra = {
      Foreground: 'foregroundDeletion',
      Orphan: 'orphan',
      Background: '',
    }[options.propagationPolicy ?? 'Background'];
    if (extra && !finalizers.includes(extra))
      next.metadata.finalizers = [...finalizers, extra];
    const grace = gracePeriod(row, current, options.gracePeriodSeconds);
    if (grace === 0 && this.mayVanish(next)) {
      return { object: this.vanish(row, next), gone: true };
    }
    if (row.kind === 'Namespace')
      next.status = { ...next.status, phase: 'Terminating' };
    next.metadata.deletionTimestamp ??= timestamp(this.now() + grace * 1000);
    next.metadata.deletionGracePeriodSeconds = Math.min(
      grace,
      (current.metadata.deletionGracePeriodSeconds as number) ?? grace,
    );
    if (equal(next, current)) return { object: current, gone: false };
    if (hasGeneration(row) && !current.metadata.deletionTimestamp) {
      next.metadata.generation = (next.metadata.generation ?? 0) + 1;
    }
    return { object: this.commit('MODIFIED', row, next, current), gone: false };
  }

  subscribe(listener: (event: StorageEvent) => void): () => void {
    return this.follow(listener);
  }

  /** Like `subscribe`, with the version of each change. */
  follow(listener: (event: HistoryEntry) => void): () => void {
    return this.history.follow(listener);
  }

  /** Changes after `version`, oldest first; undefined when they are (partly) forgotten, or lie in the future. */
  since(version: number): HistoryEntry[] | undefined {
    return this.history.since(version);
  }

  /** Every object and the version, as `keep` gets them. */
  *records(): Generator<readonly [key: string, value: unknown]> {
    yield [VERSION_KEY, this.resourceVersion];
    for (const table of this.tables.values()) {
      for (const object of table.values()) yield [objectKey(object), object];
    }
  }

  /** Restores records. The history is not among them: older versions answer 410, so watchers list again. */
  load(records: ReadonlyMap<string, unknown>): void {
    const { version, objects } = objectsOf(records);
    for (const object of objects) {
      const row = this.kinds.findKind(object.apiVersion, object.kind);
      const table = row && this.tables.get(row);
      table?.set(shared(object, table.sibling(object)));
    }
    this.history.restart(version);
  }

  private requireNamespace(row: KindRow, namespace: string, name: string) {
    const found = this.get(NAMESPACES, undefined, namespace);
    if (!found)
      throw notFound({ group: '', resource: 'namespaces' }, namespace);
    if (found.metadata.deletionTimestamp) {
      throw forbidden(
        { group: row.group, resource: row.plural },
        name,
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      );
    }
  }

  private mayVanish(object: KubeObject): boolean {
    return (
      !object.metadata.finalizers?.length &&
      !(object.kind === 'Namespace' && object.spec?.finalizers?.length)
    );
  }

  private vanish(row: KindRow, last: KubeObject): KubeObject {
    return this.commit(
      'DELETED',
      row,
      last,
      this.read(row, last.metadata.namespace, last.metadata.name),
    );
  }

  private commit(
    type: StorageEvent['type'],
    row: KindRow,
    object: KubeObject,
    previous?: KubeObject,
  ): KubeObject {
    const rv = this.history.advance();
    object.metadata.resourceVersion = String(rv);
    const table = this.tables.get(row)!;
    const stored = shared(object, previous ?? table.sibling(object));
    const kept = objectKey(stored);
    this.keep(
      type === 'DELETED'
        ? [{ key: kept }, { key: VERSION_KEY, value: rv }]
        : [{ key: kept, value: stored }],
    );
    if (type === 'DELETED') {
      table.delete(stored.metadata.namespace, stored.metadata.name);
    } else table.set(stored);
    this.history.record({
      type,
      gvr: gvrOf(row),
      object: stored,
      previous,
      rv,
      row,
    });
    return stored;
  }
}
