import { useApi } from '@backstage/frontend-plugin-api';
import type { Operation } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useCallback, useEffect, useState } from 'react';
import { meshDrApiRef } from '../api/meshDrApiRef';
import { usePolling, type Polled } from './usePolling';

/** How often a running operation is looked at, ms. */
const FOLLOW_MS = 2000;

/** Follows an operation until it has ended; `set` puts another one, or none, in its place. */
export function useOperation(onSucceeded: () => void): {
  operation?: Operation;
  set: (operation: Operation | undefined) => void;
  /** How the last look went; matters while the operation is running. */
  followed: Polled<Operation>;
  /** Stops waiting. */
  cancel: () => Promise<void>;
} {
  const api = useApi(meshDrApiRef);
  const [operation, set] = useState<Operation>();
  const id = operation?.id;
  const running = operation?.status === 'running';
  const follow = useCallback(
    (signal: AbortSignal) => api.getOperation(id!, { signal }),
    [api, id],
  );
  const followed = usePolling(id && running ? follow : undefined, FOLLOW_MS);
  const { value } = followed;
  useEffect(() => {
    if (!value) return;
    // What is shown may have been replaced meanwhile.
    set(shown => (shown?.id === value.id ? value : shown));
    if (value.id === id && value.status === 'succeeded') onSucceeded();
  }, [value, id, onSucceeded]);
  const cancel = async () => {
    if (id) set(await api.cancelOperation(id));
  };
  return { operation, set, followed, cancel };
}
