import { buildCluster, switchesFor } from './config';
import { durationMs, hostSpecificity, isVisible, resolveByDns } from './hosts';
import { route, virtualServicesFor, type RouteQuery } from './routes';
import { effectivePolicy, outlierSettings } from './trafficPolicy';
import {
  vectorProxy,
  vectorSnapshot,
  type Vector,
} from '../__testUtils__/vectors';
import { createRandom } from '../random';
import type { KubeObject } from '../../contract';
import fixture from '../__fixtures__/localityVectors.json';

const V06 = fixture.vectors.find(v => v.id === 'V06') as unknown as Vector;
const V01 = fixture.vectors.find(v => v.id === 'V01') as unknown as Vector;
const HOST = 'reviews.default.svc.cluster.local';

const rule = (
  namespace: string,
  name: string,
  spec: unknown,
  created = '2026-01-01T00:00:00Z',
): KubeObject => ({
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'DestinationRule',
  metadata: { name, namespace, creationTimestamp: created },
  spec,
});

describe('versions', () => {
  it('switches with the Istio version inside the ASM version', () => {
    expect(switchesFor('v1.22.6.66-g1a2b3c4d-aliyun')).toEqual({
      retry503: true,
      sendUnready: false,
      strictEjectionCap: true,
      mergeByExportTo: false,
    });
    expect(switchesFor('v1.24.6.64-gabc-aliyun').retry503).toBe(false);
    expect(switchesFor('v1.18.0.131-gabc-aliyun').strictEjectionCap).toBe(
      false,
    );
  });

  it.each([
    ['v1.22.6.66-g1a2b3c4d-aliyun', 2, 0],
    ['v1.31.0.1-g1a2b3c4d-aliyun', 4, 2],
  ])(
    'E11: %s sends %d local endpoints, %d of them unhealthy',
    (version, all, unready) => {
      const snapshot = vectorSnapshot({
        ...V01,
        endpoints: {
          ...V01.endpoints,
          'cn-hangzhou/cn-hangzhou-h': { total: 4, healthy: 4 },
        },
      });
      snapshot.mesh.version = version;
      const [cluster] = snapshot.clusters;
      const endpoints = cluster.endpoints(undefined as any, '');
      endpoints[0].ready = false;
      endpoints[1].ready = false;
      cluster.endpoints = () => endpoints;
      const { groups } = buildCluster(snapshot, vectorProxy(V01), {
        host: HOST,
        port: 9080,
      })!;
      expect(groups[0].endpoints).toHaveLength(all);
      expect(groups[0].endpoints.filter(e => !e.healthy)).toHaveLength(unready);
    },
  );
});

