import {
  makeTopology,
  makeThreeRegionTopology,
  split,
} from '../__testUtils__/topology';
import { parseHost } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { diffLines } from './diff';
import {
  draftFromIntent,
  intentFromDraft,
  intentFromRule,
  sameIntent,
} from './draft';
import { flows, regionColumns, ribbons } from './flows';
import { formatAgo, formatElapsed, shortRef } from './format';
import { splitRows } from './splits';
import { addBatch } from './tally';

describe('diffLines', () => {
  it('marks what was removed and added and keeps the order', () => {
    expect(diffLines('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([
      { kind: 'same', text: 'a' },
      { kind: 'removed', text: 'b' },
      { kind: 'added', text: 'x' },
      { kind: 'same', text: 'c' },
      { kind: 'added', text: 'd' },
    ]);
  });

  it('rebuilds both texts', () => {
    const before = 'p\nq\nr\nq\n';
    const after = 'q\nr\nr\np\n';
    const lines = diffLines(before, after);
    const side = (kind: string) =>
      lines
        .filter(line => line.kind !== kind)
        .map(line => `${line.text}\n`)
        .join('');
    expect(side('added')).toBe(before);
    expect(side('removed')).toBe(after);
  });
});

describe('draft', () => {
  const regions = ['cn-hangzhou', 'cn-shanghai'];

  it.each([
    { mode: 'off' as const },
    {
      mode: 'failover' as const,
      failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
      outlierDetection: { maxEjectionPercent: 100 },
    },
    {
      mode: 'distribution' as const,
      distribute: [{ from: 'cn-hangzhou', to: { 'cn-hangzhou': 100 } }],
    },
  ])('gives back $mode as it came', intent => {
    expect(
      sameIntent(
        intentFromDraft(draftFromIntent(intent, regions, regions)),
        intent,
      ),
    ).toBe(true);
  });

  it('leaves outlier detection out of a mesh-wide rule', () => {
    const draft = {
      ...draftFromIntent({ mode: 'off' }, regions, regions),
      mode: 'failover' as const,
    };
    expect(intentFromDraft(draft, 'mesh')).toEqual({
      mode: 'failover',
      failover: [
        { from: 'cn-hangzhou', to: 'cn-shanghai' },
        { from: 'cn-shanghai', to: 'cn-hangzhou' },
      ],
    });
  });

  it('reads a disabled rule as off', () => {
    expect(
      intentFromRule({
        locality: {
          setting: {
            enabled: false,
            failover: [{ from: 'a', to: 'b' }],
          },
          source: 'destination-rule',
        },
        shadowed: [],
      }),
    ).toEqual({ mode: 'off' });
  });
});

describe('flows', () => {
  const geometry = {
    width: 900,
    height: 148,
    gap: 24,
    padding: 16,
    slotGap: 8,
  };

  it('draws no arrow for a share of 0 and a wider one for a larger share', () => {
    const columns = regionColumns(makeTopology());
    const list = flows(columns);
    expect(list.map(flow => flow.key)).toEqual([
      'gateway:ingressgateway→cn-hangzhou',
      'sidecars:cn-hangzhou→cn-hangzhou',
      'sidecars:cn-hangzhou→cn-shanghai',
      'sidecars:cn-shanghai→cn-shanghai',
    ]);
    const placed = ribbons(list, { ...geometry, columns: 2 });
    expect(placed[1].strokeWidth).toBeGreaterThan(placed[2].strokeWidth);
  });

  it('draws sidecars of several zones as one caller while their calls go the same ways', () => {
    const topology = makeTopology();
    const zoned = (zone: string, hangzhou: number) => ({
      caller: {
        ...topology.callers[1],
        id: `sidecars:cn-hangzhou/${zone}`,
        zone,
        proxies: 2,
      },
      split: split(`sidecars:cn-hangzhou/${zone}`, 'cn-hangzhou', hangzhou),
    });
    const parts = [
      zoned('cn-hangzhou-h', 100),
      zoned('cn-hangzhou-i', 100),
      zoned('cn-hangzhou-j', 70),
    ];
    const [hangzhou] = regionColumns({
      ...topology,
      callers: parts.map(part => part.caller),
      predicted: parts.map(part => part.split),
    });
    expect(
      hangzhou.callers.map(({ caller, zones }) => [caller.proxies, zones]),
    ).toEqual([
      [4, ['cn-hangzhou-h', 'cn-hangzhou-i']],
      [2, ['cn-hangzhou-j']],
    ]);
  });

  it('keeps every label inside the picture', () => {
    const columns = regionColumns(makeThreeRegionTopology());
    for (const { label } of ribbons(flows(columns), {
      ...geometry,
      columns: 3,
    })) {
      expect(label.x).toBeGreaterThan(0);
      expect(label.x).toBeLessThan(geometry.width);
      expect(label.y).toBeGreaterThan(0);
      expect(label.y).toBeLessThan(geometry.height);
    }
  });

  it('gives a region without pods a column when calls come from it', () => {
    const topology = makeTopology();
    const columns = regionColumns({
      ...topology,
      regions: topology.regions.slice(0, 1),
    });
    expect(columns.map(column => column.region)).toEqual([
      'cn-hangzhou',
      'cn-shanghai',
    ]);
  });
});

