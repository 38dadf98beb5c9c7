import { Proxy, type Delivery } from './proxy';
import { createRandom } from './random';
import type { EnvoyCluster, Locality, RetryPolicy } from './types';

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
  return new Proxy(
    {
      uid: 'u',
      name: 'caller',
      clusterId: 'here',
      namespace: 'default',
      locality: HERE,
      labels: {},
    },
    createRandom(seed),
    { now: () => 0, sleep: async () => undefined },
  );
}

const ok: Delivery = {
  kind: 'response',
  response: { status: 200, headers: {}, body: 'ok' },
};
const broken: Delivery = {
  kind: 'response',
  response: { status: 503, headers: {}, body: 'no' },
};

describe('Proxy', () => {
  it('retries a 503 on another host, so that one bad pod of two is not seen', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const result = await proxy(seed).request(
        cluster(2, 0),
        REQUEST,
        RETRY,
        async e => (e.key === 'here-0' ? broken : ok),
      );
      expect(result.response.status).toBe(200);
    }
  });

  it('does not retry a 503 after Istio 1.23', async () => {
    const result = await proxy().request(
      cluster(1, 1),
      REQUEST,
      { ...RETRY, statusCodes: [] },
      async () => broken,
    );
    expect(result.attempts).toHaveLength(1);
  });

  it('stays within the priority load: two retries do not leave a failing region by themselves', async () => {
    const result = await proxy().request(
      cluster(2, 2),
      REQUEST,
      RETRY,
      async e => (e.locality === HERE ? { kind: 'refused' } : ok),
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
      REQUEST,
      { ...RETRY, remoteLocalities: true },
      async e => (e.locality === HERE ? { kind: 'refused' } : ok),
    );
    expect(result.response.status).toBe(200);
    expect(result.attempts.map(a => a.region)).toEqual([
      'here',
      'here',
      'there',
    ]);
  });

  it('ejection on the first error lets the retries end in the other region', async () => {
    const subject = proxy();
    const result = await subject.request(
      cluster(2, 2, true),
      REQUEST,
      RETRY,
      async e => (e.locality === HERE ? { kind: 'connect-timeout' } : ok),
    );
    expect(result.attempts.map(a => a.result)).toEqual(['UF', 'UF', '200']);
    expect(subject.ejected()['outbound|80||svc']).toHaveLength(2);
  });

  it('says which kind of failure reset the request, as Envoy words it', async () => {
    const timeout = await proxy().request(
      cluster(1, 0),
      REQUEST,
      RETRY,
      async () => ({ kind: 'connect-timeout' }),
    );
    expect(timeout.response).toMatchObject({ status: 503 });
    expect(timeout.response.body).toContain('connection timeout');
    const none = await proxy().request(
      cluster(0, 0),
      REQUEST,
      RETRY,
      async () => ok,
    );
    expect(none).toMatchObject({
      flag: 'UH',
      response: { body: 'no healthy upstream' },
    });
  });

  it('a call the client gave up teaches nothing about the host', async () => {
    const subject = proxy();
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(
      subject.request(
        cluster(1, 1, true),
        REQUEST,
        RETRY,
        async () => Promise.reject(gone.reason),
        gone,
      ),
    ).rejects.toThrow('gone');
    expect(subject.ejected()).toEqual({});
  });
});
