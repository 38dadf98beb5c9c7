import type { SandboxClock } from './contract';

/** Node fires timers longer than this at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * A clock that runs `timeScale` times as fast as the wall. After `stop()` nothing fires any more: tasks are dropped and
 * sleepers never wake, so that a shutdown does not look like progress.
 */
export function createClock(options: { timeScale: number }): SandboxClock {
  const { timeScale } = options;
  if (!(timeScale > 0) || !Number.isFinite(timeScale)) {
    throw new Error(
      `The time scale must be a positive number of simulated seconds per second, got ${timeScale}`,
    );
  }
  const waiting = new Set<NodeJS.Timeout>();
  let stopped = false;

  const after = (simulatedMs: number, task: () => void) => {
    if (stopped) return () => {};
    const wait = Math.min(
      Math.max(0, simulatedMs / timeScale),
      LONGEST_TIMER_MS,
    );
    const timer = setTimeout(() => {
      waiting.delete(timer);
      task();
    }, wait);
    waiting.add(timer);
    return () => {
      clearTimeout(timer);
      waiting.delete(timer);
    };
  };

  return {
    timeScale,
    now: () => Date.now(),
    after,
    sleep(simulatedMs, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        let cancel = () => {};
        const onAbort = () => {
          cancel();
          reject(signal!.reason);
        };
        cancel = after(simulatedMs, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    stop() {
      stopped = true;
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
}
