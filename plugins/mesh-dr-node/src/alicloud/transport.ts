import type { LoggerService } from '@backstage/backend-plugin-api';
import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import { CallQueue, type CallLane } from './callQueue';
import { endpointOf, isCentral, type EndpointOverrides } from './endpoints';
import { AlicloudError, redact } from './errors';
import {
  failureOf,
  NoCredentials,
  NotJson,
  Refused,
  type CallFacts,
} from './failures';
import {
  API_VERSION,
  OPERATIONS,
  type OperationKind,
  type Product,
  type RpcProduct,
} from './operations';
import {
  observableAgent,
  observe,
  roaClient,
  rpcClient,
  type Credentials,
  type Observation,
  type PopOptions,
  type PopRoaClient,
  type PopRpcClient,
} from './popcore';
import { deadlineSignal } from '../deadline';
import { flatten, type RoaQuery, type RpcParams } from './params';
import { CONCURRENCY, DEFAULT_RATES, SHARES, type CallRates } from './rates';
import { asObject, plain, type Json, type JsonObject } from './shape';
import type { CallOptions } from './types';

export interface RpcCall<P extends RpcProduct = RpcProduct> {
  product: P;
  operation: keyof (typeof OPERATIONS)[P] & string;
  /** Selects the endpoint; not sent unless it is also among the parameters. */
  regionId?: string;
  params?: RpcParams;
  /** What the call is about, for error messages. */
  resource?: string;
}

export interface RoaCall {
  operation: keyof (typeof OPERATIONS)['cs'];
  method: 'GET' | 'POST' | 'DELETE';
  /** Absolute, each segment percent-encoded. */
  path: string;
  regionId?: string;
  query?: RoaQuery;
  body?: unknown;
  resource?: string;
}

/**
 * Carries calls to Alibaba Cloud and back. What the cloud or the network refuses is an {@link AlicloudError}; an abort
 * rejects with the caller's reason.
 */
export interface AlicloudTransport {
  rpc<P extends RpcProduct>(
    call: RpcCall<P>,
    options?: CallOptions,
  ): Promise<JsonObject>;
  /** ACK. The answer may be an object or a bare list. */
  roa(call: RoaCall, options?: CallOptions): Promise<Json>;
  /** Closes idle connections. */
  close(): void;
}

export interface TransportTiming {
  /** Deadline of a call without one of its own. */
  deadlineMs: number;
  /** Longest single attempt of a read, so that a hung connection leaves time for another. */
  readAttemptMs: number;
  backoffMs: number;
  /** First back-off after throttling or a busy resource. */
  throttledBackoffMs: number;
  maxBackoffMs: number;
  maxAttempts: number;
}

const DEFAULT_TIMING: TransportTiming = {
  deadlineMs: 30_000,
  readAttemptMs: 10_000,
  backoffMs: 200,
  throttledBackoffMs: 1_000,
  maxBackoffMs: 8_000,
  maxAttempts: 6,
};

export interface TransportOptions {
  credentials: () => Promise<Credentials>;
  endpoints?: EndpointOverrides;
  /** Region of calls that name none, for endpoints with a `{region}` placeholder. */
  defaultRegion?: string;
  logger: LoggerService;
  timing?: Partial<TransportTiming>;
  /** Calls a second; {@link DEFAULT_RATES} where nothing is said. */
  rates?: CallRates;
  /** Between 0 and 1, for the jitter. */
  random?: () => number;
}

