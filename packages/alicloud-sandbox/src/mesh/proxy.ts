import { ConnectionPools } from './envoy/connectionPool';
import { DeadlineExceeded, withDeadline } from './deadline';
import { LoadBalancer, type HostChoice } from './envoy/loadBalancer';
import { OutlierDetector, type HostResult } from './envoy/outlier';
import { RetryState, type ResponseFlag } from './envoy/retry';
import type { ProxyIdentity } from './istiod/config';
import type {
  DataPlaneTime,
  EnvoyCluster,
  HttpRequest,
  HttpResponse,
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

/** Counters of one Envoy cluster, named as Envoy's admin interface names them. */
export interface ClusterStats {
  ejections_active: number;
  ejections_enforced_total: number;
  ejections_overflow: number;
  lb_healthy_panic: number;
  upstream_cx_total: number;
}

interface ClusterState {
  config: EnvoyCluster;
  cds: string;
  eds: string;
  balancer: LoadBalancer;
  pools: ConnectionPools;
  outlier?: OutlierDetector;
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
}

interface Sent {
  response: HttpResponse;
  flag: ResponseFlag;
}

const REASONS = {
  refused:
    'remote connection failure, transport failure reason: delayed connect error: Connection refused',
  'connect-timeout': 'connection timeout',
};

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
      state.outlier?.sweep();
      const ejected = state.config.groups
        .flatMap(g => g.endpoints)
        .filter(e => state.outlier?.isEjected(e.key))
        .map(e => e.pod ?? e.key);
      if (ejected.length > 0) {
        result[name] = ejected;
      }
    }
    return result;
  }

  /** Counters of a cluster; undefined before its first request. */
  stats(name: string): ClusterStats | undefined {
    const state = this.clusters.get(name);
    state?.outlier?.sweep();
    return (
      state && {
        ejections_active: state.outlier?.ejectedCount ?? 0,
        ejections_enforced_total: state.outlier?.enforced ?? 0,
        ejections_overflow: state.outlier?.overflow ?? 0,
        lb_healthy_panic: state.balancer.panics,
        upstream_cx_total: state.pools.connectionsMade,
      }
    );
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
    const call: Call = {
      state: this.state(config),
      request,
      action,
      transport,
      client: signal,
      attempts: [],
    };
    try {
      return await withDeadline(this.time, action.timeoutMs, signal, limited =>
        this.attempts(call, limited),
      );
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
      const choice = retry.choose(state.balancer);
      if (!choice) {
        return {
          response: plain(503, 'no healthy upstream'),
          flag: 'UH',
          attempts,
        };
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
      state.outlier?.sweep();
    }
  }

  /** One attempt within its own time limit. */
  private async attempt(
    call: Call,
    choice: HostChoice,
    signal?: AbortSignal,
  ): Promise<Sent> {
    try {
      return await withDeadline(
        this.time,
        call.action.retry.perTryTimeoutMs,
        signal,
        limited => this.send(call, choice, limited),
      );
    } catch (error) {
      if (error instanceof DeadlineExceeded && !signal?.aborted) {
        return timedOut();
      }
      throw error;
    }
  }

  private async send(
    { state, request, transport, client }: Call,
    { endpoint }: HostChoice,
    signal?: AbortSignal,
  ): Promise<Sent> {
    const record = (result: HostResult) =>
      state.outlier?.record(endpoint.key, result);
    const lease = await state.pools.acquire(endpoint, transport, signal);
    if (lease === 'overflow') {
      return overflow();
    }
    if (typeof lease === 'string') {
      record({ kind: 'connect-failed' });
      return failed(REASONS[lease], 'UF');
    }
    record({ kind: 'connected' });
    const done = state.balancer.begin(endpoint);
    let outcome: 'reusable' | 'broken' = 'broken';
    try {
      const response = await lease.link.exchange(request, signal);
      if (response === 'reset') {
        record({ kind: 'connect-failed' });
        return failed('connection termination', 'UC');
      }
      record({ kind: 'http', status: response.status });
      outcome = response.headers.connection === 'close' ? 'broken' : 'reusable';
      return { response, flag: '-' };
    } catch (error) {
      // A time limit of the route charges the host; a client that went away does not.
      if (error instanceof DeadlineExceeded && !client?.aborted) {
        record({ kind: 'timeout' });
      }
      throw error;
    } finally {
      done();
      lease.release(outcome);
    }
  }

  /** Takes over a configuration: CDS changes start the cluster anew, EDS changes keep the hosts' history. */
  private state(config: EnvoyCluster): ClusterState {
    let state = this.clusters.get(config.name);
    if (!state || state.config !== config) {
      const { groups, ...rest } = config;
      const cds = JSON.stringify(rest);
      const eds = JSON.stringify(groups);
      if (!state || state.cds !== cds) {
        state = this.warm(config, cds, eds);
      } else if (state.eds !== eds) {
        state.eds = eds;
        state.config = config;
        const hosts = keys(config);
        state.outlier?.setHosts(hosts);
        state.pools.keepOnly(new Set(hosts));
        this.rebalance(state);
      } else {
        state.config = config;
      }
    }
    state.outlier?.sweep();
    return state;
  }

  private warm(config: EnvoyCluster, cds: string, eds: string): ClusterState {
    const state: ClusterState = {
      config,
      cds,
      eds,
      balancer: new LoadBalancer(this.random),
      pools: new ConnectionPools(config, this.time),
    };
    if (config.outlier) {
      state.outlier = new OutlierDetector(config.outlier, this.time.now, () =>
        this.rebalance(state),
      );
      state.outlier.setHosts(keys(config));
    }
    this.clusters.set(config.name, state);
    this.rebalance(state);
    return state;
  }

  private rebalance(state: ClusterState): void {
    state.balancer.update(
      state.config,
      e => state.outlier?.isEjected(e.key) ?? false,
    );
  }
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

function keys(config: EnvoyCluster): string[] {
  return config.groups.flatMap(g => g.endpoints.map(e => e.key));
}

function timedOut(): Sent {
  return { response: plain(504, 'upstream request timeout'), flag: 'UT' };
}

function overflow(): Sent {
  const { response } = failed('overflow', 'UO');
  return {
    response: {
      ...response,
      headers: { ...response.headers, 'x-envoy-overloaded': 'true' },
    },
    flag: 'UO',
  };
}

function failed(reason: string, flag: ResponseFlag): Sent {
  return {
    response: plain(
      503,
      `upstream connect error or disconnect/reset before headers. reset reason: ${reason}`,
    ),
    flag,
  };
}

function plain(status: number, body: string): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain', server: 'istio-envoy' },
    body,
  };
}
