import http from 'node:http';
import { GVR } from './gvr';
import {
  World,
  HANGZHOU,
  SHANGHAI,
  MESH,
  waitFor,
} from './__testUtils__/world';
import {
  deployBookinfo,
  deployGateway,
  FAILOVER,
  GUIDE_POLICY,
  setReviewsPolicy,
} from './__testUtils__/bookinfo';

const worlds: World[] = [];

afterEach(async () => {
  await Promise.all(worlds.splice(0).map(world => world.stop()));
});

async function bookinfo(
  layout: 'split' | 'full',
  options?: ConstructorParameters<typeof World>[0],
): Promise<World> {
  const world = new World(options);
  worlds.push(world);
  deployBookinfo(world, layout);
  await deployGateway(world);
  return world;
}

/** A GET on a connection of its own, as curl makes it. */
function get(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, res => {
        let body = '';
        res.on('data', chunk => {
          body += chunk;
        });
        res.on('end', () => resolve({ status: res.statusCode!, body }));
      })
      .on('error', reject);
  });
}

/** Region shares of the reviews hop over `n` calls of the reviews API, by the cluster name reviews answers with. */
async function servedBy(
  world: World,
  n: number,
): Promise<Record<string, number>> {
  const base = await world.gatewayUrl(HANGZHOU);
  const counts: Record<string, number> = {};
  for (let i = 0; i < n; i++) {
    const { status, body } = await get(`${base}/api/v1/products/0/reviews`);
    const key = status === 200 ? JSON.parse(body).clustername : String(status);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Keeps the gateway's hop in Hangzhou, so that only the reviews hop varies. */
function pinProductpage(world: World): void {
  world.applyToMesh(GVR.destinationRules, 'productpage', {
    host: 'productpage',
    trafficPolicy: { outlierDetection: {} },
  });
}

describe('the guide over HTTP', () => {
  it('answers pages and the API as Bookinfo does', async () => {
    const world = await bookinfo('split');
    const base = await world.gatewayUrl(SHANGHAI);
    const page = await get(`${base}/productpage`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Simple Bookstore App');
    expect(page.body).toMatch(
      /Reviews served by: reviews-v[12]-\d+ on cluster/,
    );
    expect((await get(`${base}/nowhere`)).status).toBe(404);
    const products = await get(`${base}/api/v1/products`);
    expect(JSON.parse(products.body)[0].title).toBe('The Comedy of Errors');
    const details = await get(`${base}/api/v1/products/0`);
    expect(JSON.parse(details.body)['ISBN-10']).toBe('1234567890');
    const ratings = await get(`${base}/api/v1/products/0/ratings`);
    expect(JSON.parse(ratings.body).ratings).toEqual({
      Reviewer1: 5,
      Reviewer2: 4,
    });
    const reviews = await get(`${base}/api/v1/products/0/reviews`);
    expect(Object.keys(JSON.parse(reviews.body))).toEqual([
      'id',
      'podname',
      'clustername',
      'reviews',
    ]);
  });

  it('spreads the full layout about 1:1:1 over the versions', async () => {
    const world = await bookinfo('full');
    await servedBy(world, 300);
    const { hops } = await world.ask('GET', '/traces?limit=2000');
    const versions: Record<string, number> = {};
    for (const hop of hops) {
      if (hop.destination.host.startsWith('reviews.')) {
        const version = /-(v\d)-/.exec(hop.attempts[0].pod)![1];
        versions[version] = (versions[version] ?? 0) + 1;
      }
    }
    for (const version of ['v1', 'v2', 'v3']) {
      expect(versions[version]).toBeGreaterThan(65);
      expect(versions[version]).toBeLessThan(135);
    }
  });

  it('run 1, split layout: v1 scaled to 0, every answer comes from Shanghai with 20 star lines', async () => {
    const world = await bookinfo('split');
    world.setMesh({ locality: { enabled: true, failover: FAILOVER } });
    setReviewsPolicy(world, GUIDE_POLICY);
    world.scale(HANGZHOU, 'reviews', 'v1', 0);
    const base = await world.gatewayUrl(HANGZHOU);
    let stars = 0;
    for (let i = 0; i < 10; i++) {
      const { body } = await get(`${base}/productpage`);
      stars += body.split('\n').filter(l => /full.stars/.test(l)).length;
    }
    expect(stars).toBe(20);
    expect(await servedBy(world, 10)).toEqual({ [SHANGHAI]: 10 });
  });

  it('run 1, full layout: v1 scaled to 0 leaves all calls in Hangzhou', async () => {
    const world = await bookinfo('full');
    world.setMesh({ locality: { enabled: true, failover: FAILOVER } });
    setReviewsPolicy(world, GUIDE_POLICY);
    pinProductpage(world);
    world.scale(HANGZHOU, 'reviews', 'v1', 0);
    expect(await servedBy(world, 30)).toEqual({ [HANGZHOU]: 30 });
  });

  it('run 2: 90/10 from Hangzhou callers, 50/50 from Shanghai callers, 14 % end to end', async () => {
    const world = await bookinfo('split');
    world.setMesh({
      locality: {
        enabled: true,
        distribute: [
          { from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } },
        ],
      },
    });
    setReviewsPolicy(world, GUIDE_POLICY);
    const n = 1500;
    const counts = await servedBy(world, n);
    expect((100 * counts[SHANGHAI]) / n).toBeGreaterThan(11);
    expect((100 * counts[SHANGHAI]) / n).toBeLessThan(17);
    const { hops } = await world.ask('GET', '/traces?limit=100000');
    const share = (caller: string) => {
      const seen = hops.filter(
        (h: any) =>
          h.destination.host.startsWith('reviews.') &&
          h.caller.region === caller,
      );
      const away = seen.filter(
        (h: any) => h.attempts[0].region === 'cn-shanghai',
      );
      return (100 * away.length) / seen.length;
    };
    // Weighted round robin: the cycle is exact, whatever the number of requests.
    expect(share('cn-hangzhou')).toBeCloseTo(10, 0);
    expect(Math.abs(share('cn-shanghai') - 50)).toBeLessThan(17);
  });
});

describe('failing pods that stay ready', () => {
  const fail = (world: World, mode = 'http-503') =>
    world.ask('POST', '/faults/pods', {
      region: 'cn-hangzhou',
      namespace: 'default',
      selector: { app: 'reviews' },
      mode,
    });

  it("the guide's outlier detection ejects nobody: the cap of 10 % forbids it", async () => {
    const world = await bookinfo('split');
    world.setMesh({ locality: { enabled: true, failover: FAILOVER } });
    setReviewsPolicy(world, GUIDE_POLICY);
    pinProductpage(world);
    expect(await servedBy(world, 5)).toEqual({ [HANGZHOU]: 5 });
    await fail(world);
    expect(await servedBy(world, 6)).toEqual({ 503: 6 });
    expect((await world.ask('GET', '/ejections')).proxies).toEqual([]);
    const base = await world.gatewayUrl(HANGZHOU);
    const page = await get(`${base}/productpage`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Error fetching product reviews!');
  });

  it('maxEjectionPercent 100 ejects the failing pod and every answer comes from Shanghai', async () => {
    const world = await bookinfo('split');
    world.setMesh({ locality: { enabled: true, failover: FAILOVER } });
    setReviewsPolicy(world, {
      outlierDetection: {
        ...GUIDE_POLICY.outlierDetection,
        maxEjectionPercent: 100,
      },
    });
    pinProductpage(world);
    await fail(world);
    expect(await servedBy(world, 20)).toEqual({ [SHANGHAI]: 20 });
    const { proxies } = await world.ask('GET', '/ejections');
    expect(JSON.stringify(proxies)).toContain('reviews-v1');
  });

  it('an ejected pod is tried again after its time, and stays when it works', async () => {
    const world = await bookinfo('split', { dataPlaneTimeScale: 600 });
    world.setMesh({ locality: { enabled: true, failover: FAILOVER } });
    setReviewsPolicy(world, {
      outlierDetection: {
        ...GUIDE_POLICY.outlierDetection,
        maxEjectionPercent: 100,
      },
    });
    pinProductpage(world);
    const { id } = await fail(world, 'refuse');
    expect(await servedBy(world, 3)).toEqual({ [SHANGHAI]: 3 });
    await world.ask('DELETE', `/faults/pods/${id}`);
    await waitFor(async () => (await servedBy(world, 1))[HANGZHOU]);
    expect(await servedBy(world, 5)).toEqual({ [HANGZHOU]: 5 });
  });

  it('failover without outlier detection spreads the calls over both regions', async () => {
    const world = await bookinfo('split');
    world.setMesh({ locality: { enabled: true, failover: FAILOVER } });
    const counts = await servedBy(world, 200);
    expect(counts[HANGZHOU]).toBeGreaterThan(60);
    expect(counts[SHANGHAI]).toBeGreaterThan(60);
  });

  it('refuses a fault without a known mode', async () => {
    const world = await bookinfo('split');
    await expect(fail(world, 'explode')).rejects.toMatchObject({ status: 400 });
  });
});

describe('network and regions', () => {
  const FAST = { dataPlaneTimeScale: 1000 };

  it('without bandwidth between the regions, calls vanish until the connect timeout', async () => {
    const world = await bookinfo('split', FAST);
    world.setReachability({
      ok: false,
      reason: 'no-bandwidth',
      detail: 'the link has no bandwidth',
    });
    world.scale(HANGZHOU, 'reviews', 'v1', 0);
    pinProductpage(world);
    const base = await world.gatewayUrl(HANGZHOU);
    // productpage gives up twice after 3 s, before Envoy's connect timeout of 10 s.
    const answer = await get(`${base}/api/v1/products/0/reviews`);
    expect(answer.status).toBe(500);
    const { hops } = await world.ask('GET', '/traces?limit=50');
    expect(hops[1]).toMatchObject({
      flag: 'DC',
      destination: { host: 'reviews.default.svc.cluster.local' },
    });
  });

  it('a lost region: istiod keeps its endpoints, outlier detection finds the other region, its own gateway hangs', async () => {
    const world = await bookinfo('split', FAST);
    world.setMesh({ region: 'cn-beijing' });
    world.setMesh({ locality: { enabled: true, failover: FAILOVER } });
    const policy = {
      connectionPool: { tcp: { connectTimeout: '500ms' } },
      outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 },
    };
    setReviewsPolicy(world, policy);
    for (const host of ['productpage', 'details', 'ratings']) {
      world.applyToMesh(GVR.destinationRules, host, {
        host,
        trafficPolicy: policy,
      });
    }
    const dead = await world.gatewayUrl(HANGZHOU);
    const alive = await world.gatewayUrl(SHANGHAI);
    await world.ask('POST', '/faults/regions', { region: 'cn-hangzhou' });
    expect(world.fleet.get(HANGZHOU)!.suspended).toBe(true);
    for (let i = 0; i < 4; i++) {
      const answer = await get(`${alive}/api/v1/products/0/reviews`);
      expect(JSON.parse(answer.body).clustername).toBe(SHANGHAI);
    }
    const hanging = get(`${dead}/productpage`).catch(e => e.code);
    await world.ask('DELETE', '/faults/regions/cn-hangzhou');
    const ended = await hanging;
    expect(ended === 'ECONNRESET' || ended.status === 200).toBe(true);
    expect(world.fleet.get(HANGZHOU)!.suspended).toBe(false);
    expect((await get(`${dead}/productpage`)).status).toBe(200);
  });

  it('a gateway of a region that is gone breaks its connections', async () => {
    const world = await bookinfo('split');
    const dead = await world.gatewayUrl(HANGZHOU);
    world.outage = 'gone';
    await world.ask('POST', '/faults/regions', { region: 'cn-hangzhou' });
    await expect(get(`${dead}/productpage`)).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    await world.ask('DELETE', '/faults/regions/cn-hangzhou');
    expect((await get(`${dead}/productpage`)).status).toBe(200);
  });

  it('a subset that lives in the dead place only has no failover', async () => {
    const world = await bookinfo('split');
    world.setMesh({ locality: { enabled: true, failover: FAILOVER } });
    setReviewsPolicy(world, GUIDE_POLICY);
    world.applyToMesh(GVR.virtualServices, 'reviews', {
      hosts: ['reviews'],
      http: [{ route: [{ destination: { host: 'reviews', subset: 'v1' } }] }],
    });
    world.scale(HANGZHOU, 'reviews', 'v1', 0);
    expect(await servedBy(world, 3)).toEqual({ 503: 3 });
    const { hops } = await world.ask('GET', '/traces?limit=1000');
    expect(hops.find((h: any) => h.destination.subset === 'v1')).toMatchObject({
      flag: 'UH',
      attempts: [],
    });
  });

  it('without a sidecar a call stays in its cluster, whatever the rules say', async () => {
    const world = await bookinfo('split');
    pinProductpage(world);
    world.sidecars = false;
    for (const id of [HANGZHOU, SHANGHAI]) {
      world.scale(id, 'productpage', 'v1', 1);
    }
    expect(await servedBy(world, 10)).toEqual({ [HANGZHOU]: 10 });
    world.scale(HANGZHOU, 'reviews', 'v1', 0);
    expect(await servedBy(world, 2)).toEqual({ 500: 2 });
  });
});

describe('gateways', () => {
  it('come and go with their IstioGateway, in the clusters it names', async () => {
    const world = await bookinfo('split');
    const find = (id: string) =>
      world.fleet
        .get(id)!
        .storage.get(GVR.services, 'istio-system', 'istio-ingressgateway');
    const ingress = await waitFor(
      () => find(HANGZHOU)?.status?.loadBalancer?.ingress?.[0],
    );
    expect(ingress.ip).toMatch(/^127\.77\.0\.\d+$/);
    world.applyToMesh(
      GVR.istioGateways,
      'ingressgateway',
      { clusterIds: [SHANGHAI], ports: [{ port: 80 }] },
      'istio-system',
    );
    await waitFor(() => !find(HANGZHOU));
    expect(find(SHANGHAI)).toBeDefined();
    await waitFor(async () =>
      (
        await world.ask('GET', '/loadbalancers')
      ).loadBalancers.every((l: any) => l.clusterId === SHANGHAI),
    );
    world.fleet
      .get(MESH)!
      .storage.delete(GVR.istioGateways, 'istio-system', 'ingressgateway');
    await waitFor(() => !find(SHANGHAI));
    await waitFor(
      async () =>
        (await world.ask('GET', '/loadbalancers')).loadBalancers.length === 0,
    );
  });

  it('reset the connection when no Gateway opens the port', async () => {
    const world = await bookinfo('split');
    const base = await world.gatewayUrl(HANGZHOU);
    world.fleet
      .get(MESH)!
      .storage.delete(GVR.gateways, 'default', 'bookinfo-gateway');
    await expect(get(`${base}/productpage`)).rejects.toThrow(/hang up|RESET/);
  });
});
