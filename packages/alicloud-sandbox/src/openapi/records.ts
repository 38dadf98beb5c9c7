import type { StateChange } from '../contract';
import { emptyCloud, type CloudData } from './data';

/** Collections whose records never change once they are there: the same object needs no second look. */
const IMMUTABLE = new Set<string>(['tokens']);

const isCollection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The cloud's records by key: `vpcs/vpc-…` for resources, the name alone (`publications`) for lists and switches. */
export function* cloudRecords(
  data: CloudData,
): Generator<[key: string, value: unknown]> {
  for (const [name, value] of Object.entries(data)) {
    if (!isCollection(value)) yield [name, value];
    else {
      for (const id of Object.keys(value)) yield [`${name}/${id}`, value[id]];
    }
  }
}

function splitKey(key: string): [name: string, id: string | undefined] {
  const slash = key.indexOf('/');
  return slash < 0
    ? [key, undefined]
    : [key.slice(0, slash), key.slice(slash + 1)];
}

/** The reverse of `cloudRecords`. */
export function cloudFromRecords(
  records: ReadonlyMap<string, unknown>,
): CloudData {
  const data: Record<string, any> = emptyCloud();
  for (const [key, value] of records) {
    const [name, id] = splitKey(key);
    if (id === undefined) data[name] = value;
    else {
      data[name] ??= {};
      data[name][id] = value;
    }
  }
  return data as CloudData;
}

/** What a look at the cloud found: `apply` once the changes are kept. */
export interface CloudDiff {
  changes: StateChange[];
  /** Resources that were not there before, and those that are gone, with what they were. */
  born: { collection: string; id: string }[];
  died: { collection: string; id: string; record: unknown }[];
  apply(): void;
}

/** The key under which lists and switches are kept, which have no ids. */
const WHOLE = '';

const keyOf = (name: string, id: string) =>
  id === WHOLE ? name : `${name}/${id}`;

/**
 * What is kept of the cloud. Operations change resources in place wherever they like; comparing with what is kept finds
 * every change without anybody having to report it.
 */
export class KeptCloud {
  /** Values by collection and id. */
  private readonly kept = new Map<string, Map<string, unknown>>();

  load(records: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of records) {
      const [name, id = WHOLE] = splitKey(key);
      this.keep(name, id, value);
    }
  }

  *entries(): Generator<readonly [string, unknown]> {
    for (const [name, values] of this.kept) {
      for (const [id, value] of values) yield [keyOf(name, id), value];
    }
  }

  /** Compares with `data`; `part` names the cloud in the changes. */
  diff(part: string, data: CloudData): CloudDiff {
    const found: { name: string; id: string; value: unknown }[] = [];
    const gone: { name: string; id: string; value: unknown }[] = [];
    const born: CloudDiff['born'] = [];
    for (const [name, value] of Object.entries(data)) {
      const collection: Record<string, unknown> = isCollection(value)
        ? value
        : { [WHOLE]: value };
      const kept = this.collection(name);
      let known = 0;
      for (const id of Object.keys(collection)) {
        const now = collection[id];
        const before = kept.get(id);
        if (before === undefined && !kept.has(id)) {
          if (id !== WHOLE) born.push({ collection: name, id });
        } else {
          known += 1;
          if (same(before, now)) continue;
        }
        found.push({ name, id, value: now });
      }
      if (known === kept.size) continue;
      for (const [id, before] of kept) {
        if (!(id in collection)) gone.push({ name, id, value: before });
      }
    }
    return {
      changes: [
        ...found.map(({ name, id, value }) => ({
          part,
          key: keyOf(name, id),
          value,
        })),
        ...gone.map(({ name, id }) => ({ part, key: keyOf(name, id) })),
      ],
      born,
      died: gone.map(({ name, id, value }) => ({
        collection: name,
        id,
        record: value,
      })),
      apply: () => {
        for (const { name, id, value } of found) this.keep(name, id, value);
        for (const { name, id } of gone) this.collection(name).delete(id);
      },
    };
  }

  private collection(name: string): Map<string, unknown> {
    let values = this.kept.get(name);
    if (!values) {
      values = new Map();
      this.kept.set(name, values);
    }
    return values;
  }

  private keep(name: string, id: string, value: unknown): void {
    this.collection(name).set(id, IMMUTABLE.has(name) ? value : copy(value));
  }
}

function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    out[key] = copy((value as Record<string, unknown>)[key]);
  }
  return out as T;
}

/** Equality of JSON values; a key that is undefined counts as absent, as it does in JSON. */
function same(a: any, b: any): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => same(item, b[i]))
    );
  }
  let differences = 0;
  for (const key of Object.keys(a)) {
    if (!same(a[key], b[key])) return false;
    if (a[key] !== undefined) differences += 1;
  }
  for (const key of Object.keys(b)) if (b[key] !== undefined) differences -= 1;
  return differences === 0;
}
