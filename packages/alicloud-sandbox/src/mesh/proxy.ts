import { DeadlineExceeded, withDeadline } from './deadline';
import { ClusterState, type ClusterStats } from './envoy/cluster';
import type { HostChoice } from './envoy/loadBalancer';
import {
  failed,
  noHealthyUpstream,
  timedOut,
  type Flagged,
} from './envoy/localReply';
import { requestHash } from './envoy/hashPolicy';
import { RetryState, type ResponseFlag } from './envoy/retry';
import type { ProxyIdentity } from './istiod/config';
import type {
  DataPlaneTime,
  EnvoyCluster,
  HttpRequest,
  HttpResponse,
  Link,
  RandomSource,
  RetryPolicy,
  Transport,
} from './types';

/** One attempt, for the hop trace. */
export interface Attempt {
  clusterId: string;
  region: string;
  pod?: string;
  address: string;
  priority: number;
  /** Status, or Envoy's response flag: UF connection failure, UT timeout, UC connection broke, UO limit reached. */
  result: string;
}

/** The outcome of a request with its response flag. */
export interface ProxyResult {
  response: HttpResponse;
  flag: ResponseFlag;
  attempts: Attempt[];
}

/** What the route says about one request. */
export interface RouteAction {
  retry: RetryPolicy;
  /** All attempts together; absent: no limit. */
  timeoutMs?: number;
}

/** One request on its way. */
interface Call {
  state: ClusterState;
  request: HttpRequest;
  action: RouteAction;
  transport: Transport;
  /** Aborts when the client goes away. */
  client?: AbortSignal;
  attempts: Attempt[];
  /** For consistent hashing. */
  hash?: bigint;
}

/** One Envoy: its clusters, their balancers and what it learnt about their hosts. Nothing is shared between proxies. */
export class Proxy {
  private readonly clusters = new Map<string, ClusterState>();

  constructor(
    readonly identity: ProxyIdentity,
    private readonly random: RandomSource,
    private readonly time: DataPlaneTime,
  ) {}

  /** Hosts this proxy has ejected, per cluster name. */
  ejected(): Record<string, string[]> {
    const result: Record<string, string[]> = {};
    for (const [name, state] of this.clusters) {
      const ejected = state.ejected();
      if (ejected.length > 0) {
        result[name] = ejected;
      }
    }
    return result;
  }

  /** Counters of a cluster; undefined before its first request. */
  stats(name: string): ClusterStats | undefined {
    return this.clusters.get(name)?.stats();
  }

  /** Picks one host without sending anything: the choice a request would make now. */
  pick(config: EnvoyCluster): HostChoice | undefined {
    return this.state(config).balancer.choose();
  }

  /**
   * Sends a request with the route's retries and timeouts. Rejects only when the signal aborts (the client went away).
   */
  async request(
    config: EnvoyCluster,
    request: HttpRequest,
    action: RouteAction,
    transport: Transport,
    signal?: AbortSignal,
  ): Promise<ProxyResult> {
    const hashed = config.hash && requestHash(config.hash.key, request);
    const call: Call = {
      state: this.state(config),
      request,
      action,
      transport,
      client: signal,
      attempts: [],
      hash: hashed?.hash,
    };
    try {
      const result = await withDeadline(
        this.time,
        action.timeoutMs,
        signal,
        limited => this.attempts(call, limited),
      );
      return hashed?.setCookie ? withCookie(result, hashed.setCookie) : result;
    } catch (error) {
      if (error instanceof DeadlineExceeded && !signal?.aborted) {
        return { ...timedOut(), attempts: call.attempts };
      }
      throw error;
    }
  }

  private async attempts(
    call: Call,
    signal?: AbortSignal,
  ): Promise<ProxyResult> {
    const { state, action, attempts } = call;
    const retry = new RetryState(action.retry);
    for (;;) {
      const choice = retry.choose(state.balancer, call.hash);
      if (!choice) {
        return { ...noHealthyUpstream(), attempts };
      }
      const attempt = begun(choice);
      attempts.push(attempt);
      const sent = await this.attempt(call, choice, signal);
      const { status } = sent.response;
      attempt.result = sent.flag === '-' ? String(status) : sent.flag;
      const over =
        retry.wantsAnother(sent.flag, status) && state.pools.beginRetry();
      if (!over) {
        return { ...sent, attempts };
      }
      try {
        await this.time.sleep(retry.backoff(this.random), signal);
      } finally {
        over();
      }
      state.catchUp();
    }
  }

  private async attempt(
    call: Call,
    { endpoint }: HostChoice,
    signal?: AbortSignal,
  ): Promise<Flagged> {
    const { state, transport, attempts } = call;
    const lease = await state.pools.acquire(endpoint, transport, signal);
    const retried = attempts.length > 1;
    if (typeof lease === 'string') {
      if (lease !== 'overflow') {
        state.record(endpoint, { kind: 'connect-failed' });
      }
      return failed(lease, retried);
    }
    state.record(endpoint, { kind: 'connected' });
    const done = state.balancer.begin(endpoint);
    let outcome: 'reusable' | 'broken' = 'broken';
    try {
      const response = await this.exchange(call, lease.link, signal);
      if (response === 'reset') {
        state.record(endpoint, { kind: 'connect-failed' });
        return failed('reset', retried);
      }
      state.record(endpoint, { kind: 'http', status: response.status });
      outcome = response.headers.connection === 'close' ? 'broken' : 'reusable';
      return { response, flag: '-' };
    } catch (error) {
      // A time limit of the route charges the host; a client that went away does not.
      if (!(error instanceof DeadlineExceeded) || call.client?.aborted) {
        throw error;
      }
      state.record(endpoint, { kind: 'timeout' });
      if (signal?.aborted) {
        throw error;
      }
      return timedOut();
    } finally {
      done();
      lease.release(outcome);
    }
  }

  /** One request over a connection. The time limit of a try runs only from here: connecting has its own. */
  private exchange(
    { action, request }: Call,
    link: Link,
    signal?: AbortSignal,
  ): Promise<HttpResponse | 'reset'> {
    return withDeadline(
      this.time,
      action.retry.perTryTimeoutMs,
      signal,
      limited => link.exchange(request, limited),
    );
  }

  /** Takes over a configuration: CDS changes start the cluster anew, EDS changes keep the hosts' history. */
  private state(config: EnvoyCluster): ClusterState {
    let state = this.clusters.get(config.name);
    if (!state?.takeOver(config)) {
      state = new ClusterState(config, this.random, this.time);
      this.clusters.set(config.name, state);
    }
    state.catchUp();
    return state;
  }
}

function withCookie(result: ProxyResult, cookie: string): ProxyResult {
  const { response } = result;
  const headers = { ...response.headers, 'set-cookie': cookie };
  return { ...result, response: { ...response, headers } };
}

function begun({ endpoint, priority }: HostChoice): Attempt {
  return {
    clusterId: endpoint.clusterId,
    region: endpoint.locality.region,
    pod: endpoint.pod,
    address: `${endpoint.ip}:${endpoint.port}`,
    priority,
    result: 'UT',
  };
}
