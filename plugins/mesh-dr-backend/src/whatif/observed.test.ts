import { startChanges as start } from '../__testUtils__/changes';
import { HANGZHOU_ID, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { FakePrometheus } from '../__testUtils__/FakePrometheus';

const SIMULATIONS = `/v1/meshes/${MESH_ID}/simulations`;
const row = (
  workload: string,
  service: string,
  cluster: string,
  code = '200',
) => ({
  source_workload: workload,
  source_workload_namespace: 'default',
  source_canonical_service: workload.replace(/-v\d$/, ''),
  source_cluster: cluster,
  destination_service_name: service,
  destination_service_namespace: 'default',
  destination_cluster: cluster,
  response_code: code,
});

describe('simulations with observed traffic', () => {
  const prometheus = new FakePrometheus();
  beforeAll(() => prometheus.start());
  beforeEach(() => prometheus.reset());
  afterAll(() => prometheus.stop());

  const startSeeing = () =>
    start({
      meshDr: { metrics: { prometheus: [{ url: prometheus.url }] } },
    });

  it('know callers that nobody declared, and rates, and say where each comes from', async () => {
    prometheus.answer([
      [row('nightly', 'productpage', HANGZHOU_ID), 3],
      [row('nightly', 'productpage', HANGZHOU_ID, '503'), 1],
      [row('productpage-v1', 'reviews', HANGZHOU_ID), 8],
      [row('reviews-v1', 'ratings', HANGZHOU_ID), 2],
      [row('reviews-v2', 'ratings', SHANGHAI_ID), 4],
    ]);
    const { post, stop } = await startSeeing();
    const { body } = await post(SIMULATIONS)
      .send({
        edits: [],
        calls: [
          {
            from: 'default/reviews',
            to: 'default/ratings',
            callsPerRequest: 1,
          },
        ],
      })
      .expect(200);
    expect(body.traffic).toMatchObject({ state: 'ok', windowMinutes: 5 });
    expect(body.calls).toEqual([
      {
        from: 'default/productpage',
        to: 'default/reviews',
        callsPerRequest: 2,
        observedPerSecond: 8,
        source: 'observed',
      },
      {
        from: 'default/reviews',
        to: 'default/ratings',
        callsPerRequest: 1,
        observedPerSecond: 6,
        source: 'declared',
      },
    ]);
    const nightly = `workload:${HANGZHOU_ID}/default/nightly`;
    const entry = body.entries.find(({ id }: any) => id === nightly);
    expect(entry).toMatchObject({
      region: 'cn-hangzhou',
      requestsPerSecond: { before: 4 },
      rateSource: 'observed',
    });
    const sources = Object.fromEntries(
      body.hops.map(({ from, to, source }: any) => [`${from} ${to}`, source]),
    );
    expect(sources).toMatchObject({
      [`${nightly} default/productpage`]: 'observed',
      'default/productpage default/reviews': 'observed',
      'default/reviews default/ratings': 'declared',
    });
    const reviews = body.services.find(
      ({ id }: any) => id === 'default/reviews',
    );
    expect(reviews.observedPerSecond).toBe(8);
    const sum = reviews.loads.reduce(
      (all: number, load: any) => all + load.callsPerSecond.before,
      0,
    );
    expect(sum).toBeCloseTo(8, 9);
    expect(prometheus.queries).toEqual([
      'sum by (source_workload,source_workload_namespace,source_canonical_service,source_cluster,destination_service_name,destination_service_namespace,destination_cluster,response_code) (rate(istio_requests_total{reporter="source"}[5m])) > 0',
    ]);
    await stop();
  });

  it('ask once for many, and let the request say other rates', async () => {
    prometheus.answer([[row('nightly', 'reviews', HANGZHOU_ID), 4]]);
    const { post, stop } = await startSeeing();
    const nightly = `workload:${HANGZHOU_ID}/default/nightly`;
    const bodies = await Promise.all(
      [4, 100].map(async perSecond => {
        const { body } = await post(SIMULATIONS)
          .send({
            edits: [],
            ...(perSecond !== 4 && {
              requestsPerSecond: { [nightly]: perSecond },
            }),
          })
          .expect(200);
        return body.entries.find(({ id }: any) => id === nightly);
      }),
    );
    expect(bodies).toMatchObject([
      { requestsPerSecond: { before: 4 }, rateSource: 'observed' },
      { requestsPerSecond: { before: 100 }, rateSource: 'declared' },
    ]);
    expect(prometheus.queries).toHaveLength(1);
    await stop();
  });

  it.each([
    ['fails', () => prometheus.fail(500)],
    ['does not answer', () => prometheus.hang()],
  ])('go on without it where Prometheus %s, and say so', async (_, trouble) => {
    trouble();
    const { post, stop } = await startSeeing();
    const { body } = await post(SIMULATIONS)
      .send({
        edits: [],
        calls: [{ from: 'default/productpage', to: 'default/reviews' }],
      })
      .expect(200);
    expect(body.traffic).toEqual({
      state: 'unavailable',
      reason: expect.stringContaining('meshDr.metrics.prometheus'),
    });
    expect(body.calls).toEqual([
      {
        from: 'default/productpage',
        to: 'default/reviews',
        source: 'declared',
      },
    ]);
    await stop();
  });
});
