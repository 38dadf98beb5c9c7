import { ApiError } from '../../errors';
import type { RoaCall } from '../../operation';

/** A whole number in the query. */
export function integer(
  call: RoaCall,
  name: string,
  range: { min: number; max: number; fallback: number },
): number {
  const text = call.query.get(name);
  if (!text) return range.fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw new ApiError(
      'ErrorParamsInvalid',
      `${name} ${text} must be an integer from ${range.min} to ${range.max}.`,
    );
  }
  return value;
}

/** Pages by number; the parameters of DescribeClusterNodes are spelt otherwise. */
export function byPage<T>(
  call: RoaCall,
  items: T[],
  names: { number: string; size: string; fallback: number } = {
    number: 'page_number',
    size: 'page_size',
    fallback: 50,
  },
) {
  const number = integer(call, names.number, { min: 1, max: 1e6, fallback: 1 });
  const size = integer(call, names.size, {
    min: 1,
    max: 100,
    fallback: names.fallback,
  });
  return {
    items: items.slice((number - 1) * size, number * size),
    info: {
      page_number: number,
      page_size: size,
      total_count: items.length,
    },
  };
}

/**
 * Pages by number, or by token as soon as `max_results` or `next_token` is given. `next` is what the answer adds: a token
 * on every page but the last.
 */
export function byPageOrToken<T>(call: RoaCall, items: T[]) {
  const token = call.query.get('next_token');
  if (!token && !call.query.get('max_results')) {
    return { ...byPage(call, items), next: {} };
  }
  const size = integer(call, 'max_results', { min: 1, max: 100, fallback: 50 });
  const start = offsetOf(token);
  const end = start + size;
  return {
    items: items.slice(start, end),
    info: {
      page_number: Math.floor(start / size) + 1,
      page_size: size,
      total_count: items.length,
    },
    next: end < items.length ? { next_token: tokenOf(end) } : {},
  };
}

function tokenOf(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64url');
}

function offsetOf(token: string | null): number {
  if (!token) return 0;
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const [, offset] = /^offset:(\d+)$/.exec(text) ?? [];
  if (offset === undefined) {
    throw new ApiError(
      'ErrorParamsInvalid',
      'next_token was not returned by this call.',
    );
  }
  return Number(offset);
}
