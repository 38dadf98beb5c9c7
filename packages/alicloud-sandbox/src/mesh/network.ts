import { STATUS_CODES } from 'node:http';
import type { SecureContext } from 'node:tls';
import type { CloudView, Reachability } from '../contract';
import type { ClusterView } from './clusterView';
import { DeadlineExceeded, withDeadline } from './deadline';
import type { Faults } from './faults';
import { PodLink } from './podLink';
import type { Registry } from './registry';
import type { InboundReport, Origin, Telemetry } from './telemetry';
import type {
  DataPlaneTime,
  Endpoint,
  HttpRequest,
  HttpResponse,
  Link,
  PodView,
  Transport,
} from './types';

/** The programs that listen inside pods. */
export interface PodServer {
  listens(pod: PodView, port: number): boolean;
  /** What a pod shows in a TLS handshake for a name. */
  certificate(
    pod: PodView,
    port: number,
    serverName: string,
  ): SecureContext | undefined;
  /** Undefined when nothing listens on the port. */
  serve(
    pod: PodView,
    port: number,
    request: HttpRequest,
  ): Promise<HttpResponse> | undefined;
}

/** An address and the pod behind it. */
export type Destination = Pick<
  Endpoint,
  'clusterId' | 'namespace' | 'pod' | 'ip' | 'port'
>;

/** What became of one connection and request. */
export type Delivery =
  | { kind: 'response'; response: HttpResponse }
  | { kind: 'refused' }
  | { kind: 'connect-timeout' };

/** Linux sends a SYN again after 1, 2, 4, … s and gives up after the sixth: 127 s. */
const FIRST_SYN_WAIT_MS = 1000;
const LAST_SYN_WAIT_MS = 64_000;

/** Carries connections between pods, over the cloud's network where clusters differ. */
export class Network {
  private readonly reachable = new Map<string, Reachability>();
  private readonly unsubscribe: () => void;
  private server?: PodServer;
  private telemetry?: Telemetry;

  constructor(
    private readonly registry: Registry,
    private readonly cloud: CloudView,
    private readonly faults: Faults,
    private readonly time: DataPlaneTime,
    /** Upper bound of a connect timeout, in data-plane milliseconds. */
    private readonly connectTimeoutCapMs: number,
  ) {
    this.unsubscribe = cloud.onChange(() => this.reachable.clear());
  }

  /** Plugs in the programs that run in pods; until then nothing listens anywhere. */
  serveWith(server: PodServer): void {
    this.server = server;
  }

  /** Reports what reaches pods from now on. */
  reportTo(telemetry: Telemetry): void {
    this.telemetry = telemetry;
  }

  /** A pod answered a request. */
  answered(report: InboundReport): void {
    this.telemetry?.inbound(report);
  }

  stop(): void {
    this.unsubscribe();
  }

  /** Whether packets from a pod's address in one cluster reach an address in another. */
  reach(
    fromCluster: string,
    fromIp: string,
    toCluster: string,
    toIp: string,
    port: number,
  ): Reachability {
    const key = `${fromCluster}|${fromIp}|${toCluster}|${toIp}|${port}`;
    let answer = this.reachable.get(key);
    if (!answer) {
      const from = this.cloud.clusterNetwork(fromCluster);
      const to = this.cloud.clusterNetwork(toCluster);
      answer =
        from && to
          ? this.cloud.reach(
              {
                vpcId: from.vpcId,
                ip: fromIp,
                securityGroupId: from.securityGroupId,
              },
              {
                vpcId: to.vpcId,
                ip: toIp,
                securityGroupId: to.securityGroupId,
              },
              port,
            )
          : {
              ok: false,
              reason: 'no-route',
              detail: `cluster ${from ? toCluster : fromCluster} is in no VPC`,
            };
      this.reachable.set(key, answer);
    }
    return answer;
  }

  /** The connections a pod's proxy can make. */
  transport(from: Origin): Transport {
    return {
      connect: (endpoint, signal) => this.connect(from, endpoint, signal),
    };
  }

  /** What the pod behind an address shows in a TLS handshake for a name. */
  certificate(to: Destination, serverName: string): SecureContext | undefined {
    const pod = this.registry
      .cluster(to.clusterId)
      ?.pods.get(`${to.namespace}/${to.pod}`);
    return pod && this.server?.certificate(pod, to.port, serverName);
  }

