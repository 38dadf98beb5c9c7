import { useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import {
  SIGNAL_CHANNEL,
  type MeshSignal,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useEffect } from 'react';
import { usePolling, type Polled } from './usePolling';

/** With signals a page asks on its own only as seldom as this, should a signal be lost. */
const SIGNALLED_POLL_MS = 30_000;
/** A mesh under load changes all the time; a page asks at most so often. */
const LEAST_GAP_MS = 1_000;

/**
 * As usePolling, but asks as soon as the portal says that the mesh changed. In a portal without signals it polls.
 *
 * @param meshId - id of the mesh; undefined: any mesh
 * @param pollMs - milliseconds between questions where there are no signals
 */
export function useFollowed<T>(
  load: ((signal: AbortSignal) => Promise<T>) | undefined,
  meshId: string | undefined,
  pollMs: number,
): Polled<T> {
  const signals = useApiHolder().get(signalApiRef);
  const polled = usePolling(
    load,
    signals ? Math.max(pollMs, SIGNALLED_POLL_MS) : pollMs,
  );
  const { refresh } = polled;

  useEffect(() => {
    if (!signals) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = -LEAST_GAP_MS;
    const ask = () => {
      timer = undefined;
      last = performance.now();
      // A hidden page asks when it is shown.
      if (!document.hidden) refresh();
    };
    const subscriber = signals.subscribe(SIGNAL_CHANNEL, message => {
      const { meshIds } = message as unknown as MeshSignal;
      if (meshId !== undefined && !meshIds.includes(meshId)) return;
      timer ??= setTimeout(
        ask,
        Math.max(0, last + LEAST_GAP_MS - performance.now()),
      );
    });
    return () => {
      clearTimeout(timer);
      subscriber.unsubscribe();
    };
  }, [signals, meshId, refresh]);

  return polled;
}
