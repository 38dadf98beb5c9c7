import { setTimeout as delay } from 'node:timers/promises';
import type { Pace } from './types';

/**
 * Patience for the real cloud and the sandbox alike: the first look comes soon, later ones spare the API, and the
 * interval never exceeds a small share of the time already waited, so that waiting costs little beyond the cloud's own time.
 */
export const defaultPace: Pace = {
  minIntervalMs: 250,
  maxIntervalMs: 10_000,
  growth: 0.06,
  listingLagMs: 20_000,
  inUseMs: 5 * 60_000,
  timeoutMs: 45 * 60_000,
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
  now: () => Date.now(),
};

/**
 * Looks until `settled` says so, which is also told when the look began: what it shows may be as old as that.
 *
 * @throws the signal's reason when aborted; Error made by `onTimeout` after `timeoutMs`
 */
export async function poll<T>(
  look: () => Promise<T>,
  settled: (seen: T, askedAt: number) => boolean,
  options: {
    pace: Pace;
    signal?: AbortSignal;
    timeoutMs: number;
    onTimeout: (last: T) => Error;
  },
): Promise<T> {
  const { pace, signal } = options;
  const begin = pace.now();
  for (;;) {
    signal?.throwIfAborted();
    const askedAt = pace.now();
    const seen = await look();
    if (settled(seen, askedAt)) return seen;
    const waited = pace.now() - begin;
    if (waited >= options.timeoutMs) throw options.onTimeout(seen);
    await pace.sleep(
      Math.min(
        pace.maxIntervalMs,
        Math.max(pace.minIntervalMs, waited * pace.growth),
      ),
      signal,
    );
  }
}
