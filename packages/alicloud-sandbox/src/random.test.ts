import { createSource } from './random';

const draws = (seed: number, start = 0) => {
  const source = createSource(seed, start);
  return {
    vpcs: [0, 1, 2].map(() => source.text('vpc', 18)),
    uids: ['a', 'b', 'a'].map(name => source.uuid(name)),
    part: source.split('part').fraction('x'),
  };
};

describe('a seeded source', () => {
  it('repeats itself, and differs by seed and by start', () => {
    expect(draws(7)).toEqual(draws(7));
    const all = [draws(7), draws(8), draws(7, 1)];
    const ids = all.flatMap(d => [...d.vpcs, ...d.uids, d.part]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('does not care in which order different purposes ask', () => {
    const one = createSource(7);
    const other = createSource(7);
    const a = [one.uuid('pod a'), one.uuid('pod a'), one.uuid('pod b')];
    const b = [other.uuid('pod b'), other.uuid('pod a'), other.uuid('pod a')];
    expect(a).toEqual([b[1], b[2], b[0]]);
  });

  it('makes well-formed texts, UUIDs and fractions, evenly', () => {
    const source = createSource(1);
    const seen = new Map<string, number>();
    for (let i = 0; i < 2000; i += 1) {
      expect(source.uuid(`u${i}`)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
      for (const letter of source.text('t', 10, 'abc')) {
        seen.set(letter, (seen.get(letter) ?? 0) + 1);
      }
    }
    expect([...seen.keys()].sort()).toEqual(['a', 'b', 'c']);
    for (const count of seen.values()) {
      expect(Math.abs(count - 20_000 / 3)).toBeLessThan(350);
    }
    const fractions = Array.from({ length: 2000 }, () => source.fraction('f'));
    expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...fractions)).toBeLessThan(1);
    const mean = fractions.reduce((sum, f) => sum + f, 0) / fractions.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
  });
});
