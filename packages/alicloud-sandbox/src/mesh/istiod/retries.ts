import type { RetryPolicy } from '../types';
import { durationMs } from './hosts';

/** Switches that hang on the Istio version. */
export interface RouteDefaults {
  /** Up to Istio 1.23 a 503 is retried by default. */
  retry503: boolean;
}

/** Istio's default: two more attempts on connection failure and, up to 1.23, on 503. */
export function defaultRetry({ retry503 }: RouteDefaults): RetryPolicy {
  return {
    attempts: 2,
    connectFailure: true,
    on5xx: false,
    onGatewayError: false,
    statusCodes: retry503 ? [503] : [],
    remoteLocalities: false,
  };
}

/** The retry policy of a VirtualService's route; absent: Istio's default. */
export function retryPolicy(
  retries: any,
  defaults: RouteDefaults,
): RetryPolicy {
  const base = defaultRetry(defaults);
  if (!retries) {
    return base;
  }
  const own = {
    ...base,
    attempts: Number(retries.attempts ?? 2),
    perTryTimeoutMs: durationMs(retries.perTryTimeout),
    remoteLocalities: retries.retryRemoteLocalities === true,
  };
  if (!retries.retryOn) {
    return own;
  }
  const words = String(retries.retryOn)
    .split(',')
    .map(w => w.trim());
  const says = (...any: string[]) => any.some(word => words.includes(word));
  return {
    ...own,
    on5xx: says('5xx'),
    onGatewayError: says('gateway-error'),
    onReset: says('reset'),
    connectFailure: says('connect-failure', 'reset-before-request'),
    statusCodes: [
      ...words.filter(w => /^\d{3}$/.test(w)).map(Number),
      ...(says('retriable-4xx') ? [409] : []),
    ],
  };
}
