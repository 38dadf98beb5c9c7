import fc from 'fast-check';
import {
  anySplit,
  arbitraryGroup as group,
  arbitraryRegion as region,
  arbitraryZone as zone,
} from '../__testUtils__/arbitrarySplits';
import { ejectedHosts, minimumMaxEjectionPercent } from './ejection';
import { composeHops, type HopMatrix } from './hops';
import { assignLocalities, localityMatches } from './priorities';
import { predictSplit } from './split';

const sum = (shares: Record<string, number>) =>
  Object.values(shares).reduce((a, b) => a + b, 0);

describe('properties', () => {
  it('shares sum to 100, or nobody answers', () => {
    fc.assert(
      fc.property(anySplit, value => {
        const split = predictSplit(value);
        const expected = split.noHealthyUpstream ? 0 : 100;
        expect(sum(split.shares)).toBeCloseTo(expected, 6);
        expect(sum(split.byLocality)).toBeCloseTo(expected, 6);
        // Without a single group there is no priority to load.
        expect([0, 100]).toContain(split.load.reduce((a, b) => a + b, 0));
        expect(split.load.length > 0 || split.noHealthyUpstream).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('sends nothing to hosts out of use while panic is off', () => {
    fc.assert(
      fc.property(anySplit, value => {
        const split = predictSplit({ ...value, outlierDetection: {} });
        for (const [key, share] of Object.entries(split.byLocality)) {
          const healthy = value.endpoints
            .filter(e => `${e.region}/${e.zone}` === key)
            .reduce((n, e) => n + e.healthy, 0);
          expect(share === 0 || healthy > 0).toBe(true);
        }
      }),
    );
  });

  it('priorities have no gap', () => {
    fc.assert(
      fc.property(anySplit, value => {
        const used = new Set(
          assignLocalities(value).groups.map(({ priority }) => priority),
        );
        expect([...used].sort((a, b) => a - b)).toEqual(
          [...used.keys()].map((_, i) => i),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('every endpoint that is sent stands in exactly one group', () => {
    fc.assert(
      fc.property(anySplit, value => {
        const { groups } = assignLocalities(value);
        const keys = groups.map(g => [g.region, g.zone, g.priority].join('/'));
        expect(new Set(keys).size).toBe(keys.length);
        const hosts = groups.reduce((n, { total }) => n + total, 0);
        const sent = value.endpoints
          .filter(
            ({ region: name }) =>
              groups.some(g => g.region === name && g.total > 0) ||
              !value.setting.distribute,
          )
          .reduce(
            (n, e) =>
              n +
              (value.versions.sendUnready &&
              !value.outlierDetection?.minHealthPercent
                ? e.total
                : e.total - e.notReady!),
            0,
          );
        expect(hosts).toBe(sent);
      }),
    );
  });

  it('distribute sends nothing to a locality it does not list', () => {
    fc.assert(
      fc.property(
        anySplit.filter(({ setting }) => Boolean(setting.distribute?.length)),
        value => {
          const rule = value.setting.distribute!.find(({ from }) =>
            localityMatches(value.caller, from),
          );
          fc.pre(rule !== undefined && value.setting.enabled !== false);
          const { shares } = predictSplit(value);
          for (const [name, share] of Object.entries(shares)) {
            expect(share === 0 || name in rule!.to).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('healing a local host never lowers the local share under failover', () => {
    fc.assert(
      fc.property(
        fc.array(group, { minLength: 1, maxLength: 6 }),
        zone,
        fc.nat(5),
        (endpoints, at, which) => {
          const sick = endpoints.filter(
            e => e.region === 'hz' && e.healthy < e.total,
          );
          fc.pre(sick.length > 0);
          const healed = sick[which % sick.length];
          const share = (after: boolean) =>
            predictSplit({
              caller: { region: 'hz', zone: at },
              endpoints: endpoints.map(e =>
                after && e === healed ? { ...e, healthy: e.healthy + 1 } : e,
              ),
              setting: { failover: [{ from: 'hz', to: 'sh' }] },
              outlierDetection: {},
              versions: { sendUnready: false },
            }).shares.hz ?? 0;
          expect(share(true)).toBeGreaterThanOrEqual(share(false));
        },
      ),
      { numRuns: 1000 },
    );
  });

  const stochastic: fc.Arbitrary<HopMatrix> = fc.record(
    Object.fromEntries(
      ['hz', 'sh', 'bj'].map(from => [
        from,
        fc
          .record({ hz: fc.nat(9), sh: fc.nat(9), bj: fc.nat(9) })
          .map(parts => {
            const all = sum(parts) || 1;
            return Object.fromEntries(
              Object.entries(parts).map(([to, part]) => [
                to,
                sum(parts) ? (100 * part) / all : 100 / 3,
              ]),
            );
          }),
      ]),
    ),
  );

  it('hops compose to a stochastic matrix, in either order of composition', () => {
    fc.assert(
      fc.property(stochastic, stochastic, stochastic, (a, b, c) => {
        for (const from of ['hz', 'sh', 'bj']) {
          const oneByOne = composeHops(composeHops(a[from], b), c);
          const then = Object.fromEntries(
            Object.keys(b).map(key => [key, composeHops(b[key], c)]),
          );
          const atOnce = composeHops(a[from], then);
          expect(sum(oneByOne)).toBeCloseTo(100, 6);
          for (const key of Object.keys(oneByOne)) {
            expect(oneByOne[key]).toBeGreaterThanOrEqual(0);
            expect(oneByOne[key]).toBeCloseTo(atOnce[key], 6);
          }
        }
      }),
    );
  });

  it('a hop of predicted splits answers every call or names who gets none', () => {
    fc.assert(
      fc.property(anySplit, region, (value, from) => {
        const split = predictSplit({ ...value, caller: { region: from } });
        const after = composeHops({ [from]: 100 }, { [from]: split.shares });
        expect(sum(after)).toBeCloseTo(split.noHealthyUpstream ? 0 : 100, 6);
      }),
    );
  });

  it('the minimum cap is just enough to empty a region', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.nat(40),
        (local, remote) => {
          const cap = minimumMaxEjectionPercent(local, remote);
          const out = (maxEjectionPercent: number) =>
            ejectedHosts({ local, remote, maxEjectionPercent, strict: true });
          expect(out(cap)).toBe(local);
          expect(out(cap - 1)).toBeLessThan(local);
        },
      ),
    );
  });

  it('ejection agrees with counting host by host', () => {
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(100),
        fc.boolean(),
        (local, remote, maxEjectionPercent, strict) => {
          let ejected = 0;
          while (
            ejected < local &&
            ((!strict && ejected === 0) ||
              (100 * (ejected + 1)) / (local + remote) <= maxEjectionPercent)
          ) {
            ejected++;
          }
          expect(
            ejectedHosts({ local, remote, maxEjectionPercent, strict }),
          ).toBe(ejected);
        },
      ),
    );
  });
});
