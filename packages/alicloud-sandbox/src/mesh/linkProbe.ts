import { resolveByDns } from './istiod/hosts';
import type { RuntimeParts } from './podRuntime';
import type { HttpRequest, HttpResponse, PodView } from './types';
import { CallError } from './kubeProxy';
import { appOf } from './apps';
import { isGatewayPod } from './gateway';
import type { ClusterView } from './clusterView';
import { GVR } from './gvr';

/** Ports that nodes answer on. */
const NODE_PORTS = [22, 10250];

/** Whether something answers, and how fast. */
export type ProbeAnswer =
  | { kind: 'open'; roundTripMs: number }
  | { kind: 'refused' }
  | { kind: 'dropped' };

interface Owner {
  clusterId: string;
  listens(port: number): boolean;
}

/** Round trip inside one cluster. */
const LOCAL_ROUND_TRIP_MS = 0.2;

/** The network as one pod sees it: names, packets, connections and HTTP. */
export class LinkProbe {
  constructor(
    private readonly parts: RuntimeParts,
    private readonly pod: PodView,
  ) {}

  /** Address of a host name or of an address; undefined when the name does not resolve. */
  resolve(host: string): string | undefined {
    if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) {
      return host;
    }
    const name = resolveByDns(host, this.pod.namespace);
    const service =
      name &&
      this.parts.kube
        .get(this.pod.clusterId)
        ?.storage.get(GVR.services, name.namespace, name.name);
    const ip = service?.spec?.clusterIP;
    return ip && ip !== 'None' ? ip : undefined;
  }

  /** An echo request (port 0) or a connection attempt. */
  connect(ip: string, port: number): ProbeAnswer {
    const { registry, network } = this.parts;
    const owner = this.owner(ip);
    if (!owner) {
      return { kind: 'dropped' };
    }
    const remote = owner.clusterId !== this.pod.clusterId;
    const region = registry.cluster(owner.clusterId)!.region;
    if (registry.isRegionLost(region)) {
      return { kind: 'dropped' };
    }
    const path = remote
      ? network.reach(
          this.pod.clusterId,
          this.pod.ip,
          owner.clusterId,
          ip,
          port,
        )
      : ({ ok: true, roundTripMs: LOCAL_ROUND_TRIP_MS } as const);
    if (!path.ok) {
      return { kind: 'dropped' };
    }
    return port === 0 || owner.listens(port)
      ? { kind: 'open', roundTripMs: path.roundTripMs || LOCAL_ROUND_TRIP_MS }
      : { kind: 'refused' };
  }

  /**
   * One HTTP request to a service name, a pod address, a Service address or a load balancer.
   * @throws CallError when no HTTP answer came
   */
  async http(
    host: string,
    port: number,
    request: HttpRequest,
    limits: { timeoutMs: number; connectTimeoutMs?: number },
  ): Promise<HttpResponse> {
    const { dataPlane, registry, network } = this.parts;
    const service = this.serviceOf(host, port);
    if (service) {
      return dataPlane.call(this.pod, { ...service, request, ...limits });
    }
    const ip = this.resolve(host);
    if (!ip) {
      throw new CallError('dns', `could not resolve host: ${host}`);
    }
    const answer = this.connect(ip, port);
    const pod = registry
      .clusters()
      .flatMap(c => [...c.pods.values()])
      .find(p => p.ip === ip && p.running);
    if (answer.kind !== 'open' || !pod) {
      throw answer.kind === 'dropped'
        ? new CallError('timeout', `connection to ${host} timed out`)
        : new CallError('refused', `connection refused by ${host}`);
    }
    const delivery = await dataPlane.within(limits.timeoutMs, signal =>
      network.deliver(this.pod, { ...pod, pod: pod.name, port }, request, {
        connectTimeoutMs: limits.connectTimeoutMs ?? limits.timeoutMs,
        signal,
      }),
    );
    if (delivery.kind === 'response') {
      return delivery.response;
    }
    throw delivery.kind === 'refused'
      ? new CallError('refused', `connection refused by ${host}`)
      : new CallError('timeout', `connection to ${host} timed out`);
  }

  /** The Service behind a name, a cluster address or a load balancer address of the own cluster. */
  private serviceOf(
    host: string,
    port: number,
  ): { host: string; port: number } | undefined {
    const cluster = this.parts.kube.get(this.pod.clusterId)!;
    const name = resolveByDns(host, this.pod.namespace);
    const found = cluster.storage
      .list(GVR.services)
      .find(
        s =>
          s.spec?.clusterIP === host ||
          s.status?.loadBalancer?.ingress?.[0]?.ip === host ||
          (s.metadata.name === name?.name &&
            s.metadata.namespace === name?.namespace),
      );
    return (
      found && {
        host: `${found.metadata.name}.${found.metadata.namespace}`,
        port,
      }
    );
  }

  private owner(ip: string): Owner | undefined {
    const { registry, kube } = this.parts;
    const own = registry.cluster(this.pod.clusterId)!;
    // Addresses may overlap between clusters: the own cluster's routes come first.
    const clusters = [own, ...registry.clusters().filter(c => c !== own)];
    for (const cluster of clusters) {
      const pod = [...cluster.pods.values()].find(
        p => p.ip === ip && p.running,
      );
      if (pod) {
        return {
          clusterId: cluster.id,
          listens: port => podListens(pod, port, cluster),
        };
      }
      const storage = kube.get(cluster.id)?.storage;
      const node = storage
        ?.list(GVR.nodes)
        .some(n => n.status?.addresses?.some((a: any) => a.address === ip));
      if (node) {
        return {
          clusterId: cluster.id,
          listens: port => NODE_PORTS.includes(port),
        };
      }
    }
    return this.virtualAddress(ip, own);
  }

  /** Service and load balancer addresses of the own cluster answer echo requests and their own ports. */
  private virtualAddress(ip: string, own: ClusterView): Owner | undefined {
    const service = this.parts.kube
      .get(own.id)!
      .storage.list(GVR.services)
      .find(
        s =>
          s.spec?.clusterIP === ip ||
          s.status?.loadBalancer?.ingress?.[0]?.ip === ip,
      );
    return (
      service && {
        clusterId: own.id,
        listens: port =>
          service.spec?.ports?.some(
            (p: any) =>
              p.port === port &&
              own
                .endpoints(
                  own.services.get(
                    `${service.metadata.namespace}/${service.metadata.name}`,
                  )!,
                  p.name ?? '',
                )
                .some(e => e.ready),
          ) ?? false,
      }
    );
  }
}

function podListens(pod: PodView, port: number, cluster: ClusterView): boolean {
  if (isGatewayPod(pod)) {
    return [...cluster.services.values()].some(
      s =>
        s.namespace === pod.namespace &&
        Object.entries(s.selector).every(([k, v]) => pod.labels[k] === v) &&
        s.ports.some(p => Number(p.targetPort ?? p.port) === port),
    );
  }
  return appOf(pod)?.app.port === port;
}
