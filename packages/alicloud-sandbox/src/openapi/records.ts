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

/** The reverse of `cloudRecords`. */
export function cloudFromRecords(
  records: ReadonlyMap<string, unknown>,
): CloudData {
  const data: Record<string, any> = emptyCloud();
  for (const [key, value] of records) {
    const slash = key.indexOf('/');
    if (slash < 0) data[key] = value;
    else {
      const name = key.slice(0, slash);
      data[name] ??= {};
      data[name][key.slice(slash + 1)] = value;
    }
  }
  return data as CloudData;
}

/** What a look at the cloud found: `apply` once the changes are kept. */
export interface CloudDiff {
  changes: StateChange[];
  /** Ids of resources that were not there before, and those that are gone, with what they were. */
  born: string[];
  died: { collection: string; id: string; record: unknown }[];
  apply(): void;
}

/**
 * What is kept of the cloud. Operations change resources in place wherever they like; comparing with what is kept finds
 * every change without anybody having to report it.
 */
export class KeptCloud {
  private readonly kept = new Map<string, unknown>();

  load(records: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of records) this.keep(key, value);
  }

  entries(): Iterable<readonly [string, unknown]> {
    return this.kept;
  }

  /** Compares with `data`; `part` names the cloud in the changes. */
  diff(part: string, data: CloudData): CloudDiff {
    const { kept } = this;
    const found: [string, unknown][] = [];
    const born: string[] = [];
    let seen = 0;
    for (const [key, value] of cloudRecords(data)) {
      const known = kept.get(key);
      if (known === undefined && !kept.has(key)) {
        found.push([key, value]);
        const slash = key.indexOf('/');
        if (slash > 0) born.push(key.slice(slash + 1));
        continue;
      }
      seen += 1;
      if (!same(known, value)) found.push([key, value]);
    }
    const gone = seen === kept.size ? [] : this.missing(data);
    return {
      changes: [
        ...found.map(([key, value]) => ({ part, key, value })),
        ...gone.map(key => ({ part, key })),
      ],
      born,
      died: gone.map(key => {
        const slash = key.indexOf('/');
        return {
          collection: key.slice(0, slash),
          id: key.slice(slash + 1),
          record: kept.get(key),
        };
      }),
      apply: () => {
        for (const [key, value] of found) this.keep(key, value);
        for (const key of gone) kept.delete(key);
      },
    };
  }

  private keep(key: string, value: unknown): void {
    const name = key.slice(0, key.indexOf('/'));
    this.kept.set(key, IMMUTABLE.has(name) ? value : copy(value));
  }

  private missing(data: CloudData): string[] {
    const there = new Set<string>();
    for (const [key] of cloudRecords(data)) there.add(key);
    return [...this.kept.keys()].filter(key => !there.has(key));
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
  for (const key in a) if (!same(a[key], b[key])) return false;
  for (const key in b)
    if (a[key] === undefined && b[key] !== undefined) return false;
  return true;
}
