import { randomUUID } from 'node:crypto';
import { DeadlineExceeded, withDeadline } from './deadline';
import { CallError, callThroughKubeProxy } from './kubeProxy';
import type { Network } from './network';
import { Proxy } from './proxy';
import type { MeshSnapshot, Registry } from './registry';
import { buildCluster, proxyIdentity, switchesFor } from './istiod/config';
import { changedHeaders } from './istiod/headers';
import { resolveByDns, serviceHost } from './istiod/hosts';
import {
  defaultRetry,
  route,
  virtualServicesFor,
  type RouteDecision,
  type RouteTarget,
  type RouteQuery,
} from './istiod/routes';
import type { Telemetry } from './telemetry';
import type { HopTrace, TraceLog } from './traces';
import type {
  DataPlaneTime,
  EnvoyCluster,
  HttpRequest,
  HttpResponse,
  PodView,
  RandomSource,
  RetryPolicy,
} from './types';

/** What a program in a pod asks for. */
export interface OutboundCall {
  host: string;
  port: number;
  request: HttpRequest;
  /** The program's own patience, in data-plane milliseconds. */
  timeoutMs?: number;
  /** The same for its connection, which a sidecar takes at once. */
  connectTimeoutMs?: number;
}

/** A copy is sent once. */
const NO_RETRY: RetryPolicy = {
  attempts: 0,
  connectFailure: false,
  on5xx: false,
  onGatewayError: false,
  statusCodes: [],
  remoteLocalities: false,
};

/** The proxies of all pods, and the calls that leave pods. */
export class DataPlane {
  private readonly proxies = new Map<string, Proxy>();
  private readonly configs = new Map<string, EnvoyCluster | undefined>();
  private revision = 0;
  private telemetry?: Telemetry;

  constructor(
    private readonly registry: Registry,
    private readonly network: Network,
    private readonly traces: TraceLog,
    private readonly time: DataPlaneTime,
    private readonly random: RandomSource,
  ) {}

  /** Reports every request of a proxy from now on. */
  reportTo(telemetry: Telemetry): void {
    this.telemetry = telemetry;
  }

  /** Hosts now ejected, per proxy: for the control API. */
  ejections(): {
    pod: string;
    clusterId: string;
    ejected: Record<string, string[]>;
  }[] {
    return [...this.proxies.values()]
      .map(proxy => ({
        pod: `${proxy.identity.namespace}/${proxy.identity.name}`,
        clusterId: proxy.identity.clusterId,
        ejected: proxy.ejected(),
      }))
      .filter(entry => Object.keys(entry.ejected).length > 0);
  }

  /**
   * A call from a program in a pod, through its sidecar if it has one.
   * @throws CallError when no HTTP answer came
   */
  async call(pod: PodView, call: OutboundCall): Promise<HttpResponse> {
    const snapshot = this.registry.meshOf(pod.clusterId);
    return this.within(call.timeoutMs, signal =>
      this.send(pod, snapshot, call, signal),
    );
  }

