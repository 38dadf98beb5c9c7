/** Which of the sandbox's APIs a rule disturbs. */
export type FaultApi = 'openapi' | 'kubernetes';

/** Kinds of faults, and the APIs that know them. */
export const KINDS = {
  /** Refused by flow control: `Throttling.User`, or 429 with Retry-After. */
  throttle: ['openapi', 'kubernetes'],
  /** Refused with a server error, as JSON or as a load balancer's HTML page. */
  error: ['openapi', 'kubernetes'],
  /** Refused because of its credentials. */
  expired: ['openapi', 'kubernetes'],
  /** Carried out after `delayMs`. */
  slow: ['openapi', 'kubernetes'],
  /** The connection breaks, and nothing happened. */
  'reset-before': ['openapi', 'kubernetes'],
  /** It happened, then the connection breaks. */
  'reset-after': ['openapi', 'kubernetes'],
  /** Accepted and not answered until the client gives up (then nothing happens) or the rule is removed (then it goes on). */
  'black-hole': ['openapi', 'kubernetes'],
  /** Reads do not see what was created or deleted within `lagMs`. */
  stale: ['openapi'],
  /** The server's clock is off by `skewMs`. */
  'clock-skew': ['openapi'],
  /** 410: the version that was asked for is no longer known. */
  gone: ['kubernetes'],
  /** A watch ends after `delayMs`. */
  'watch-close': ['kubernetes'],
  /** A watch stays open and says nothing any more. */
  'watch-stall': ['kubernetes'],
} as const satisfies Record<string, readonly FaultApi[]>;

export type FaultKind = keyof typeof KINDS;

/**
 * A disturbance of calls. What is left out matches everything; texts may contain `*`. Of the conditions on the count of
 * matching calls (from 1) all that are given must hold.
 */
export interface FaultRule {
  id: string;
  api: FaultApi;
  kind: FaultKind;
  /** OpenAPI: product code (`Vpc`, `Cbn`, `Ecs`, `CS`, `servicemesh`, `Sts`). */
  product?: string;
  /** OpenAPI: e.g. `CreateVpc`, `Describe*`. */
  operation?: string;
  /** Region that the call, or the cluster, belongs to. */
  region?: string;
  /** OpenAPI: an id or a name among the values of the parameters. Kubernetes: `pods`, `deployments.apps`. */
  resource?: string;
  /** Kubernetes: id or name of the cluster. */
  cluster?: string;
  /** Kubernetes: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`. */
  verb?: string;
  namespace?: string;
  /** Kubernetes: name of the object. */
  name?: string;

  /** Share of the matching calls, above 0 to 1; drawn from the seed. */
  probability?: number;
  /** Only this one of the matching calls. */
  nth?: number;
  /** Every so many matching calls. */
  every?: number;
  /** Only so many from the first. */
  first?: number;
  /** Not before so many have passed. */
  after?: number;
  /** At most so often. */
  times?: number;

  /** HTTP status of `throttle`, `error`, `expired`. */
  status?: number;
  /** OpenAPI: error code of `throttle`, `error`, `expired`. */
  code?: string;
  message?: string;
  /** Of `error`: `json` (default) or `html`. */
  body?: 'json' | 'html';
  /** Real milliseconds before the call goes on (or the watch ends). */
  delayMs?: number;
  /** Kubernetes, `throttle`: default 1. */
  retryAfterSeconds?: number;
  /** `stale`: simulated milliseconds. */
  lagMs?: number;
  /** `clock-skew`: positive when the server is ahead. */
  skewMs?: number;
}

/** A call as rules see it. */
export interface FaultCall {
  api: FaultApi;
  region?: string;
  /** Values of all parameters, for `resource`; in Kubernetes the kind under its names. */
  resources: string[];
  product?: string;
  operation?: string;
  /** Only reads can be stale. */
  reads?: boolean;
  clusters?: string[];
  verb?: string;
  namespace?: string;
  name?: string;
}

const patterns = new Map<string, RegExp>();

/** Whether a text matches a pattern with `*`; letters' case does not matter. */
export function matchesPattern(pattern: string, text: string): boolean {
  let regExp = patterns.get(pattern);
  if (!regExp) {
    const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    regExp = new RegExp(`^${escaped.replaceAll('*', '.*')}$`, 'is');
    patterns.set(pattern, regExp);
  }
  return regExp.test(text);
}

/** Whether a call is one of those that a rule is about, however often it strikes them. */
export function concerns(rule: FaultRule, call: FaultCall): boolean {
  const one = (pattern: string | undefined, text: string | undefined) =>
    pattern === undefined ||
    (text !== undefined && matchesPattern(pattern, text));
  const any = (pattern: string | undefined, texts: string[] | undefined) =>
    pattern === undefined ||
    (texts ?? []).some(text => matchesPattern(pattern, text));
  return (
    rule.api === call.api &&
    (rule.kind !== 'stale' || call.reads === true) &&
    (!rule.kind.startsWith('watch-') || call.verb === 'watch') &&
    one(rule.product, call.product) &&
    one(rule.operation, call.operation) &&
    one(rule.region, call.region) &&
    any(rule.resource, call.resources) &&
    any(rule.cluster, call.clusters) &&
    one(rule.verb, call.verb) &&
    one(rule.namespace, call.namespace) &&
    one(rule.name, call.name)
  );
}
