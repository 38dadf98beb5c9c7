import { createSecureContext, type SecureContext } from 'node:tls';
import type { KubeObject } from '../contract';
import type { DataPlane } from './dataPlane';
import { switchesFor } from './istiod/config';
import { hostSpecificity } from './istiod/hosts';
import { route, virtualServicesFor, type RouteDecision } from './istiod/routes';
import type { MeshSnapshot, Registry } from './registry';
import type {
  DataPlaneTime,
  HttpRequest,
  HttpResponse,
  PodView,
  RandomSource,
} from './types';

/** Whether a pod is an Istio gateway: it carries the selector label and runs the proxy as a router. */
export function isGatewayPod(pod: PodView): boolean {
  return (
    Boolean(pod.labels.istio) &&
    pod.containers.some(
      c => /\/proxyv2(:|@|$)/.test(c.image) && c.args.includes('router'),
    )
  );
}

/** The HTTP side of gateway pods: Gateway servers, VirtualService routes, then the pod's own proxy. */
export class GatewayServer {
  constructor(
    private readonly registry: Registry,
    private readonly dataPlane: DataPlane,
    private readonly time: DataPlaneTime,
    private readonly random: RandomSource,
    /** A Secret of a cluster, or of the mesh's own API server. */
    private readonly secret: (
      clusterId: string,
      namespace: string,
      name: string,
    ) => KubeObject | undefined,
  ) {}

  /** Whether a Gateway opens the port. */
  listens(pod: PodView, podPort: number): boolean {
    const snapshot = this.registry.meshOf(pod.clusterId);
    return (
      snapshot !== undefined && this.servers(snapshot, pod, podPort).length > 0
    );
  }

  /** Undefined when no Gateway opens the port: nothing listens there. */
  serve(
    pod: PodView,
    podPort: number,
    request: HttpRequest,
  ): Promise<HttpResponse> | undefined {
    const snapshot = this.registry.meshOf(pod.clusterId);
    const secure = request.headers['x-forwarded-proto'] === 'https';
    const servers = (
      snapshot ? this.servers(snapshot, pod, podPort) : []
    ).filter(({ server }) => isTls(server) === secure);
    return servers.length > 0
      ? this.handle(snapshot!, servers, pod, request)
      : undefined;
  }

  /** The certificate of the server for a name: the Secret `credentialName` in the gateway's namespace. */
  certificate(
    pod: PodView,
    podPort: number,
    serverName: string,
  ): SecureContext | undefined {
    const snapshot = this.registry.meshOf(pod.clusterId);
    const found = (snapshot ? this.servers(snapshot, pod, podPort) : []).find(
      ({ server }) =>
        isTls(server) &&
        server.hosts?.some((h: string) => allowsHost(h, serverName)),
    );
    const name = found?.server.tls?.credentialName;
    const secret =
      name &&
      (this.secret(pod.clusterId, pod.namespace, name) ??
        this.secret(snapshot!.mesh.id, pod.namespace, name));
    return secret && contextOf(secret);
  }

  private async handle(
    snapshot: MeshSnapshot,
    servers: { gateway: KubeObject; server: any }[],
    pod: PodView,
    request: HttpRequest,
  ): Promise<HttpResponse> {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const candidates = servers.filter(({ server }) =>
      (server.hosts ?? []).some((h: string) => allowsHost(h, host)),
    );
    if (candidates.some(({ server }) => server.tls?.httpsRedirect)) {
      return reply(301, '', { location: `https://${host}${request.path}` });
    }
    const defaults = switchesFor(snapshot.mesh.version);
    for (const { gateway, server } of candidates) {
      const query = {
        request,
        host,
        port: Number(server.port?.number),
        gateway: `${gateway.metadata.namespace}/${gateway.metadata.name}`,
        namespace: pod.namespace,
        labels: pod.labels,
      };
      const services = virtualServicesFor(
        snapshot.virtualServices.filter(vs => isBound(server, gateway, vs)),
        query,
      );
      const decision = route(services, query, defaults, this.random);
      if (decision) {
        return this.follow(decision, snapshot, pod, request);
      }
    }
    return reply(404, '');
  }

