import type { RoaCall } from '../../operation';

/** JSON without nulls: a member that is null counts as left out, an item that is null as not there. */
export function withoutNulls(value: unknown): any {
  if (Array.isArray(value)) {
    return value.filter(item => item !== null).map(withoutNulls);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}

/** A list in the query, which is the text of a JSON array; the gateway has checked that it is one. */
export function queryList<T = string>(call: RoaCall, name: string): T[] {
  return withoutNulls(JSON.parse(call.query.get(name) || '[]')) ?? [];
}
