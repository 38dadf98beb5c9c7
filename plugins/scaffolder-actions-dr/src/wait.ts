import { setTimeout as delay } from 'node:timers/promises';
import type { Pace } from '@mesh-dr/backstage-plugin-mesh-dr-node';

/**
 * Looks again and again until `look` returns something, at intervals that grow with the time waited.
 *
 * @throws the signal's reason when the task is cancelled; Error from `onTimeout` after `timeoutMs`
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined>,
  options: {
    signal?: AbortSignal;
    timeoutMs: number;
    onTimeout: () => string;
    pace?: Partial<Pace>;
  },
): Promise<T> {
  const { signal, pace } = options;
  const sleep =
    pace?.sleep ??
    ((ms: number, abort?: AbortSignal) =>
      delay(ms, undefined, { signal: abort }));
  const now = pace?.now ?? Date.now;
  const begin = now();
  for (;;) {
    signal?.throwIfAborted();
    const seen = await look();
    if (seen !== undefined) return seen;
    const waited = now() - begin;
    if (waited >= options.timeoutMs) throw new Error(options.onTimeout());
    await sleep(
      Math.min(
        pace?.maxIntervalMs ?? 10_000,
        Math.max(pace?.minIntervalMs ?? 500, waited * (pace?.growth ?? 0.1)),
      ),
      signal,
    );
  }
}

/** `12.3 s` or `3 min 20 s`. */
export function formatElapsed(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
