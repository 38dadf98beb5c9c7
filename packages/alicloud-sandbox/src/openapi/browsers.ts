import { isIP } from 'node:net';
import type { ApiRequest } from './request';

/**
 * Why a request must not be served because a browser sent it on behalf of a page that is not ours; undefined when it
 * may. Unsigned routes (control API, console) listen on loopback, which every page a user visits can address:
 *
 * - A page of another origin can send requests: browsers name that page in `Origin` and `Sec-Fetch-Site`.
 * - A name of an attacker may resolve to loopback (DNS rebinding); the page is then of the same origin, but the name
 *   stands in `Host`. An attacker cannot choose an address literal or `localhost` as the name of a page.
 *
 * Programs send none of the headers that give a browser away, and are never refused.
 *
 * @param served - names under which the sandbox was told to listen
 */
export function refuseForeignPage(
  { headers, method }: ApiRequest,
  served: string[] = [],
): string | undefined {
  if (!isBrowser(headers)) return undefined;
  const host = hostName(headers.host ?? '');
  if (!isOwnName(host, served)) {
    return `A browser asked for the host '${host}', which is not this sandbox: use 127.0.0.1 or localhost.`;
  }
  if (method === 'GET' || method === 'HEAD') return undefined;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const foreign =
    origin === undefined
      ? site !== undefined && site !== 'same-origin' && site !== 'none'
      : origin.replace(/^https?:\/\//, '') !== headers.host;
  return foreign
    ? `A page of another origin (${
        origin ?? site
      }) must not change this sandbox.`
    : undefined;
}

function isBrowser(headers: Record<string, string>): boolean {
  return (
    headers.origin !== undefined ||
    headers['sec-fetch-site'] !== undefined ||
    /^Mozilla\//.test(headers['user-agent'] ?? '') ||
    /\btext\/html\b/.test(headers.accept ?? '')
  );
}

function hostName(host: string): string {
  const [, bracketed, name] = /^(?:\[([^\]]*)\]|([^:]*))/.exec(host) ?? [];
  return (bracketed ?? name ?? '').toLowerCase();
}

function isOwnName(name: string, served: string[]): boolean {
  return (
    isIP(name) !== 0 ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    served.includes(name)
  );
}
