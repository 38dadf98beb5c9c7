import type { DataPlaneTime, Endpoint, Link, Transport } from '../types';
import { VirtualTime } from '../virtualTime';
import {
  ConnectionPools,
  type Lease,
  type PoolSettings,
} from './connectionPool';

const HOST: Endpoint = {
  key: 'a',
  clusterId: 'c',
  namespace: 'default',
  ip: '10.0.0.1',
  port: 80,
  locality: { region: '', zone: '', subzone: '' },
  labels: {},
  weight: 1,
  healthy: true,
};
const OTHER: Endpoint = { ...HOST, key: 'b' };
const LIMITS = {
  maxConnections: Infinity,
  maxPendingRequests: Infinity,
  maxRequests: Infinity,
  maxRetries: Infinity,
};

/** Hosts to which connections take 10 ms; `peer` closes or breaks them. */
function pools(settings: Partial<PoolSettings> = {}) {
  const time = new VirtualTime();
  const peer = { open: true, refuses: false };
  const link: Link = {
    isOpen: () => peer.open,
    exchange: async () => ({ status: 200, headers: {}, body: '' }),
  };
  const transport: Transport = {
    async connect(_, signal) {
      await time.sleep(10, signal);
      return peer.refuses ? 'refused' : link;
    },
  };
  const subject = new ConnectionPools(
    { connectTimeoutMs: 1000, ...settings },
    time as DataPlaneTime,
  );
  const ask = (host = HOST, signal?: AbortSignal) =>
    Promise.resolve(subject.acquire(host, transport, signal));
  return {
    subject,
    time,
    peer,
    ask,
    acquire: async (host = HOST) => (await time.run(ask(host))) as Lease,
  };
}

describe('ConnectionPools', () => {
  it('keeps a connection and uses it again', async () => {
    const { subject, acquire } = pools();
    (await acquire()).release('reusable');
    (await acquire()).release('reusable');
    expect(subject.connectionsMade).toBe(1);
    (await acquire()).release('broken');
    await acquire();
    expect(subject.connectionsMade).toBe(2);
  });

  it('opens another one while the first is in use', async () => {
    const { subject, acquire } = pools();
    await acquire();
    await acquire();
    await acquire(OTHER);
    expect(subject.connectionsMade).toBe(3);
  });

  it('closes a connection after its number of requests or its idle time', async () => {
    const { subject, acquire, time } = pools({
      maxRequestsPerConnection: 2,
      idleTimeoutMs: 500,
    });
    (await acquire()).release('reusable');
    (await acquire()).release('reusable');
    (await acquire()).release('reusable');
    expect(subject.connectionsMade).toBe(2);
    await time.advanceTo(time.now() + 500);
    (await acquire()).release('reusable');
    expect(subject.connectionsMade).toBe(3);
  });

  it('a peer that closed its idle connection is not sent another request on it', async () => {
    const { subject, acquire, peer } = pools();
    (await acquire()).release('reusable');
    peer.open = false;
    const next = acquire();
    peer.open = true;
    await next;
    expect(subject.connectionsMade).toBe(2);
  });

  it('a request that waits takes the connection that comes free first', async () => {
    const { subject, time, ask, acquire } = pools({
      circuitBreakers: { ...LIMITS, maxConnections: 1 },
    });
    const first = await acquire();
    const second = ask();
    first.release('reusable');
    await time.run(second);
    expect(subject.connectionsMade).toBe(1);
  });

  it('a request that waits gets a new connection when the only one breaks', async () => {
    const { subject, time, ask, acquire } = pools({
      circuitBreakers: { ...LIMITS, maxConnections: 1 },
    });
    const first = await acquire();
    const second = ask();
    first.release('broken');
    await time.run(second);
    expect(subject.connectionsMade).toBe(2);
  });

  it('limits the requests that wait, over all hosts; a host may always have one connection', async () => {
    const { time, ask, acquire } = pools({
      circuitBreakers: { ...LIMITS, maxConnections: 1, maxPendingRequests: 1 },
    });
    await acquire();
    const waits = ask();
    expect(await ask()).toBe('overflow');
    expect(await ask(OTHER)).toBe('overflow');
    await time.advanceTo(5000);
    expect(await Promise.race([waits, 'still waits'])).toBe('still waits');
    const roomy = pools({ circuitBreakers: { ...LIMITS, maxConnections: 1 } });
    await roomy.acquire();
    await roomy.acquire(OTHER);
    expect(roomy.subject.connectionsMade).toBe(2);
  });

  it('limits requests under way and retries', async () => {
    const { subject, acquire, time, ask } = pools({
      circuitBreakers: { ...LIMITS, maxRequests: 1, maxRetries: 1 },
    });
    const first = await acquire();
    expect(await time.run(ask())).toBe('overflow');
    first.release('reusable');
    expect(typeof (await acquire())).toBe('object');
    const over = subject.beginRetry()!;
    expect(subject.beginRetry()).toBeUndefined();
    over();
    expect(subject.beginRetry()).toBeDefined();
  });

  it('a failed connection attempt fails everybody who waits for the host', async () => {
    const { time, ask, peer } = pools();
    peer.refuses = true;
    const results = await time.run(Promise.all([ask(), ask(), ask()]));
    expect(results).toEqual(['refused', 'refused', 'refused']);
    const lost = pools({ connectTimeoutMs: 5 });
    expect(await lost.time.run(lost.ask())).toBe('connect-timeout');
    expect(lost.time.now()).toBe(5);
  });

  it('a client that goes away gives up its place, and the connection is kept for the next', async () => {
    const { subject, time, ask, acquire } = pools();
    const gone = new AbortController();
    const left = ask(HOST, gone.signal);
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await time.advanceTo(20);
    await acquire();
    expect(subject.connectionsMade).toBe(1);
  });

  it('connections to a host that left are not used for one that came back under its name', async () => {
    const { subject, acquire } = pools();
    const busy = await acquire();
    subject.keepOnly(new Set());
    busy.release('reusable');
    await acquire();
    expect(subject.connectionsMade).toBe(2);
  });
});
