import { DeadlineExceeded, withDeadline } from '../deadline';
import type {
  CircuitBreakers,
  DataPlaneTime,
  Endpoint,
  Link,
  Transport,
} from '../types';

/** Why no connection was to be had. */
export type PoolFailure = 'refused' | 'connect-timeout' | 'overflow';

/** A connection for one request. */
export interface Lease {
  link: Link;
  /** Gives the connection back; `broken` when the request did not end well on it (HTTP/1.1 cannot reuse it then). */
  release(outcome: 'reusable' | 'broken'): void;
}

/** What the pools read of their cluster's configuration. */
export interface PoolSettings {
  connectTimeoutMs: number;
  circuitBreakers?: CircuitBreakers;
  maxRequestsPerConnection?: number;
  idleTimeoutMs?: number;
}

interface Connection {
  link: Link;
  requests: number;
  idleSince: number;
}

interface Waiter {
  settle(result: Lease | PoolFailure): void;
  onAbort(): void;
}

interface Pool {
  endpoint: Endpoint;
  transport: Transport;
  /** The host left: connections are closed when their request is over. */
  draining: boolean;
  idle: Connection[];
  waiting: Waiter[];
  connecting: number;
  open: number;
}

const DEFAULT_IDLE_TIMEOUT_MS = 3_600_000;

/**
 * HTTP/1.1 connections of one Envoy cluster in one proxy, a pool for each host. Circuit breakers count over all hosts;
 * a host may always have one connection. As in Envoy a request that waits takes whichever connection comes free first,
 * and a failed connection attempt fails everybody who waits for that host.
 */
export class ConnectionPools {
  private readonly pools = new Map<string, Pool>();
  private connections = 0;
  private pending = 0;
  private requests = 0;
  private retries = 0;
  /** Envoy's `upstream_cx_total`: connections opened or tried. */
  connectionsMade = 0;

  constructor(
    private settings: PoolSettings,
    private readonly time: DataPlaneTime,
  ) {}

  /** Takes over limits and timeouts; open connections stay. */
  configure(settings: PoolSettings): void {
    this.settings = settings;
  }

  /** EDS: connections to hosts that left are closed once they are unused. */
  keepOnly(keys: Set<string>): void {
    for (const [key, pool] of this.pools) {
      if (!keys.has(key)) {
        pool.draining = true;
        pool.idle.splice(0).forEach(() => this.closed(pool));
        this.pools.delete(key);
      }
    }
  }

  /** Counts a retry until the returned function is called; undefined when the limit forbids it. */
  beginRetry(): (() => void) | undefined {
    if (
      this.retries >= (this.settings.circuitBreakers?.maxRetries ?? Infinity)
    ) {
      return undefined;
    }
    this.retries++;
    return () => {
      this.retries--;
    };
  }

  /** A connection to a host, kept or new. Rejects only with the signal's reason. */
  acquire(
    endpoint: Endpoint,
    transport: Transport,
    signal?: AbortSignal,
  ): Lease | PoolFailure | Promise<Lease | PoolFailure> {
    const pool = this.pool(endpoint, transport);
    const kept = this.takeIdle(pool);
    if (kept) {
      return this.lease(pool, kept);
    }
    const limits = this.settings.circuitBreakers;
    if (limits && this.pending >= limits.maxPendingRequests) {
      this.forget(pool);
      return 'overflow';
    }
    return new Promise((resolve, reject) => {
      this.pending++;
      const waiter: Waiter = {
        settle: result => {
          this.pending--;
          signal?.removeEventListener('abort', waiter.onAbort);
          resolve(result);
        },
        onAbort: () => {
          pool.waiting.splice(pool.waiting.indexOf(waiter), 1);
          this.pending--;
          reject(signal!.reason);
        },
      };
      pool.waiting.push(waiter);
      signal?.addEventListener('abort', waiter.onAbort, { once: true });
      this.grow(pool);
    });
  }

  private pool(endpoint: Endpoint, transport: Transport): Pool {
    let pool = this.pools.get(endpoint.key);
    if (!pool) {
      pool = {
        endpoint,
        transport,
        draining: false,
        idle: [],
        waiting: [],
        connecting: 0,
        open: 0,
      };
      this.pools.set(endpoint.key, pool);
    }
    pool.transport = transport;
    return pool;
  }

  /** The connection used last, as long as neither side has closed it. */
  private takeIdle(pool: Pool): Connection | undefined {
    const patience = this.settings.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS;
    for (;;) {
      const connection = pool.idle.pop();
      if (
        !connection ||
        (connection.link.isOpen() &&
          this.time.now() - connection.idleSince < patience)
      ) {
        return connection;
      }
      this.closed(pool);
    }
  }

  /** Hands out a connection, unless the limit of requests forbids it. */
  private lease(pool: Pool, connection: Connection): Lease | 'overflow' {
    const limits = this.settings.circuitBreakers;
    if (limits && this.requests >= limits.maxRequests) {
      pool.idle.push(connection);
      return 'overflow';
    }
    this.requests++;
    connection.requests++;
    return {
      link: connection.link,
      release: outcome => {
        this.requests--;
        const limit = this.settings.maxRequestsPerConnection;
        if (
          outcome === 'broken' ||
          pool.draining ||
          (limit && connection.requests >= limit)
        ) {
          this.closed(pool);
          this.grow(pool);
          this.forget(pool);
          return;
        }
        connection.idleSince = this.time.now();
        pool.idle.push(connection);
        this.serveWaiting(pool);
      },
    };
  }

  /** Opens a connection if those under way are not enough for those who wait. */
  private grow(pool: Pool): void {
    const limit = this.settings.circuitBreakers?.maxConnections ?? Infinity;
    if (
      pool.waiting.length <= pool.connecting ||
      (pool.open > 0 && this.connections >= limit)
    ) {
      return;
    }
    pool.connecting++;
    pool.open++;
    this.connections++;
    this.connectionsMade++;
    withDeadline(
      this.time,
      this.settings.connectTimeoutMs,
      undefined,
      limited => pool.transport.connect(pool.endpoint, limited),
    )
      .catch(error => {
        if (error instanceof DeadlineExceeded) {
          return 'timeout' as const;
        }
        throw error;
      })
      .then(
        link => this.connected(pool, link),
        // The data plane stops: nobody is left to tell.
        () => undefined,
      );
  }

  private connected(pool: Pool, link: Link | 'refused' | 'timeout'): void {
    pool.connecting--;
    if (typeof link === 'string') {
      this.closed(pool);
      const failure = link === 'refused' ? link : 'connect-timeout';
      pool.waiting.splice(0).forEach(waiter => waiter.settle(failure));
      this.forget(pool);
      return;
    }
    if (pool.draining && pool.waiting.length === 0) {
      this.closed(pool);
      return;
    }
    pool.idle.push({ link, requests: 0, idleSince: this.time.now() });
    this.serveWaiting(pool);
    this.grow(pool);
  }

  private serveWaiting(pool: Pool): void {
    while (pool.waiting.length > 0) {
      const connection = this.takeIdle(pool);
      if (!connection) {
        return;
      }
      pool.waiting.shift()!.settle(this.lease(pool, connection));
    }
  }

  private closed(pool: Pool): void {
    pool.open--;
    this.connections--;
  }

  /** Nothing is kept for a host that has neither connections nor requests. */
  private forget(pool: Pool): void {
    const { key } = pool.endpoint;
    if (
      pool.open === 0 &&
      pool.waiting.length === 0 &&
      this.pools.get(key) === pool
    ) {
      this.pools.delete(key);
    }
  }
}
