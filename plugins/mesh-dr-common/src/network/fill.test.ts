import fc from 'fast-check';
import { checkNetworkPlan } from './check';
import { fillFreeRanges } from './fill';
import { GUIDE_PLAN } from './guide';
import type { NetworkPlan } from './types';

const errors = (plan: NetworkPlan, existing = [] as any[]) =>
  checkNetworkPlan(plan, existing).filter(f => f.severity === 'error');

describe('fillFreeRanges', () => {
  it('leaves a plan that works as it is', () => {
    expect(fillFreeRanges(GUIDE_PLAN)).toEqual({
      plan: GUIDE_PLAN,
      filled: [],
    });
  });

  it('moves only what is in the way, and the parts of what moved', () => {
    const plan = structuredClone(GUIDE_PLAN);
    plan.vpcs[1].cidr = '20.0.0.0/8';
    plan.clusters[1].podCidr = '10.0.0.0/16';
    const { plan: next, filled } = fillFreeRanges(plan);
    expect(filled).toEqual([
      'vpcs[1].cidr',
      'vpcs[1].vswitches[0].cidr',
      'clusters[1].podCidr',
    ]);
    expect(errors(next)).toEqual([]);
    expect(next.vpcs[0]).toEqual(GUIDE_PLAN.vpcs[0]);
    expect(next.clusters[0]).toEqual(GUIDE_PLAN.clusters[0]);
  });

  it('keeps clear of what exists, and never touches existing parts', () => {
    const plan = structuredClone(GUIDE_PLAN);
    plan.vpcs[0].vpcId = 'vpc-there';
    plan.clusters[0].podCidr = '';
    const existing = [{ label: 'VPC old', cidr: '10.0.0.0/9' }];
    const { plan: next } = fillFreeRanges(plan, existing);
    expect(next.vpcs[0]).toEqual(plan.vpcs[0]);
    expect(next.clusters[0].podCidr).toBe('10.128.0.0/16');
    expect(errors(next, existing)).toEqual([]);
  });

  it('makes every plan work whose ranges are the only trouble', () => {
    const cidr = fc.oneof(
      fc.constantFrom('', 'nonsense', '100.64.0.0/16', '10.0.0.0/8'),
      fc
        .tuple(fc.integer({ min: 16, max: 24 }), fc.nat(255), fc.nat(255))
        .map(([mask, a, b]) => {
          const bits = (10 * 2 ** 24 + a * 2 ** 16 + b * 2 ** 8) >>> 0;
          const size = 2 ** (32 - mask);
          const base = bits - (bits % size);
          return `${base >>> 24}.${(base >>> 16) % 256}.${
            (base >>> 8) % 256
          }.0/${mask}`;
        }),
    );
    fc.assert(
      fc.property(fc.array(cidr, { minLength: 10, maxLength: 10 }), values => {
        const plan = structuredClone(GUIDE_PLAN);
        let at = 0;
        for (const vpc of plan.vpcs) {
          vpc.cidr = values[at++];
          for (const vswitch of vpc.vswitches) vswitch.cidr = values[at++];
        }
        for (const cluster of plan.clusters) {
          cluster.podCidr = values[at++];
          cluster.serviceCidr = values[at++];
        }
        const { plan: next } = fillFreeRanges(plan);
        expect(errors(next)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
