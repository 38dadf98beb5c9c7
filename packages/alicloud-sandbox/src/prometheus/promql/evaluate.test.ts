import { ask, askRange, count, load } from './__testUtils__/load';

/** Two pods' counters and a gauge, a sample every 15 s for 10 minutes. */
const store = load(15, {
  'requests{pod="a",code="200"}': count(0, 30, 41),
  'requests{pod="b",code="200"}': count(100, 15, 41),
  'requests{pod="b",code="500"}': count(0, 3, 41),
  'load{pod="a"}': count(10, -0.25, 41),
  'load{pod="b"}': count(0, 0, 41),
});

/** The value at 150 s, or the message of the error. */
function outcome(query: string): unknown {
  try {
    return ask(store, query, 150);
  } catch (error) {
    return (error as Error).message;
  }
}

describe('selectors', () => {
  it('take the latest sample, up to five minutes old', () => {
    expect(ask(store, 'load{pod="a"}', 30)).toEqual({
      '__name__=load,pod=a': 9.5,
    });
    expect(ask(store, 'load{pod="a"}', 44)).toEqual({
      '__name__=load,pod=a': 9.5,
    });
    expect(ask(store, 'load{pod="a"}', 899)).toEqual({
      '__name__=load,pod=a': 0,
    });
    expect(ask(store, 'load{pod="a"}', 900)).toEqual({});
  });

  it('match by all four operators, regular expressions as a whole', () => {
    const pods = (matchers: string) =>
      Object.keys(ask(store, `sum by (pod, code) (requests{${matchers}})`, 60));
    expect(pods('pod=~"a|b",code!="500"')).toEqual([
      'code=200,pod=a',
      'code=200,pod=b',
    ]);
    expect(pods('code=~"5.*"')).toEqual(['code=500,pod=b']);
    expect(pods('code=~"5"')).toEqual([]);
    expect(pods('code!~"(?i)X|2.."')).toEqual(['code=500,pod=b']);
    expect(pods('missing="",pod="a"')).toEqual(['code=200,pod=a']);
  });

  it('look back in time with offset and @', () => {
    expect(ask(store, 'load{pod="a"} offset 1m', 90)).toEqual({
      '__name__=load,pod=a': 9.5,
    });
    expect(ask(store, 'load{pod="a"} @ 30', 500)).toEqual({
      '__name__=load,pod=a': 9.5,
    });
    expect(ask(store, 'sum(load @ 0) - sum(load offset 10m)', 600)).toEqual({
      '': 0,
    });
  });

  it('end with a staleness marker', () => {
    const gone = load(15, { 'up{pod="a"}': [1, 1, Number.NaN] });
    expect(ask(gone, 'up', 29)).toEqual({ '__name__=up,pod=a': 1 });
    expect(ask(gone, 'up', 30)).toEqual({});
    expect(ask(gone, 'count_over_time(up[5m])', 40)).toEqual({ 'pod=a': 2 });
  });
});

describe('rates', () => {
  it('are exact for a steady counter', () => {
    expect(ask(store, 'rate(requests[1m])', 300)).toEqual({
      'code=200,pod=a': 2,
      'code=200,pod=b': 1,
      'code=500,pod=b': 0.2,
    });
    expect(ask(store, 'increase(requests{pod="a"}[5m])', 600)).toEqual({
      'code=200,pod=a': 600,
    });
    expect(ask(store, 'irate(requests{pod="a"}[1m])', 300)).toEqual({
      'code=200,pod=a': 2,
    });
    expect(ask(store, 'delta(load{pod="a"}[1m])', 300)).toEqual({
      'pod=a': -1,
    });
    expect(ask(store, 'idelta(load{pod="a"}[1m])', 300)).toEqual({
      'pod=a': -0.25,
    });
    expect(ask(store, 'deriv(load{pod="a"}[5m]) * 60', 600)).toEqual({
      'pod=a': expect.closeTo(-1, 10),
    });
    expect(ask(store, 'predict_linear(load{pod="a"}[5m], 60)', 600)).toEqual({
      'pod=a': expect.closeTo(-1, 10),
    });
  });

  it('extrapolate to the edges, half an interval where samples are missing', () => {
    // Samples at 60 and 75 s of a window from 30 to 90 s: 15 s lie between them. Both edges are further away than 1.1
    // intervals (30 s) or within (15 s): 15 + 7.5 + 15 = 37.5 s are covered.
    const few = load(15, { 'c{}': [null, null, null, null, 1000, 1015] });
    expect(ask(few, 'increase(c[1m])', 90)).toEqual({ '': 37.5 });
    expect(ask(few, 'rate(c[1m])', 90)).toEqual({ '': 0.625 });
  });

  it('never extrapolate a counter below zero', () => {
    // From 2 at 15 s with 10 in 15 s it was 0 only 3 s before.
    const young = load(15, { 'c{}': [null, 2, 12] });
    expect(ask(young, 'increase(c[40s])', 40)).toEqual({
      '': expect.closeTo((10 / 15) * (15 + 3 + 10), 10),
    });
  });

  it('go half an interval back where the first sample is far from the edge, also when zero is further', () => {
    // 7.5 s before the first sample it was 5; Prometheus before 2.52 would have gone all the 15 s back to zero.
    const late = load(15, { 'c{}': [null, null, null, 10, 20] });
    expect(ask(late, 'increase(c[1m])', 60)).toEqual({ '': 15 });
  });

  it('see through counter resets', () => {
    const reset = load(15, { 'c{}': [100, 110, 5, 15, 25] });
    // 10 + 5 + 10 + 10, over the 60 s between the first and the last sample.
    expect(ask(reset, 'increase(c[75s])', 60)).toEqual({
      '': expect.closeTo((35 * 75) / 60, 10),
    });
    expect(ask(reset, 'resets(c[2m])', 60)).toEqual({ '': 1 });
    expect(ask(reset, 'irate(c[20s])', 30)).toEqual({ '': 5 / 15 });
    expect(ask(reset, 'changes(c[2m])', 60)).toEqual({ '': 4 });
  });

  it('need two samples', () => {
    expect(ask(store, 'rate(requests[10s])', 300)).toEqual({});
  });
});

