import vectors from '../__fixtures__/locality-vectors.json';
import { ejectedHosts } from './ejection';
import { composeHops } from './hops';
import { priorityLoad } from './loadsplit';
import { assignLocalities } from './priorities';
import { predictSplit } from './split';
import type { LocalityEndpoints, LocalityLbSetting } from './types';

const asm122 = { sendUnready: false, strictEjection: true };

const locality = (text: string) => {
  const [region, zone] = text.split('/');
  return { ...(region && { region }), ...(zone && { zone }) };
};

function inputOf(vector: (typeof vectors.vectors)[number]) {
  return {
    caller: locality(vector.proxy),
    endpoints: Object.entries(
      vector.endpoints as unknown as Record<
        string,
        { total: number; healthy: number }
      >,
    ).map(([key, counts]) => ({
      ...locality(key),
      ...counts,
    })) as LocalityEndpoints[],
    setting: (vector.rule ?? { enabled: false }) as LocalityLbSetting,
    outlierDetection: vector.outlierDetection
      ? { minHealthPercent: vector.panicThreshold }
      : undefined,
    versions: asm122,
  };
}

describe('vectors', () => {
  it('are all there', () => {
    expect(vectors.vectors).toHaveLength(25);
    expect(vectors.ejection).toHaveLength(10);
  });

  it.each(vectors.vectors)('$id $desc', vector => {
    const split = predictSplit(inputOf(vector));
    const expected = vector.expected;
    expect(split.health).toEqual(expected.health);
    expect(split.load).toEqual(expected.load);
    const share = expected.share as Record<string, number>;
    for (const key of new Set([
      ...Object.keys(split.byLocality),
      ...Object.keys(share),
    ])) {
      expect(
        Math.abs((split.byLocality[key] ?? 0) - (share[key] ?? 0)),
      ).toBeLessThanOrEqual(0.01);
    }
    expect(split.noHealthyUpstream).toBe(
      expected.mode.startsWith('no healthy upstream'),
    );
  });

  it.each(vectors.vectors)('$id as istiod sends it', vector => {
    const { groups, weighted } = assignLocalities(inputOf(vector));
    const plain = groups.map(group => ({
      loc: `${group.region}/${group.zone}`,
      prio: group.priority,
      weight: group.weight,
      endpoints: group.total,
    }));
    const byName = (a: { loc: string }, b: { loc: string }) =>
      a.loc < b.loc ? -1 : 1;
    expect(plain.sort(byName)).toEqual([...vector.istiod].sort(byName));
    expect(weighted).toBe(vector.localityWeighted);
  });

  it.each(vectors.ejection)(
    'ejection $local + $remote at $mep %',
    ({ local, remote, mep, ge128, lt128 }) => {
      const base = { local, remote, maxEjectionPercent: mep };
      expect(ejectedHosts({ ...base, strict: true })).toBe(ge128);
      expect(ejectedHosts({ ...base, strict: false })).toBe(lt128);
    },
  );
});

describe("Envoy's published tables", () => {
  it.each([
    [100, 100, 0],
    [72, 100, 0],
    [71, 99, 1],
    [50, 70, 30],
    [25, 35, 65],
    [0, 0, 100],
  ])('%i %% healthy: %i/%i', (healthy, first, second) => {
    const { load } = priorityLoad(
      [
        { total: 100, healthy },
        { total: 100, healthy: 100 },
      ],
      0,
    );
    expect(load).toEqual([first, second]);
  });

  // The documentation truncates the availability to whole percent, Envoy does not: hence one point of slack.
  it.each([
    [100, 33],
    [70, 33],
    [69, 32],
    [50, 26],
    [25, 15],
    [0, 0],
  ])('locality weights 1:2 with %i %% healthy: %i %%', (healthy, share) => {
    const { shares } = predictSplit({
      caller: { region: 'x' },
      endpoints: [
        { region: 'x', total: 100, healthy },
        { region: 'y', total: 100, healthy: 100 },
      ],
      setting: { distribute: [{ from: 'x', to: { x: 1, y: 2 } }] },
      outlierDetection: {},
      versions: asm122,
    });
    expect(Math.abs(shares.x - share)).toBeLessThan(1);
  });
});

