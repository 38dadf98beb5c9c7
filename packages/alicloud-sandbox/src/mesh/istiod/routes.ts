import type { KubeObject } from '../../contract';
import { below } from '../random';
import type { RandomSource, RetryPolicy } from '../types';
import { headerChanges, type HeaderChanges } from './headers';
import {
  byAge,
  durationMs,
  hostSpecificity,
  isVisible,
  resolveShortName,
} from './hosts';
import { boundTo, matches, type RouteQuery } from './match';
import { redirection, rewrittenPath } from './paths';
import { retryPolicy, type RouteDefaults } from './retries';

export { defaultRetry, type RouteDefaults } from './retries';
export type { RouteQuery } from './match';

/** A service, or a subset of it, that requests go to. */
export interface RouteTarget {
  host: string;
  /** Undefined: the service's only port. */
  port?: number;
  subset?: string;
}

/** Where one request goes: to a service, or straight back to the caller. */
export type RouteDecision =
  | (RouteTarget & {
      kind: 'forward';
      retry: RetryPolicy;
      timeoutMs?: number;
      path: string;
      authority?: string;
      delayMs?: number;
      headers?: HeaderChanges;
      /** Services that get a copy, whose answer nobody waits for. */
      mirrors?: RouteTarget[];
    })
  | {
      kind: 'reply';
      status: number;
      headers?: Record<string, string>;
      body?: string;
      delayMs?: number;
    };

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
    if (
      boundTo(gateways, namespace, query) &&
      isVisible(vs.spec?.exportTo, namespace, query.namespace)
    ) {
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
  return chosen.map(vs => withDelegates(vs, all));
}

/** A root VirtualService whose routes lead to other VirtualServices, with those routes in place. */
function withDelegates(vs: KubeObject, all: KubeObject[]): KubeObject {
  if (!vs.spec?.http?.some((http: any) => http.delegate)) {
    return vs;
  }
  const http = vs.spec.http.flatMap((root: any) => {
    if (!root.delegate) {
      return [root];
    }
    const namespace = root.delegate.namespace || vs.metadata.namespace;
    const delegate = all.find(
      o =>
        o.metadata.name === root.delegate.name &&
        o.metadata.namespace === namespace &&
        !o.spec?.hosts?.length &&
        isVisible(o.spec?.exportTo, namespace, vs.metadata.namespace ?? ''),
    );
    return (delegate?.spec?.http ?? []).map((own: any) => ({
      ...root,
      ...own,
      delegate: undefined,
      match: own.match,
      within: { match: root.match, of: vs },
      of: delegate,
    }));
  });
  return { ...vs, spec: { ...vs.spec, http } };
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
      const outer = http.within
        ? firstMatch(http.within.match, query, http.within.of)
        : {};
      const match = outer && firstMatch(http.match, query, http.of ?? vs);
      if (match) {
        const uri = match.uri ?? outer.uri;
        return decide(http, uri, http.of ?? vs, query, defaults, random);
      }
    }
  }
  return undefined;
}

/** No match at all matches everything. */
function firstMatch(all: any, query: RouteQuery, vs: KubeObject): any {
  return all?.length ? all.find((m: any) => matches(m, query, vs)) : {};
}

function decide(
  http: any,
  uri: any,
  vs: KubeObject,
  query: RouteQuery,
  defaults: RouteDefaults,
  random: RandomSource,
): RouteDecision {
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
    return redirection(http.redirect, query);
  }
  if (http.directResponse) {
    return {
      kind: 'reply',
      status: Number(http.directResponse.status),
      body: http.directResponse.body?.string,
    };
  }
  const chosen = weighted(http.route ?? [], random);
  if (!chosen?.destination) {
    // Only weights of 0: Envoy answers as for a missing cluster.
    return { kind: 'reply', status: 503 };
  }
  const namespace = vs.metadata.namespace ?? 'default';
  return {
    kind: 'forward',
    ...target(chosen.destination, namespace),
    retry: retryPolicy(http.retries, defaults),
    timeoutMs: durationMs(http.timeout) || undefined,
    path: rewrittenPath(http.rewrite, uri, query.request.path),
    authority: http.rewrite?.authority,
    delayMs,
    headers: headerChanges(chosen, http),
    mirrors: mirrors(http, namespace, random),
  };
}

function target(destination: any, namespace: string): RouteTarget {
  return {
    host: resolveShortName(destination.host, namespace),
    port: destination.port?.number,
    subset: destination.subset || undefined,
  };
}

/** `mirror` with its percentage, and `mirrors` with one each. */
function mirrors(
  http: any,
  namespace: string,
  random: RandomSource,
): RouteTarget[] | undefined {
  const all = [
    ...(http.mirror
      ? [{ destination: http.mirror, percentage: http.mirrorPercentage }]
      : []),
    ...(http.mirrors ?? []),
  ].filter(mirror => struck(mirror, random));
  return all.length > 0
    ? all.map(mirror => target(mirror.destination, namespace))
    : undefined;
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

/** Whether something with a `percentage` strikes; without one it always does. */
function struck(
  what: { percentage?: { value?: number } } | undefined,
  random: RandomSource,
): boolean {
  if (!what) {
    return false;
  }
  return random() * 100 < Number(what.percentage?.value ?? 100);
}
