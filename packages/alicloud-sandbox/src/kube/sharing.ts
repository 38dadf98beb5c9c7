import { isRecord } from './json';

/**
 * `next` as a frozen value that shares every part that equals its counterpart in `previous`; `previous` itself when all
 * of it does. One walk answers whether something changed, makes the copy that nobody else can edit, and keeps the two
 * versions of an object from taking twice the memory. Members that are `undefined` are left out, as JSON does.
 * `previous` must be frozen.
 */
export function shared<T>(next: T, previous: unknown): T {
  if ((next as unknown) === previous) return next;
  if (Array.isArray(next)) return sharedArray(next, previous) as T;
  if (!isRecord(next)) return next;
  return sharedRecord(next, previous) as T;
}

function sharedArray(next: unknown[], previous: unknown): unknown[] {
  const before = Array.isArray(previous) ? previous : [];
  const out = next.map((item, i) => shared(item, before[i]));
  const same =
    Array.isArray(previous) &&
    before.length === out.length &&
    out.every((item, i) => item === before[i]);
  return same ? before : (Object.freeze(out) as unknown[]);
}

function sharedRecord(
  next: Record<string, unknown>,
  previous: unknown,
): Record<string, unknown> {
  const before = isRecord(previous) ? previous : {};
  const out: Record<string, unknown> = {};
  let same = isRecord(previous);
  let count = 0;
  for (const key of Object.keys(next)) {
    const item = next[key];
    if (item === undefined) continue;
    const kept = shared(item, before[key]);
    out[key] = kept;
    count += 1;
    if (same && (kept !== before[key] || !Object.hasOwn(before, key))) {
      same = false;
    }
  }
  return same && count === Object.keys(before).length
    ? before
    : Object.freeze(out);
}
