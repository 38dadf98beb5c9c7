import { FakePrometheus } from '../__testUtils__/FakePrometheus';
import { TrafficReader } from './TrafficReader';

const ROW = {
  source_workload: 'web',
  source_workload_namespace: 'shop',
  source_canonical_service: 'web',
  source_cluster: 'c1',
  destination_service_name: 'cart',
  destination_service_namespace: 'shop',
  destination_cluster: 'unknown',
};

describe('TrafficReader', () => {
  const prometheus = new FakePrometheus();
  let now = 0;
  beforeAll(() => prometheus.start());
  beforeEach(() => prometheus.reset());
  afterAll(() => prometheus.stop());

  const reader = () =>
    new TrafficReader({
      sourceOf: async () => ({ url: prometheus.url, authorization: 'secret' }),
      now: () => now,
    });
  const settled = async (traffic: TrafficReader, wanted: string) => {
    for (let tries = 0; tries < 200; tries++) {
      const seen = await traffic.read('m');
      if (JSON.stringify(seen).includes(wanted)) return seen;
      await new Promise(resolve => setImmediate(resolve));
    }
    throw new Error(`never read ${wanted}`);
  };

  it('adds up the codes of one flow, counts failures, and takes "unknown" for nothing', async () => {
    prometheus.answer([
      [{ ...ROW, response_code: '200' }, 5],
      [{ ...ROW, response_code: '404' }, 1],
      [{ ...ROW, response_code: '503' }, 2],
      [{ ...ROW, response_code: '0' }, 1],
      [{ ...ROW, response_code: '200', source_workload: 'other' }, NaN],
    ]);
    expect(await reader().read('m')).toEqual({
      state: 'ok',
      windowMinutes: 5,
      readAt: new Date(now).toISOString(),
      flows: [
        {
          from: {
            namespace: 'shop',
            workload: 'web',
            service: 'web',
            cluster: 'c1',
          },
          to: { namespace: 'shop', service: 'cart' },
          requestsPerSecond: 9,
          failedPerSecond: 3,
        },
      ],
    });
  });

  it('uses an answer for a while, reads the next beside it, and keeps the last while reading fails', async () => {
    const traffic = reader();
    prometheus.answer([[{ ...ROW, response_code: '200' }, 5]]);
    await traffic.read('m');
    await traffic.read('m');
    expect(prometheus.queries).toHaveLength(1);

    now += 20_000;
    prometheus.answer([[{ ...ROW, response_code: '200' }, 6]]);
    // What is known is told at once.
    expect(await traffic.read('m')).toMatchObject({
      flows: [{ requestsPerSecond: 5 }],
    });
    await settled(traffic, '"requestsPerSecond":6');
    expect(prometheus.queries).toHaveLength(2);

    now += 20_000;
    prometheus.fail(503);
    const kept = await settled(traffic, 'status 503');
    expect(kept).toMatchObject({
      state: 'ok',
      flows: [{ requestsPerSecond: 6 }],
    });

    now += 120_000;
    const gone = await traffic.read('m');
    expect(gone).toMatchObject({ state: 'unavailable' });
    expect(JSON.stringify(gone)).not.toContain('secret');
    expect(JSON.stringify(gone)).not.toContain('/api/v1');
  });

  it('says when nobody has said where metrics are', async () => {
    const traffic = new TrafficReader({
      sourceOf: async () => undefined,
      now: () => now,
    });
    expect(await traffic.read('m')).toEqual({ state: 'not-configured' });
  });
});
