import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockServices } from '@backstage/backend-test-utils';
import { readPrometheus, sourceOf } from '../metrics/sources';
import { SuccessRates } from './SuccessRates';

const SERVICE = { meshId: 'm', namespace: 'shop', name: 'cart' };
const SECRET = 'Basic c2VjcmV0';

describe('SuccessRates', () => {
  let server: Server;
  let answer: RequestListener;
  let queries: string[];
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', piece => (body += piece));
      request.on('end', () => {
        queries.push(new URLSearchParams(body).get('query')!);
        answer(request, response);
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/arms/`;
  });
  beforeEach(() => {
    queries = [];
  });
  afterAll(() => server.close());

  const counts = (byCode: Record<string, number>): RequestListener => {
    const result = Object.entries(byCode).map(([code, count]) => ({
      metric: { response_code: code },
      value: [1, String(count)],
    }));
    return (_, response) =>
      response.end(
        JSON.stringify({
          status: 'success',
          data: { resultType: 'vector', result },
        }),
      );
  };
  const rates = (clusters = ['c1', 'c2']) =>
    new SuccessRates({
      sourceOf: async () => ({ url, authorization: SECRET }),
      clustersOf: async () => clusters,
    });
  const percent = () => rates().successPercent(SERVICE, 'cn-hangzhou');

  it('counts what callers got from the clusters of a region', async () => {
    answer = counts({ '200': 90.5, '404': 5, '503': 4, '500': 0.5, '0': 0 });
    expect(await percent()).toBe(95.5);
    expect(queries).toEqual([
      'sum by (response_code) (increase(istio_requests_total{reporter="source",destination_service_name="cart",destination_service_namespace="shop",destination_cluster=~"c1|c2"}[1m]))',
    ]);
  });

  it('says nothing of too few calls, and asks nothing where the service is not', async () => {
    answer = counts({ '200': 9 });
    expect(await percent()).toBeUndefined();
    answer = counts({});
    expect(await percent()).toBeUndefined();
    expect(
      await rates([]).successPercent(SERVICE, 'cn-hangzhou'),
    ).toBeUndefined();
    expect(queries).toHaveLength(2);
  });

  const refusals: [string, RequestListener][] = [
    ['another status', (_, response) => response.writeHead(500).end()],
    [
      'a way to somewhere else',
      (_, response) =>
        response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    ],
    ['what is no vector', (_, response) => response.end('{"status":"error"}')],
    ['what is no JSON', (_, response) => response.end('<html>')],
    [
      'more than counts can be',
      (_, response) => response.end('x'.repeat(300_000)),
    ],
    ['nothing', request => request.socket.destroy()],
  ];
  it.each(refusals)(
    'refuses %s, and names the address without the credentials',
    async (_, listener) => {
      answer = listener;
      const failed = await percent().catch(String);
      expect(failed).toContain(new URL(url).host);
      expect(failed).toContain('meshDr.metrics.prometheus');
      expect(failed).not.toContain(SECRET);
      expect(queries).toHaveLength(1);
    },
  );
});

describe('meshDr.metrics.prometheus', () => {
  const read = (prometheus: object[]) =>
    readPrometheus(
      mockServices.rootConfig({
        data: { meshDr: { metrics: { prometheus } } },
      }),
    );

  it('gives each mesh the first that fits', () => {
    const sources = read([
      { mesh: 'shop', url: 'https://one' },
      { mesh: 'c2', url: 'https://two', authorization: SECRET },
      { url: 'https://all' },
    ]);
    const urlOf = (id: string, name: string) =>
      sourceOf(sources, { id, name })?.url;
    expect(urlOf('c1', 'shop')).toBe('https://one');
    expect(urlOf('c2', 'other')).toBe('https://two');
    expect(urlOf('c3', 'third')).toBe('https://all');
    expect(sourceOf(sources.slice(0, 2), { id: 'c3', name: 'x' })).toBe(
      undefined,
    );
  });

  it.each(['prometheus:9090', 'ftp://x', 'https://'])(
    'refuses the address %s',
    url => {
      expect(() => read([{ url }])).toThrow(
        /meshDr\.metrics\.prometheus\[0\]\.url is/,
      );
    },
  );
});
