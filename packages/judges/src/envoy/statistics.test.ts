import {
  alike,
  binomialTail,
  deviation,
  MODEL_TIMES,
  requestsFor,
  SIGMAS,
  sizesFor,
} from './statistics';

describe('statistics of two samples', () => {
  it.each([
    [50, 1],
    [7, 1],
    [20, 2],
  ])(
    'makes the samples for %i percent large enough for %i points',
    (percent, tolerance) => {
      const n = requestsFor(percent, tolerance);
      const sigma = deviation(percent, n, MODEL_TIMES * n);
      expect(tolerance / sigma).toBeGreaterThanOrEqual(SIGMAS);
      expect(tolerance / sigma).toBeLessThan(SIGMAS * 1.01);
    },
  );

  it('objects beyond the tolerance, and not within it', () => {
    const sizes = sizesFor(2);
    expect(alike('share', 42.1, 40, sizes, 2).ok).toBe(false);
    expect(alike('share', 41.9, 40, sizes, 2).ok).toBe(true);
  });

  it('tells the tails of a count', () => {
    expect(binomialTail(0, 10, 0.5)).toBeCloseTo(2 ** -10, 12);
    expect(binomialTail(1, 10, 0.5)).toBeCloseTo(11 * 2 ** -10, 12);
    expect(binomialTail(10, 10, 0.5)).toBeCloseTo(2 ** -10, 12);
    expect(binomialTail(8, 8, 1)).toBe(1);
    expect(binomialTail(7, 8, 1)).toBe(0);
    expect(binomialTail(20, 48, 0.92)).toBeLessThan(1e-15);
  });
});
