import type { KubeObject } from '../../contract';
import type { HttpRequest } from '../types';

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

/** Whether a gateway named in a VirtualService (or in one of its matches) is the one the query came through. */
export function boundTo(
  gateways: string[],
  namespace: string,
  query: RouteQuery,
): boolean {
  return gateways.some(
    g =>
      (g === 'mesh' || g.includes('/') ? g : `${namespace}/${g}`) ===
      query.gateway,
  );
}

/** `HTTPMatchRequest`: all conditions of one match. */
export function matches(
  match: any,
  query: RouteQuery,
  vs: KubeObject,
): boolean {
  const { request } = query;
  const [path, search = ''] = request.path.split('?', 2);
  const params = new URLSearchParams(search);
  const fold = match.ignoreUriCase === true;
  return (
    (!match.gateways?.length ||
      boundTo(match.gateways, vs.metadata.namespace ?? 'default', query)) &&
    (match.port === undefined || Number(match.port) === query.port) &&
    (!match.sourceNamespace || match.sourceNamespace === query.namespace) &&
    Object.entries(match.sourceLabels ?? {}).every(
      ([k, v]) => query.labels[k] === v,
    ) &&
    stringMatches(match.uri, path, fold) &&
    stringMatches(match.method, request.method) &&
    stringMatches(
      match.scheme,
      request.headers['x-forwarded-proto'] ?? 'http',
    ) &&
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

/** A condition without a value asks for presence alone. */
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
