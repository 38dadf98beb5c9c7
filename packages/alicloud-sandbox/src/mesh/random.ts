import type { RandomSource } from './types';

/** A seedable source (mulberry32), so that a test can repeat a run draw by draw. Without a seed: `Math.random`. */
export function createRandom(seed?: number): RandomSource {
  if (seed === undefined) {
    return Math.random;
  }
  let state = Math.trunc(seed) % 4294967296;
  /* eslint-disable no-bitwise */
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  /* eslint-enable no-bitwise */
}

/** An integer in [0, bound). */
export function below(random: RandomSource, bound: number): number {
  return Math.floor(random() * bound);
}
