import type { RangeSeries } from './values';

/** Where a range begins and ends, in milliseconds. */
export interface Window {
  startMs: number;
  endMs: number;
}

/** Samples may be this much further apart than on average and still count as reaching the window's edge. */
const NEAR = 1.1;

/**
 * `rate`, `increase` and `delta`: the difference of last and first sample, counter resets added up, extrapolated to the
 * edges of the window: all the way to an edge that the samples nearly reach, half an interval otherwise, and never below
 * a counter's zero. Undefined with fewer than two samples.
 */
export function extrapolated(
  { times, values }: RangeSeries,
  { startMs, endMs }: Window,
  { isCounter, isRate }: { isCounter: boolean; isRate: boolean },
): number | undefined {
  const last = times.length - 1;
  if (last < 1) return undefined;
  let result = values[last] - values[0];
  if (isCounter) {
    for (let i = 1; i <= last; i++) {
      if (values[i] < values[i - 1]) result += values[i - 1];
    }
  }
  const sampled = (times[last] - times[0]) / 1000;
  const average = sampled / last;
  const reach = (distance: number) =>
    distance >= average * NEAR ? average / 2 : distance;
  let toStart = reach((times[0] - startMs) / 1000);
  if (isCounter && result > 0 && values[0] >= 0) {
    toStart = Math.min(toStart, sampled * (values[0] / result));
  }
  const toEnd = reach((endMs - times[last]) / 1000);
  const factor = (sampled + toStart + toEnd) / sampled;
  return isRate
    ? (result * factor) / ((endMs - startMs) / 1000)
    : result * factor;
}

/** `irate` and `idelta`: the last two samples only. */
export function instantaneous(
  { times, values }: RangeSeries,
  isRate: boolean,
): number | undefined {
  const last = times.length - 1;
  if (last < 1) return undefined;
  const reset = isRate && values[last] < values[last - 1];
  const difference = reset ? values[last] : values[last] - values[last - 1];
  const seconds = (times[last] - times[last - 1]) / 1000;
  return isRate ? difference / seconds : difference;
}

/** Least squares: the value at `atMs` and the slope a second. */
export function regression(
  { times, values }: RangeSeries,
  atMs: number,
): { slope: number; intercept: number } | undefined {
  const n = times.length;
  if (n < 2) return undefined;
  if (values.every(v => v === values[0])) {
    return { slope: 0, intercept: values[0] };
  }
  let sumX = 0;
  let sumY = 0;
  let sumXY = 0;
  let sumXX = 0;
  for (let i = 0; i < n; i++) {
    const x = (times[i] - atMs) / 1000;
    sumX += x;
    sumY += values[i];
    sumXY += x * values[i];
    sumXX += x * x;
  }
  const slope = (sumXY - (sumX * sumY) / n) / (sumXX - (sumX * sumX) / n);
  return { slope, intercept: sumY / n - (slope * sumX) / n };
}
