import { setTimeout as delay } from 'node:timers/promises';
import type { Experience } from './experience';
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

/** Sleeps until the time that `due` tells, which is asked again at any news. */
async function sleepUntil(
  due: () => number,
  options: {
    pace: Pace;
    signal?: AbortSignal;
    onNews(wake: () => void): (() => void) | undefined;
  },
): Promise<void> {
  const { pace, signal } = options;
  let nap = new AbortController();
  const stop = options.onNews(() => nap.abort());
  try {
    do {
      nap = new AbortController();
      const ms = due() - pace.now();
      if (ms <= 0) return;
      await pace
        .sleep(ms, signal ? AbortSignal.any([signal, nap.signal]) : nap.signal)
        .catch(error => {
          signal?.throwIfAborted();
          if (!nap.signal.aborted) throw error;
        });
    } while (nap.signal.aborted);
  } finally {
    stop?.();
  }
}

/**
 * Looks until `settled` says so, which is also told when the look began: what it shows may be as old as that. With the
 * experience of others of its kind it looks when these were done, should that be sooner than the next look is due.
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
    kind?: string;
    experience?: Experience;
  },
): Promise<T> {
  const { pace, signal, kind = '', experience } = options;
  const begin = pace.now();
  let pendingMs = 0;
  for (;;) {
    signal?.throwIfAborted();
    const askedAt = pace.now();
    const seen = await look();
    const waited = pace.now() - begin;
    if (settled(seen, askedAt)) {
      experience?.learn(kind, { pendingMs, doneMs: waited });
      return seen;
    }
    pendingMs = askedAt - begin;
    if (waited >= options.timeoutMs) throw options.onTimeout(seen);
    const usual = Math.min(
      pace.maxIntervalMs,
      Math.max(pace.minIntervalMs, waited * pace.growth),
    );
    await sleepUntil(
      () =>
        Math.max(
          begin + pendingMs + pace.minIntervalMs,
          Math.min(
            begin + waited + usual,
            begin + (experience?.nextLook(kind, pendingMs) ?? Infinity),
          ),
        ),
      { pace, signal, onNews: wake => experience?.onNews(kind, wake) },
    );
  }
}