  /**
   * Work of a program that has only so much patience, in data-plane milliseconds.
   * @throws CallError when the time is over
   */
  within<T>(
    timeoutMs: number | undefined,
    work: (signal?: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return withDeadline(this.time, timeoutMs, undefined, work).catch(error => {
      throw error instanceof DeadlineExceeded
        ? new CallError('timeout', error.message)
        : error;
    });
  }

  /** Sends what a route decided through a pod's proxy and records the hop. */
  async forward(
    pod: PodView,
    snapshot: MeshSnapshot,
    decision: Extract<RouteDecision, { kind: 'forward' }>,
    port: number,
    request: HttpRequest,
    kind: 'gateway' | 'sidecar',
    signal?: AbortSignal,
  ): Promise<HttpResponse> {
    const started = this.time.now();
    const target = { host: decision.host, port, subset: decision.subset };
    const trace = (result: Pick<HopTrace, 'attempts' | 'status' | 'flag'>) => {
      this.telemetry?.outbound({
        meshId: snapshot.mesh.id,
        pod,
        host: decision.host,
        to: result.attempts[result.attempts.length - 1],
        status: result.status,
        flag: result.flag,
        durationMs: this.time.now() - started,
      });
      this.record(
        pod,
        kind,
        { ...target, path: decision.path },
        request,
        started,
        result,
      );
    };
    const proxy = this.proxy(pod);
    const config = this.config(snapshot, proxy, target);
    if (!config) {
      trace({ attempts: [], status: 503, flag: 'NC' });
      return { status: 503, headers: { server: 'istio-envoy' }, body: '' };
    }
    const outgoing = changedRequest(request, decision);
    decision.mirrors?.forEach(mirror =>
      this.mirror(pod, snapshot, mirror, port, outgoing, kind),
    );
    try {
      const result = await proxy.request(
        config,
        outgoing,
        decision,
        this.network.transport({
          clusterId: pod.clusterId,
          ip: pod.ip,
          proxy: pod,
        }),
        signal,
      );
      trace({ ...result, status: result.response.status });
      return {
        ...result.response,
        headers: {
          ...changedHeaders(
            result.response.headers,
            decision.headers?.response,
          ),
          server: 'istio-envoy',
          'x-envoy-upstream-service-time': String(
            Math.round(this.time.now() - started),
          ),
        },
      };
    } catch (error) {
      trace({ attempts: [], status: 0, flag: 'DC' });
      throw error;
    }
  }

  /** Sends a copy whose answer nobody waits for; its host header says so. */
  private mirror(
    pod: PodView,
    snapshot: MeshSnapshot,
    to: RouteTarget,
    port: number,
    request: HttpRequest,
    kind: 'gateway' | 'sidecar',
  ): void {
    const [host, suffix] = splitPort(request.headers.host ?? to.host);
    const decision = {
      kind: 'forward' as const,
      ...to,
      retry: NO_RETRY,
      path: request.path,
      authority: `${host}-shadow${suffix}`,
    };
    this.forward(pod, snapshot, decision, to.port ?? port, request, kind).catch(
      () => undefined,
    );
  }

  private async send(
    pod: PodView,
    snapshot: MeshSnapshot | undefined,
    call: OutboundCall,
    signal?: AbortSignal,
  ): Promise<HttpResponse> {
    const cluster = this.registry.cluster(pod.clusterId)!;
    const name = resolveByDns(call.host, pod.namespace);
    const service =
      name && cluster.services.get(`${name.namespace}/${name.name}`);
    if (!service) {
      throw new CallError('dns', `could not resolve host: ${call.host}`);
    }
    const sidecar = snapshot && pod.sidecar;
    if (!sidecar || service.headless) {
      const started = this.time.now();
      return callThroughKubeProxy(this.network, this.random, pod, {
        ...call,
        cluster,
        service,
        signal,
        onHop: hop =>
          this.record(pod, 'none', hop.destination, call.request, started, hop),
      });
    }
    if (!service.ports.some(p => p.port === call.port)) {
      // Envoy passes it through to an address that nobody serves on this port.
      throw new CallError('refused', `connection refused by ${call.host}`);
    }
    const query: RouteQuery = {
      request: call.request,
      host: serviceHost(service.namespace, service.name),
      port: call.port,
      gateway: 'mesh',
      namespace: pod.namespace,
      labels: pod.labels,
    };
    const decision = this.sidecarRoute(snapshot, query);
    if (decision?.delayMs) {
      await this.time.sleep(decision.delayMs, signal);
    }
    if (decision?.kind !== 'forward') {
      return {
        status: decision?.status ?? 404,
        headers: { ...decision?.headers, server: 'istio-envoy' },
        body: decision?.body ?? '',
      };
    }
    return this.forward(
      pod,
      snapshot,
      decision,
      decision.port ?? call.port,
      call.request,
      'sidecar',
      signal,
    );
  }

  private sidecarRoute(
    snapshot: MeshSnapshot,
    query: RouteQuery,
  ): RouteDecision | undefined {
    const defaults = switchesFor(snapshot.mesh.version);
    const services = virtualServicesFor(snapshot.virtualServices, query);
    if (services.some(vs => vs.spec?.http?.length)) {
      return route(services, query, defaults, this.random);
    }
    return {
      kind: 'forward',
      host: query.host,
      retry: defaultRetry(defaults),
      path: query.request.path,
    };
  }

  private proxy(pod: PodView): Proxy {
    this.prune();
    let proxy = this.proxies.get(pod.uid);
    if (!proxy) {
      proxy = new Proxy(proxyIdentity(pod), this.random, this.time);
      this.proxies.set(pod.uid, proxy);
    }
    return proxy;
  }

  private config(
    snapshot: MeshSnapshot,
    proxy: Proxy,
    target: { host: string; port: number; subset?: string },
  ): EnvoyCluster | undefined {
    const key = `${proxy.identity.uid}|${target.host}|${target.port}|${
      target.subset ?? ''
    }`;
    if (!this.configs.has(key)) {
      this.configs.set(key, buildCluster(snapshot, proxy.identity, target));
    }
    return this.configs.get(key);
  }

  /** After a change: configurations are computed anew, and proxies of pods that are gone are forgotten. */
  private prune(): void {
    if (this.revision === this.registry.revision) {
      return;
    }
    this.revision = this.registry.revision;
    this.configs.clear();
    for (const [uid, { identity }] of this.proxies) {
      const pod = this.registry
        .cluster(identity.clusterId)
        ?.pods.get(`${identity.namespace}/${identity.name}`);
      if (pod?.uid !== uid) this.proxies.delete(uid);
    }
  }

  private record(
    pod: PodView,
    proxy: HopTrace['caller']['proxy'],
    destination: HopTrace['destination'],
    request: HttpRequest,
    started: number,
    result: Pick<HopTrace, 'attempts' | 'status' | 'flag'>,
  ): void {
    this.traces.add({
      time: new Date().toISOString(),
      requestId: request.headers['x-request-id'] ?? randomUUID(),
      caller: {
        clusterId: pod.clusterId,
        region: pod.locality.region,
        zone: pod.locality.zone,
        namespace: pod.namespace,
        pod: pod.name,
        proxy,
      },
      destination,
      attempts: result.attempts,
      status: result.status,
      flag: result.flag,
      durationMs: Math.round(this.time.now() - started),
    });
  }
}

/** A request as the route wants it sent. */
function changedRequest(
  request: HttpRequest,
  decision: Extract<RouteDecision, { kind: 'forward' }>,
): HttpRequest {
  const headers = decision.authority
    ? { ...request.headers, host: decision.authority }
    : request.headers;
  return {
    ...request,
    path: decision.path,
    headers: changedHeaders(headers, decision.headers?.request),
  };
}

/** A host header and the `:port` behind it. */
function splitPort(authority: string): [string, string] {
  const at = authority.lastIndexOf(':');
  return at < 0
    ? [authority, '']
    : [authority.slice(0, at), authority.slice(at)];
}
