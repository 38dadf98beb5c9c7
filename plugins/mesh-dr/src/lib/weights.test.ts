import {
  completeWeights,
  initialWeights,
  setWeight,
  withoutZeros,
} from './weights';

const sum = (weights: Record<string, number>) =>
  Object.values(weights).reduce((a, b) => a + b, 0);

describe('setWeight', () => {
  it('always sums to 100 with whole, non-negative parts, whatever is set', () => {
    let weights: Record<string, number> = { a: 90, b: 7, c: 3 };
    const regions = ['a', 'b', 'c'];
    for (let step = 0; step < 300; step++) {
      const region = regions[step % 3];
      const value = ((step * 37) % 130) - 10;
      weights = setWeight(weights, region, value);
      expect(sum(weights)).toBe(100);
      expect(weights[region]).toBe(Math.min(100, Math.max(0, value)));
      for (const weight of Object.values(weights)) {
        expect(Number.isInteger(weight) && weight >= 0).toBe(true);
      }
    }
  });

  it('lets the others keep their proportion', () => {
    expect(setWeight({ a: 50, b: 30, c: 20 }, 'a', 0)).toEqual({
      a: 0,
      b: 60,
      c: 40,
    });
  });

  it('spreads evenly when the others had nothing', () => {
    expect(setWeight({ a: 100, b: 0, c: 0 }, 'a', 80)).toEqual({
      a: 80,
      b: 10,
      c: 10,
    });
  });

  it('keeps a single region at 100', () => {
    expect(setWeight({ a: 100 }, 'a', 30)).toEqual({ a: 100 });
  });
});

it('proposes 90 % for the local region, also when the service does not run there', () => {
  expect(initialWeights('a', ['a', 'b'])).toEqual({ a: 90, b: 10 });
  expect(sum(initialWeights('x', ['a', 'b']))).toBe(100);
});

it('shows regions with 0 and writes none', () => {
  expect(completeWeights({ a: 100 }, ['a', 'b'])).toEqual({ a: 100, b: 0 });
  expect(withoutZeros({ a: 100, b: 0 })).toEqual({ a: 100 });
});