describe('aggregation', () => {
  it.each([
    ['sum(requests)', { '': 300 + 250 + 30 }],
    ['sum by (pod) (requests)', { 'pod=a': 300, 'pod=b': 280 }],
    ['sum without (pod) (requests)', { 'code=200': 550, 'code=500': 30 }],
    ['avg(requests)', { '': 580 / 3 }],
    ['min(requests)', { '': 30 }],
    ['max by (pod) (requests)', { 'pod=a': 300, 'pod=b': 250 }],
    ['count(requests)', { '': 3 }],
    ['group(requests)', { '': 1 }],
    ['stddev(load)', { '': 3.75 }],
    ['stdvar(load)', { '': 14.0625 }],
    ['quantile(0.5, requests)', { '': 250 }],
    ['quantile(0.75, requests)', { '': 275 }],
    ['quantile(2, requests)', { '': Infinity }],
    ['topk(1, requests)', { '__name__=requests,code=200,pod=a': 300 }],
    ['bottomk(1, sum by (pod) (requests))', { 'pod=b': 280 }],
    ['topk(0, requests)', {}],
    ['count_values("n", load)', { 'n=7.5': 1, 'n=0': 1 }],
    ['sum(missing)', {}],
  ])('%s', (query, expected) => {
    expect(ask(store, query, 150)).toEqual(expected);
  });
});

describe('operators', () => {
  it.each([
    ['1 + 2 * 3 ^ 2 % 5', 4],
    ['-2 ^ 2', -4],
    ['7 % -3', 1],
    ['1 / 0', Infinity],
    ['2 > bool 1', 1],
    ['1 ^ NaN', 1],
    ['load > 5', { '__name__=load,pod=a': 7.5 }],
    ['load > bool 5', { 'pod=a': 1, 'pod=b': 0 }],
    ['5 < load', { '__name__=load,pod=a': 7.5 }],
    ['load * 2', { 'pod=a': 15, 'pod=b': 0 }],
    ['-load', { 'pod=a': -7.5, 'pod=b': -0 }],
    [
      'requests{code="500"} / ignoring(code) requests{code="200"}',
      { 'pod=b': 0.12 },
    ],
    [
      'requests / on(pod) group_left load > 0',
      {
        'code=200,pod=a': 40,
        'code=200,pod=b': Infinity,
        'code=500,pod=b': Infinity,
      },
    ],
    [
      'load - on(pod) group_right() requests{code="200"}',
      { 'code=200,pod=a': -292.5, 'code=200,pod=b': -250 },
    ],
    [
      'load + on() group_left load',
      expect.stringContaining(
        'found duplicate series for the match group {} on the right hand-side',
      ),
    ],
    [
      'requests + on(pod) load',
      expect.stringContaining(
        'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
      ),
    ],
    ['load and on(pod) requests{code="500"}', { '__name__=load,pod=b': 0 }],
    [
      'load unless on(pod) requests{code="500"}',
      { '__name__=load,pod=a': 7.5 },
    ],
    [
      'load{pod="a"} or load or vector(3)',
      { '__name__=load,pod=a': 7.5, '__name__=load,pod=b': 0, '': 3 },
    ],
    [
      'requests{pod="a"} == on(pod) group_left(code) requests{pod="a"}',
      { '__name__=requests,code=200,pod=a': 300 },
    ],
  ])('%s', (query, expected) => {
    expect(outcome(query)).toEqual(expected);
  });
});

