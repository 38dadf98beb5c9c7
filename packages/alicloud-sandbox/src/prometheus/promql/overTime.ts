import { extrapolated, instantaneous, regression, type Window } from './rates';
import { quantile, sum, variance, type RangeSeries } from './values';

/** A value from one series' samples inside a window; undefined: the series is not in the result. */
export type RangeFunction = (
  series: RangeSeries,
  window: Window,
  parameter: number,
) => number | undefined;

const last = (values: number[]) => values[values.length - 1];
/** NaN only where nothing else is. */
const extreme =
  (better: (a: number, b: number) => boolean): RangeFunction =>
  ({ values }) =>
    values.reduce((best, v) =>
      better(v, best) || Number.isNaN(best) ? v : best,
    );
const count =
  (happens: (now: number, before: number) => boolean): RangeFunction =>
  ({ values }) =>
    values.filter((v, i) => i > 0 && happens(v, values[i - 1])).length;

/** Functions of a range vector that look at each series by itself. */
export const RANGE_FUNCTIONS: Record<string, RangeFunction> = {
  rate: (series, window) =>
    extrapolated(series, window, { isCounter: true, isRate: true }),
  increase: (series, window) =>
    extrapolated(series, window, { isCounter: true, isRate: false }),
  delta: (series, window) =>
    extrapolated(series, window, { isCounter: false, isRate: false }),
  irate: series => instantaneous(series, true),
  idelta: series => instantaneous(series, false),
  deriv: series => regression(series, series.times[0])?.slope,
  predict_linear: (series, { endMs }, seconds) => {
    const line = regression(series, endMs);
    return line && line.slope * seconds + line.intercept;
  },
  avg_over_time: ({ values }) => sum(values) / values.length,
  sum_over_time: ({ values }) => sum(values),
  count_over_time: ({ values }) => values.length,
  min_over_time: extreme((a, b) => a < b),
  max_over_time: extreme((a, b) => a > b),
  first_over_time: ({ values }) => values[0],
  last_over_time: ({ values }) => last(values),
  present_over_time: () => 1,
  stddev_over_time: ({ values }) => Math.sqrt(variance(values)),
  stdvar_over_time: ({ values }) => variance(values),
  quantile_over_time: ({ values }, _, phi) => quantile(phi, values),
  mad_over_time: ({ values }) => {
    const median = quantile(0.5, values);
    return quantile(
      0.5,
      values.map(v => Math.abs(v - median)),
    );
  },
  changes: count(
    (now, before) =>
      now !== before && !(Number.isNaN(now) && Number.isNaN(before)),
  ),
  resets: count((now, before) => now < before),
};

/** Those whose result is a sample of the series itself, and keeps its name. */
export const KEEPS_NAME = new Set(['first_over_time', 'last_over_time']);
