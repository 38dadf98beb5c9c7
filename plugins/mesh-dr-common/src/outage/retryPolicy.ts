import { parseDuration } from '../locality/rules';
import type { ModelVersions } from '../locality/types';
import type { RetrySettings } from './types';

/** How an attempt ended: connecting failed, the connection or the time of the try ended, or a status. */
export type AttemptEnd = 'connect-failed' | 'timeout' | number;

/** A route's retries as Envoy runs them. */
export interface RetryPolicy {
  attempts: number;
  perTryMs?: number;
  remoteLocalities: boolean;
  retries(end: AttemptEnd): boolean;
}

const DEFAULT_ATTEMPTS = 2;
const DEFAULT_WORDS = 'connect-failure,refused-stream,unavailable,cancelled';

/**
 * Istio's retries: two more attempts unless said otherwise, on failed connections and, up to 1.23, on 503. The default words
 * do not cover a try that took too long; `reset`, `5xx` and `gateway-error` do.
 */
export function retryPolicy(
  settings: RetrySettings | undefined,
  versions: Pick<ModelVersions, 'retry503'>,
): RetryPolicy {
  const { attempts, perTryTimeout, retryOn, retryRemoteLocalities } =
    settings ?? {};
  const words = new Set(
    (retryOn || DEFAULT_WORDS).split(',').map(word => word.trim()),
  );
  if (!retryOn && versions.retry503) {
    words.add('503');
  }
  const any = (...some: string[]) => some.some(word => words.has(word));
  return {
    attempts: attempts ?? DEFAULT_ATTEMPTS,
    ...(perTryTimeout && { perTryMs: parseDuration(perTryTimeout) }),
    remoteLocalities: retryRemoteLocalities === true,
    retries(end) {
      if (end === 'connect-failed') {
        return any(
          'connect-failure',
          '5xx',
          'gateway-error',
          'reset',
          'reset-before-request',
        );
      }
      if (end === 'timeout') {
        return any('5xx', 'gateway-error', 'reset');
      }
      return (
        (any('5xx') && end >= 500) ||
        (any('gateway-error') && end >= 502 && end <= 504) ||
        words.has(String(end))
      );
    },
  };
}
