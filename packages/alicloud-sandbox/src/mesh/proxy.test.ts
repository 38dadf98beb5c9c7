import { Proxy, type RouteAction } from './proxy';
import { createRandom } from './random';
import { VirtualTime } from './virtualTime';
import { answer, hosts, type Behaviour } from './__testUtils__/hosts';
import type { Endpoint, EnvoyCluster, Locality, RetryPolicy } from './types';

const HERE: Locality = { region: 'here', zone: '', subzone: '' };
const THERE: Locality = { region: 'there', zone: '', subzone: '' };
const RETRY: RetryPolicy = {
  attempts: 2,
  connectFailure: true,
  on5xx: false,
  onGatewayError: false,
  statusCodes: [503],
  remoteLocalities: false,
};
const REQUEST = { method: 'GET', path: '/', headers: {} };

function cluster(local: number, remote: number, outlier = false): EnvoyCluster {
  const group = (locality: Locality, n: number, priority: number) => ({
    locality,
    priority,
    weight: n,
    endpoints: Array.from({ length: n }, (_, i) => ({
      key: `${locality.region}-${i}`,
      clusterId: locality.region,
      namespace: 'default',
      pod: `${locality.region}-${i}`,
      ip: `10.${priority}.0.${i}`,
      port: 80,
      locality,
      labels: {},
      weight: 1,
      healthy: true,
    })),
  });
  return {
    name: 'outbound|80||svc',
    groups: [group(HERE, local, 0), group(THERE, remote, 1)],
    localityWeighted: true,
    panicThreshold: 0,
    lbPolicy: 'LEAST_REQUEST',
    connectTimeoutMs: 10_000,
    outlier: outlier
      ? {
          consecutive5xx: 1,
          consecutiveGateway: 0,
          splitLocalOrigin: false,
          consecutiveLocalOrigin: 5,
          intervalMs: 1000,
          baseEjectionMs: 60_000,
          maxEjectionMs: 300_000,
          maxEjectionPercent: 100,
          strictCap: true,
        }
      : undefined,
  };
}

function proxy(seed = 1) {
  const time = new VirtualTime();
  const subject = new Proxy(
    {
      uid: 'u',
      name: 'caller',
      clusterId: 'here',
      namespace: 'default',
      locality: HERE,
      labels: {},
    },
    createRandom(seed),
    time,
  );
  return {
    subject,
    time,
    /** Sends a request and lets time pass until it is over. */
    request: (
      config: EnvoyCluster,
      behave: (e: Endpoint) => Behaviour,
      action: Partial<RouteAction> = {},
      signal?: AbortSignal,
    ) =>
      time.run(
        subject.request(
          config,
          REQUEST,
          { retry: RETRY, ...action },
          hosts(behave),
          signal,
        ),
      ),
  };
}

const ok = answer(200, 'ok');
const broken = answer(503, 'no');

