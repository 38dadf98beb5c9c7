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

/** What may wake sleepers early. */
type News = (wake: () => void) => (() => void) | undefined;

/**
 * Sleeps, or less where there is news.
 *
 * @returns whether it was woken
 */
async function nap(
  ms: number,
  pace: Pace,
  signal: AbortSignal | undefined,
  onNews: News,
): Promise<boolean> {
  const woken = new AbortController();
  const stop = onNews(() => woken.abort());
  try {
    await pace.sleep(
      ms,
      signal ? AbortSignal.any([signal, woken.signal]) : woken.signal,
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (!woken.signal.aborted) throw error;
  } finally {
    stop?.();
  }
  return woken.signal.aborted;
}

/** Sleeps until the time that `due` tells, which is asked again at any news. */
async function sleepUntil(
  due: () => number,
  pace: Pace,
  signal: AbortSignal | undefined,
  onNews: News,
): Promise<void> {
  let isEarly = true;
  while (isEarly) {
    const ms = due() - pace.now();
    if (ms <= 0) return;
    isEarly = await nap(ms, pace, signal, onNews);
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
  let usualMs = 0;
  const due = () => {
    const likelyMs = experience?.nextLook(kind, pendingMs) ?? Infinity;
    const ms = Math.min(usualMs, likelyMs);
    return begin + Math.max(ms, pendingMs + pace.minIntervalMs);
  };
  for (;;) {
    signal?.throwIfAborted();
    const askedAt = pace.now();
    const seen = await look();
    const waitedMs = pace.now() - begin;
    if (settled(seen, askedAt)) {
      experience?.learn(kind, { pendingMs, doneMs: waitedMs });
      return seen;
    }
    if (waitedMs >= options.timeoutMs) throw options.onTimeout(seen);
    pendingMs = askedAt - begin;
    usualMs =
      waitedMs +
      Math.min(
        pace.maxIntervalMs,
        Math.max(pace.minIntervalMs, waitedMs * pace.growth),
      );
    await sleepUntil(due, pace, signal, wake => experience?.onNews(kind, wake));
  }
}
