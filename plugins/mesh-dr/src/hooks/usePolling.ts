import { useCallback, useEffect, useRef, useState } from 'react';

export interface Polled<T> {
  /** The newest answer; kept while later attempts fail, so that a page never goes blank on the worst day. */
  value?: T;
  /** Why the newest attempt failed; absent when it succeeded. */
  error?: Error;
  /** True until the first attempt ended. */
  loading: boolean;
  /** Time of the newest answer, ms since the epoch. */
  receivedAt?: number;
  /** Asks again now. */
  refresh: () => void;
}

/**
 * Calls `load` at once and then `intervalMs` after each answer. A call is aborted when the component goes or the inputs
 * change; nothing is asked while the page is hidden. `load` must be stable (useCallback); `undefined` pauses polling.
 *
 * @param intervalMs - milliseconds between an answer and the next question; 0 asks once
 */
export function usePolling<T>(
  load: ((signal: AbortSignal) => Promise<T>) | undefined,
  intervalMs: number,
): Polled<T> {
  const [state, setState] = useState<Omit<Polled<T>, 'refresh'>>({
    loading: true,
  });
  const kick = useRef<() => void>(() => {});

  useEffect(() => {
    if (!load) {
      return undefined;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    let controller = new AbortController();
    let running = false;
    let again = false;
    let stopped = false;
    setState({ loading: true });

    const run = async () => {
      if (stopped) return;
      if (running) {
        // What is under way may have been read before the reason to ask again.
        again = true;
        return;
      }
      running = true;
      clearTimeout(timer);
      controller = new AbortController();
      const { signal } = controller;
      try {
        const value = await load(signal);
        if (!stopped && !signal.aborted) {
          setState({ value, loading: false, receivedAt: Date.now() });
        }
      } catch (error) {
        if (!stopped && !signal.aborted) {
          setState(previous => ({
            ...previous,
            loading: false,
            error: error instanceof Error ? error : new Error(String(error)),
          }));
        }
      } finally {
        running = false;
        if (!stopped && again) {
          again = false;
          run();
        } else if (!stopped && intervalMs > 0 && !document.hidden) {
          timer = setTimeout(run, intervalMs);
        }
      }
    };
    const onVisible = () => {
      if (!document.hidden) run();
    };

    kick.current = run;
    document.addEventListener('visibilitychange', onVisible);
    run();
    return () => {
      stopped = true;
      clearTimeout(timer);
      controller.abort();
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [load, intervalMs]);

  const refresh = useCallback(() => kick.current(), []);
  return { ...state, refresh };
}
