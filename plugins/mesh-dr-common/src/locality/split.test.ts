import { modelVersions } from '../versions';
import { composeHops } from './hops';
import { priorityLoad } from './loadsplit';
import { assignLocalities } from './priorities';
import { predictSplit } from './split';
import type { LocalityLbSetting } from './types';

const asm122 = modelVersions('v1.22.6.66-g1-aliyun');

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
        versions: modelVersions('v1.31.0.1'),
      }).shares,
    ).toEqual({ hz: 70, sh: 30 });
  });

  it('does not send them while minHealthPercent is set', () => {
    expect(
      predictSplit({
        ...rule,
        outlierDetection: { minHealthPercent: 10 },
        versions: modelVersions('v1.31.0.1'),
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
