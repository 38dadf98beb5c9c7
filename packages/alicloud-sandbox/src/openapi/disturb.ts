import type { Socket } from 'node:net';
import type { FaultBook } from '../faults/book';
import { delay, gatewayPage, hold } from '../faults/hold';
import type { Outages } from '../faults/outages';
import type { FaultRule } from '../faults/rule';
import type { Cloud } from './cloud';
import { ApiError } from './errors';
import { reads } from './operation';
import { regionOfCall } from './outage';

/** What the server is about to send. */
export interface Answer {
  status: number;
  body: unknown;
  /** Drop the connection instead of answering. */
  reset?: boolean;
  headers?: Record<string, string>;
}

/** A call that is about to be carried out. */
export interface Work {
  product: string;
  action: string;
  regionId?: string;
  /** Values of all parameters. */
  values: string[];
  run(): Answer;
}

const RESET: Answer = { status: 0, body: undefined, reset: true };
/** How far clocks may differ before a signature is refused. */
const TOLERATED_SKEW_MS = 15 * 60_000;

/** Carries calls out as the faults and outages of the moment allow. */
export type Disturbance = (work: Work, socket: Socket) => Promise<Answer>;

/** @throws ApiError (from the disturbance) when the call is refused */
export function createDisturbance(
  cloud: Cloud,
  book: FaultBook,
  outages: Outages,
): Disturbance {
  const untilRemoved = (rule: FaultRule) => (over: () => void) =>
    book.onRemoved(removed => removed.id === rule.id && over());

  return async (work, socket) => {
    const region = regionOfCall(cloud, work);
    const outage = region && outages.mode(region);
    if (outage === 'gone') return RESET;
    if (outage === 'hanging') {
      const back = await hold(socket, over => outages.whenBack(region!, over));
      if (!back) return RESET;
    }
    const rule = book.strike({
      api: 'openapi',
      product: work.product,
      operation: work.action,
      region: work.regionId ?? region,
      resources: work.values,
      reads: reads(work.action),
    });
    if (!rule) return work.run();
    await delay(rule.delayMs);
    switch (rule.kind) {
      case 'reset-before':
        return RESET;
      case 'reset-after':
        return { ...work.run(), reset: true };
      case 'black-hole':
        return (await hold(socket, untilRemoved(rule))) ? work.run() : RESET;
      case 'stale':
        return cloud.store.asBefore(rule.lagMs!, work.run);
      case 'clock-skew':
        return skewed(rule.skewMs!, work);
      case 'slow':
        return work.run();
      default:
        return refuse(rule);
    }
  };
}

/** A server whose clock is off refuses what it takes for old; its Date header tells why. */
function skewed(skewMs: number, work: Work): Answer {
  const headers = { date: new Date(Date.now() + skewMs).toUTCString() };
  if (Math.abs(skewMs) <= TOLERATED_SKEW_MS) {
    return { ...work.run(), headers };
  }
  throw new ApiError(
    'InvalidTimeStamp.Expired',
    'Specified time stamp or date value is expired.',
    400,
    headers,
  );
}

const REFUSALS: Record<string, { code: string; text: string; status: number }> =
  {
    throttle: {
      code: 'Throttling.User',
      text: 'Request was denied due to user flow control.',
      status: 400,
    },
    expired: {
      code: 'InvalidSecurityToken.Expired',
      text: 'Specified SecurityToken is expired.',
      status: 400,
    },
    error: {
      code: 'ServiceUnavailable',
      text: 'The request has failed due to a temporary failure of the server.',
      status: 503,
    },
  };

/** What the codes say that people ask for by name. */
const TEXTS: Record<string, string> = {
  Throttling: 'Request was denied due to request throttling.',
  'Throttling.Api': 'Request was denied due to api flow control.',
  'InvalidAccessKeyId.Inactive': 'Specified access key is disabled.',
  InternalError: 'The request processing has failed due to some unknown error.',
};

function refuse(rule: FaultRule): Answer {
  const usual = REFUSALS[rule.kind];
  const status = rule.status ?? usual.status;
  if (rule.body === 'html') {
    return {
      status,
      body: gatewayPage(status),
      headers: { 'content-type': 'text/html' },
    };
  }
  const code =
    rule.code ??
    (rule.kind === 'error' && status === 500 ? 'InternalError' : usual.code);
  throw new ApiError(code, rule.message ?? TEXTS[code] ?? usual.text, status);
}
