import type { KubeObject } from '../../contract';
import { below } from '../random';
import type { HttpRequest, RandomSource, RetryPolicy } from '../types';
import {
  byAge,
  durationMs,
  hostSpecificity,
  isVisible,
  resolveShortName,
} from './hosts';

/** Where one request goes: to a service, or straight back to the caller. */
export type RouteDecision =
  | {
      kind: 'forward';
      host: string;
      /** Undefined: the service's only port. */
      port?: number;
      subset?: string;
      retry: RetryPolicy;
      timeoutMs?: number;
      path: string;
      authority?: string;
      delayMs?: number;
    }
  | {
      kind: 'reply';
      status: number;
      headers?: Record<string, string>;
      body?: string;
      delayMs?: number;
    };

/** The facts a VirtualService match looks at. */
export interface RouteQuery {
  request: HttpRequest;
  /** Host as the client named it: FQDN for sidecars, Host header without port for gateways. */
  host: string;
  port: number;
  /** `mesh`, or `<namespace>/<gateway>`. */
  gateway: string;
  /** Namespace of the proxy. */
  namespace: string;
  labels: Record<string, string>;
}

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

/** VirtualServices that apply to a host behind a gateway (or `mesh`): the most specific host's, oldest first. */
export function virtualServicesFor(
  all: KubeObject[],
  query: RouteQuery,
): KubeObject[] {
  let best = -1;
  let chosen: KubeObject[] = [];
  for (const vs of [...all].sort(byAge)) {
    const namespace = vs.metadata.namespace ?? 'default';
    const gateways: string[] = vs.spec?.gateways ?? ['mesh'];
    const bound = gateways.some(
      g =>
        (g === 'mesh' || g.includes('/') ? g : `${namespace}/${g}`) ===
        query.gateway,
    );
    if (bound && isVisible(vs.spec?.exportTo, namespace, query.namespace)) {
      const specificity = Math.max(
        -1,
        ...(vs.spec?.hosts ?? []).map(
          (h: string) =>
            hostSpecificity(resolveShortName(h, namespace), query.host) ?? -1,
        ),
      );
      if (specificity >= 0 && specificity >= best) {
        chosen = specificity > best ? [vs] : [...chosen, vs];
        best = specificity;
      }
    }
  }
  return chosen;
}

/** The first route that matches; undefined is Envoy's "no route" (404 NR). */
export function route(
  virtualServices: KubeObject[],
  query: RouteQuery,
  defaults: RouteDefaults,
  random: RandomSource,
): RouteDecision | undefined {
  for (const vs of virtualServices) {
    for (const http of vs.spec?.http ?? []) {
      const match = http.match?.length
        ? http.match.find((m: any) => matches(m, query, vs))
        : {};
      if (match) {
        return decide(http, match, vs, query, defaults, random);
      }
    }
  }
  return undefined;
}

function decide(
  http: any,
  match: any,
  vs: KubeObject,
  query: RouteQuery,
  defaults: RouteDefaults,
  random: RandomSource,
): RouteDecision {
  const path = rewritten(http, match, query.request.path);
  const delayMs = struck(http.fault?.delay, random)
    ? durationMs(http.fault.delay.fixedDelay)
    : undefined;
  if (struck(http.fault?.abort, random)) {
    return {
      kind: 'reply',
      status: Number(http.fault.abort.httpStatus ?? 503),
      body: 'fault filter abort',
      delayMs,
    };
  }
  if (http.redirect) {
    const authority = http.redirect.authority ?? query.request.headers.host;
    const target = http.redirect.uri ?? path;
    return {
      kind: 'reply',
      status: Number(http.redirect.redirectCode ?? 301),
      headers: { location: `http://${authority}${target}` },
    };
  }
  if (http.directResponse) {
    return {
      kind: 'reply',
      status: Number(http.directResponse.status),
      body: http.directResponse.body?.string,
    };
  }
  const destination = weighted(http.route ?? [], random)?.destination;
  if (!destination) {
    // Only weights of 0: Envoy answers as for a missing cluster.
    return { kind: 'reply', status: 503 };
  }
  return {
    kind: 'forward',
    host: resolveShortName(
      destination.host,
      vs.metadata.namespace ?? 'default',
    ),
    port: destination.port?.number,
    subset: destination.subset || undefined,
    retry: retryPolicy(http.retries, defaults),
    timeoutMs: durationMs(http.timeout) || undefined,
    path,
    authority: http.rewrite?.authority,
    delayMs,
  };
}

