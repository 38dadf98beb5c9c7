import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SandboxLog } from '../contract';
import type { Network } from './network';
import type { Registry } from './registry';
import { handOver } from './tlsFront';
import type { HttpRequest, HttpResponse } from './types';

const MAX_BODY = 1024 * 1024;
/** Longer than clients keep idle connections, so that none is closed under a request. Envoy's own default is an hour. */
const KEEP_ALIVE_MS = 3600_000;
/** A load balancer gives up a silent backend after this. */
const BACKEND_CONNECT_TIMEOUT_MS = 127_000;

/** The Service port behind a listener. */
export interface ListenerTarget {
  clusterId: string;
  region: string;
  namespace: string;
  service: string;
  servicePort: number;
}

/**
 * One port of one load balancer. It balances connections, not requests: a connection stays with the pod it was given,
 * as long as that pod is ready.
 */
export class Listener {
  /** Where it really listens; undefined until it does. */
  address?: { host: string; port: number };
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly assigned = new WeakMap<Socket, string>();
  private readonly held = new Set<Socket>();
  private turn = 0;
  private closed = false;

  constructor(
    private readonly registry: Registry,
    private readonly network: Network,
    private readonly log: SandboxLog,
    private readonly target: ListenerTarget,
  ) {
    const pages = http.createServer((req, res) => {
      this.handle(req, res).catch(() => req.socket.destroy());
    });
    pages.keepAliveTimeout = KEEP_ALIVE_MS;
    this.server = createServer(socket => {
      handOver(socket, pages, name => this.certificate(socket, name));
      socket.on('error', () => socket.destroy());
      this.sockets.add(socket);
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.held.delete(socket);
      });
    });
  }

  /** Listens on the wanted address, or says in the log where else it had to. */
  async listen(
    host: string,
    port: number,
    fallback: { host: string; port: number },
  ): Promise<void> {
    const places = [
      { host, port },
      { host, port: 0 },
      fallback,
      { host: fallback.host, port: 0 },
    ];
    for (const place of places) {
      if (this.closed) {
        return;
      }
      try {
        this.address = await this.bind(place);
        if (this.closed) {
          await this.close();
          return;
        }
        const say = place === places[0] ? 'info' : 'warn';
        this.log[say]('A load balancer listens', {
          ...this.target,
          ip: host,
          at: `${this.address.host}:${this.address.port}`,
        });
        return;
      } catch (error) {
        this.log.warn('A load balancer cannot listen where it should', {
          at: `${place.host}:${place.port}`,
          error: (error as Error).message,
        });
      }
    }
  }

  /** Ends connections that were left hanging while the region was lost. */
  dropHeld(): void {
    this.held.forEach(socket => socket.destroy());
  }

  async close(): Promise<void> {
    this.closed = true;
    this.sockets.forEach(socket => socket.destroy());
    if (this.server.listening) {
      await new Promise<void>(resolve => {
        this.server.close(() => resolve());
      });
    }
  }

  private bind(place: {
    host: string;
    port: number;
  }): Promise<{ host: string; port: number }> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(place.port, place.host, () => {
        this.server.off('error', reject);
        const { address, port } = this.server.address() as AddressInfo;
        resolve({ host: address, port });
      });
    });
  }

  private async handle(
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    if (this.registry.isRegionLost(this.target.region)) {
      this.lose(req.socket);
      return;
    }
    const request = await readRequest(req);
    request.headers['x-forwarded-proto'] =
      req.socket instanceof TLSSocket ? 'https' : 'http';
    const backend = this.backend(req.socket);
    if (!backend) {
      req.socket.destroy();
      return;
    }
    const gone = new AbortController();
    res.on('close', () => gone.abort(new Error('the client went away')));
    const delivery = await this.network.deliver(
      { clusterId: this.target.clusterId, ip: backend.ip },
      backend,
      request,
      { connectTimeoutMs: BACKEND_CONNECT_TIMEOUT_MS, signal: gone.signal },
    );
    if (this.registry.isRegionLost(this.target.region)) {
      this.lose(req.socket);
    } else if (delivery.kind === 'response') {
      writeResponse(req, res, delivery.response);
    } else {
      req.socket.destroy();
    }
  }

  /** The balancer passes bytes on; it is the gateway behind it that speaks TLS. */
  private certificate(socket: Socket, name: string) {
    const backend = this.backend(socket);
    return backend && this.network.certificate(backend, name);
  }

  /** What a client of a lost region sees: a connection that hangs, or one that breaks. */
  private lose(socket: Socket): void {
    if (this.registry.isRegionGone(this.target.region)) socket.destroy();
    else this.held.add(socket);
  }

  private backend(socket: Socket) {
    const { clusterId, namespace, service, servicePort } = this.target;
    const cluster = this.registry.cluster(clusterId);
    const view = cluster?.services.get(`${namespace}/${service}`);
    const port = view?.ports.find(p => p.port === servicePort);
    if (!cluster || !view || !port) {
      return undefined;
    }
    const ready = cluster
      .endpoints(view, port.name)
      .filter(e => e.ready && !e.terminating);
    const same = ready.find(e => e.ip === this.assigned.get(socket));
    const chosen = same ?? ready[this.turn++ % ready.length];
    if (!chosen) {
      return undefined;
    }
    this.assigned.set(socket, chosen.ip);
    return {
      clusterId,
      namespace,
      pod: chosen.pod?.name,
      ip: chosen.ip,
      port: chosen.port,
    };
  }
}

async function readRequest(req: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size > MAX_BODY) {
      throw new Error('request body too large');
    }
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value ?? '';
  }
  return {
    method: req.method ?? 'GET',
    path: req.url ?? '/',
    headers,
    body: size > 0 ? Buffer.concat(chunks).toString() : undefined,
  };
}

function writeResponse(
  req: IncomingMessage,
  res: ServerResponse,
  response: HttpResponse,
): void {
  const body = Buffer.from(response.body as string);
  res.writeHead(response.status, {
    ...response.headers,
    'content-length': body.length,
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}
