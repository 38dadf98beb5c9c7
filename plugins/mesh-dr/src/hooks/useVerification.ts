import { useApi } from '@backstage/frontend-plugin-api';
import type {
  VerificationRequest,
  VerificationResult,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useCallback, useEffect, useRef, useState } from 'react';
import { meshDrApiRef } from '../api/meshDrApiRef';
import { addBatch } from '../lib/tally';

/** Requests asked for at a time, so that the tally moves while one looks at it. */
const BATCH = 50;

export interface VerificationState {
  running: boolean;
  /** Requests asked for in all, and how many of them were sent. */
  wanted: number;
  sent: number;
  result?: VerificationResult;
  error?: Error;
  start: (request: VerificationRequest) => void;
  stop: () => void;
}

/** Sends requests in batches and adds the answers up. Stopping keeps what was counted. */
export function useVerification(): VerificationState {
  const api = useApi(meshDrApiRef);
  const controller = useRef<AbortController>();
  const [state, setState] = useState<Omit<VerificationState, 'start' | 'stop'>>(
    { running: false, wanted: 0, sent: 0 },
  );

  const stop = useCallback(() => {
    controller.current?.abort();
    setState(previous => ({ ...previous, running: false }));
  }, []);
  useEffect(() => () => controller.current?.abort(), []);

  const start = useCallback(
    async (request: VerificationRequest) => {
      controller.current?.abort();
      const own = new AbortController();
      controller.current = own;
      setState({ running: true, wanted: request.requests, sent: 0 });
      let total: VerificationResult | undefined;
      try {
        for (let sent = 0; sent < request.requests; ) {
          const requests = Math.min(BATCH, request.requests - sent);
          const batch = await api.verifyTraffic(
            { ...request, requests },
            { signal: own.signal },
          );
          if (own.signal.aborted) return;
          sent += requests;
          total = addBatch(total, batch);
          const result = total;
          setState(previous => ({ ...previous, sent, result }));
        }
        setState(previous => ({ ...previous, running: false }));
      } catch (error) {
        if (!own.signal.aborted) {
          setState(previous => ({
            ...previous,
            running: false,
            error: error as Error,
          }));
        }
      }
    },
    [api],
  );
  return { ...state, start, stop };
}