describe("istiod's own expectations", () => {
  const endpoint = (region: string, zone: string, subzone: string) => ({
    region,
    zone,
    subzone,
    total: 1,
    healthy: 1,
  });
  const setting = { failover: [{ from: 'region1', to: 'region2' }] };
  const caller = { region: 'region1', zone: 'zone1', subzone: 'subzone1' };

  it('I01: five priorities', () => {
    const { groups } = assignLocalities({
      caller,
      endpoints: [
        endpoint('region1', 'zone1', 'subzone1'),
        endpoint('region1', 'zone1', 'subzone2'),
        endpoint('region1', 'zone2', 'subzone1'),
        endpoint('region2', 'zone1', 'subzone1'),
        endpoint('region3', 'zone1', 'subzone1'),
      ],
      setting,
      outlierDetection: {},
      versions: asm122,
    });
    expect(groups.map(({ priority }) => priority)).toEqual([0, 1, 2, 3, 4]);
  });

  it('I02: compacted without gaps', () => {
    const { groups } = assignLocalities({
      caller,
      endpoints: [
        endpoint('region1', 'zone1', 'subzone2'),
        endpoint('region2', 'zone1', 'subzone1'),
        endpoint('', '', ''),
      ],
      setting,
      outlierDetection: {},
      versions: asm122,
    });
    expect(groups.map(({ priority }) => priority)).toEqual([0, 1, 2]);
  });

  it('I03: distribute over subzones, the rest emptied', () => {
    const { groups } = assignLocalities({
      caller,
      endpoints: [
        endpoint('region1', 'zone1', 'subzone1'),
        endpoint('region1', 'zone1', 'subzone2'),
        endpoint('region1', 'zone1', 'subzone3'),
        endpoint('region2', 'zone1', 'subzone1'),
      ],
      setting: {
        distribute: [
          {
            from: 'region1/zone1/subzone1',
            to: {
              'region1/zone1/subzone1': 80,
              'region1/zone1/subzone2': 15,
              'region1/zone1/subzone3': 5,
            },
          },
        ],
      },
      versions: asm122,
    });
    expect(groups.map(({ weight, total }) => [weight, total])).toEqual([
      [80, 1],
      [15, 1],
      [5, 1],
      [1, 0],
    ]);
  });
});

describe('behaviour by version', () => {
  const endpoints = [
    { region: 'hz', total: 4, healthy: 2, notReady: 2 },
    { region: 'sh', total: 4, healthy: 4 },
  ];
  const rule = {
    caller: { region: 'hz' },
    endpoints,
    setting: { failover: [{ from: 'hz', to: 'sh' }] },
    outlierDetection: {},
  };

  it('E11: not-ready endpoints count from Istio 1.31', () => {
    expect(predictSplit({ ...rule, versions: asm122 }).shares).toEqual({
      hz: 100,
      sh: 0,
    });
    expect(
      predictSplit({
        ...rule,
        versions: { sendUnready: true, strictEjection: true },
      }).shares,
    ).toEqual({ hz: 70, sh: 30 });
  });

  it('does not send them while minHealthPercent is set', () => {
    expect(
      predictSplit({
        ...rule,
        outlierDetection: { minHealthPercent: 10 },
        versions: { sendUnready: true, strictEjection: true },
      }).shares,
    ).toEqual({ hz: 100, sh: 0 });
  });

  it('orders by failoverPriority: one region first for every caller', () => {
    const { groups } = assignLocalities({
      caller: { region: 'hz' },
      endpoints,
      setting: { failoverPriority: ['topology.kubernetes.io/region=sh'] },
      outlierDetection: {},
      versions: asm122,
    });
    expect(groups.map(g => [g.region, g.priority])).toEqual([
      ['hz', 1],
      ['sh', 0],
    ]);
  });
});

describe('two hops', () => {
  const d91 = { distribute: [{ from: 'hz', to: { hz: 90, sh: 10 } }] };
  const both = [
    { region: 'hz', total: 1, healthy: 1 },
    { region: 'sh', total: 1, healthy: 1 },
  ];
  const hop = (setting: LocalityLbSetting) =>
    Object.fromEntries(
      ['hz', 'sh'].map(region => [
        region,
        predictSplit({
          caller: { region },
          endpoints: both,
          setting,
          outlierDetection: {},
          versions: asm122,
        }).shares,
      ]),
    );

  it('E15: 10 % per hop makes 14 % end to end', () => {
    const entry = composeHops({ hz: 100 }, hop(d91));
    expect(composeHops(entry, hop(d91)).sh).toBeCloseTo(14, 10);
  });

  it('E16: 19 % when Shanghai keeps its own', () => {
    const kept = {
      distribute: [...d91.distribute, { from: 'sh', to: { sh: 100 } }],
    };
    const entry = composeHops({ hz: 100 }, hop(kept));
    expect(composeHops(entry, hop(kept)).sh).toBeCloseTo(19, 10);
  });

  it('leaves out calls nobody answers', () => {
    expect(composeHops({ hz: 60, sh: 40 }, { hz: { hz: 100 } })).toEqual({
      hz: 60,
    });
  });
});
