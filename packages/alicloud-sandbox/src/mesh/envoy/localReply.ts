import type { HttpResponse } from '../types';
import type { PoolFailure } from './connectionPool';
import type { ResponseFlag } from './retry';

/** An answer with the flag that Envoy's access log shows; `-` when a host answered. */
export interface Flagged {
  response: HttpResponse;
  flag: ResponseFlag;
}

const REASONS: Record<PoolFailure | 'reset', string> = {
  refused:
    'remote connection failure, transport failure reason: delayed connect error: Connection refused',
  'connect-timeout': 'connection timeout',
  overflow: 'overflow',
  reset: 'connection termination',
};

/** Nobody is eligible. */
export function noHealthyUpstream(): Flagged {
  return { response: plain(503, 'no healthy upstream'), flag: 'UH' };
}

/** A time limit of the route has passed. */
export function timedOut(): Flagged {
  return { response: plain(504, 'upstream request timeout'), flag: 'UT' };
}

/** No answer came from the host, worded as Envoy words it. */
export function failed(
  failure: PoolFailure | 'reset',
  retried: boolean,
): Flagged {
  const which = retried
    ? 'retried and the latest reset reason'
    : 'reset reason';
  const response = plain(
    503,
    `upstream connect error or disconnect/reset before headers. ${which}: ${REASONS[failure]}`,
  );
  switch (failure) {
    case 'overflow':
      response.headers['x-envoy-overloaded'] = 'true';
      return { response, flag: 'UO' };
    case 'reset':
      return { response, flag: 'UC' };
    default:
      return { response, flag: 'UF' };
  }
}

function plain(status: number, body: string): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain', server: 'istio-envoy' },
    body,
  };
}
