import { figures } from './measure';

describe('figures', () => {
  it('uses the nearest rank', () => {
    const series = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(figures(series)).toEqual({
      n: 100,
      min: 1,
      p50: 50,
      p99: 99,
      max: 100,
    });
  });

  it('takes one value for all ranks of a single measurement', () => {
    expect(figures([7])).toEqual({ n: 1, min: 7, p50: 7, p99: 7, max: 7 });
  });
});