  private async follow(
    decision: RouteDecision,
    snapshot: MeshSnapshot,
    pod: PodView,
    request: HttpRequest,
  ): Promise<HttpResponse> {
    if (decision.delayMs) {
      await this.time.sleep(decision.delayMs);
    }
    if (decision.kind === 'reply') {
      return reply(decision.status, decision.body ?? '', decision.headers);
    }
    const port = decision.port ?? this.onlyPort(snapshot, decision.host);
    return this.dataPlane.forward(
      pod,
      snapshot,
      decision,
      port ?? 0,
      request,
      'gateway',
    );
  }

  /** Servers of the Gateways that select this pod and open this port (by service port or container port). */
  private servers(
    snapshot: MeshSnapshot,
    pod: PodView,
    podPort: number,
  ): { gateway: KubeObject; server: any }[] {
    const ports = this.portNumbers(pod, podPort);
    return snapshot.gateways
      .filter(g =>
        Object.entries(g.spec?.selector ?? {}).every(
          ([k, v]) => pod.labels[k] === v,
        ),
      )
      .flatMap(gateway =>
        (gateway.spec?.servers ?? [])
          .filter(
            (s: any) =>
              ports.has(Number(s.port?.number)) &&
              (/^HTTP2?$/i.test(s.port?.protocol ?? '') || isTls(s)),
          )
          .map((server: any) => ({ gateway, server })),
      );
  }

  private portNumbers(pod: PodView, podPort: number): Set<number> {
    const numbers = new Set([podPort]);
    for (const service of this.registry
      .cluster(pod.clusterId)!
      .services.values()) {
      const selector = Object.entries(service.selector);
      if (
        service.namespace === pod.namespace &&
        selector.length > 0 &&
        selector.every(([k, v]) => pod.labels[k] === v)
      ) {
        service.ports
          .filter(p => Number(p.targetPort ?? p.port) === podPort)
          .forEach(p => numbers.add(p.port));
      }
    }
    return numbers;
  }

  private onlyPort(snapshot: MeshSnapshot, host: string): number | undefined {
    const [name, namespace] = host.split('.');
    for (const cluster of snapshot.clusters) {
      const ports = cluster.services.get(`${namespace}/${name}`)?.ports;
      if (ports) {
        return ports.length === 1 ? ports[0].port : undefined;
      }
    }
    return undefined;
  }
}

/** A server's host may be bound to a namespace: `ns/host`; `.` is the Gateway's own, `*` any. */
function splitHost(entry: string): { namespace: string; pattern: string } {
  const [namespace, pattern] = entry.includes('/')
    ? entry.split('/', 2)
    : ['*', entry];
  return { namespace, pattern };
}

/** A server that ends TLS itself. */
function isTls(server: any): boolean {
  return (
    /^HTTPS$/i.test(server.port?.protocol ?? '') &&
    server.tls?.mode === 'SIMPLE'
  );
}

/** Undefined for a Secret that holds no usable certificate and key. */
function contextOf({ data }: KubeObject): SecureContext | undefined {
  const text = (name: string) =>
    Buffer.from(String(data?.[name] ?? ''), 'base64').toString();
  try {
    return createSecureContext({
      cert: text('tls.crt') || text('cert'),
      key: text('tls.key') || text('key'),
    });
  } catch {
    return undefined;
  }
}

function allowsHost(entry: string, host: string): boolean {
  return hostSpecificity(splitHost(entry).pattern, host) !== undefined;
}

/** Whether a server lets a VirtualService in: one of its hosts names the namespace and overlaps the service's hosts. */
function isBound(server: any, gateway: KubeObject, vs: KubeObject): boolean {
  return (server.hosts ?? []).some((entry: string) => {
    const { namespace, pattern } = splitHost(entry);
    const wanted = namespace === '.' ? gateway.metadata.namespace : namespace;
    return (
      (wanted === '*' || wanted === vs.metadata.namespace) &&
      (vs.spec?.hosts ?? []).some(
        (h: string) =>
          hostSpecificity(pattern, h) !== undefined ||
          hostSpecificity(h, pattern) !== undefined,
      )
    );
  });
}

function reply(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): HttpResponse {
  return {
    status,
    headers: {
      ...(body ? { 'content-type': 'text/plain' } : {}),
      ...headers,
      server: 'istio-envoy',
    },
    body,
  };
}
