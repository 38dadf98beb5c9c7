import type { DataPlaneTime } from './types';

/**
 * Data-plane time follows the real clock, because requests arrive in real time. `timeScale` 60 makes a minute of
 * ejection pass in one real second. Time that was stepped over on the sandbox's clock is over here too; requests that are
 * under way go on in real time.
 */
export function createDataPlaneTime(
  timeScale: number,
  steppedMs: () => number = () => 0,
): DataPlaneTime & { stop(): void } {
  const waiting = new Set<() => void>();
  const start = performance.now();
  return {
    now: () => (performance.now() - start) * timeScale + steppedMs(),
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const cleanups: (() => void)[] = [];
        const settle = (finish: () => void) => {
          cleanups.forEach(clean => clean());
          finish();
        };
        const cancel = () =>
          settle(() => reject(new Error('The data plane was stopped')));
        const onAbort = () => settle(() => reject(signal!.reason));
        const timer = setTimeout(() => settle(resolve), ms / timeScale);
        cleanups.push(
          () => clearTimeout(timer),
          () => waiting.delete(cancel),
          () => signal?.removeEventListener('abort', onAbort),
        );
        waiting.add(cancel);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    stop() {
      [...waiting].forEach(cancel => cancel());
    },
  };
}
