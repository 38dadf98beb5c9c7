import type { ProxyResult } from './model';
import type { Answer } from './client';

/** Percent by key. */
export type Shares = Record<string, number>;

/** Percent of answers by place (or `503` and the like where no host answered). */
export function sharesOf(keys: string[]): Shares {
  const counts: Shares = {};
  for (const key of keys) {
    counts[key] = (counts[key] ?? 0) + 1;
  }
  for (const key of Object.keys(counts)) {
    counts[key] = (100 * counts[key]) / keys.length;
  }
  return counts;
}

/** Where Envoy's answer came from. */
export function placeOf(answer: Answer, places: Map<string, string>): string {
  return answer.host ? places.get(answer.host)! : String(answer.status);
}

/** Where the model's answer came from. */
export function placeOfResult(
  { response, flag, attempts }: ProxyResult,
  places: Map<string, string>,
): string {
  const last = attempts[attempts.length - 1];
  return flag === '-'
    ? places.get(last.address.split(':')[0])!
    : String(response.status);
}

/** Largest difference between two pictures, in points. */
export function distance(a: Shares, b: Shares): number {
  return Math.max(
    ...[...Object.keys(a), ...Object.keys(b)].map(key =>
      Math.abs((a[key] ?? 0) - (b[key] ?? 0)),
    ),
  );
}

/** `cn-hangzhou 70.1, cn-shanghai 29.9`. */
export function written(shares: Shares): string {
  return Object.entries(shares)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} ${value.toFixed(1)}`)
    .join(', ');
}
