import { readLocality, writeLocality } from './meshLocality';
import type { Json } from './shape';

const failover = [{ from: 'cn-hangzhou', to: 'cn-shanghai' }];
const distribute = [
  { from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } },
];
const starred = [
  {
    from: 'cn-hangzhou/*',
    to: { 'cn-hangzhou/*': '90', 'cn-shanghai/*/*': 10 },
  },
];

describe('readLocality', () => {
  it.each<[string, Json]>([
    ['a list', failover],
    ['a wrapped list', { failover }],
    ['a wrapped list in capitals', { Failover: failover }],
    ['JSON text of a list', JSON.stringify(failover)],
    ['JSON text of a wrapped list', JSON.stringify({ failover })],
    ['a wrapper around JSON text', { failover: JSON.stringify(failover) }],
    ['a single rule', failover[0]],
  ])('reads failover rules from %s', (_, Failover) => {
    expect(readLocality({ LocalityLB: { Enabled: true, Failover } })).toEqual({
      enabled: true,
      failover,
      distribute: [],
    });
  });

  it.each<[string, Json]>([
    ['bare regions', distribute],
    ["Istio's form", starred],
    ['a wrapped list', { distribute: starred }],
    ['JSON text', JSON.stringify({ distribute: starred })],
  ])('reads distribution rules from %s', (_, Distribute) => {
    expect(
      readLocality({ LocalityLB: { Enabled: true, Distribute } }).distribute,
    ).toEqual(distribute);
  });

  it('keeps zones and the rule for every caller', () => {
    expect(
      readLocality({
        LocalityLB: {
          Distribute: [{ from: '*', to: { 'r/zone-a/*': 100 } }],
        },
      }).distribute,
    ).toEqual([{ from: '*', to: { 'r/zone-a': 100 } }]);
  });

  it.each<[Json, Json, boolean]>([
    [true, {}, true],
    [true, { Enabled: false }, false],
    [false, { Enabled: true }, true],
    [false, { Enabled: 'true' }, true],
    [true, { Enabled: null }, true],
    [null, null, false],
  ])('EnableLocalityLB %p with %p is enabled: %p', (flag, setting, enabled) => {
    expect(
      readLocality({ EnableLocalityLB: flag, LocalityLB: setting }).enabled,
    ).toBe(enabled);
  });

  it.each<[Json]>([[null], [''], ['not json'], [7], [{}], [[]]])(
    'finds no rules in %p',
    rules => {
      expect(
        readLocality({ LocalityLB: { Failover: rules, Distribute: rules } }),
      ).toEqual({ enabled: false, failover: [], distribute: [] });
    },
  );

  it('reads what it writes', () => {
    const written = writeLocality({ enabled: true, distribute });
    expect(
      readLocality({ LocalityLB: { Enabled: true, Distribute: written } })
        .distribute,
    ).toEqual(distribute);
  });
});
