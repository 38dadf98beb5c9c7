/** A signal that aborts when time is up or when its parent does, and says which it was. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** The time was up before the parent aborted. */
  expired(): boolean;
  /** Settles with `work`, or rejects as soon as the signal aborts, whichever is first. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Stops the timer. Always call it. */
  clear(): void;
}

/** Starts a deadline of `ms` milliseconds under an optional parent signal. */
export function deadlineSignal(ms: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  let timeUp = false;
  const onParent = () => controller.abort(parent?.reason);
  if (parent?.aborted) onParent();
  else parent?.addEventListener('abort', onParent, { once: true });
  const timer = setTimeout(() => {
    timeUp = !controller.signal.aborted;
    controller.abort(new DOMException(`${ms} ms are over`, 'TimeoutError'));
  }, ms);
  return {
    signal: controller.signal,
    expired: () => timeUp,
    race: work =>
      new Promise((resolve, reject) => {
        const onAbort = () => reject(controller.signal.reason);
        if (controller.signal.aborted) onAbort();
        else
          controller.signal.addEventListener('abort', onAbort, { once: true });
        work.then(resolve, reject).finally(() => {
          controller.signal.removeEventListener('abort', onAbort);
        });
      }),
    clear: () => {
      clearTimeout(timer);
      parent?.removeEventListener('abort', onParent);
    },
  };
}
