import {
  forecastOutage,
  modelVersions,
  type Failure,
  type OutageInput,
  type OutlierDetection,
  type RetrySettings,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  createRandom,
  Proxy,
  retryPolicy,
  VirtualTime,
  type EnvoyCluster,
  type LocalityGroup,
  type Transport,
} from '../envoy/model';

const VERSION = modelVersions('v1.22.6.66');
const HERE = { region: 'hz', zone: 'a', subzone: '' };
const THERE = { region: 'sh', zone: 'b', subzone: '' };
/** Proxies that are watched. */
const PROXIES = 40;
const OUTAGE_S = 20;

interface Case {
  name: string;
  local: number;
  remote: number;
  failure: Failure;
  detection: OutlierDetection;
  retries?: RetrySettings;
  connectTimeout?: string;
  timeout?: string;
  /** Of one proxy. */
  rate: number;
}

const CASES: Case[] = [
  {
    name: 'answers 500, nobody retries',
    local: 2,
    remote: 2,
    failure: { kind: 'answers', status: 500 },
    detection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 },
    retries: { attempts: 0 },
    rate: 20,
  },
  {
    name: 'answers 503 to 5 hosts, 3 in a row',
    local: 5,
    remote: 5,
    failure: { kind: 'answers', status: 503 },
    detection: { consecutive5xxErrors: 3, maxEjectionPercent: 100 },
    retries: { attempts: 0 },
    rate: 30,
  },
  {
    name: 'answers 503, retried by default up to Istio 1.23',
    local: 3,
    remote: 3,
    failure: { kind: 'answers', status: 503 },
    detection: { consecutive5xxErrors: 2, maxEjectionPercent: 100 },
    rate: 20,
  },
  {
    name: 'refuses, with the default retries',
    local: 2,
    remote: 2,
    failure: { kind: 'refuse' },
    detection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 },
    rate: 20,
  },
  {
    name: 'refuses, 5 in a row, default retries',
    local: 3,
    remote: 2,
    failure: { kind: 'refuse' },
    detection: { consecutive5xxErrors: 5, maxEjectionPercent: 100 },
    rate: 20,
  },
  {
    name: 'refuses, retries leave the priority',
    local: 4,
    remote: 4,
    failure: { kind: 'refuse' },
    detection: { consecutive5xxErrors: 5, maxEjectionPercent: 100 },
    retries: { attempts: 3, retryRemoteLocalities: true },
    rate: 20,
  },
  {
    name: 'the cap of 10 % ejects nobody',
    local: 2,
    remote: 2,
    failure: { kind: 'refuse' },
    detection: { consecutive5xxErrors: 1 },
    rate: 5,
  },
  {
    name: 'the cap spares half',
    local: 4,
    remote: 4,
    failure: { kind: 'answers', status: 502 },
    detection: { consecutiveGatewayErrors: 2, maxEjectionPercent: 25 },
    retries: { attempts: 1, retryOn: 'gateway-error' },
    rate: 10,
  },
  {
    name: 'a black hole behind a connect timeout of 1 s',
    local: 2,
    remote: 2,
    failure: { kind: 'black-hole' },
    detection: { consecutive5xxErrors: 2, maxEjectionPercent: 100 },
    connectTimeout: '1s',
    rate: 10,
  },
  {
    name: 'a black hole and no retries',
    local: 3,
    remote: 3,
    failure: { kind: 'black-hole' },
    detection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 },
    retries: { attempts: 0 },
    connectTimeout: '2s',
    rate: 10,
  },
  {
    name: 'a black hole and a route timeout that comes first',
    local: 2,
    remote: 2,
    failure: { kind: 'black-hole' },
    detection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 },
    connectTimeout: '2s',
    timeout: '500ms',
    rate: 5,
  },
  {
    name: 'slow beyond the time of a try, not retried by default',
    local: 2,
    remote: 2,
    failure: { kind: 'slow', delayMs: 3000 },
    detection: { consecutive5xxErrors: 3, maxEjectionPercent: 100 },
    retries: { perTryTimeout: '300ms' },
    rate: 10,
  },
  {
    name: 'slow beyond the time of a try, retried by reset',
    local: 2,
    remote: 2,
    failure: { kind: 'slow', delayMs: 3000 },
    detection: { consecutive5xxErrors: 3, maxEjectionPercent: 100 },
    retries: { attempts: 2, retryOn: 'reset', perTryTimeout: '300ms' },
    rate: 10,
  },
  {
    name: 'slow, and split origins never add up',
    local: 2,
    remote: 2,
    failure: { kind: 'slow', delayMs: 3000 },
    detection: {
      splitExternalLocalOriginErrors: true,
      consecutiveLocalOriginFailures: 2,
      maxEjectionPercent: 100,
    },
    retries: { attempts: 0, perTryTimeout: '300ms' },
    rate: 5,
  },
];

