import {
  deployBookinfo,
  deployGateway,
  setReviewsPolicy,
} from '../mesh/__testUtils__/bookinfo';
import { HANGZHOU, MESH, SHANGHAI, World } from '../mesh/__testUtils__/world';
import { GVR } from '../mesh/gvr';
import { BUCKETS } from './catalog';
import { ask, seriesNamed } from './promql/__testUtils__/load';

let world: World;

afterEach(() => world.stop());

async function bookinfo(options?: ConstructorParameters<typeof World>[0]) {
  world = new World(options);
  deployBookinfo(world, 'split');
  await deployGateway(world);
}

async function pages(n: number): Promise<void> {
  const base = await world.gatewayUrl(HANGZHOU);
  for (let i = 0; i < n; i++) {
    const answer = await fetch(`${base}/productpage`);
    expect(await answer.text()).toContain('Book Details');
  }
}

/** Scrapes and asks for that moment. */
async function scraped(query: string): Promise<any> {
  const { time } = await world.ask('POST', '/metrics/scrape');
  return ask(world.prometheus.store, query, Date.parse(time) / 1000);
}

describe("Istio's metrics", () => {
  it('count every hop at both ends', async () => {
    await bookinfo();
    await pages(10);
    const hops = (reporter: string) =>
      scraped(
        `sum by (source_app, destination_app) (istio_requests_total{reporter="${reporter}",response_code="200"})`,
      );
    const inner = {
      'destination_app=details,source_app=productpage': 10,
      'destination_app=reviews,source_app=productpage': 10,
    };
    const entry = 'destination_app=productpage,source_app=istio-ingressgateway';
    const seen = await hops('source');
    expect(seen).toMatchObject({ ...inner, [entry]: 10 });
    expect(await hops('destination')).toEqual(seen);
    // Reviews v1, in Hangzhou, asks nobody; v2, in Shanghai, asks for ratings.
    expect(
      await scraped(
        'sum(istio_requests_total{reporter="source",source_version="v2"})',
      ),
    ).toEqual(
      await scraped(
        'sum(istio_requests_total{reporter="source",destination_version="v2"})',
      ),
    );
  });

  it("bear Istio's labels", async () => {
    await bookinfo();
    await pages(1);
    await world.ask('POST', '/metrics/scrape');
    const find = (reporter: string, app: string) =>
      seriesNamed(world.prometheus.store, 'istio_requests_total').find(
        s => s.labels.reporter === reporter && s.labels.destination_app === app,
      )!;
    const source = find('source', 'details');
    expect(source.scope).toBe(MESH);
    expect(source.labels).toEqual({
      __name__: 'istio_requests_total',
      job: 'kubernetes-pods',
      namespace: 'default',
      pod: expect.stringMatching(/^productpage-v1-/),
      instance: expect.stringMatching(/^10\.\d\.0\.\d+:15020$/),
      reporter: 'source',
      source_workload: expect.stringMatching(/^productpage-v1/),
      source_workload_namespace: 'default',
      source_principal: 'spiffe://cluster.local/ns/default/sa/default',
      source_app: 'productpage',
      source_version: 'v1',
      source_canonical_service: 'productpage',
      source_canonical_revision: 'v1',
      source_cluster: expect.stringMatching(/^c-/),
      destination_workload: expect.stringMatching(/^details-v1/),
      destination_workload_namespace: 'default',
      destination_principal: 'spiffe://cluster.local/ns/default/sa/default',
      destination_app: 'details',
      destination_version: 'v1',
      destination_canonical_service: 'details',
      destination_canonical_revision: 'v1',
      destination_cluster: expect.stringMatching(/^c-/),
      destination_service: 'details.default.svc.cluster.local',
      destination_service_name: 'details',
      destination_service_namespace: 'default',
      request_protocol: 'http',
      response_code: '200',
      response_flags: '-',
      connection_security_policy: 'unknown',
    });
    expect(find('destination', 'details').labels).toMatchObject({
      pod: expect.stringMatching(/^details-v1-/),
      source_app: 'productpage',
      destination_service: 'details.default.svc.cluster.local',
      connection_security_policy: 'mutual_tls',
    });
  });

  it('measure durations in the default buckets', async () => {
    await bookinfo();
    await pages(5);
    const buckets = await scraped(
      'sum by (le) (istio_request_duration_milliseconds_bucket{reporter="source",destination_app="details"})',
    );
    expect(Object.keys(buckets)).toHaveLength(BUCKETS.length + 1);
    expect(buckets['le=+Inf']).toBe(5);
    expect(buckets['le=10000']).toBe(5);
    expect(
      await scraped(
        'sum(istio_request_duration_milliseconds_count{reporter="source",destination_app="details"})',
      ),
    ).toEqual({ '': 5 });
    const [[, sum]] = Object.entries<number>(
      await scraped(
        'sum(istio_request_duration_milliseconds_sum{reporter="source",destination_app="details"})',
      ),
    );
    expect(sum).toBeGreaterThan(0);
  });

  it('tell how a request failed, and of which service', async () => {
    await bookinfo({ dataPlaneTimeScale: 50 });
    world.scale(HANGZHOU, 'reviews', 'v1', 0);
    world.scale(SHANGHAI, 'reviews', 'v2', 0);
    await pages(1);
    expect(
      await scraped(
        'sum by (response_code, response_flags, destination_service_name, destination_workload, destination_cluster) (istio_requests_total{reporter="source",response_code!="200"})',
      ),
    ).toEqual({
      'destination_cluster=unknown,destination_service_name=reviews,destination_workload=unknown,response_code=503,response_flags=UH': 2,
    });
  });

  it('come from pods with sidecars only', async () => {
    world = new World();
    world.setMesh({ injectByDefault: true });
    deployBookinfo(world, 'split');
    await deployGateway(world);
    const { storage } = world.fleet.get(HANGZHOU)!;
    const details = storage
      .list(GVR.pods, 'default')
      .find(p => p.metadata.labels?.app === 'details')!;
    storage.update(GVR.pods, 'default', details.metadata.name, pod => {
      pod.metadata.annotations = {};
    });
    setReviewsPolicy(world, undefined);
    await pages(20);
    const reporters = await scraped(
      `count by (pod) (istio_requests_total{reporter="destination",destination_app="details",destination_cluster="${HANGZHOU}"})`,
    );
    expect(reporters).toEqual({});
    expect(await scraped(`up{pod="${details.metadata.name}"}`)).toEqual({});
  });

  it('end with the pod, and begin anew with the next', async () => {
    await bookinfo();
    await pages(2);
    const byPod = `sum by (pod) (istio_requests_total{reporter="destination",destination_app=~"details|productpage"})`;
    const before = Object.keys(await scraped(byPod));
    world.scale(HANGZHOU, 'details', 'v1', 1);
    world.scale(SHANGHAI, 'details', 'v1', 1);
    const left = Object.keys(await scraped(byPod));
    expect(before.some(pod => pod.startsWith('pod=details'))).toBe(true);
    expect(left.some(pod => pod.startsWith('pod=details'))).toBe(false);
    await pages(1);
    const sums = await scraped(
      'sum(istio_requests_total{reporter="destination",destination_app="details"})',
    );
    expect(sums).toEqual({ '': 1 });
  });

  it('show a lost region as down', async () => {
    await bookinfo();
    await pages(1);
    const up = () => scraped('sum by (up) (up{pod=~"reviews-v2.*"})');
    expect(await up()).toEqual({ '': 1 });
    await world.ask('POST', '/faults/regions', { region: 'cn-shanghai' });
    expect(await up()).toEqual({ '': 0 });
    expect(await scraped('istio_requests_total{pod=~"reviews-v2.*"}')).toEqual(
      {},
    );
    await world.ask('DELETE', '/faults/regions', { region: 'cn-shanghai' });
    expect(await up()).toEqual({ '': 1 });
  });
});
