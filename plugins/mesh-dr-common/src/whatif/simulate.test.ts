import type { LocalityLbSetting } from '../locality/types';
import { simulate } from './simulate';
import type { WhatIfRule, WhatIfSnapshot } from './types';

const FAILOVER = {
  failover: [
    { from: 'hz', to: 'sh' },
    { from: 'sh', to: 'hz' },
  ],
};
const detecting: WhatIfRule = {
  setting: FAILOVER,
  outlierDetection: { maxEjectionPercent: 100 },
  meshWide: true,
};

const hosts = (region: string, n: number, version = 'v1') => ({
  region,
  zone: `${region}-a`,
  total: n,
  healthy: n,
  labels: { version },
});

const hop = (from: string, to: string, rule: WhatIfRule, extra = {}) => ({
  from,
  to,
  pools: [{ weight: 100, rule }],
  ...extra,
});

/** A gateway in each of two regions, a front and a back service in both. */
function shop(rule = detecting, front = 2, back = 2): WhatIfSnapshot {
  return {
    meshVersion: 'v1.22.6.66',
    services: [
      {
        id: 'default/front',
        endpoints: [hosts('hz', front), hosts('sh', front)],
        capacityPerEndpoint: 50,
      },
      {
        id: 'default/back',
        endpoints: [hosts('hz', back), hosts('sh', back, 'v2')],
      },
    ],
    entries: [
      { id: 'gw-hz', region: 'hz', zone: 'hz-a', requestsPerSecond: 90 },
      { id: 'gw-sh', region: 'sh', zone: 'sh-a', requestsPerSecond: 30 },
    ],
    hops: [
      hop('gw-hz', 'default/front', rule),
      hop('gw-sh', 'default/front', rule),
      hop('default/front', 'default/back', rule, {
        callsPerRequest: 2,
        bytesPerCall: 1000,
      }),
    ],
  };
}

