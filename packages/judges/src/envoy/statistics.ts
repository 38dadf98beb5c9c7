import type { Verdict } from '../judge';

/**
 * Standard deviations of the difference of two samples that every tolerance spans. The model's seeds are fixed, so the
 * chances of one run are Envoy's alone: all comparisons together exceed their tolerances about once in 200,000 runs.
 */
export const SIGMAS = 5;
/** The model answers so many times as often as Envoy: its requests cost less, and its share of the scatter shrinks. */
export const MODEL_TIMES = 4;

/** Standard deviation, in points, of the difference of two samples of `n` and `m` requests whose true share is `percent`. */
export function deviation(percent: number, n: number, m: number): number {
  return Math.sqrt(percent * (100 - percent) * (1 / n + 1 / m));
}

/** Requests that Envoy needs for a share of `percent` to be told from the model's to `tolerance` points. */
export function requestsFor(percent: number, tolerance: number): number {
  const one = percent * (100 - percent) * (1 + 1 / MODEL_TIMES);
  return Math.ceil(one * (SIGMAS / tolerance) ** 2);
}

/** The sizes of two samples. */
export interface Sizes {
  envoy: number;
  model: number;
}

/** Sizes at which no share whatever, compared within `tolerance` points, differs by chance. */
export function sizesFor(tolerance: number): Sizes {
  const envoy = requestsFor(50, tolerance);
  return { envoy, model: MODEL_TIMES * envoy };
}

/** A verdict that two shares in percent lie within `tolerance` points of each other; its figures tell what chance can do. */
export function alike(
  name: string,
  envoy: number,
  model: number,
  sizes: Sizes,
  tolerance: number,
): Verdict {
  const sigma = deviation((envoy + model) / 2, sizes.envoy, sizes.model);
  return {
    name,
    ok: Math.abs(envoy - model) <= tolerance,
    detail: `Envoy ${envoy.toFixed(2)} % of ${
      sizes.envoy
    }; model ${model.toFixed(2)} % of ${
      sizes.model
    } (within ${tolerance} points; standard deviation of the difference ${sigma.toFixed(
      2,
    )})`,
  };
}

/**
 * How probable it is that chance is to blame for `seen` of `n`, if the true share is `p`: the smaller of the two tails of
 * the binomial distribution. For counts too small to be normal.
 */
export function binomialTail(seen: number, n: number, p: number): number {
  const probability = (k: number) => {
    let result = 1;
    for (let i = 0; i < n; i++) {
      // Factors of the coefficient and of the powers in turn, so that nothing over- or underflows.
      result *= i < k ? ((n - i) / (k - i)) * p : 1 - p;
    }
    return result;
  };
  const sum = (from: number, to: number) => {
    let total = 0;
    for (let k = from; k <= to; k++) total += probability(k);
    return total;
  };
  return Math.min(sum(0, seen), sum(seen, n));
}
