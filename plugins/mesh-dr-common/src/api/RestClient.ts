import { ResponseError } from '@backstage/errors';
import { GRANT_HEADER, type RequestOptions } from './MeshDrApi';

/** How many replies the client remembers for conditional requests. */
const REMEMBERED = 200;

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
  /** By the object that was handed out: whoever holds it has seen that state. */
  readonly #etags = new WeakMap<object, string>();
  readonly #known = new Map<string, object>();

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
    return this.keep(response, (await response.json()) as T);
  }

  /** As `json`, for what is read again and again: sends the ETag of the last reply, and answers 304 from memory. */
  async conditional<T extends object>(
    route: string,
    options?: RequestOptions,
  ): Promise<T> {
    const known = this.#known.get(route) as T | undefined;
    const etag = known && this.#etags.get(known);
    const response = await this.request(route, {
      ...options,
      ...(etag && { headers: { 'if-none-match': etag } }),
    });
    if (known && response.status === 304) return known;
    await throwUnlessOk(response);
    const value = this.keep(response, (await response.json()) as T);
    this.#known.delete(route);
    if (this.#etags.has(value)) {
      this.#known.set(route, value);
      if (this.#known.size > REMEMBERED) {
        this.#known.delete(this.#known.keys().next().value!);
      }
    }
    return value;
  }

  /** The ETag with which the server sent this very object. */
  etagOf(resource: object): string | undefined {
    return this.#etags.get(resource);
  }

  private keep<T>(response: Response, value: T): T {
    const etag = response.headers.get('etag');
    if (etag && value && typeof value === 'object') {
      this.#etags.set(value, etag);
    }
    return value;
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
    if (call.ifMatch) {
      headers['if-match'] = call.ifMatch;
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