  /** Opens a connection from a pod to an endpoint and sends one request over it. */
  async deliver(
    from: Origin,
    to: Destination,
    request: HttpRequest,
    options: { connectTimeoutMs: number; signal?: AbortSignal },
  ): Promise<Delivery> {
    try {
      const link = await withDeadline(
        this.time,
        options.connectTimeoutMs,
        options.signal,
        limited => this.connect(from, to, limited),
      );
      if (typeof link === 'string') {
        return { kind: link === 'refused' ? link : 'connect-timeout' };
      }
      const response = await link.exchange(request, options.signal);
      return response === 'reset'
        ? { kind: 'refused' }
        : { kind: 'response', response };
    } catch (error) {
      if (error instanceof DeadlineExceeded && !options.signal?.aborted) {
        return { kind: 'connect-timeout' };
      }
      throw error;
    }
  }

  /** A connection attempt. SYNs that vanish are sent again as Linux does, for 127 s in all. */
  async connect(
    from: Origin,
    to: Destination,
    signal?: AbortSignal,
  ): Promise<Link | 'refused' | 'timeout'> {
    let left = this.connectTimeoutCapMs;
    for (let wait = FIRST_SYN_WAIT_MS; wait <= LAST_SYN_WAIT_MS; wait *= 2) {
      const answer = await this.knock(from, to, signal);
      if (answer !== 'lost') {
        return answer;
      }
      await this.time.sleep(Math.min(wait, left), signal);
      left -= wait;
      if (left <= 0) {
        break;
      }
    }
    return 'timeout';
  }

  /** Where the packets of an open connection go; `gone` when the process they were for is no more. */
  peer(
    from: Origin,
    to: Destination & { uid: string },
  ): { pod: PodView; roundTripMs: number } | 'gone' | 'lost' {
    const route = this.route(from, to);
    if (!route) {
      return this.isGone(to) ? 'gone' : 'lost';
    }
    const pod = route.cluster.pods.get(`${to.namespace}/${to.pod}`);
    if (!pod?.running || pod.uid !== to.uid) {
      return 'gone';
    }
    switch (this.faults.onConnection(pod, route.cluster.region)) {
      case 'black-hole':
        return 'lost';
      case 'refuse':
        return 'gone';
      default:
        return { pod, roundTripMs: route.roundTripMs };
    }
  }

  /** What a pod answers on a connection; `reset` when nothing listens any more. */
  async answer(
    pod: PodView,
    port: number,
    request: HttpRequest,
    signal?: AbortSignal,
  ): Promise<HttpResponse | 'reset'> {
    const region = this.registry.cluster(pod.clusterId)?.region ?? '';
    const fault = this.faults.onRequest(pod, region);
    switch (fault?.mode) {
      case 'hang':
        return untilAborted(signal);
      case 'http':
      case 'http-503': {
        const status = fault.status ?? 503;
        return {
          status,
          headers: { 'content-type': 'text/plain' },
          body: STATUS_CODES[status] ?? '',
        };
      }
      case 'slow':
        await this.time.sleep(fault.delayMs!, signal);
        break;
      default:
    }
    const served = this.server?.serve(pod, port, request);
    return served ? abortable(served, signal) : 'reset';
  }

  private async knock(
    from: Origin,
    to: Destination,
    signal?: AbortSignal,
  ): Promise<Link | 'refused' | 'lost'> {
    const route = this.route(from, to);
    if (!route) {
      return this.isGone(to) ? 'refused' : 'lost';
    }
    if (route.roundTripMs > 0) {
      await this.time.sleep(route.roundTripMs, signal);
    }
    const pod = route.cluster.pods.get(`${to.namespace}/${to.pod}`);
    if (!pod?.running) {
      return 'refused';
    }
    switch (this.faults.onConnect(pod, route.cluster.region)) {
      case 'black-hole':
        return 'lost';
      case 'refuse':
        return 'refused';
      default:
    }
    return this.server?.listens(pod, to.port)
      ? new PodLink(this, this.time, from, { ...to, uid: pod.uid })
      : 'refused';
  }

  /** Whether the destination's region refuses connections, instead of losing packets. */
  private isGone(to: Destination): boolean {
    const cluster = this.registry.cluster(to.clusterId);
    return cluster !== undefined && this.registry.isRegionGone(cluster.region);
  }

  private route(
    from: Origin,
    to: Destination,
  ): { cluster: ClusterView; roundTripMs: number } | undefined {
    const cluster = this.registry.cluster(to.clusterId);
    if (!cluster || this.registry.isRegionLost(cluster.region)) {
      return undefined;
    }
    if (to.clusterId === from.clusterId) {
      return { cluster, roundTripMs: 0 };
    }
    const path = this.reach(
      from.clusterId,
      from.ip,
      to.clusterId,
      to.ip,
      to.port,
    );
    return path.ok ? { cluster, roundTripMs: path.roundTripMs } : undefined;
  }
}

/** Waits until the caller gives up. */
function untilAborted(signal?: AbortSignal): Promise<never> {
  return abortable(new Promise<never>(() => undefined), signal);
}

function abortable<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) {
    return work;
  }
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
