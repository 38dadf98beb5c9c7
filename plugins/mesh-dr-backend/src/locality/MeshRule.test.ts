import { sameRule } from './MeshRule';
import type { MeshRuleState } from './types';

const there = { from: 'cn-hangzhou', to: 'cn-shanghai' };
const back = { from: 'cn-shanghai', to: 'cn-hangzhou' };

describe('sameRule', () => {
  it('does not mind the order in which ASM returns entries and weights', () => {
    expect(
      sameRule(
        { enabled: true, failover: [there, back] },
        { enabled: true, failover: [back, there] },
      ),
    ).toBe(true);
    expect(
      sameRule(
        { enabled: true, distribute: [{ from: 'a', to: { a: 90, b: 10 } }] },
        { enabled: true, distribute: [{ from: 'a', to: { b: 10, a: 90 } }] },
      ),
    ).toBe(true);
  });

  it.each<[MeshRuleState]>([
    [{ enabled: false }],
    [{ enabled: true, failover: [there] }],
    [{ enabled: true, failover: [there, { ...back, to: 'cn-beijing' }] }],
    [{ enabled: true, failover: [there, back], distribute: [] }],
  ])('tells %j from the rule of the guide', other => {
    expect(sameRule({ enabled: true, failover: [there, back] }, other)).toBe(
      false,
    );
  });
});
