import fc from 'fast-check';
import { ejectedHosts, minimumMaxEjectionPercent } from './ejection';
import { predictSplit } from './split';
import type { LocalityLbSetting } from './types';

const asm122 = { sendUnready: false, strictEjection: true };

describe('properties', () => {
  const region = fc.constantFrom('hz', 'sh', 'bj');
  const zone = fc.constantFrom('a', 'b');
  const group = fc
    .record({ region, zone, total: fc.nat(8), down: fc.nat(8) })
    .map(({ down, ...rest }) => ({
      ...rest,
      healthy: Math.max(0, rest.total - down),
    }));
  const weights = fc.uniqueArray(region, { minLength: 1 }).chain(regions =>
    fc
      .array(fc.integer({ min: 1, max: 30 }), {
        minLength: regions.length,
        maxLength: regions.length,
      })
      .map(parts => {
        parts[0] = 100 - parts.slice(1).reduce((a, b) => a + b, 0);
        return Object.fromEntries(regions.map((r, i) => [r, parts[i]]));
      }),
  );
  const setting: fc.Arbitrary<LocalityLbSetting> = fc.oneof(
    fc.constant({}),
    fc.constant({ enabled: false }),
    fc.record({ failover: fc.array(fc.record({ from: region, to: region })) }),
    fc.record({
      distribute: fc.array(fc.record({ from: region, to: weights })),
    }),
  );
  const input = fc.record({
    caller: fc.record({ region, zone }),
    endpoints: fc.array(group, { maxLength: 6 }),
    setting,
    outlierDetection: fc.option(
      fc.record({ minHealthPercent: fc.constantFrom(0, 50) }),
      { nil: undefined },
    ),
    versions: fc.constant(asm122),
  });
  const sum = (shares: Record<string, number>) =>
    Object.values(shares).reduce((a, b) => a + b, 0);

  it('shares sum to 100, or nobody answers', () => {
    fc.assert(
      fc.property(input, value => {
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
      fc.property(input, value => {
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

  it('failing hosts never gain calls under failover', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(8),
        (local, remote, healthy) => {
          const at = (up: number) =>
            predictSplit({
              caller: { region: 'hz' },
              endpoints: [
                { region: 'hz', total: local, healthy: Math.min(local, up) },
                { region: 'sh', total: remote, healthy: remote },
              ],
              setting: { failover: [{ from: 'hz', to: 'sh' }] },
              outlierDetection: {},
              versions: asm122,
            }).shares.hz;
          expect(at(healthy)).toBeLessThanOrEqual(at(healthy + 1));
        },
      ),
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
