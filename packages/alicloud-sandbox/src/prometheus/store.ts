import { Labels, NAME, labelKey } from './labels';
import { Matcher, matchesAll } from './matchers';

/** Ends a series: it is not found from here on, though its last value is younger than the lookback. */
export const STALE = Number.NaN;

/** Samples of one series, oldest first. `STALE` (NaN) stands for a staleness marker; no metric here is NaN. */
export interface Series {
  readonly labels: Labels;
  /** The mesh that it belongs to. */
  readonly scope: string;
  /** Milliseconds since the epoch, ascending. */
  readonly times: number[];
  readonly values: number[];
}

/** Narrows what is read to one mesh. */
export interface SeriesQuery {
  matchers: Matcher[];
  /** Only series of this mesh; undefined: of all. */
  scope?: string;
}

/**
 * Time series in memory. It holds at most `maxSamples` samples of at most `retentionMs`: the oldest go first, and series
 * without samples with them.
 */
export class TimeSeriesStore {
  /** Samples held now. */
  samples = 0;
  private readonly byName = new Map<string, Map<string, Series>>();

  constructor(
    private readonly limits: { maxSamples: number; retentionMs: number },
  ) {}

  /** The series with these labels. Keep it and append to it as long as it lives. */
  series(scope: string, labels: Labels): Series {
    const known = this.byName
      .get(labels[NAME] ?? '')
      ?.get(storeKey(scope, labels));
    return known ?? { labels, scope, times: [], values: [] };
  }

  /** Adds a sample; one that is not younger than the last is dropped. */
  append(series: Series, time: number, value: number): void {
    const { times, values } = series;
    if (!times.length) this.hold(series);
    else if (times[times.length - 1] >= time) return;
    times.push(time);
    values.push(value);
    this.samples++;
  }

  /** Every series that meets the conditions, ordered by labels. */
  select({ matchers, scope }: SeriesQuery): Series[] {
    const name = matchers.find(m => m.name === NAME && m.op === '=')?.value;
    const groups =
      name === undefined
        ? [...this.byName.values()]
        : [this.byName.get(name) ?? new Map<string, Series>()];
    const found: Series[] = [];
    for (const group of groups) {
      for (const series of group.values()) {
        if (
          (scope === undefined || series.scope === scope) &&
          matchesAll(series.labels, matchers)
        ) {
          found.push(series);
        }
      }
    }
    return found.sort((a, b) =>
      labelKey(a.labels) < labelKey(b.labels) ? -1 : 1,
    );
  }

  /** Drops what is too old or too much. */
  prune(now: number): void {
    this.dropBefore(now - this.limits.retentionMs);
    while (this.samples > this.limits.maxSamples) {
      const oldest = this.oldest();
      // A tenth of the covered time at once, so that pruning is rare.
      this.dropBefore(oldest + Math.max(1, (now - oldest) / 10));
    }
  }

  clear(): void {
    this.byName.clear();
    this.samples = 0;
  }

  /** Only series with samples are held. */
  private hold(series: Series): void {
    const name = series.labels[NAME] ?? '';
    const group = this.byName.get(name) ?? new Map<string, Series>();
    group.set(storeKey(series.scope, series.labels), series);
    this.byName.set(name, group);
  }

  private oldest(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const group of this.byName.values()) {
      for (const { times } of group.values()) {
        if (times.length) oldest = Math.min(oldest, times[0]);
      }
    }
    return oldest;
  }

  private dropBefore(limit: number): void {
    for (const [name, group] of this.byName) {
      for (const [key, { times, values }] of group) {
        if (times.length && times[0] < limit) {
          const count = upperBound(times, limit - 1);
          times.splice(0, count);
          values.splice(0, count);
          this.samples -= count;
        }
        if (!times.length) group.delete(key);
      }
      if (!group.size) this.byName.delete(name);
    }
  }
}

function storeKey(scope: string, labels: Labels): string {
  return `${scope}\u0003${labelKey(labels)}`;
}

/** How many of the ascending numbers are at most `limit`. */
export function upperBound(sorted: number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (sorted[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
