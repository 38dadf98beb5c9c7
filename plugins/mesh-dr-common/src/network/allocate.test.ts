import fc from 'fast-check';
import { allocateNetworkPlan, suggestCidr } from './allocate';
import { checkNetworkPlan } from './check';
import { cidrSize, cidrsOverlap, formatCidr, parseCidr } from './cidr';
import { REGIONS } from './regions';

describe('allocation', () => {
  it('never makes a plan that the checker objects to', () => {
    const ids = REGIONS.map(({ id }) => id);
    const used = fc
      .tuple(fc.integer({ min: 12, max: 24 }), fc.nat(0xffffff))
      .map(([prefix, offset]) => {
        const first = parseCidr('10.0.0.0/8').first + offset;
        return formatCidr({
          first: first - (first % cidrSize(prefix)),
          prefix,
        });
      });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...ids), { minLength: 2, maxLength: 8 }),
        fc.record({
          networkPlugin: fc.constantFrom('flannel' as const, 'terway' as const),
          vswitches: fc.integer({ min: 1, max: 3 }),
          nodes: fc.option(fc.integer({ min: 1, max: 200 }), {
            nil: undefined,
          }),
          taken: fc.array(used, { maxLength: 6 }),
        }),
        (regions, options) => {
          const allocated = allocateNetworkPlan(regions, options);
          const existing = options.taken.map(cidr => ({ label: 'x', cidr }));
          expect(checkNetworkPlan(allocated, existing)).toEqual([]);
        },
      ),
    );
  });

  it('suggests the first free block, as a search block by block does', () => {
    const within = '10.0.0.0/24';
    const block = fc
      .tuple(fc.integer({ min: 26, max: 30 }), fc.nat(255))
      .map(([prefix, i]) => {
        const first = parseCidr(within).first + i;
        return formatCidr({
          first: first - (first % cidrSize(prefix)),
          prefix,
        });
      });
    fc.assert(
      fc.property(
        fc.integer({ min: 25, max: 30 }),
        fc.array(block, { maxLength: 8 }),
        (prefix, taken) => {
          const { first, last } = parseCidr(within);
          let expected: string | undefined;
          for (let at = first; at <= last; at += cidrSize(prefix)) {
            const text = formatCidr({ first: at, prefix });
            const free = taken.every(
              other => !cidrsOverlap(parseCidr(other), parseCidr(text)),
            );
            if (free) {
              expected = text;
              break;
            }
          }
          const suggested = () => {
            try {
              return suggestCidr(prefix, taken, [within]);
            } catch (error) {
              return (error as Error).message;
            }
          };
          expect(suggested()).toMatch(expected ?? /^no free/);
        },
      ),
    );
  });

  it('refuses what cannot be planned', () => {
    expect(() => allocateNetworkPlan(['cn-hangzhou', 'cn-hangzhou'])).toThrow(
      /at least two different/,
    );
    expect(() => allocateNetworkPlan(['cn-hangzhou', 'mars-1'])).toThrow(
      /"mars-1" is no region/,
    );
  });
});
