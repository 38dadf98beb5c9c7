import { Labels, NAME, labelKey, without } from '../labels';

/** One element of an instant vector. */
export interface Sample {
  labels: Labels;
  value: number;
  /** When it was sampled, in milliseconds: what `timestamp()` tells. */
  time: number;
}

/** One series of a range vector. */
export interface RangeSeries {
  labels: Labels;
  times: number[];
  values: number[];
}

export type Value =
  | { type: 'scalar'; value: number }
  | { type: 'string'; value: string }
  | { type: 'vector'; samples: Sample[] }
  | { type: 'matrix'; series: RangeSeries[]; startMs: number; endMs: number };

/** A query that cannot be carried out on this data; `type` is Prometheus' error type. */
export class QueryError extends Error {
  constructor(
    message: string,
    readonly type: 'execution' | 'timeout' = 'execution',
  ) {
    super(message);
    this.name = 'QueryError';
  }
}

/** What a calculation's result is labelled with: it is no longer the metric that it was made from. */
export function withoutName(labels: Labels): Labels {
  return without(labels, [NAME]);
}

/** @throws QueryError when two elements have the same labels */
export function unique(samples: Sample[]): Sample[] {
  const seen = new Set<string>();
  for (const { labels } of samples) {
    const key = labelKey(labels);
    if (seen.has(key)) {
      throw new QueryError(
        'vector cannot contain metrics with the same labelset',
      );
    }
    seen.add(key);
  }
  return samples;
}

/** Every element through a function, without the metric's name. */
export function mapValues(
  samples: Sample[],
  change: (value: number) => number,
): Sample[] {
  return unique(
    samples.map(({ labels, value, time }) => ({
      labels: withoutName(labels),
      value: change(value),
      time,
    })),
  );
}

/** A sum whose rounding errors do not add up (Neumaier). */
export function sum(values: number[]): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    if (!Number.isFinite(next)) lost = 0;
    else if (Math.abs(total) >= Math.abs(value)) lost += total - next + value;
    else lost += value - next + total;
    total = next;
  }
  return total + lost;
}

/** Mean of squared distances from the mean. */
export function variance(values: number[]): number {
  const mean = sum(values) / values.length;
  return sum(values.map(v => (v - mean) ** 2)) / values.length;
}

/** The φ-quantile by linear interpolation between the closest ranks. */
export function quantile(phi: number, values: number[]): number {
  if (!values.length || Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return Number.NEGATIVE_INFINITY;
  if (phi > 1) return Number.POSITIVE_INFINITY;
  const sorted = [...values].sort(ascending);
  const rank = phi * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - lower;
  return sorted[lower] * (1 - weight) + sorted[upper] * weight;
}

/** NaN before everything. */
export function ascending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  }
  return a - b;
}