describe('simulate', () => {
  it('is sent as plain data', () => {
    const result = simulate(shop(), [{ kind: 'down', region: 'hz' }]);
    const sent = JSON.parse(JSON.stringify(result));
    expect(sent).toEqual(result.report());
    expect(sent.services).toHaveLength(2);
    expect(sent.hops[2]).toMatchObject({
      from: 'default/front',
      to: 'default/back',
      callers: [{ region: 'hz' }, { region: 'sh' }],
    });
  });

  it('keeps calls at home while all is well', () => {
    const result = simulate(shop(), []);
    expect(result.failedPercent).toEqual({ before: 0, after: 0 });
    expect(result.links).toEqual([]);
    expect(result.service('default/back').shares.after).toEqual({
      hz: 75,
      sh: 25,
    });
  });

  it('moves everything when a region goes down and the rule allows it', () => {
    const result = simulate(shop(), [
      { kind: 'down', region: 'hz', entriesMove: true },
    ]);
    expect(result.failedPercent.after).toBe(0);
    expect(result.entries.map(e => e.requestsPerSecond.after)).toEqual([
      0, 120,
    ]);
    const { shares, loads } = result.service('default/front');
    expect(shares.after).toEqual({ sh: 100 });
    expect(loads).toEqual([
      {
        region: 'hz',
        ready: { before: 2, after: 0 },
        callsPerSecond: { before: 90, after: 0 },
        factor: 0,
        utilisation: 0,
      },
      {
        region: 'sh',
        ready: { before: 2, after: 2 },
        callsPerSecond: { before: 30, after: 120 },
        factor: 4,
        utilisation: 1.2,
      },
    ]);
    expect(result.highestLoads()[0]).toEqual({
      service: 'default/front',
      region: 'sh',
      factor: 4,
    });
  });

  it('loses what enters where the region is down, unless entries move', () => {
    const result = simulate(shop(), [{ kind: 'down', region: 'hz' }]);
    expect(result.failedPercent.after).toBe(75);
    expect(result.entries[0].failedPercent).toEqual({ before: 0, after: 100 });
    expect(result.entries[1].failedPercent.after).toBe(0);
  });

  it('goes on failing by half at each hop without outlier detection', () => {
    const blind = { setting: FAILOVER, meshWide: true };
    const result = simulate(shop(blind), [{ kind: 'down', region: 'hz' }]);
    expect(result.hop('gw-sh', 'default/front')[0]).toEqual({
      region: 'sh',
      zone: 'sh-a',
      before: { hz: 50, sh: 50 },
      after: { hz: 50, sh: 50 },
      failedPercent: { before: 0, after: 50 },
    });
    // Front answers half; each of its two calls again half: 1 − 0.5 × 0.25.
    expect(result.entries[1].failedPercent.after).toBeCloseTo(87.5, 9);
  });

  it('counts what optional calls lose at their hop alone', () => {
    const snapshot = shop({ setting: FAILOVER });
    snapshot.hops[2].optional = true;
    const result = simulate(snapshot, [{ kind: 'down', region: 'hz' }]);
    expect(result.entries[1].failedPercent.after).toBeCloseTo(50, 9);
  });

  it('deregistered endpoints need no outlier detection, and cross the link', () => {
    const result = simulate(shop({ setting: FAILOVER }), [
      { kind: 'removed', region: 'hz', service: 'default/back' },
    ]);
    expect(result.failedPercent.after).toBe(0);
    expect(result.service('default/back').shares.after).toEqual({ sh: 100 });
    const link = result.links.find(({ from }) => from === 'hz');
    // Front gets 60 of 120 requests in Hangzhou; two calls of 8000 bit each.
    expect(link).toMatchObject({
      to: 'sh',
      megabitsPerSecond: { before: 60 * 8000e-6, after: 120 * 8000e-6 },
    });
  });

  it('removes a version, in one region or everywhere', () => {
    const gone = (region?: string) =>
      simulate(shop(), [
        {
          kind: 'version-removed',
          service: 'default/back',
          version: 'v1',
          ...(region && { region }),
        },
      ]).service('default/back').shares.after;
    expect(gone()).toEqual({ sh: 100 });
    expect(gone('sh')).toEqual({ hz: 75, sh: 25 });
  });

  it('changes replicas, where there were none, too', () => {
    const after = (ready: number, region = 'hz') =>
      simulate(shop(), [
        { kind: 'replicas', service: 'default/back', region, ready },
      ]).service('default/back');
    expect(after(6).loads[0].ready).toEqual({ before: 2, after: 6 });
    expect(after(6).loads[0].factor).toBeCloseTo(1 / 3, 9);
    expect(after(0).shares.after).toEqual({ sh: 100 });
    const snapshot = shop();
    snapshot.services[1].endpoints.pop();
    expect(
      simulate(snapshot, [
        { kind: 'replicas', service: 'default/back', region: 'sh', ready: 1 },
      ]).service('default/back').shares,
    ).toEqual({ before: { hz: 100 }, after: { hz: 75, sh: 25 } });
  });

  it('proposes a rule for a service, or for all that obey the mesh-wide one', () => {
    const split: LocalityLbSetting = {
      distribute: [
        { from: 'hz', to: { hz: 90, sh: 10 } },
        { from: 'sh', to: { sh: 100 } },
      ],
    };
    const share = (service?: string) =>
      simulate(shop(), [
        { kind: 'rule', setting: split, ...(service && { service }) },
        { kind: 'down', region: 'sh' },
      ]);
    // Of the gateway's hop one tenth goes to the region that is down, until it is ejected.
    expect(share('default/front').entries[0].failedPercent.after).toBe(0);
    const one = simulate(shop(), [
      { kind: 'rule', setting: split, service: 'default/front' },
    ]);
    expect(one.hop('gw-hz', 'default/front')[0].after).toEqual({
      hz: 90,
      sh: 10,
    });
    expect(one.hop('default/front', 'default/back')[0].after).toEqual({
      hz: 100,
    });
    const all = simulate(shop(), [{ kind: 'rule', setting: split }]);
    expect(all.hop('default/front', 'default/back')[0].after).toEqual({
      hz: 90,
      sh: 10,
    });
    const blind = simulate(shop(), [
      { kind: 'rule', outlierDetection: null },
      { kind: 'down', region: 'sh' },
    ]);
    expect(blind.hop('gw-hz', 'default/front')[0].failedPercent.after).toBe(50);
  });

  it('spares the farther hosts where the cap allows too few ejections', () => {
    const capped = {
      ...detecting,
      outlierDetection: { maxEjectionPercent: 50 },
    };
    const snapshot = shop(capped, 3);
    snapshot.services[0].endpoints[1] = hosts('sh', 1);
    // E06: 2 of 3 ejected, 46 % stay.
    expect(
      simulate(snapshot, [{ kind: 'down', zone: 'sh-a', region: 'sh' }]).hop(
        'gw-hz',
        'default/front',
      )[0].after,
    ).toEqual({ hz: 100 });
    snapshot.entries[0] = { id: 'gw-hz', region: 'hz', zone: 'other' };
    const fresh = { ...snapshot, services: [...snapshot.services] };
    const lost = simulate(fresh, [
      { kind: 'down', region: 'hz', zone: 'hz-a' },
    ]).hop('gw-hz', 'default/front')[0];
    expect(lost.after).toEqual({ hz: 46, sh: 54 });
    expect(lost.failedPercent.after).toBeCloseTo(46, 9);
  });

  it('compares a whole other set of rules', () => {
    const proposed = shop({ setting: { enabled: false } });
    const [first] = simulate(shop(), [], proposed).hop(
      'gw-hz',
      'default/front',
    );
    expect([first.before, first.after]).toEqual([
      { hz: 100 },
      { hz: 50, sh: 50 },
    ]);
  });

  it('cuts circles where they return, and says so', () => {
    const snapshot = shop();
    snapshot.hops.push(hop('default/back', 'default/front', detecting));
    const result = simulate(snapshot, []);
    expect(result.circular).toEqual(['default/back → default/front']);
    expect(result.service('default/back').shares.after.hz).toBe(75);
  });

  it('does not touch the snapshot, and answers the same again', () => {
    const snapshot = shop();
    const copy = structuredClone(snapshot);
    const edits = [{ kind: 'down' as const, region: 'hz' }];
    const first = simulate(snapshot, edits);
    simulate(snapshot, [{ kind: 'removed', region: 'sh' }]);
    expect(simulate(snapshot, edits).entries).toEqual(first.entries);
    expect(snapshot).toEqual(copy);
  });

  it.each([
    [{ kind: 'down', region: 'cn' }, 'neither endpoints nor entries'],
    [{ kind: 'removed', region: 'hz', service: 'x/y' }, 'no service "x/y"'],
    [
      { kind: 'replicas', service: 'default/back', region: 'hz', ready: 1.5 },
      'ready is 1.5',
    ],
  ] as const)('refuses %j', (edit, message) => {
    expect(() => simulate(shop(), [edit])).toThrow(message);
  });

  it('refuses hops to services that are not there', () => {
    const snapshot = shop();
    snapshot.hops.push(hop('default/front', 'default/none', detecting));
    expect(() => simulate(snapshot, [])).toThrow('no service "default/none"');
  });
});
