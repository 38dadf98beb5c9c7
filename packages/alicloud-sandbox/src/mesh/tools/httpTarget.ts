import { CallError } from '../kubeProxy';
import type { LinkProbe } from '../linkProbe';
import type { HttpRequest, HttpResponse } from '../types';

/** What a URL on a command line asks for. */
export interface Target {
  /** `http`, or what else stands before `://`. */
  scheme: string;
  host: string;
  port: number;
  path: string;
  /** The Host header. */
  authority: string;
  url: string;
}

/** Undefined when the text is no URL. A scheme may be left out. */
export function parseUrl(text: string): Target | undefined {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    const scheme = url.protocol.slice(0, -1);
    return {
      scheme,
      host: url.hostname,
      port: Number(url.port || (scheme === 'https' ? 443 : 80)),
      path: url.pathname + url.search,
      authority: url.host,
      url: url.href,
    };
  } catch {
    return undefined;
  }
}

/** Sends a request and follows up to `redirects` redirections. */
export async function fetchThrough(
  probe: LinkProbe,
  target: Target,
  request: Pick<HttpRequest, 'method' | 'headers' | 'body'>,
  limits: { timeoutMs: number; connectTimeoutMs?: number; redirects: number },
): Promise<{ response: HttpResponse; target: Target; redirects: number }> {
  let at = target;
  for (let redirects = 0; ; redirects++) {
    const response = await probe.http(
      at.host,
      at.port,
      {
        ...request,
        path: at.path,
        headers: { host: at.authority, ...request.headers },
      },
      limits,
    );
    const location = response.headers.location;
    const next =
      response.status >= 300 &&
      response.status < 400 &&
      location &&
      redirects < limits.redirects
        ? parseUrl(new URL(location, at.url).href)
        : undefined;
    if (next?.scheme !== 'http') {
      return { response, target: at, redirects };
    }
    at = next;
  }
}

/** Why no answer came; other errors are not the network's and are thrown on. */
export function reasonOf(error: unknown): CallError['reason'] {
  if (error instanceof CallError) {
    return error.reason;
  }
  throw error;
}