function inputOf(test: Case): OutageInput {
  const { local, remote, failure, detection, rate } = test;
  return {
    caller: { region: 'hz', zone: 'a' },
    endpoints: [
      { region: 'hz', zone: 'a', total: local, healthy: local },
      { region: 'sh', zone: 'b', total: remote, healthy: remote },
    ],
    setting: { failover: [{ from: 'hz', to: 'sh' }] },
    outlierDetection: { ...detection, baseEjectionTime: '1h' },
    failing: { region: 'hz' },
    failure,
    proxies: PROXIES,
    requestsPerSecond: PROXIES * rate,
    outageSeconds: OUTAGE_S,
    keptConnections: 0,
    retries: test.retries,
    connectTimeout: test.connectTimeout,
    timeout: test.timeout,
    versions: VERSION,
  };
}

function clusterOf(test: Case): EnvoyCluster {
  const group = (
    locality: typeof HERE,
    hosts: number,
    priority: number,
  ): LocalityGroup => ({
    locality,
    priority,
    weight: hosts,
    endpoints: Array.from({ length: hosts }, (_, i) => ({
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
  const { detection } = test;
  return {
    name: 'outbound|80||svc',
    groups: [group(HERE, test.local, 0), group(THERE, test.remote, 1)],
    localityWeighted: true,
    panicThreshold: 0,
    lbPolicy: 'RANDOM',
    connectTimeoutMs: test.connectTimeout
      ? 1000 * Number.parseFloat(test.connectTimeout)
      : 10_000,
    // A connection per request, as in a region whose connections are gone.
    maxRequestsPerConnection: 1,
    outlier: {
      consecutive5xx: detection.consecutive5xxErrors ?? 5,
      consecutiveGateway: detection.consecutiveGatewayErrors ?? 0,
      splitLocalOrigin: detection.splitExternalLocalOriginErrors ?? false,
      consecutiveLocalOrigin: detection.consecutiveLocalOriginFailures ?? 5,
      intervalMs: 10_000,
      baseEjectionMs: 3_600_000,
      maxEjectionMs: 3_600_000,
      maxEjectionPercent: detection.maxEjectionPercent ?? 10,
      strictCap: true,
    },
  };
}

function transportOf({ failure }: Case, time: VirtualTime): Transport {
  const never = <T>(signal?: AbortSignal) =>
    new Promise<T>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  const answer = (status: number) => ({ status, headers: {}, body: '' });
  return {
    async connect({ locality }, signal) {
      const fails = locality.region === HERE.region;
      if (fails && failure.kind === 'refuse') {
        return 'refused';
      }
      if (fails && failure.kind === 'black-hole') {
        return never(signal);
      }
      return {
        isOpen: () => true,
        async exchange(_, limited) {
          if (fails && failure.kind === 'answers') {
            return answer(failure.status);
          }
          if (fails && failure.kind === 'slow') {
            await time.sleep(failure.delayMs, limited);
          }
          return answer(200);
        },
      };
    },
  };
}

/** Failed requests of one proxy that lives through the outage. */
async function watch(test: Case, seed: number): Promise<number> {
  const time = new VirtualTime();
  const random = createRandom(seed);
  const identity = {
    uid: 'u',
    name: 'caller',
    clusterId: 'hz',
    namespace: 'default',
    locality: HERE,
    labels: {},
  };
  const proxy = new Proxy(identity, random, time);
  const cluster = clusterOf(test);
  const transport = transportOf(test, time);
  const action = {
    retry: retryPolicy(test.retries, { retry503: true }),
    ...(test.timeout && { timeoutMs: Number.parseFloat(test.timeout) }),
  };
  const spacing = 1000 / test.rate;
  const under: Promise<boolean>[] = [];
  for (let at = random() * spacing; at < 1000 * OUTAGE_S; at += spacing) {
    await time.advanceTo(at);
    under.push(
      proxy
        .request(
          cluster,
          { method: 'GET', path: '/', headers: {} },
          action,
          transport,
        )
        .then(({ response }) => response.status >= 500),
    );
  }
  const ends = await time.run(Promise.all(under));
  return ends.filter(Boolean).length;
}

describe('the forecast of an outage and the mechanism of the sandbox', () => {
  it.each(CASES.map(test => [test.name, test] as const))(
    '%s',
    async (_, test) => {
      const forecast = forecastOutage(inputOf(test)).failed / PROXIES;
      const seen: number[] = [];
      for (let seed = 1; seed <= PROXIES; seed++) {
        seen.push(await watch(test, seed));
      }
      const mean = seen.reduce((a, b) => a + b, 0) / PROXIES;
      const spread = Math.sqrt(
        seen.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (PROXIES - 1),
      );
      // Both are samples, of about as many proxies; half a request is the grain of the spacing.
      const bound = 5 * spread * Math.sqrt(2 / PROXIES) + 0.5 + 0.02 * mean;
      expect(
        Math.abs(forecast - mean) <= bound
          ? ''
          : `forecast ${forecast} of a proxy's requests, seen ${mean} (± ${bound})`,
      ).toBe('');
    },
    60_000,
  );
});
