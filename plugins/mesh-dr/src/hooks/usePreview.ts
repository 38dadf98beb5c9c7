import { useApi } from '@backstage/frontend-plugin-api';
import type {
  LocalityIntent,
  Preview,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useCallback, useEffect, useState } from 'react';
import { meshDrApiRef } from '../api/meshDrApiRef';

/** Time without an edit before the server is asked, ms. */
const DEBOUNCE_MS = 350;

export interface PreviewState {
  /** The newest prediction; it may belong to an earlier edit while `loading`. */
  preview?: Preview;
  loading: boolean;
  error?: Error;
  /** Asks again, e.g. after the state of the mesh changed. */
  again: () => void;
}

/**
 * The server's prediction for an edit, asked for once the edit rests; answers to earlier edits are dropped.
 *
 * @param intent - must be stable while it means the same; undefined when there is nothing to predict
 */
export function usePreview(
  target: RuleTarget,
  intent: LocalityIntent | undefined,
): PreviewState {
  const api = useApi(meshDrApiRef);
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<Omit<PreviewState, 'again'>>({
    loading: false,
  });
  const key = JSON.stringify([target, intent ?? null, attempt]);

  useEffect(() => {
    const [wantedTarget, wantedIntent] = JSON.parse(key) as [
      RuleTarget,
      LocalityIntent | null,
    ];
    if (!wantedIntent) {
      setState({ loading: false });
      return undefined;
    }
    const controller = new AbortController();
    setState(previous => ({ preview: previous.preview, loading: true }));
    const timer = setTimeout(async () => {
      try {
        const preview = await api.preview(
          { target: wantedTarget, intent: wantedIntent },
          { signal: controller.signal },
        );
        if (!controller.signal.aborted) setState({ preview, loading: false });
      } catch (error) {
        if (!controller.signal.aborted) {
          setState({ loading: false, error: error as Error });
        }
      }
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [api, key]);

  const again = useCallback(() => setAttempt(n => n + 1), []);
  return { ...state, again };
}
