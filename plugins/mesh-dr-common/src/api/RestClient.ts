import { ResponseError } from '@backstage/errors';
import { GRANT_HEADER, type RequestOptions } from './MeshDrApi';

/** A list as the server wraps it. */
export type Items<T> = { items: T[] };

/** Where the backend is, and how to call it. */
export interface RestClientOptions {
  discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  fetchApi?: { fetch: typeof fetch };
}

interface Call extends RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
}

/** The HTTP below the typed client. */
export class RestClient {
  readonly #discoveryApi: RestClientOptions['discoveryApi'];
  readonly #fetch: typeof fetch;

  constructor(options: RestClientOptions) {
    this.#discoveryApi = options.discoveryApi;
    // Looked up per call, so that tests and instrumentation may replace the global later.
    this.#fetch = (input, init) =>
      options.fetchApi
        ? options.fetchApi.fetch(input, init)
        : globalThis.fetch(input, init);
  }

  /** Throws ResponseError for every failed reply. */
  async json<T>(route: string, call?: Call): Promise<T> {
    const response = await this.request(route, call);
    await throwUnlessOk(response);
    return (await response.json()) as T;
  }

  /** The reply as it comes, also a failed one. */
  async request(route: string, call: Call = {}): Promise<Response> {
    const base = await this.#discoveryApi.getBaseUrl('mesh-dr');
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined && value !== '') {
        query.set(key, String(value));
      }
    }
    const suffix = query.toString() ? `?${query}` : '';
    const headers: Record<string, string> = { ...call.headers };
    if (call.token) {
      headers.authorization = `Bearer ${call.token}`;
    }
    if (call.grant) {
      headers[GRANT_HEADER] = call.grant;
    }
    if (call.body !== undefined) {
      headers['content-type'] = 'application/json';
    }
    return this.#fetch(`${base}/v1${route}${suffix}`, {
      method: call.method ?? 'GET',
      headers,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal: call.signal,
    });
  }
}

/** Throws ResponseError with the server's message. */
export async function throwUnlessOk(response: Response): Promise<void> {
  if (!response.ok) {
    throw await ResponseError.fromResponse(response);
  }
}

/** Template tag that encodes what is put into a path. */
export function path(
  strings: TemplateStringsArray,
  ...values: string[]
): string {
  return strings.reduce(
    (text, part, i) =>
      text + part + (i < values.length ? encodeURIComponent(values[i]) : ''),
    '',
  );
}
