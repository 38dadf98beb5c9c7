import { DeadlineExceeded, withDeadline } from './deadline';
import { LoadBalancer, type HostChoice } from './envoy/loadBalancer';
import { OutlierDetector, type HostResult } from './envoy/outlier';
import { below } from './random';
import type { ProxyIdentity } from './istiod/config';
import type {
  DataPlaneTime,
  Endpoint,
  EnvoyCluster,
  HttpRequest,
  HttpResponse,
  RandomSource,
  RetryPolicy,
} from './types';

/** What became of one connection and request to one host. */
export type Delivery =
  | { kind: 'response'; response: HttpResponse }
  | { kind: 'refused' }
  | { kind: 'connect-timeout' };

/** Carries a request to a host; rejects only when the signal aborts. */
export type Deliver = (
  endpoint: Endpoint,
  request: HttpRequest,
  options: { connectTimeoutMs: number; signal?: AbortSignal },
) => Promise<Delivery>;

/** One attempt, for the hop trace. */
export interface Attempt {
  clusterId: string;
  region: string;
  pod?: string;
  address: string;
  priority: number;
  /** Status, or Envoy's response flag: UF connection failure, UT timeout. */
  result: string;
}

/** The outcome of a request with its response flag (`-`, UH, UF, UT). */
export interface ProxyResult {
  response: HttpResponse;
  flag: string;
  attempts: Attempt[];
}

interface ClusterState {
  config: EnvoyCluster;
  cds: string;
  eds: string;
  balancer: LoadBalancer;
  outlier?: OutlierDetector;
}

const HOST_SELECTION_RETRIES = 5;
const PRIORITY_UPDATE_FREQUENCY = 2;
const BACKOFF_BASE_MS = 25;
const BACKOFF_MAX_MS = 250;

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

  /** Picks one host without sending anything: the choice a request would make now. */
  pick(config: EnvoyCluster): HostChoice | undefined {
    return this.state(config).balancer.choose();
  }

  /** Sends a request with the retries of the route. Rejects only when the signal aborts (the client went away). */
  async request(
    config: EnvoyCluster,
    request: HttpRequest,
    retry: RetryPolicy,
    deliver: Deliver,
    signal?: AbortSignal,
  ): Promise<ProxyResult> {
    const state = this.state(config);
    const attempts: Attempt[] = [];
    const tried = new Set<string>();
    const priorities: number[] = [];
    let avoid = new Set<number>();
    for (let attempt = 0; ; attempt++) {
      if (
        retry.remoteLocalities &&
        priorities.length >= PRIORITY_UPDATE_FREQUENCY
      ) {
        avoid = new Set([...avoid, ...priorities.splice(0)]);
      }
      const choice = this.chooseAgain(state, tried, avoid);
      if (!choice) {
        return {
          response: plain(503, 'no healthy upstream'),
          flag: 'UH',
          attempts,
        };
      }
      tried.add(choice.endpoint.key);
      priorities.push(choice.priority);
      const sent = await this.attempt(
        state,
        choice,
        request,
        retry,
        deliver,
        signal,
      );
      attempts.push({
        clusterId: choice.endpoint.clusterId,
        region: choice.endpoint.locality.region,
        pod: choice.endpoint.pod,
        address: `${choice.endpoint.ip}:${choice.endpoint.port}`,
        priority: choice.priority,
        result: sent.flag === '-' ? String(sent.response.status) : sent.flag,
      });
      if (attempt >= retry.attempts || !retriable(sent, retry)) {
        return { response: sent.response, flag: sent.flag, attempts };
      }
      const ceiling = Math.min(BACKOFF_BASE_MS * 2 ** attempt, BACKOFF_MAX_MS);
      await this.time.sleep(below(this.random, ceiling), signal);
    }
  }

  private async attempt(
    state: ClusterState,
    { endpoint }: HostChoice,
    request: HttpRequest,
    retry: RetryPolicy,
    deliver: Deliver,
    signal?: AbortSignal,
  ): Promise<{ response: HttpResponse; flag: string }> {
    const done = state.balancer.begin(endpoint);
    const record = (result: HostResult) =>
      state.outlier?.record(endpoint.key, result);
    try {
      const delivery = await withDeadline(
        this.time,
        retry.perTryTimeoutMs,
        signal,
        limited =>
          deliver(endpoint, request, {
            connectTimeoutMs: state.config.connectTimeoutMs,
            signal: limited,
          }),
      ).catch(error => {
        if (error instanceof DeadlineExceeded && !signal?.aborted) {
          return { kind: 'per-try-timeout' as const };
        }
        throw error;
      });
      switch (delivery.kind) {
        case 'response':
          record({ kind: 'http', status: delivery.response.status });
          return { response: delivery.response, flag: '-' };
        case 'per-try-timeout':
          record({ kind: 'timeout' });
          return {
            response: plain(504, 'upstream request timeout'),
            flag: 'UT',
          };
        default:
          record({ kind: 'connect-failed' });
          return {
            response: plain(
              503,
              `upstream connect error or disconnect/reset before headers. reset reason: ${
                delivery.kind === 'refused'
                  ? 'remote connection failure, transport failure reason: delayed connect error: Connection refused'
                  : 'connection timeout'
              }`,
            ),
            flag: 'UF',
          };
      }
    } finally {
      done();
    }
  }

  /** A retry draws again, up to five times, while it meets hosts it has already tried (`previous_hosts`). */
  private chooseAgain(
    state: ClusterState,
    tried: Set<string>,
    avoid: Set<number>,
  ): HostChoice | undefined {
    let choice = state.balancer.choose(avoid);
    for (
      let draw = 0;
      choice && tried.has(choice.endpoint.key) && draw < HOST_SELECTION_RETRIES;
      draw++
    ) {
      choice = state.balancer.choose(avoid);
    }
    return choice;
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
        state.outlier?.setHosts(keys(config));
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

function keys(config: EnvoyCluster): string[] {
  return config.groups.flatMap(g => g.endpoints.map(e => e.key));
}

function retriable(
  sent: { response: HttpResponse; flag: string },
  retry: RetryPolicy,
): boolean {
  if (sent.flag === 'UF') {
    return retry.connectFailure || retry.on5xx || retry.onGatewayError;
  }
  const { status } = sent.response;
  return (
    (retry.on5xx && status >= 500) ||
    (retry.onGatewayError && status >= 502 && status <= 504) ||
    retry.statusCodes.includes(status)
  );
}

function plain(status: number, body: string): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain', server: 'istio-envoy' },
    body,
  };
}
