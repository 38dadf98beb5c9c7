import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import {
  AuthenticationError,
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { AlicloudError } from '../alicloud/errors';
import { deadlineSignal } from '../deadline';
import type { Session, SessionSource } from './session';
import { SilenceTimer } from './timers';

/** One request to an API server. */
export interface KubernetesRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  path: string;
  body?: unknown;
  contentType?: string;
  accept?: string;
  /** For error messages, e.g. `deployments default/reviews`. */
  subject: string;
  /** Sending it twice does what sending it once does. */
  repeatable: boolean;
}

export interface RequestDefaults {
  deadlineMs: number;
}

/** Sends requests under a session source. */
export interface Requester {
  text(
    request: KubernetesRequest,
    options?: { signal?: AbortSignal; deadlineMs?: number },
  ): Promise<string>;
  json<T>(
    request: KubernetesRequest,
    options?: { signal?: AbortSignal; deadlineMs?: number },
  ): Promise<T>;
  /**
   * Opens a stream of JSON lines. Resolves when the server ends it; rejects when it breaks, when nothing (not even the
   * head of the answer) came for `silenceMs`, or when the signal aborts.
   */
  lines(
    request: KubernetesRequest,
    options: {
      signal: AbortSignal;
      silenceMs: number;
      onOpen?: () => void;
      onLine: (line: string) => void;
    },
  ): Promise<void>;
}

/** A watch's connection that was silent for so long is probed by the system, each second, ten times. */
const KEEP_ALIVE_MS = 15_000;
const DEFAULT_DEADLINE_MS = 15_000;

/** @param id - cluster or mesh id, for error messages */
export function createRequester(
  id: string,
  sessions: SessionSource,
  defaults: RequestDefaults = { deadlineMs: DEFAULT_DEADLINE_MS },
): Requester {
  /** Opens the answer: renews credentials once after a 401 and repeats once on a stale kept-alive socket. */
  async function open(
    request: KubernetesRequest,
    signal: AbortSignal,
    watch: boolean,
  ): Promise<IncomingMessage> {
    let renewed = false;
    let repeated = false;
    for (;;) {
      signal.throwIfAborted();
      const session = await sessions.current();
      signal.throwIfAborted();
      let response: IncomingMessage;
      try {
        response = await send(session, request, signal, watch);
      } catch (error) {
        const stale = (error as StaleSocketError).staleSocket === true;
        if (stale && request.repeatable && !repeated && !signal.aborted) {
          repeated = true;
          continue;
        }
        throw error;
      }
      const status = response.statusCode ?? 0;
      if (status < 300) return response;
      const body = await readAll(response);
      if (status === 401) {
        const renewable = sessions.refused(session);
        if (renewable && !renewed) {
          renewed = true;
          continue;
        }
      }
      throw statusError(id, request, status, body);
    }
  }

  async function text(
    request: KubernetesRequest,
    options: { signal?: AbortSignal; deadlineMs?: number } = {},
  ): Promise<string> {
    const deadlineMs = options.deadlineMs ?? defaults.deadlineMs;
    const deadline = deadlineSignal(deadlineMs, options.signal);
    try {
      return await deadline.race(
        open(request, deadline.signal, false).then(readAll),
      );
    } catch (error) {
      options.signal?.throwIfAborted();
      if (deadline.expired()) {
        throw new ServiceUnavailableError(
          `${id}: the API server did not answer ${describe(
            request,
          )} within ${deadlineMs} ms`,
        );
      }
      throw unreachable(id, request, error);
    } finally {
      deadline.clear();
    }
  }

  return {
    text,
    async json<T>(
      request: KubernetesRequest,
      options?: { signal?: AbortSignal; deadlineMs?: number },
    ): Promise<T> {
      const body = await text(request, options);
      try {
        return JSON.parse(body) as T;
      } catch {
        throw new ServiceUnavailableError(
          `${id}: the answer to ${describe(request)} is not JSON`,
        );
      }
    },
    async lines(request, options) {
      const silence = new SilenceTimer(options.silenceMs, options.signal);
      try {
        const response = await silence.race(
          open(request, silence.signal, true),
        );
        options.onOpen?.();
        silence.touch();
        await silence.race(
          splitLines(
            response,
            line => options.onLine(line),
            () => silence.touch(),
          ),
        );
      } catch (error) {
        options.signal.throwIfAborted();
        if (silence.expired()) {
          throw new ServiceUnavailableError(
            `${id}: nothing was heard of ${describe(request)} for ${
              options.silenceMs
            } ms`,
          );
        }
        throw unreachable(id, request, error);
      } finally {
        silence.clear();
      }
    },
  };
}

