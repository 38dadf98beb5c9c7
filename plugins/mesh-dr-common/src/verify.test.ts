import fc from 'fast-check';
import { requestsForPrecision, wilsonInterval } from './verify';

describe('wilsonInterval', () => {
  it('matches published values', () => {
    // Newcombe 1998, table I: 81/263 and 15/148.
    const a = wilsonInterval(81, 263);
    expect(a.low).toBeCloseTo(25.53, 1);
    expect(a.high).toBeCloseTo(36.62, 1);
    const b = wilsonInterval(15, 148);
    expect(b.low).toBeCloseTo(6.24, 1);
    expect(b.high).toBeCloseTo(16.05, 1);
  });

  it('shows that 10 requests cannot tell 10 % from 14 %', () => {
    const { low, high } = wilsonInterval(1, 10);
    expect(low).toBeLessThan(10);
    expect(high).toBeGreaterThan(14);
  });

  it('knows nothing without requests', () => {
    expect(wilsonInterval(0, 0)).toEqual({ percent: 0, low: 0, high: 100 });
  });

  it('contains the estimate, stays in range and narrows with n', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 2000 })
          .chain(n => fc.tuple(fc.nat(n), fc.constant(n))),
        ([k, n]) => {
          const { percent, low, high } = wilsonInterval(k, n);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(100);
          expect(low).toBeLessThanOrEqual(percent);
          expect(high).toBeGreaterThanOrEqual(percent);
          const more = wilsonInterval(4 * k, 4 * n);
          expect(more.high - more.low).toBeLessThan(high - low);
        },
      ),
    );
  });
});

describe('requestsForPrecision', () => {
  it('plans the sizes known from practice', () => {
    expect(requestsForPrecision(10, 3)).toBe(385);
    expect(requestsForPrecision(10, 2)).toBe(865);
    expect(requestsForPrecision(50, 3)).toBe(1068);
  });

  it('does not call a predicted certainty cheap', () => {
    expect(requestsForPrecision(100, 3)).toBe(requestsForPrecision(99, 3));
    expect(requestsForPrecision(0, 3)).toBeGreaterThan(0);
  });

  it('refuses an impossible precision', () => {
    expect(() => requestsForPrecision(10, 0)).toThrow(/points is 0/);
  });
});