it('adds batches up and computes the intervals over all of them', () => {
  const batch = (hangzhou: number, shanghai: number) => ({
    requests: hangzhou + shanghai,
    byRegion: { h: hangzhou, s: shanghai },
    byVersion: { v1: hangzhou, v2: shanghai },
    failed: 1,
    unknown: 0,
    shares: {},
    gateway: { address: '1.2.3.4:80', region: 'h' },
    durationMs: 100,
  });
  const total = addBatch(addBatch(undefined, batch(45, 5)), batch(45, 5));
  expect(total.requests).toBe(100);
  expect(total.byRegion).toEqual({ h: 90, s: 10 });
  expect(total.failed).toBe(2);
  expect(total.shares.s.percent).toBeCloseTo(10);
  // Wilson, 10 of 100: 5.5 to 17.4.
  expect(total.shares.s.low).toBeCloseTo(5.52, 1);
  expect(total.shares.s.high).toBeCloseTo(17.44, 1);
});

it('reads every way of writing a host', () => {
  const expected = { namespace: 'shop', name: 'reviews' };
  expect(parseHost('reviews.shop')).toEqual(expected);
  expect(parseHost('shop/reviews')).toEqual(expected);
  expect(parseHost('reviews.shop.svc.cluster.local')).toEqual(expected);
  expect(parseHost('reviews')).toEqual({
    namespace: 'default',
    name: 'reviews',
  });
  expect(parseHost(' ')).toBeUndefined();
  expect(parseHost('/reviews')).toBeUndefined();
});

it('says times in the reader’s language', () => {
  const now = Date.parse('2026-01-01T00:03:00Z');
  expect(formatAgo('2026-01-01T00:00:00Z', now, 'en')).toBe('3 min. ago');
  expect(formatAgo('2026-01-01T00:00:00Z', now, 'zh-CN')).toBe('3分钟前');
  expect(formatAgo('2026-01-01T00:05:00Z', now, 'en')).toBe('now');
  expect(formatElapsed(0, 65_000)).toBe('1:05');
  expect(shortRef('user:default/ada')).toBe('ada');
});

it('puts callers that fare alike into one row', () => {
  const before = [
    split('g', 'h', 100),
    split('s1', 'h', 100),
    split('s2', 's', 0),
  ];
  const after = [
    split('g', 'h', 90),
    split('s1', 'h', 90),
    split('s2', 's', 0),
  ];
  expect(
    splitRows(before, after).map(row => [row.callerIds, row.wholeRegion]),
  ).toEqual([
    [['g', 's1'], true],
    [['s2'], true],
  ]);
  after[1] = split('s1', 'h', 50);
  expect(splitRows(before, after).map(row => row.wholeRegion)).toEqual([
    false,
    false,
    true,
  ]);
});