describe('Proxy', () => {
  it('retries a 503 on another host, so that one bad pod of two is not seen', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const result = await proxy(seed).request(cluster(2, 0), e =>
        e.key === 'here-0' ? broken : ok,
      );
      expect(result.response.status).toBe(200);
    }
  });

  it('does not retry a 503 after Istio 1.23', async () => {
    const result = await proxy().request(cluster(1, 1), () => broken, {
      retry: { ...RETRY, statusCodes: [] },
    });
    expect(result.attempts).toHaveLength(1);
  });

  it('stays within the priority load: two retries do not leave a failing region by themselves', async () => {
    const result = await proxy().request(cluster(2, 2), e =>
      e.locality === HERE ? 'refused' : ok,
    );
    expect(result.flag).toBe('UF');
    expect(result.attempts.map(a => a.region)).toEqual([
      'here',
      'here',
      'here',
    ]);
  });

  it('retryRemoteLocalities takes the third attempt to the next priority', async () => {
    const result = await proxy().request(
      cluster(2, 2),
      e => (e.locality === HERE ? 'refused' : ok),
      { retry: { ...RETRY, remoteLocalities: true } },
    );
    expect(result.response.status).toBe(200);
    expect(result.attempts.map(a => a.region)).toEqual([
      'here',
      'here',
      'there',
    ]);
  });

  it('starts over with all priorities when it has tried them all', async () => {
    const result = await proxy().request(cluster(2, 2), () => 'refused', {
      retry: { ...RETRY, attempts: 7, remoteLocalities: true },
    });
    expect(result.attempts.map(a => a.region)).toEqual([
      'here',
      'here',
      'there',
      'there',
      'here',
      'here',
      'there',
      'there',
    ]);
  });

  it('ejection on the first error lets the retries end in the other region', async () => {
    const { subject, request } = proxy();
    const result = await request(cluster(2, 2, true), e =>
      e.locality === HERE ? 'lost' : ok,
    );
    expect(result.attempts.map(a => a.result)).toEqual(['UF', 'UF', '200']);
    expect(subject.ejected()['outbound|80||svc']).toHaveLength(2);
  });

  it('leaves the first failing host at once, and a second one only after the merge window', async () => {
    const { subject, time, request } = proxy();
    const config = cluster(2, 2, true);
    const failing = (e: Endpoint) => (e.locality === HERE ? answer(500) : ok);
    const regions = async (n: number) => {
      const seen: string[] = [];
      for (let i = 0; i < n; i++) {
        seen.push((await request(config, failing)).attempts[0].region);
      }
      return seen;
    };
    await regions(30);
    expect(subject.stats(config.name)!.ejections_active).toBe(2);
    expect(await regions(30)).toContain('here');
    await time.advanceTo(1500);
    expect(new Set(await regions(30))).toEqual(new Set(['there']));
  });

  it('says which kind of failure reset the request, as Envoy words it', async () => {
    const { request, time } = proxy();
    const timeout = await request(cluster(1, 0), () => 'lost', {
      retry: { ...RETRY, attempts: 0 },
    });
    expect(timeout.response).toMatchObject({ status: 503 });
    expect(timeout.response.body).toContain('connection timeout');
    expect(time.now()).toBe(10_000);
    const none = await proxy().request(cluster(0, 0), () => ok);
    expect(none).toMatchObject({
      flag: 'UH',
      response: { body: 'no healthy upstream' },
    });
    const reset = await proxy().request(cluster(1, 0), e =>
      e.key ? 'reset' : ok,
    );
    expect(reset).toMatchObject({ flag: 'UC' });
    expect(reset.attempts).toHaveLength(1);
  });

  it('a route timeout charges a host that had the request, not one that still connects', async () => {
    const hanging = proxy();
    const late = await hanging.request(cluster(1, 1, true), () => 'hang', {
      timeoutMs: 500,
    });
    expect(late).toMatchObject({ flag: 'UT', response: { status: 504 } });
    expect(hanging.time.now()).toBe(500);
    expect(hanging.subject.stats('outbound|80||svc')!.ejections_active).toBe(1);
    const lost = proxy();
    await lost.request(cluster(1, 1, true), () => 'lost', { timeoutMs: 500 });
    expect(lost.subject.stats('outbound|80||svc')!.ejections_active).toBe(0);
  });

  it('a try that took too long is not retried on connect-failure alone, but on reset', async () => {
    const retry = { ...RETRY, perTryTimeoutMs: 100 };
    const once = await proxy().request(cluster(1, 0), () => 'hang', { retry });
    expect(once.attempts).toHaveLength(1);
    const lost = proxy();
    await lost.request(cluster(1, 0), () => 'lost', {
      retry: { ...retry, attempts: 0 },
    });
    expect(lost.time.now()).toBe(10_000);
    const often = await proxy().request(cluster(1, 0), () => 'hang', {
      retry: { ...retry, onReset: true },
    });
    expect(often.attempts.map(a => a.result)).toEqual(['UT', 'UT', 'UT']);
  });

  it('a call the client gave up teaches nothing about the host', async () => {
    const { subject, request, time } = proxy();
    const gone = new AbortController();
    time.sleep(50).then(() => gone.abort(new Error('gone')));
    await expect(
      request(cluster(1, 1, true), () => 'hang', {}, gone.signal),
    ).rejects.toThrow('gone');
    expect(subject.ejected()).toEqual({});
  });
});
