import type { KubeObject } from '../../contract';
import { createRandom } from '../random';
import { changedHeaders } from './headers';
import { route, virtualServicesFor, type RouteQuery } from './routes';

let born = 0;

function virtualService(
  name: string,
  spec: Record<string, unknown>,
  namespace = 'default',
): KubeObject {
  born++;
  return {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'VirtualService',
    metadata: {
      name,
      namespace,
      creationTimestamp: `2026-01-01T00:00:0${born}Z`,
    },
    spec,
  };
}

function query(path: string, change: Partial<RouteQuery> = {}): RouteQuery {
  return {
    request: { method: 'GET', path, headers: { host: 'shop.example:8080' } },
    host: 'reviews.default.svc.cluster.local',
    port: 9080,
    gateway: 'mesh',
    namespace: 'default',
    labels: { app: 'productpage' },
    ...change,
  };
}

/** What the routes of one VirtualService for reviews make of a request. */
function decide(
  http: unknown[],
  q: RouteQuery,
  others: KubeObject[] = [],
): any {
  const all = [
    virtualService('reviews', { hosts: ['reviews'], http }),
    ...others,
  ];
  return route(
    virtualServicesFor(all, q),
    q,
    { retry503: true },
    createRandom(5),
  );
}

const to = (host: string) => [{ destination: { host } }];
const hostOf = (host: string) => `${host}.default.svc.cluster.local`;

describe('matches', () => {
  const both = (match: unknown) => [
    { match: [match], route: to('yes') },
    { route: to('no') },
  ];
  const headers = { host: 'h', 'end-user': 'jason' };
  it.each([
    [{ uri: { prefix: '/a' } }, query('/ab?x=1'), 'yes'],
    [{ uri: { exact: '/a' } }, query('/a?x=1'), 'yes'],
    [{ uri: { exact: '/a' } }, query('/A'), 'no'],
    [{ uri: { exact: '/a' }, ignoreUriCase: true }, query('/A'), 'yes'],
    [{ uri: { regex: '/[ab]' } }, query('/ab'), 'no'],
    [{ method: { exact: 'POST' } }, query('/'), 'no'],
    [{ scheme: { exact: 'http' } }, query('/'), 'yes'],
    [{ port: 9080 }, query('/'), 'yes'],
    [{ port: 80 }, query('/'), 'no'],
    [{ sourceLabels: { app: 'productpage' } }, query('/'), 'yes'],
    [{ sourceLabels: { app: 'other' } }, query('/'), 'no'],
    [{ sourceNamespace: 'prod' }, query('/'), 'no'],
    [{ gateways: ['mesh'] }, query('/'), 'yes'],
    [{ gateways: ['edge'] }, query('/'), 'no'],
    [{ queryParams: { v: { exact: '2' } } }, query('/?v=2'), 'yes'],
    [{ queryParams: { v: { exact: '2' } } }, query('/?v=3'), 'no'],
    [
      { headers: { 'end-user': { exact: 'jason' } } },
      query('/', { request: { method: 'GET', path: '/', headers } }),
      'yes',
    ],
    [{ headers: { 'end-user': {} } }, query('/'), 'no'],
    [{ withoutHeaders: { 'end-user': {} } }, query('/'), 'yes'],
  ])('%j', (match, q, expected) => {
    expect(decide(both(match), q).host).toBe(hostOf(expected));
  });
});

describe('paths', () => {
  const path = (http: Record<string, unknown>, asked: string) =>
    decide([{ ...http, route: to('reviews') }], query(asked)).path;
  it('replace a prefix, and keep rest and query', () => {
    const http = {
      match: [{ uri: { prefix: '/old/' } }],
      rewrite: { uri: '/' },
    };
    expect(path(http, '/old/x?y=1')).toBe('/x?y=1');
  });
  it('replace a whole path where that was matched', () => {
    const http = {
      match: [{ uri: { exact: '/old' } }],
      rewrite: { uri: '/new' },
    };
    expect(path(http, '/old?y=1')).toBe('/new?y=1');
  });
  it('without a match the prefix is the first slash', () => {
    expect(path({ rewrite: { uri: '/v2/' } }, '/x')).toBe('/v2/x');
  });
  it('replace by regular expression with groups', () => {
    const uriRegexRewrite = { match: '^/a/([^/]+)', rewrite: '/b/\\1$' };
    expect(path({ rewrite: { uriRegexRewrite } }, '/a/x/y')).toBe('/b/x$/y');
  });
});