interface StaleSocketError extends Error {
  staleSocket?: boolean;
}

function send(
  session: Session,
  request: KubernetesRequest,
  signal: AbortSignal,
  watch: boolean,
): Promise<IncomingMessage> {
  const body =
    request.body === undefined ? undefined : JSON.stringify(request.body);
  return new Promise((resolve, reject) => {
    const outgoing = https.request(`${session.baseUrl}${request.path}`, {
      method: request.method,
      // What cannot be repeated does not risk a kept connection that is closing at the other end.
      agent: watch || !request.repeatable ? session.freshAgent : session.agent,
      signal,
      headers: {
        ...session.headers,
        accept: request.accept ?? 'application/json',
        'user-agent': 'mesh-dr',
        ...(body === undefined
          ? {}
          : {
              'content-type': request.contentType ?? 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
      },
    });
    // The system notices a peer that went without a word; nothing else would on a stream that only listens.
    if (watch) outgoing.setSocketKeepAlive(true, KEEP_ALIVE_MS);
    outgoing.once('response', resolve);
    outgoing.once('error', (error: StaleSocketError) => {
      error.staleSocket = outgoing.reusedSocket;
      reject(error);
    });
    outgoing.end(body);
  });
}

/** Resolves at the end of the answer; rejects when it breaks off or when `onLine` throws. */
function splitLines(
  response: IncomingMessage,
  onLine: (line: string) => void,
  onData: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      onData();
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      try {
        for (const line of lines) if (line) onLine(line);
      } catch (error) {
        reject(error);
        response.destroy();
      }
    });
    response.once('end', resolve);
    response.once('error', reject);
    response.once('close', () => reject(new Error('the connection was reset')));
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function describe(request: KubernetesRequest): string {
  return `${request.method} ${request.subject}`;
}

/** Status 410: the resourceVersion or continue token is too old. */
export class GoneError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GoneError';
  }
}

/** An error for a status other than 2xx, with Kubernetes' own message. */
export function statusError(
  id: string,
  request: KubernetesRequest,
  status: number,
  body: string,
): Error {
  const message = `${id}: ${describe(request)}: ${messageOf(body, status)}`;
  switch (status) {
    case 400:
    case 405:
    case 415:
    case 422:
      return new InputError(message);
    case 401:
      return new AuthenticationError(message);
    case 403:
      return new NotAllowedError(message);
    case 404:
      return new NotFoundError(message);
    case 409:
      return new ConflictError(message);
    case 410:
      return new GoneError(message);
    default:
      return new ServiceUnavailableError(message);
  }
}

function messageOf(body: string, status: number): string {
  try {
    const parsed = JSON.parse(body) as { message?: unknown; reason?: unknown };
    if (typeof parsed.message === 'string' && parsed.message) {
      return parsed.message;
    }
    if (typeof parsed.reason === 'string') return parsed.reason;
  } catch {
    // Not a Status object; its text may be a page of a proxy, which helps nobody.
  }
  return `HTTP ${status}`;
}

const TOLD = [
  AlicloudError,
  AuthenticationError,
  ConflictError,
  GoneError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
];

/** Errors that already tell what happened pass; what the network throws gets the system's code and our context. */
function unreachable(
  id: string,
  request: KubernetesRequest,
  error: unknown,
): Error {
  if (TOLD.some(type => error instanceof type)) return error as Error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new ServiceUnavailableError(
    `${id}: the API server cannot be reached for ${describe(request)}: ${
      code ? `${code} ` : ''
    }${message}`,
  );
}
