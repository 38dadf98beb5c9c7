import type { KubeObject } from '../contract';
import { byOwner, indexKeys } from './indexes';

/** Keys of objects in the order in which lists show them. */
class SortedKeys {
  private readonly keys: string[] = [];

  add(key: string): void {
    this.keys.splice(this.position(key), 0, key);
  }

  remove(key: string): void {
    const at = this.position(key);
    if (this.keys[at] === key) this.keys.splice(at, 1);
  }

  all(): readonly string[] {
    return this.keys;
  }

  private position(key: string): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const keyOf = (namespace: string | undefined, name: string) =>
  namespace ? `${namespace}/${name}` : name;

/**
 * The objects of one kind, found by name, by namespace and by the kind's indexes. Nothing here costs more than the
 * objects it returns: a controller may ask once for every change of a cluster with thousands of pods.
 */
export class ObjectTable {
  private readonly objects = new Map<string, KubeObject>();
  private readonly order = new SortedKeys();
  private readonly namespaces = new Map<string, SortedKeys>();
  private readonly indexes = new Map<string, Map<string, KubeObject>>();

  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.objects.get(keyOf(namespace, name));
  }

  /** In key order; of one namespace where one is given. */
  list(namespace?: string): KubeObject[] {
    const keys = namespace
      ? this.namespaces.get(namespace)?.all() ?? []
      : this.order.all();
    return keys.map(key => this.objects.get(key)!);
  }

  get size(): number {
    return this.objects.size;
  }

  /** Objects with that key in an index of their kind (see `indexes.ts`), in no particular order. */
  indexed(key: string): KubeObject[] {
    return [...(this.indexes.get(key)?.values() ?? [])];
  }

  /** Another object of the same controller: made from the same template, it is alike in most parts. */
  sibling(object: KubeObject): KubeObject | undefined {
    const owner = object.metadata.ownerReferences?.find(o => o.controller);
    const entries = owner && this.indexes.get(byOwner(owner.uid));
    return entries?.values().next().value;
  }

  /** How many objects `indexed` would return. */
  count(key: string): number {
    return this.indexes.get(key)?.size ?? 0;
  }

  /** Adds an object or puts it in the place of the one that has its name. */
  set(object: KubeObject): void {
    const { namespace, name } = object.metadata;
    const key = keyOf(namespace, name);
    const previous = this.objects.get(key);
    this.objects.set(key, object);
    if (!previous) {
      this.order.add(key);
      if (namespace) this.keysOf(namespace).add(key);
    }
    this.reindex(key, previous, object);
  }

  delete(namespace: string | undefined, name: string): void {
    const key = keyOf(namespace, name);
    const previous = this.objects.get(key);
    if (!previous) return;
    this.objects.delete(key);
    this.order.remove(key);
    if (namespace) this.keysOf(namespace).remove(key);
    this.reindex(key, previous, undefined);
  }

  values(): IterableIterator<KubeObject> {
    return this.objects.values();
  }

  private keysOf(namespace: string): SortedKeys {
    let keys = this.namespaces.get(namespace);
    if (!keys) {
      keys = new SortedKeys();
      this.namespaces.set(namespace, keys);
    }
    return keys;
  }

  private reindex(
    key: string,
    previous: KubeObject | undefined,
    next: KubeObject | undefined,
  ): void {
    const after = next ? indexKeys(next) : [];
    for (const at of previous ? indexKeys(previous) : []) {
      if (after.includes(at)) continue;
      const entries = this.indexes.get(at);
      entries?.delete(key);
      if (entries?.size === 0) this.indexes.delete(at);
    }
    for (const at of after) {
      const entries = this.indexes.get(at);
      if (entries) entries.set(key, next!);
      else this.indexes.set(at, new Map([[key, next!]]));
    }
  }
}
