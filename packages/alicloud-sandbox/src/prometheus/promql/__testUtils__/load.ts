import { matcher } from '../../matchers';
import { TimeSeriesStore } from '../../store';
import type { VectorSelector } from '../ast';
import { instantQuery, rangeQuery } from '../engine';
import { labelKey, type Labels } from '../../labels';
import { parsePromql } from '../parse';

const OPTIONS = { timeoutMs: 60_000 };

/** Labels of a series as a selector writes them: `name{a="b"}`. */
export function labelsOf(text: string): Labels {
  const { matchers } = parsePromql(text) as VectorSelector;
  return Object.fromEntries(matchers.map(m => [m.name, m.value]));
}

/**
 * A store with samples every `stepSeconds` from time 0; `null` leaves a gap, `NaN` ends the series.
 */
export function load(
  stepSeconds: number,
  series: Record<string, (number | null)[]>,
): TimeSeriesStore {
  const store = new TimeSeriesStore({
    maxSamples: 1_000_000,
    retentionMs: Number.MAX_SAFE_INTEGER,
  });
  for (const [text, values] of Object.entries(series)) {
    const one = store.series('mesh', labelsOf(text));
    values.forEach((value, i) => {
      if (value !== null) store.append(one, i * stepSeconds * 1000, value);
    });
  }
  return store;
}

/** The numbers `from`, `from + by`, … */
export function count(from: number, by: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => from + by * i);
}

/** A query's vector at a time in seconds, as values by label set; a scalar stands alone. */
export function ask(
  store: TimeSeriesStore,
  query: string,
  seconds: number,
): number | string | Record<string, number> {
  const value = instantQuery(
    store,
    parsePromql(query),
    seconds * 1000,
    OPTIONS,
  );
  if (value.type === 'scalar' || value.type === 'string') return value.value;
  if (value.type === 'matrix') throw new Error('a matrix is no vector');
  return Object.fromEntries(
    value.samples.map(s => [printed(s.labels), s.value]),
  );
}

/** A range query's values by label set; one number a step, `null` where there was none. */
export async function askRange(
  store: TimeSeriesStore,
  query: string,
  [start, end, step]: [number, number, number],
): Promise<Record<string, (number | null)[]>> {
  const range = {
    startMs: start * 1000,
    endMs: end * 1000,
    stepMs: step * 1000,
  };
  const series = await rangeQuery(store, parsePromql(query), range, OPTIONS);
  return Object.fromEntries(
    series.map(({ labels, times, values }) => [
      printed(labels),
      count(start, step, Math.floor((end - start) / step) + 1).map(t => {
        const i = times.indexOf(t * 1000);
        return i < 0 ? null : values[i];
      }),
    ]),
  );
}

function printed(labels: Labels): string {
  return labelKey(labels)
    .split('\u0002')
    .filter(Boolean)
    .map(pair => pair.replace('\u0001', '='))
    .join(',');
}

/** Every series of a metric. */
export function seriesNamed(store: TimeSeriesStore, name: string) {
  return store.select({ matchers: [matcher('__name__', '=', name)] });
}
