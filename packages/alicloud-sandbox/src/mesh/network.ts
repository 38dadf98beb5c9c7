import type { CloudView, Reachability } from '../contract';
import type { Faults } from './faults';
import type { Delivery } from './proxy';
import type { Registry } from './registry';
import type {
  DataPlaneTime,
  Endpoint,
  HttpRequest,
  HttpResponse,
  PodView,
} from './types';

/** Serves a request inside a pod; undefined when nothing listens on the port. */
export type PodServer = (
  pod: PodView,
  port: number,
  request: HttpRequest,
) => Promise<HttpResponse> | undefined;

/** Carries connections between pods, over the cloud's network where clusters differ. */
export class Network {
  private readonly reachable = new Map<string, Reachability>();
  private readonly unsubscribe: () => void;
  private serve: PodServer = () => undefined;

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
  serveWith(serve: PodServer): void {
    this.serve = serve;
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

  /** Opens a connection from a pod to an endpoint and sends one request over it. */
  async deliver(
    from: { clusterId: string; ip: string },
    to: Pick<Endpoint, 'clusterId' | 'namespace' | 'pod' | 'ip' | 'port'>,
    request: HttpRequest,
    options: { connectTimeoutMs: number; signal?: AbortSignal },
  ): Promise<Delivery> {
    const { signal } = options;
    const vanish = async (): Promise<Delivery> => {
      await this.time.sleep(
        Math.min(options.connectTimeoutMs, this.connectTimeoutCapMs),
        signal,
      );
      return { kind: 'connect-timeout' };
    };
    const cluster = this.registry.cluster(to.clusterId);
    if (!cluster || this.registry.isRegionLost(cluster.region)) {
      return vanish();
    }
    if (to.clusterId !== from.clusterId) {
      const path = this.reach(
        from.clusterId,
        from.ip,
        to.clusterId,
        to.ip,
        to.port,
      );
      if (!path.ok) {
        return vanish();
      }
      if (path.roundTripMs > 0) {
        await this.time.sleep(path.roundTripMs, signal);
      }
    }
    const pod = cluster.pods.get(`${to.namespace}/${to.pod}`);
    if (!pod?.running) {
      return { kind: 'refused' };
    }
    return this.answer(pod, cluster.region, to.port, request, vanish, signal);
  }

  private async answer(
    pod: PodView,
    region: string,
    port: number,
    request: HttpRequest,
    vanish: () => Promise<Delivery>,
    signal?: AbortSignal,
  ): Promise<Delivery> {
    const fault = this.faults.strikes(pod, region);
    switch (fault?.mode) {
      case 'refuse':
        return { kind: 'refused' };
      case 'black-hole':
        return vanish();
      case 'http-503':
        return {
          kind: 'response',
          response: {
            status: 503,
            headers: { 'content-type': 'text/plain' },
            body: 'Service Unavailable',
          },
        };
      case 'slow':
        await this.time.sleep(fault.delayMs!, signal);
        break;
      default:
    }
    const served = this.serve(pod, port, request);
    if (!served) {
      return { kind: 'refused' };
    }
    return { kind: 'response', response: await abortable(served, signal) };
  }
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
