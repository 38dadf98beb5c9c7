/** Normal quantile of a two-sided 95 % interval. */
const Z95 = 1.959963984540054;

/**
 * Wilson's 95 % confidence interval of a share, in percent (0 to 100). Unlike the textbook interval it stays honest for
 * shares of 0 and 100 % and for few requests. With n = 0 nothing is known: 0 to 100.
 */
export function wilsonInterval(
  successes: number,
  n: number,
): { percent: number; low: number; high: number } {
  if (n <= 0) {
    return { percent: 0, low: 0, high: 100 };
  }
  const p = successes / n;
  const z2 = Z95 * Z95;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half =
    (Z95 * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return {
    percent: 100 * p,
    // At the ends the interval touches 0 and 100 exactly; rounding noise must not pass them.
    low: successes === 0 ? 0 : Math.max(0, 100 * (centre - half)),
    high: successes === n ? 100 : Math.min(100, 100 * (centre + half)),
  };
}

/**
 * Requests needed to tell a share of `p` percent within ±`points` percentage points at 95 % (normal approximation):
 * 385 for 10 % ± 3. A share of 0 or 100 % is treated as 1 or 99 %: certainty cannot be planned from a prediction.
 */
export function requestsForPrecision(p: number, points: number): number {
  if (!(points > 0)) {
    throw new RangeError(
      `points is ${points}, but a precision must be above 0 percentage points; use 3 for the usual ±3`,
    );
  }
  const share = Math.min(99, Math.max(1, p)) / 100;
  return Math.ceil((Z95 * Z95 * share * (1 - share)) / (points / 100) ** 2);
}