describe('answers that need no host', () => {
  it('redirect to what is named, and keep the rest', () => {
    const at = (redirect: unknown) =>
      decide([{ redirect }], query('/a?b=1')).headers.location;
    expect(at({ uri: '/c' })).toBe('http://shop.example:8080/c?b=1');
    expect(at({ authority: 'x', scheme: 'https' })).toBe('https://x/a?b=1');
    expect(at({ authority: 'x', port: 99, uri: '/?q' })).toBe('http://x:99/?q');
    expect(
      decide([{ redirect: { redirectCode: 308 } }], query('/')).status,
    ).toBe(308);
  });
  it('answer directly', () => {
    const directResponse = { status: 418, body: { string: 'teapot' } };
    expect(decide([{ directResponse }], query('/'))).toMatchObject({
      kind: 'reply',
      status: 418,
      body: 'teapot',
    });
  });
  it('abort a share of the requests, and delay another', () => {
    const fault = {
      abort: { httpStatus: 500, percentage: { value: 30 } },
      delay: { fixedDelay: '2s', percentage: { value: 60 } },
    };
    const random = createRandom(11);
    const vs = virtualService('r', {
      hosts: ['reviews'],
      http: [{ fault, route: to('reviews') }],
    });
    const all = Array.from(
      { length: 4000 },
      () => route([vs], query('/'), { retry503: false }, random)!,
    );
    const share = (test: (d: any) => boolean) => all.filter(test).length / 40;
    expect(Math.abs(share(d => d.kind === 'reply') - 30)).toBeLessThan(3);
    expect(Math.abs(share(d => d.delayMs === 2000) - 60)).toBeLessThan(3);
  });
});

describe('destinations', () => {
  it('are drawn by weight; one alone needs none', () => {
    const http = [
      {
        route: [
          { destination: { host: 'a' }, weight: 80 },
          { destination: { host: 'b' }, weight: 20 },
        ],
      },
    ];
    const random = createRandom(2);
    const vs = virtualService('r', { hosts: ['reviews'], http });
    const b = Array.from(
      { length: 4000 },
      () => route([vs], query('/'), { retry503: false }, random) as any,
    ).filter(d => d.host === hostOf('b'));
    expect(Math.abs(b.length / 40 - 20)).toBeLessThan(2.5);
  });
  it('change headers, of the destination and of the route', () => {
    const changes = decide(
      [
        {
          headers: {
            request: { set: { 'X-A': '1' }, remove: ['X-Gone'] },
            response: { add: { 'X-R': '2' } },
          },
          route: [
            {
              destination: { host: 'reviews' },
              headers: { request: { add: { 'x-a': '0' } } },
            },
          ],
        },
      ],
      query('/'),
    ).headers;
    expect(
      changedHeaders(
        { 'x-a': 'z', 'x-gone': 'y', other: 'o' },
        changes.request,
      ),
    ).toEqual({ 'x-a': '1', other: 'o' });
    expect(changedHeaders({ 'x-r': '1' }, changes.response)).toEqual({
      'x-r': '1,2',
    });
    expect(changedHeaders({}, [{ set: { ':authority': 'h' } }])).toEqual({
      host: 'h',
    });
  });
  it('are mirrored by percentage', () => {
    const mirrored = (percentage?: { value: number }) =>
      decide(
        [
          {
            route: to('reviews'),
            mirror: { host: 'copy', subset: 'v2' },
            mirrorPercentage: percentage,
          },
        ],
        query('/'),
      ).mirrors;
    expect(mirrored()).toEqual([
      { host: hostOf('copy'), port: undefined, subset: 'v2' },
    ]);
    expect(mirrored({ value: 0 })).toBeUndefined();
  });
  it.each([
    [undefined, { attempts: 2, statusCodes: [503], connectFailure: true }],
    [{ attempts: 5 }, { attempts: 5, statusCodes: [503] }],
    [
      { attempts: 1, retryOn: '5xx,reset', perTryTimeout: '2s' },
      {
        on5xx: true,
        onReset: true,
        connectFailure: false,
        perTryTimeoutMs: 2000,
      },
    ],
    [
      {
        retryOn: 'gateway-error,retriable-4xx,425',
        retryRemoteLocalities: true,
      },
      { onGatewayError: true, statusCodes: [425, 409], remoteLocalities: true },
    ],
  ])('retry as %j says', (retries, expected) => {
    const http = [{ route: to('reviews'), retries }];
    expect(decide(http, query('/')).retry).toMatchObject(expected);
  });
});

describe('delegates', () => {
  const delegate = virtualService(
    'checkout',
    {
      http: [
        { match: [{ uri: { prefix: '/shop/pay' } }], route: to('payment') },
        { route: to('cart'), timeout: '3s' },
      ],
    },
    'team',
  );
  const http = [
    {
      match: [{ uri: { prefix: '/shop' } }],
      delegate: { name: 'checkout', namespace: 'team' },
      timeout: '9s',
      retries: { attempts: 7 },
    },
    { route: to('reviews') },
  ];
  it('add their matches to the root, and win over what the root says', () => {
    const pay = decide(http, query('/shop/pay'), [delegate]);
    expect(pay.host).toBe('payment.team.svc.cluster.local');
    expect([pay.timeoutMs, pay.retry.attempts]).toEqual([9000, 7]);
    expect(decide(http, query('/shop/x'), [delegate]).timeoutMs).toBe(3000);
    expect(decide(http, query('/x'), [delegate]).host).toBe(hostOf('reviews'));
  });
  it('that are missing leave the path without a route of theirs', () => {
    expect(decide(http, query('/shop/pay')).host).toBe(hostOf('reviews'));
  });
});
