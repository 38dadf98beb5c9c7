import { setImmediate as pause } from 'node:timers/promises';
import { labelKey } from '../labels';
import type { SeriesQuery, TimeSeriesStore } from '../store';
import type { Expr } from './ast';
import { Context, Evaluator } from './evaluate';
import { QueryError, RangeSeries, Value } from './values';

/** Prometheus' own default. */
export const LOOKBACK_MS = 5 * 60_000;
/** Step of a subquery that names none: the interval at which Prometheus evaluates rules by default. */
const DEFAULT_STEP_MS = 60_000;
/** A query gives way to other work after this long. */
const SLICE_MS = 10;

export interface QueryOptions {
  scope?: SeriesQuery['scope'];
  lookbackMs?: number;
  /** Real milliseconds after which the query is given up. */
  timeoutMs: number;
}

/** Evaluates at one instant, in milliseconds since the epoch. @throws QueryError */
export function instantQuery(
  store: TimeSeriesStore,
  expr: Expr,
  time: number,
  options: QueryOptions,
): Value {
  const context = contextOf(store, time, time, options);
  return new Evaluator(context).evaluate(expr, time);
}

/**
 * Evaluates a scalar or instant vector at every step from start to end, without keeping the process from its other work.
 * @throws QueryError
 */
export async function rangeQuery(
  store: TimeSeriesStore,
  expr: Expr,
  range: { startMs: number; endMs: number; stepMs: number },
  options: QueryOptions,
): Promise<RangeSeries[]> {
  const { startMs, endMs, stepMs } = range;
  const context = contextOf(store, startMs, endMs, options);
  const evaluator = new Evaluator(context);
  const series = new Map<string, RangeSeries>();
  let slice = performance.now();
  for (let time = startMs; time <= endMs; time += stepMs) {
    if (performance.now() - slice > SLICE_MS) {
      await pause();
      context.checkTime();
      slice = performance.now();
    }
    const value = evaluator.evaluate(expr, time);
    const samples =
      value.type === 'scalar'
        ? [{ labels: {}, value: value.value }]
        : (value as Extract<Value, { type: 'vector' }>).samples;
    for (const sample of samples) {
      const key = labelKey(sample.labels);
      let one = series.get(key);
      if (!one) {
        one = { labels: sample.labels, times: [], values: [] };
        series.set(key, one);
      }
      one.times.push(time);
      one.values.push(sample.value);
    }
  }
  return [...series].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function contextOf(
  store: TimeSeriesStore,
  startMs: number,
  endMs: number,
  { scope, lookbackMs = LOOKBACK_MS, timeoutMs }: QueryOptions,
): Context {
  const deadline = performance.now() + timeoutMs;
  return {
    select: ({ matchers }) => store.select({ matchers, scope }),
    startMs,
    endMs,
    lookbackMs,
    defaultStepMs: DEFAULT_STEP_MS,
    checkTime() {
      if (performance.now() > deadline) {
        throw new QueryError(
          'query timed out in expression evaluation',
          'timeout',
        );
      }
    },
  };
}