describe('functions', () => {
  it.each([
    ['abs(load - 8)', { 'pod=a': 0.5, 'pod=b': 8 }],
    ['round(load, 5)', { 'pod=a': 10, 'pod=b': 0 }],
    ['clamp(load, 1, 5)', { 'pod=a': 5, 'pod=b': 1 }],
    ['clamp_max(clamp_min(load, 1), 2)', { 'pod=a': 2, 'pod=b': 1 }],
    ['clamp(load, 5, 1)', {}],
    ['scalar(load{pod="a"})', 7.5],
    ['scalar(load)', NaN],
    ['vector(time())', { '': 150 }],
    ['timestamp(load{pod="a"} offset 1m)', { 'pod=a': 90 }],
    ['absent(load)', {}],
    ['absent(nothing{a="b",c=~"d"})', { 'a=b': 1 }],
    ['absent_over_time(nothing{a="b"}[5m])', { 'a=b': 1 }],
    ['avg_over_time(load{pod="a"}[1m])', { 'pod=a': 7.875 }],
    ['sum_over_time(load{pod="a"}[1m])', { 'pod=a': 31.5 }],
    ['min_over_time(load{pod="a"}[1m])', { 'pod=a': 7.5 }],
    ['max_over_time(load{pod="a"}[1m])', { 'pod=a': 8.25 }],
    ['last_over_time(load{pod="a"}[1m])', { '__name__=load,pod=a': 7.5 }],
    ['quantile_over_time(0.5, load{pod="a"}[1m])', { 'pod=a': 7.875 }],
    ['stdvar_over_time(load{pod="a"}[30s])', { 'pod=a': 0.015625 }],
    [
      'max_over_time(sum(rate(requests[1m]))[2m:15s])',
      { '': expect.closeTo(3.2, 10) },
    ],
    ['sum_over_time(vector(1)[2m:30s])', { '': 4 }],
    [
      'label_replace(load{pod="a"}, "who", "x-$1", "pod", "(.)")',
      { '__name__=load,pod=a,who=x-a': 7.5 },
    ],
    [
      'label_replace(load{pod="a"}, "who", "$1", "pod", "(z)")',
      { '__name__=load,pod=a': 7.5 },
    ],
    [
      'label_replace(load, "pod", "", "pod", ".*")',
      expect.stringContaining(
        'vector cannot contain metrics with the same labelset',
      ),
    ],
    [
      'label_join(requests{code="500"}, "all", "-", "pod", "code")',
      { '__name__=requests,all=b-500,code=500,pod=b': 30 },
    ],
    ['day_of_week() + hour()', { '': 4 }],
    ['days_in_month(vector(1709251200))', { '': 31 }],
    ['year(vector(1709251199))', { '': 2024 }],
    [
      'abs({__name__=~"load|requests",pod="a"} and on(pod) load) or vector(0)',
      { 'pod=a': 7.5, 'code=200,pod=a': 300, '': 0 },
    ],
    ['"text"', 'text'],
  ])('%s', (query, expected) => {
    expect(outcome(query)).toEqual(expected);
  });
});

describe('histogram_quantile', () => {
  // 10 up to 10 ms, 60 up to 50, 90 up to 100, 100 in all.
  const histogram = load(15, {
    'h_bucket{le="10"}': [10],
    'h_bucket{le="50"}': [60],
    'h_bucket{le="100"}': [90],
    'h_bucket{le="+Inf"}': [100],
  });

  it.each([
    [0.05, 5],
    [0.1, 10],
    [0.5, 42],
    [0.9, 100],
    [0.99, 100],
    [0, 0],
    [-1, -Infinity],
    [1.1, Infinity],
  ])('%s', (phi, expected) => {
    expect(ask(histogram, `histogram_quantile(${phi}, h_bucket)`, 0)).toEqual({
      '': expected,
    });
  });

  it('knows nothing without +Inf or observations', () => {
    expect(
      ask(histogram, 'histogram_quantile(0.5, h_bucket{le!="+Inf"})', 0),
    ).toEqual({ '': NaN });
    expect(ask(histogram, 'histogram_quantile(0.5, h_bucket * 0)', 0)).toEqual({
      '': NaN,
    });
  });
});

describe('range queries', () => {
  it('evaluate at every step, with gaps where there is nothing', async () => {
    const gap = load(15, { 'g{a="1"}': [1, 2, Number.NaN, null, 5] });
    expect(await askRange(gap, 'g * 2', [0, 75, 15])).toEqual({
      'a=1': [2, 4, null, null, 10, 10],
    });
    expect(await askRange(gap, '1', [0, 30, 15])).toEqual({ '': [1, 1, 1] });
    expect(await askRange(gap, 'g @ start()', [15, 45, 15])).toEqual({
      '__name__=g,a=1': [2, 2, 2],
    });
  });
});
