import { Labels, NAME, labelKey, without } from '../labels';
import type { Sample } from './values';

interface Bucket {
  upperBound: number;
  count: number;
}

/** Differences this small between neighbouring buckets are rounding errors of rates. */
const ROUNDING = 1e-12;

/** `histogram_quantile` over classic histograms: vectors with a label `le`. */
export function histogramQuantile(
  phi: number,
  samples: Sample[],
  time: number,
): Sample[] {
  const histograms = new Map<string, { labels: Labels; buckets: Bucket[] }>();
  for (const { labels, value } of samples) {
    const upperBound = bound(labels.le);
    if (upperBound !== undefined) {
      const rest = without(labels, ['le', NAME]);
      const key = labelKey(rest);
      const known = histograms.get(key) ?? { labels: rest, buckets: [] };
      known.buckets.push({ upperBound, count: value });
      histograms.set(key, known);
    }
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({
    labels,
    value: bucketQuantile(phi, buckets),
    time,
  }));
}

function bound(le: string | undefined): number | undefined {
  if (!le) return undefined;
  const value = /^\+?Inf$/i.test(le) ? Number.POSITIVE_INFINITY : Number(le);
  return Number.isNaN(value) ? undefined : value;
}

/** Linear interpolation inside the bucket that the rank falls into; the lowest bucket begins at 0. */
function bucketQuantile(phi: number, unsorted: Bucket[]): number {
  if (Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return Number.NEGATIVE_INFINITY;
  if (phi > 1) return Number.POSITIVE_INFINITY;
  const buckets = monotonic(merged(unsorted));
  const last = buckets.length - 1;
  if (last < 1 || buckets[last].upperBound !== Number.POSITIVE_INFINITY) {
    return Number.NaN;
  }
  const observations = buckets[last].count;
  if (observations === 0 || Number.isNaN(observations)) return Number.NaN;
  let rank = phi * observations;
  const found = buckets.findIndex((b, i) => i === last || b.count >= rank);
  if (found === last) return buckets[last - 1].upperBound;
  if (found === 0 && buckets[0].upperBound <= 0) return buckets[0].upperBound;
  const { upperBound } = buckets[found];
  let { count } = buckets[found];
  let start = 0;
  if (found > 0) {
    start = buckets[found - 1].upperBound;
    count -= buckets[found - 1].count;
    rank -= buckets[found - 1].count;
  }
  return start + (upperBound - start) * (rank / count);
}

function merged(buckets: Bucket[]): Bucket[] {
  const result: Bucket[] = [];
  for (const { upperBound, count } of [...buckets].sort((a, b) =>
    a.upperBound < b.upperBound ? -1 : 1,
  )) {
    const last = result[result.length - 1];
    if (last?.upperBound === upperBound) last.count += count;
    else result.push({ upperBound, count });
  }
  return result;
}

/** Buckets were not scraped in one instant: a bucket that lags behind its neighbour is lifted to it. */
function monotonic(buckets: Bucket[]): Bucket[] {
  let highest = Number.NEGATIVE_INFINITY;
  return buckets.map(({ upperBound, count }) => {
    const near = Math.abs(count - highest) <= ROUNDING * Math.abs(count);
    highest = near ? highest : Math.max(highest, count);
    return { upperBound, count: highest };
  });
}
