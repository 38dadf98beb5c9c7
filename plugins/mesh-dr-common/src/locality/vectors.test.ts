import vectors from '../__fixtures__/locality-vectors.json';
import { modelVersions } from '../versions';
import { ejectedHosts, retestTimes } from './ejection';
import { assignLocalities } from './priorities';
import { predictSplit } from './split';
import type { LocalityEndpoints, LocalityLbSetting } from './types';

const asm122 = modelVersions('v1.22.6.66-g1-aliyun');

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

  const ejections = vectors.ejection.map((vector, i) => ({
    ...vector,
    id: `E${String(i + 1).padStart(2, '0')}`,
  }));
  const kept = [100, 100, 70, 0, 0, 46, 0, 100, 0, 100];

  it.each(ejections)(
    '$id $local + $remote hosts, at most $mep %',
    ({ id, local, remote, mep, ge128, lt128 }) => {
      const base = { local, remote, maxEjectionPercent: mep };
      expect(ejectedHosts({ ...base, strict: true })).toBe(ge128);
      expect(ejectedHosts({ ...base, strict: false })).toBe(lt128);
      const { shares } = predictSplit({
        caller: { region: 'hz' },
        endpoints: [
          { region: 'hz', total: local, healthy: local - ge128 },
          { region: 'sh', total: remote, healthy: remote },
        ],
        setting: { failover: [{ from: 'hz', to: 'sh' }] },
        outlierDetection: {},
        versions: asm122,
      });
      expect(shares.hz).toBe(kept[Number(id.slice(1)) - 1]);
    },
  );

  it('E12 a failing host is tried again at 60, 180, 360, 600, 900 s and then every 300 s', () => {
    expect(
      retestTimes({ intervalMs: 1000, baseEjectionMs: 60_000, untilMs: 1.5e6 }),
    ).toEqual([60_000, 180_000, 360_000, 600_000, 900_000, 1_200_000, 1.5e6]);
  });

  it('tries again at sweeps only, as the judge saw it with a base of 1.3 s', () => {
    expect(
      retestTimes({
        intervalMs: 200,
        baseEjectionMs: 1300,
        maxEjectionMs: 3000,
        untilMs: 12_000,
      }),
    ).toEqual([1400, 4000, 7000, 10_000]);
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