/** Creates the transport of one account. */
export function createTransport(options: TransportOptions): AlicloudTransport {
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const random = options.random ?? Math.random;
  const agents = new Map<string, ReturnType<typeof observableAgent>>();
  const rpcClients = new Map<string, PopRpcClient>();
  const roaClients = new Map<string, PopRoaClient>();
  const rates = options.rates ?? DEFAULT_RATES;
  const queues = new Map<Product, CallQueue>();
  let secrets: (string | undefined)[] = [];

  const credentialsProvider = {
    async getCredentials() {
      try {
        const found = await options.credentials();
        secrets = [
          found.accessKeyId,
          found.accessKeySecret,
          found.securityToken,
        ];
        return found;
      } catch (error) {
        throw new NoCredentials(
          redact(error instanceof Error ? error.message : String(error)),
        );
      }
    },
  };

  /** A write that cannot be repeated gets a fresh connection: a kept one may be closing at the other end. */
  const agentOf = (endpoint: string, kind: OperationKind) => {
    const protocol = endpoint.startsWith('https://') ? 'https:' : 'http:';
    const keepAlive = kind !== 'write';
    const key = `${protocol} ${keepAlive}`;
    const agent = agents.get(key) ?? observableAgent(protocol, keepAlive);
    agents.set(key, agent);
    return agent;
  };

  const queueOf = (product: Product) => {
    const queue =
      queues.get(product) ??
      new CallQueue({
        concurrency: CONCURRENCY[product],
        shares: SHARES[product],
        ...rates[product],
      });
    queues.set(product, queue);
    return queue;
  };

  const clientOf = <C>(
    clients: Map<string, C>,
    create: (config: Parameters<typeof rpcClient>[0]) => C,
    product: Product,
    endpoint: string,
  ): C => {
    const key = `${product} ${endpoint}`;
    const client =
      clients.get(key) ??
      create({
        endpoint,
        apiVersion: API_VERSION[product],
        credentialsProvider,
      });
    clients.set(key, client);
    return client;
  };

  /** One call: attempts, back-off, deadline. */
  async function run<T>(
    call: CallFacts,
    send: (popOptions: PopOptions, endpoint: string) => Promise<unknown>,
    accept: (answer: unknown, observation: Observation) => T,
    callOptions: CallOptions = {},
  ): Promise<T> {
    const endpoint = endpointOf(
      call.product,
      call.regionId,
      options.endpoints,
      options.defaultRegion,
    );
    const deadlineMs = callOptions.deadlineMs ?? timing.deadlineMs;
    const deadline = deadlineSignal(deadlineMs, callOptions.signal);
    const queue = queueOf(call.product);
    const lane: CallLane = {
      kind: call.kind === 'read' ? 'reads' : 'writes',
      operation: call.operation,
      region: isCentral(call.product) ? '' : call.regionId ?? '',
    };
    let last: AlicloudError | undefined;
    let sent = false;

    const attempt = async (): Promise<T> => {
      deadline.signal.throwIfAborted();
      const attemptMs =
        call.kind === 'read'
          ? Math.min(timing.readAttemptMs, deadlineMs)
          : deadlineMs;
      const limited = deadlineSignal(attemptMs, deadline.signal);
      const [observation, beforeRequest] = observe(limited.signal);
      sent = true;
      try {
        const answer = await send(
          {
            // The signal ends the attempt; the library's own timer only has to be longer than that.
            timeout: attemptMs + 5_000,
            agent: agentOf(endpoint, call.kind),
            beforeRequest,
          },
          endpoint,
        );
        return accept(answer, observation);
      } catch (error) {
        last = new AlicloudError(
          failureOf(error, call, observation, limited.expired(), secrets),
        );
        throw last;
      } finally {
        limited.clear();
      }
    };

    const inTurn = async () => {
      const over = await queue.turn(lane, deadline.signal);
      try {
        return await attempt();
      } finally {
        over();
      }
    };

    const policy = retry(
      handleWhen(error => shouldRetry(error, call)),
      {
        maxAttempts: timing.maxAttempts - 1,
        backoff: new DelegateBackoff(context => {
          const delay = backoff(last, context.attempt, timing, random());
          // Other calls would only be refused, too.
          if (last?.throttled) queue.slowDown(delay);
          options.logger.debug(
            `${last?.message}; attempt ${context.attempt + 1} in ${delay} ms`,
          );
          return delay;
        }),
      },
    ).dangerouslyUnref();

    try {
      return await deadline.race(policy.execute(inTurn, deadline.signal));
    } catch (error) {
      // The caller's own abort is not a failure of the cloud.
      callOptions.signal?.throwIfAborted();
      if (deadline.expired() && !sent) {
        throw new AlicloudError({
          ...call,
          code: 'NotSent',
          detail: `not sent within ${deadlineMs} ms, because too many other calls were waiting`,
        });
      }
      if (deadline.expired()) {
        throw new AlicloudError({
          ...call,
          code: 'DeadlineExceeded',
          detail: `no answer within ${deadlineMs} ms${
            last ? `; last: ${last.message}` : ''
          }`,
          requestId: last?.requestId,
        });
      }
      throw error;
    } finally {
      deadline.clear();
    }
  }

  return {
    async rpc(call, callOptions) {
      const params = flatten(call.operation, call.params ?? {});
      const facts: CallFacts = {
        product: call.product,
        operation: call.operation,
        kind: kindOf(call.product, call.operation, 'ClientToken' in params),
        regionId: call.regionId,
        resource: call.resource,
      };
      return run(
        facts,
        (popOptions, endpoint) =>
          clientOf(rpcClients, rpcClient, call.product, endpoint).request(
            call.operation,
            params,
            // Exactly 'POST': everything else would put key and signature into the URL.
            { ...popOptions, method: 'POST' },
          ),
        (answer, observation) => {
          const body = asObject(plain(answer));
          // The library ignores the status: a 500 without Code would pass for success.
          if ((observation.statusCode ?? 200) >= 400) {
            throw new Refused(body);
          }
          return body;
        },
        callOptions,
      );
    },

    async roa(call, callOptions) {
      const query = flatten(call.operation, call.query ?? {});
      const facts: CallFacts = {
        product: 'cs',
        operation: call.operation,
        kind: kindOf('cs', call.operation, false),
        regionId: call.regionId,
        resource: call.resource,
      };
      return run(
        facts,
        (popOptions, endpoint) =>
          clientOf(roaClients, roaClient, 'cs', endpoint)
            .request(
              call.method,
              call.path,
              query,
              call.body === undefined ? '' : JSON.stringify(call.body),
              // The library would send the host without its port.
              {
                'content-type': 'application/json',
                host: new URL(endpoint).host,
              },
              popOptions,
            )
            .catch(error => {
              // An empty body declared as JSON; whether that is a failure is for the status to say.
              if (error?.name === 'FormatError' && error.body === '') return '';
              throw error;
            }),
        (answer, observation) => {
          const status = observation.statusCode ?? 200;
          if (typeof answer === 'string') {
            // What is not JSON comes back as text whatever the status.
            if (status < 300 && !answer.trim()) return {};
            throw new NotJson(answer);
          }
          if (status >= 400) throw new Refused(asObject(plain(answer)));
          return plain(answer);
        },
        callOptions,
      );
    },

    close() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

function kindOf(
  product: Product,
  operation: string,
  hasToken: boolean,
): OperationKind {
  const kind = (OPERATIONS[product] as Record<string, OperationKind>)[
    operation
  ];
  return kind === 'write' && hasToken ? 'idempotent' : kind;
}

function shouldRetry(error: Error, call: CallFacts): boolean {
  if (!(error instanceof AlicloudError)) return false;
  if (error.throttled || error.busy || error.expired) return true;
  if (error.code === 'ConnectFailed') return true;
  const transient = error.retryable && !/Incorrect/.test(error.code);
  return transient && call.kind !== 'write';
}

/** Full jitter: between nothing and an exponentially growing bound; after throttling at least half of it. */
function backoff(
  error: AlicloudError | undefined,
  attempt: number,
  timing: TransportTiming,
  random: number,
): number {
  const slow = error?.throttled || error?.busy;
  const base = slow ? timing.throttledBackoffMs : timing.backoffMs;
  const bound = Math.min(timing.maxBackoffMs, base * 2 ** (attempt - 1));
  return Math.round(slow ? bound / 2 + (random * bound) / 2 : random * bound);
}