describe('traffic policy', () => {
  it('E13: a port entry without outlier detection removes the priorities', () => {
    const snapshot = vectorSnapshot(V01);
    snapshot.destinationRules[0].spec.trafficPolicy.portLevelSettings = [
      { port: { number: 9080 }, loadBalancer: { simple: 'ROUND_ROBIN' } },
    ];
    const config = buildCluster(snapshot, vectorProxy(V01), {
      host: HOST,
      port: 9080,
    })!;
    expect(config.outlier).toBeUndefined();
    expect(config.groups.map(g => g.priority)).toEqual([0, 0]);
    expect(config.lbPolicy).toBe('ROUND_ROBIN');
  });

  it('an empty outlierDetection switches the priorities on', () => {
    const snapshot = vectorSnapshot(V06);
    snapshot.destinationRules[0].spec.trafficPolicy.outlierDetection = {};
    const config = buildCluster(snapshot, vectorProxy(V06), {
      host: HOST,
      port: 9080,
    })!;
    expect(config.groups.map(g => g.priority)).toEqual([0, 1]);
    expect(config.outlier).toMatchObject({
      consecutive5xx: 5,
      intervalMs: 10_000,
      baseEjectionMs: 30_000,
      maxEjectionPercent: 10,
    });
  });

  it("a rule's own setting replaces the mesh's in entirety", () => {
    const snapshot = vectorSnapshot(V01);
    snapshot.mesh.locality = {
      enabled: true,
      distribute: [{ from: '*', to: { 'cn-shanghai': 100 } }],
    };
    const own = buildCluster(snapshot, vectorProxy(V01), {
      host: HOST,
      port: 9080,
    })!;
    expect(own.groups.map(g => g.endpoints.length)).toEqual([2, 2]);
    delete snapshot.destinationRules[0].spec.trafficPolicy.loadBalancer;
    const mesh = buildCluster(snapshot, vectorProxy(V01), {
      host: HOST,
      port: 9080,
    })!;
    expect(mesh.groups.map(g => g.endpoints.length)).toEqual([0, 2]);
  });

  it('lays a subset over the top level, field by field', () => {
    const visible = {
      trafficPolicy: {
        outlierDetection: { consecutive5xxErrors: 3 },
        loadBalancer: { simple: 'RANDOM' },
      },
      subsets: [
        {
          name: 'v1',
          labels: {},
          trafficPolicy: { loadBalancer: { simple: 'ROUND_ROBIN' } },
        },
      ],
    };
    expect(effectivePolicy(visible, 80, 'v1')).toEqual({
      loadBalancer: { simple: 'ROUND_ROBIN' },
      connectionPool: undefined,
      outlierDetection: { consecutive5xxErrors: 3 },
    });
    expect(
      outlierSettings({ outlierDetection: { consecutive5xxErrors: 0 } }, true),
    ).toMatchObject({ consecutive5xx: 0 });
  });

  it.each([
    [{ httpHeaderName: 'x-user' }, { on: 'header', name: 'x-user' }, 1024],
    [
      { httpQueryParameterName: 'u', ringHash: { minimumRingSize: 64 } },
      { on: 'query', name: 'u' },
      64,
    ],
    [
      { httpCookie: { name: 'c', path: '/', ttl: '1m' } },
      { on: 'cookie', name: 'c', path: '/', ttlS: 60 },
      1024,
    ],
    [{ useSourceIp: true, minimumRingSize: 9 }, { on: 'source' }, 9],
  ])('hashes as %j says', (consistentHash, key, minRingSize) => {
    const snapshot = vectorSnapshot(V01);
    snapshot.destinationRules[0].spec.trafficPolicy.loadBalancer = {
      consistentHash,
    };
    const built = buildCluster(snapshot, vectorProxy(V01), {
      host: HOST,
      port: 9080,
    })!;
    expect(built.lbPolicy).toBe('RING_HASH');
    expect(built.hash).toEqual({ key, minRingSize });
  });

  it('takes limits and times of connections from the pool; nothing is no limit', () => {
    const snapshot = vectorSnapshot(V01);
    const build = () =>
      buildCluster(snapshot, vectorProxy(V01), { host: HOST, port: 9080 })!;
    expect(build()).toMatchObject({ connectTimeoutMs: 10_000 });
    expect(build().circuitBreakers).toBeUndefined();
    snapshot.destinationRules[0].spec.trafficPolicy.connectionPool = {
      tcp: { connectTimeout: '1s', maxConnections: 7 },
      http: {
        http1MaxPendingRequests: 5,
        maxRequestsPerConnection: 1,
        idleTimeout: '30s',
      },
    };
    expect(build()).toMatchObject({
      connectTimeoutMs: 1000,
      circuitBreakers: {
        maxConnections: 7,
        maxPendingRequests: 5,
        maxRequests: 4_294_967_295,
      },
      maxRequestsPerConnection: 1,
      idleTimeoutMs: 30_000,
    });
  });
});

describe('hosts', () => {
  it('knows durations, wildcards, visibility and search domains', () => {
    expect(
      ['1m', '1.5s', '100ms', '1h2m', '', 'x', undefined].map(durationMs),
    ).toEqual([60_000, 1500, 100, 3_720_000, undefined, undefined, undefined]);
    expect(hostSpecificity('*.example.com', 'a.example.com')).toBe(13);
    expect(hostSpecificity('*.example.com', 'example.com')).toBeUndefined();
    expect(isVisible(['.'], 'a', 'b')).toBe(false);
    expect(isVisible(['b'], 'a', 'b')).toBe(true);
    expect(resolveByDns('reviews', 'shop')).toEqual({
      namespace: 'shop',
      name: 'reviews',
    });
    expect(resolveByDns('reviews.default.svc', 'shop')).toEqual({
      namespace: 'default',
      name: 'reviews',
    });
    expect(resolveByDns('www.example.com', 'shop')).toBeUndefined();
  });
});

