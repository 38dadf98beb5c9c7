import { matcher } from './matchers';
import { STALE, TimeSeriesStore, upperBound } from './store';

const named = (name: string) => ({
  matchers: [matcher('__name__', '=', name)],
});

describe('TimeSeriesStore', () => {
  it('drops the oldest samples when there are too many, and what is empty with them', () => {
    const store = new TimeSeriesStore({ maxSamples: 20, retentionMs: 1e9 });
    const old = store.series('m', { __name__: 'a', x: '1' });
    const live = store.series('m', { __name__: 'a', x: '2' });
    for (let t = 1; t <= 5; t++) store.append(old, t * 1000, t);
    for (let t = 1; t <= 100; t++) {
      store.append(live, t * 1000, t);
      store.prune(t * 1000);
      expect(store.samples).toBeLessThanOrEqual(20);
    }
    expect(store.select(named('a'))).toEqual([live]);
    expect(live.times[live.times.length - 1]).toBe(100_000);
    expect(live.times).toHaveLength(store.samples);
  });

  it('drops what is too old', () => {
    const store = new TimeSeriesStore({ maxSamples: 100, retentionMs: 10 });
    const series = store.series('m', { __name__: 'a' });
    [0, 5, 12].forEach(t => store.append(series, t, t));
    store.prune(15);
    expect(series.times).toEqual([5, 12]);
  });

  it('finds a series again after it had been empty', () => {
    const store = new TimeSeriesStore({ maxSamples: 100, retentionMs: 10 });
    const series = store.series('m', { __name__: 'a' });
    store.append(series, 0, 1);
    store.prune(100);
    expect(store.select(named('a'))).toEqual([]);
    store.append(series, 100, 1);
    expect(store.select(named('a'))).toEqual([series]);
    expect(store.series('m', { __name__: 'a' })).toBe(series);
  });

  it('takes samples in order only', () => {
    const store = new TimeSeriesStore({ maxSamples: 100, retentionMs: 1e9 });
    const series = store.series('m', { __name__: 'a' });
    [10, 10, 5, 20].forEach(t => store.append(series, t, STALE));
    expect(series.times).toEqual([10, 20]);
    expect(store.samples).toBe(2);
  });

  it('knows where to look', () => {
    expect([0, 1, 2, 3, 9].map(n => upperBound([1, 2, 2, 3], n))).toEqual([
      0, 1, 3, 4, 4,
    ]);
  });
});