function weighted(routes: any[], random: RandomSource): any {
  if (routes.length === 1) {
    return routes[0];
  }
  const total = routes.reduce((sum, r) => sum + Number(r.weight ?? 0), 0);
  let draw = total > 0 ? below(random, total) : -1;
  return routes.find(r => {
    draw -= Number(r.weight ?? 0);
    return total > 0 && draw < 0;
  });
}

function struck(fault: any, random: RandomSource): boolean {
  if (!fault) {
    return false;
  }
  return random() * 100 < Number(fault.percentage?.value ?? 100);
}

function rewritten(http: any, match: any, path: string): string {
  const uri: string | undefined = http.rewrite?.uri;
  if (uri === undefined) {
    return path;
  }
  const [plain, query] = path.split('?', 2);
  const rest =
    match.uri?.prefix === undefined ? '' : plain.slice(match.uri.prefix.length);
  return `${uri}${rest}${query === undefined ? '' : `?${query}`}`;
}

function retryPolicy(retries: any, defaults: RouteDefaults): RetryPolicy {
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
  return {
    ...own,
    on5xx: words.includes('5xx'),
    onGatewayError: words.includes('gateway-error'),
    connectFailure: ['5xx', 'gateway-error', 'connect-failure', 'reset'].some(
      w => words.includes(w),
    ),
    statusCodes: words.filter(w => /^\d{3}$/.test(w)).map(Number),
  };
}

function matches(match: any, query: RouteQuery, vs: KubeObject): boolean {
  const { request } = query;
  const [path, search = ''] = request.path.split('?', 2);
  const params = new URLSearchParams(search);
  const namespace = vs.metadata.namespace ?? 'default';
  const gateways: string[] | undefined = match.gateways?.map((g: string) =>
    g === 'mesh' || g.includes('/') ? g : `${namespace}/${g}`,
  );
  return (
    (!gateways || gateways.includes(query.gateway)) &&
    (match.port === undefined || Number(match.port) === query.port) &&
    (!match.sourceNamespace || match.sourceNamespace === query.namespace) &&
    Object.entries(match.sourceLabels ?? {}).every(
      ([k, v]) => query.labels[k] === v,
    ) &&
    stringMatches(match.uri, path, match.ignoreUriCase === true) &&
    stringMatches(match.method, request.method) &&
    stringMatches(match.authority, query.host) &&
    Object.entries(match.headers ?? {}).every(([name, m]) =>
      valueMatches(m, request.headers[name.toLowerCase()]),
    ) &&
    Object.entries(match.withoutHeaders ?? {}).every(
      ([name, m]) => !valueMatches(m, request.headers[name.toLowerCase()]),
    ) &&
    Object.entries(match.queryParams ?? {}).every(([name, m]) =>
      valueMatches(m, params.get(name) ?? undefined),
    )
  );
}

function valueMatches(match: unknown, value: string | undefined): boolean {
  return value !== undefined && stringMatches(match, value);
}

/** Istio's StringMatch; absent or empty matches everything. Regular expressions must match the whole text. */
function stringMatches(match: any, value: string, ignoreCase = false): boolean {
  const fold = (s: string) => (ignoreCase ? s.toLowerCase() : s);
  if (match?.exact !== undefined) {
    return fold(value) === fold(match.exact);
  }
  if (match?.prefix !== undefined) {
    return fold(value).startsWith(fold(match.prefix));
  }
  if (match?.regex !== undefined) {
    try {
      return new RegExp(`^(?:${match.regex})$`).test(value);
    } catch {
      return false;
    }
  }
  return true;
}
