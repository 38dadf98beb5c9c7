import type { Figures } from './types';

/** Order statistics by nearest rank. */
export function figures(series: number[]): Figures {
  const sorted = [...series].sort((a, b) => a - b);
  const rank = (p: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)];
  return {
    n: sorted.length,
    min: sorted[0],
    p50: rank(0.5),
    p99: rank(0.99),
    max: sorted[sorted.length - 1],
  };
}

/** Milliseconds that one call takes. */
export async function time(run: () => unknown | Promise<unknown>) {
  const started = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - started) / 1e6;
}
