import type { DataPlaneTime } from './types';

/** The work did not finish in its time. */
export class DeadlineExceeded extends Error {
  constructor(readonly limitMs: number) {
    super(`no answer within ${limitMs} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/** Why the clock of finished work stops. One for all: an abort without a reason makes an exception with a stack. */
const IN_TIME = new Error('finished in time');

/**
 * Runs `work` with a signal that aborts after `limitMs` of data-plane time, or with the outer signal.
 * @throws DeadlineExceeded when the limit, not the outer signal, ended the work
 */
export async function withDeadline<T>(
  time: DataPlaneTime,
  limitMs: number | undefined,
  outer: AbortSignal | undefined,
  work: (signal?: AbortSignal) => Promise<T>,
): Promise<T> {
  if (!limitMs) {
    return work(outer);
  }
  const expired = new AbortController();
  const stop = new AbortController();
  time.sleep(limitMs, stop.signal).then(
    () => expired.abort(new DeadlineExceeded(limitMs)),
    () => undefined,
  );
  try {
    return await work(
      outer ? AbortSignal.any([outer, expired.signal]) : expired.signal,
    );
  } finally {
    stop.abort(IN_TIME);
  }
}