describe('routes', () => {
  const vs = (spec: unknown): KubeObject => ({
    ...rule('default', 'vs', spec),
    kind: 'VirtualService',
  });
  const query = (
    path: string,
    headers: Record<string, string> = {},
  ): RouteQuery => ({
    request: { method: 'GET', path, headers },
    host: 'shop.example.com',
    port: 80,
    gateway: 'default/gw',
    namespace: 'istio-system',
    labels: {},
  });
  const decide = (http: unknown, q: RouteQuery, random = createRandom(3)) => {
    const all = [vs({ hosts: ['*.example.com'], gateways: ['gw'], http })];
    return route(virtualServicesFor(all, q), q, { retry503: true }, random);
  };
  const to = (host: string, weight?: number) => ({
    destination: { host, port: { number: 80 } },
    weight,
  });

  it('matches exact, prefix, regex, headers; the first match wins; nothing is 404', () => {
    const http = [
      {
        match: [
          { uri: { exact: '/a' }, headers: { 'X-User': { exact: 'jason' } } },
        ],
        route: [to('a-jason')],
      },
      {
        match: [{ uri: { exact: '/a' } }, { uri: { prefix: '/b/' } }],
        route: [to('ab')],
      },
      { match: [{ uri: { regex: '/c[0-9]+' } }], route: [to('c')] },
    ];
    const host = (q: RouteQuery) =>
      (decide(http, q) as any)?.host?.split('.')[0];
    expect(host(query('/a', { 'x-user': 'jason' }))).toBe('a-jason');
    expect(host(query('/a?x=1'))).toBe('ab');
    expect(host(query('/b/more'))).toBe('ab');
    expect(host(query('/c12'))).toBe('c');
    expect(host(query('/c12/more'))).toBeUndefined();
    expect(host({ ...query('/a'), host: 'other.org' })).toBeUndefined();
    expect(host({ ...query('/a'), gateway: 'default/other' })).toBeUndefined();
  });

  it('splits by weight', () => {
    const random = createRandom(5);
    const http = [{ route: [to('a', 90), to('b', 10)] }];
    let b = 0;
    for (let i = 0; i < 2000; i++) {
      b += (decide(http, query('/'), random) as any).host.startsWith('b.')
        ? 1
        : 0;
    }
    expect(b).toBeGreaterThan(150);
    expect(b).toBeLessThan(250);
  });

  it('rewrites, redirects, aborts, and takes retries and timeouts', () => {
    expect(
      decide(
        [
          {
            match: [{ uri: { prefix: '/api/' } }],
            rewrite: { uri: '/v1/' },
            route: [to('a')],
            timeout: '2s',
            retries: {
              attempts: 5,
              perTryTimeout: '1s',
              retryOn: '5xx,429',
              retryRemoteLocalities: true,
            },
          },
        ],
        query('/api/x?y=1'),
      ),
    ).toMatchObject({
      kind: 'forward',
      path: '/v1/x?y=1',
      timeoutMs: 2000,
      retry: {
        attempts: 5,
        perTryTimeoutMs: 1000,
        on5xx: true,
        statusCodes: [429],
        remoteLocalities: true,
      },
    });
    expect(
      decide([{ redirect: { uri: '/new' } }], query('/', { host: 'h' })),
    ).toMatchObject({
      kind: 'reply',
      status: 301,
      headers: { location: 'http://h/new' },
    });
    expect(
      decide(
        [
          {
            fault: { abort: { httpStatus: 500, percentage: { value: 100 } } },
            route: [to('a')],
          },
        ],
        query('/'),
      ),
    ).toMatchObject({ kind: 'reply', status: 500 });
  });
});
