import { randomUUID } from 'node:crypto';
import type {
  GroupVersionResource,
  KubeObject,
  KubeStorage,
  StorageEvent,
} from '../contract';
import { clone, deepFreeze, equal, randomSuffix, timestamp } from './json';
import {
  apiVersionOf,
  gvrOf,
  NAMESPACES,
  type KindRow,
  type KindTable,
} from './kinds';
import {
  alreadyExists,
  conflict,
  forbidden,
  notFound,
  KubeStatusError,
} from './status';

/** One remembered change; `rv` is the version that the change made. */
export interface HistoryEntry extends StorageEvent {
  rv: number;
  row: KindRow;
}

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

export interface StorageDump {
  resourceVersion: number;
  objects: KubeObject[];
}

interface Options {
  kinds: KindTable;
  now: () => number;
  /** Remembered changes; older versions answer 410. */
  historySize?: number;
  /** Called after every commit. */
  changed?: () => void;
}

const key = (namespace: string | undefined, name: string) =>
  namespace ? `${namespace}/${name}` : name;

/**
 * The objects of one cluster. Everything is synchronous, so read-modify-write needs no lock; objects are frozen
 * and shared between readers. `metadata.resourceVersion` counts all commits of the cluster.
 */
export class ClusterStorage implements KubeStorage {
  admission: Admission = () => {};
  private readonly kinds: KindTable;
  private readonly now: () => number;
  private readonly changed: () => void;
  private readonly historySize: number;
  private readonly tables = new Map<KindRow, Map<string, KubeObject>>();
  private readonly listeners = new Set<(event: HistoryEntry) => void>();
  private readonly pending: HistoryEntry[] = [];
  private announcing = false;
  private history: HistoryEntry[] = [];
  private version: number;
  /** Changes up to this version are forgotten. */
  private compacted: number;

  constructor(options: Options) {
    this.kinds = options.kinds;
    this.now = options.now;
    this.changed = options.changed ?? (() => {});
    this.historySize = options.historySize ?? 5000;
    for (const row of this.kinds.rows) this.tables.set(row, new Map());
    // Versions of a cluster that is made anew lie above those of its predecessor: a watcher that outlived the
    // predecessor gets 410 and lists again, instead of waiting for versions that were long passed.
    this.version = Math.floor(options.now() / 1000) % 1_000_000_000;
    this.compacted = this.version;
  }

  get resourceVersion(): number {
    return this.version;
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
      .get(key(row.namespaced ? namespace : undefined, name));
  }

  /** As stored, in key order, frozen. */
  readAll(row: KindRow, namespace?: string): KubeObject[] {
    const table = this.tables.get(row)!;
    const keys = [...table.keys()].sort();
    const objects = keys.map(k => table.get(k)!);
    return namespace && row.namespaced
      ? objects.filter(o => o.metadata.namespace === namespace)
      : objects;
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
      metadata.name = `${metadata.generateName}${randomSuffix()}`;
    }
    const what = { group: row.group, resource: row.plural };
    if (row.namespaced)
      this.requireNamespace(row, metadata.namespace!, metadata.name);
    if (this.read(row, metadata.namespace, metadata.name)) {
      throw alreadyExists(what, metadata.name);
    }
    metadata.uid = randomUUID();
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
    return inVersion(row, this.replace(row, current, next), gvr.version);
  }

  /** Writes `next` over `current`; returns what is stored then (`current` itself if nothing changed). */
  replace(row: KindRow, current: KubeObject, next: KubeObject): KubeObject {
    const prepared = this.prepareUpdate(row, current, next);
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
    const next = clone(input);
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
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Changes after `version`, oldest first; undefined when they are (partly) forgotten, or lie in the future. */
  since(version: number): HistoryEntry[] | undefined {
    if (version < this.compacted || version > this.version) return undefined;
    let low = 0;
    let high = this.history.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.history[middle].rv > version) high = middle;
      else low = middle + 1;
    }
    return this.history.slice(low);
  }

  dump(): StorageDump {
    const objects = [...this.tables.values()].flatMap(t => [...t.values()]);
    return { resourceVersion: this.version, objects };
  }

  /** Restores a dump. The history is not part of it: older versions answer 410, so watchers list again. */
  load(dump: StorageDump): void {
    this.version = Math.max(this.version, dump.resourceVersion);
    this.compacted = this.version;
    this.history = [];
    for (const object of dump.objects) {
      const row = this.kinds.findKind(object.apiVersion, object.kind);
      if (!row) continue;
      const { namespace, name } = object.metadata;
      this.tables
        .get(row)!
        .set(key(namespace, name), deepFreeze(clone(object)));
    }
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
    this.version += 1;
    object.metadata.resourceVersion = String(this.version);
    const stored = deepFreeze(clone(object));
    const table = this.tables.get(row)!;
    const at = key(stored.metadata.namespace, stored.metadata.name);
    if (type === 'DELETED') table.delete(at);
    else table.set(at, stored);
    const entry: HistoryEntry = {
      type,
      gvr: gvrOf(row),
      object: stored,
      previous,
      rv: this.version,
      row,
    };
    this.history.push(entry);
    if (this.history.length > this.historySize * 1.25) {
      const dropped = this.history.splice(
        0,
        this.history.length - this.historySize,
      );
      this.compacted = dropped[dropped.length - 1].rv;
    }
    this.changed();
    this.announce(entry);
    return stored;
  }

  /** Listeners may write; what they cause is announced after all listeners heard of the cause. */
  private announce(entry: HistoryEntry) {
    this.pending.push(entry);
    if (this.announcing) return;
    this.announcing = true;
    try {
      for (let next = this.pending.shift(); next; next = this.pending.shift()) {
        for (const listener of [...this.listeners]) listener(next);
      }
    } finally {
      this.announcing = false;
    }
  }
}

const versioned = new WeakMap<KubeObject, Map<string, KubeObject>>();

/** The same object under another served version; only `apiVersion` differs between versions here. */
export function inVersion(
  row: KindRow,
  object: KubeObject,
  version: string,
): KubeObject {
  const apiVersion = apiVersionOf(row, version);
  if (object.apiVersion === apiVersion) return object;
  const known = versioned.get(object)?.get(version);
  if (known) return known;
  const made = Object.freeze({ ...object, apiVersion });
  if (!versioned.has(object)) versioned.set(object, new Map());
  versioned.get(object)!.set(version, made);
  return made;
}

/** What counts for `metadata.generation`: everything but metadata and status. */
function body(object: KubeObject) {
  const {
    apiVersion: _a,
    kind: _k,
    metadata: _m,
    status: _s,
    ...rest
  } = object;
  return rest;
}

const WITHOUT_GENERATION = new Set([
  'ConfigMap',
  'Secret',
  'Event',
  'Endpoints',
  'Namespace',
  'Node',
  'ServiceAccount',
  'Service',
  'Lease',
]);

function hasGeneration(row: KindRow): boolean {
  return !WITHOUT_GENERATION.has(row.kind);
}

/** Seconds that a deletion waits for somebody (the kubelet) to finish; 0 for all but running pods. */
function gracePeriod(row: KindRow, object: KubeObject, asked?: number): number {
  if (row.kind !== 'Pod' || !object.spec?.nodeName) return 0;
  if (['Succeeded', 'Failed'].includes(object.status?.phase)) return 0;
  return asked ?? object.spec.terminationGracePeriodSeconds ?? 30;
}
