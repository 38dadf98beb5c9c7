import fc from 'fast-check';
import { bookinfo, HANGZHOU } from '../__fixtures__/bookinfo';
import { mergeCalls } from './calls';
import { observedTraffic, type ObservedFlow } from './observed';
import { simulate } from './simulate';
import { whatIfSnapshot } from './snapshot';

const IN_HANGZHOU = 'c-hangzhou';
const IN_SHANGHAI = 'c-shanghai';
const GATEWAY = 'gateway:c-hangzhou/istio-system/istio-ingressgateway';
const SERVICES = new Set(
  ['productpage', 'reviews', 'ratings', 'details'].map(
    name => `default/${name}`,
  ),
);

const flow = (
  workload: string,
  service: string,
  requestsPerSecond: number,
  options: { cluster?: string; namespace?: string; canonical?: string } = {},
): ObservedFlow => ({
  from: {
    workload,
    namespace: options.namespace ?? 'default',
    cluster: 'cluster' in options ? options.cluster : IN_HANGZHOU,
    ...(options.canonical && { service: options.canonical }),
  },
  to: { namespace: 'default', service },
  requestsPerSecond,
  failedPerSecond: 0,
});
/** As the fixture's pods are named: `<app>-<version>-<region>-<n>`. */
const fromGateway = (service: string, perSecond: number) =>
  flow('istio-ingressgateway', service, perSecond, {
    namespace: 'istio-system',
  });

describe('observedTraffic', () => {
  it('turns rates into calls per request, and gateways into rates', () => {
    const seen = observedTraffic(bookinfo(), SERVICES, [
      fromGateway('productpage', 15),
      fromGateway('details', 5),
      flow('productpage-v1', 'reviews', 20),
      flow('productpage-v1', 'reviews', 10, { cluster: IN_SHANGHAI }),
      flow('reviews-v1', 'ratings', 6),
    ]);
    expect(seen.gateways).toEqual({
      [GATEWAY]: {
        requestsPerSecond: 20,
        callsPerRequest: {
          'default/productpage': 0.75,
          'default/details': 0.25,
        },
      },
    });
    expect(seen.calls).toEqual([
      {
        from: 'default/productpage',
        to: 'default/reviews',
        callsPerRequest: 2,
        perSecond: 30,
      },
      {
        from: 'default/reviews',
        to: 'default/ratings',
        callsPerRequest: 0.2,
        perSecond: 6,
      },
    ]);
    expect(seen.starters).toEqual([]);
    expect(seen.requestsPerSecond).toMatchObject({ 'default/reviews': 30 });
  });

  it('takes a workload that nobody calls for one that starts requests, service or not', () => {
    const seen = observedTraffic(bookinfo(), SERVICES, [
      flow('nightly', 'reviews', 3),
      flow('productpage-v1', 'ratings', 2, { cluster: IN_SHANGHAI }),
    ]);
    expect(seen.calls).toEqual([]);
    expect(
      seen.starters.map(({ id, region, requestsPerSecond }) => [
        id,
        region,
        requestsPerSecond,
      ]),
    ).toEqual([
      ['workload:c-hangzhou/default/nightly', HANGZHOU, 3],
      ['workload:c-shanghai/default/productpage-v1', 'cn-shanghai', 2],
    ]);
    // Proxies of the cluster report, so nothing enters at its gateway.
    expect(seen.gateways[GATEWAY].requestsPerSecond).toBe(0);
  });

  it('leaves out what belongs to no service or no cluster of the mesh, and calls to oneself', () => {
    const seen = observedTraffic(bookinfo(), SERVICES, [
      flow('productpage-v1', 'PassthroughCluster', 9),
      flow('productpage-v1', 'productpage', 9),
      flow('unknown', 'reviews', 9, { cluster: 'c-elsewhere' }),
      flow('productpage-v1', 'reviews', NaN),
      // Without the label of the cluster it could be either of two.
      flow('productpage-v1', 'reviews', 9, { cluster: undefined }),
    ]);
    expect(seen).toEqual({
      calls: [],
      gateways: { [GATEWAY]: { requestsPerSecond: 0, callsPerRequest: {} } },
      starters: [],
      requestsPerSecond: {},
    });
    expect(observedTraffic(bookinfo(), SERVICES, []).gateways).toEqual({});
  });

  it('believes the canonical name where no pod of the workload is left', () => {
    const { calls } = observedTraffic(bookinfo(), SERVICES, [
      fromGateway('productpage', 1),
      flow('gone', 'reviews', 1, { canonical: 'productpage' }),
    ]);
    expect(calls).toMatchObject([{ from: 'default/productpage' }]);
  });

  const rate = fc.double({ min: 0.01, max: 1000, noNaN: true });
  const apps = ['productpage', 'details', 'reviews', 'ratings'];
  it('gives back, simulated, the requests that every service was seen to get', () => {
    const edges = apps.flatMap((from, i) =>
      apps.slice(i + 1).map(to => [`${from}-v1`, to] as const),
    );
    const amounts = fc.record({
      entering: fc.array(fc.option(rate, { nil: 0 }), {
        minLength: apps.length,
        maxLength: apps.length,
      }),
      inside: fc.array(fc.option(rate, { nil: 0 }), {
        minLength: 2 * edges.length,
        maxLength: 2 * edges.length,
      }),
    });
    fc.assert(
      fc.property(amounts, ({ entering, inside }) => {
        const facts = bookinfo();
        const observed = observedTraffic(facts, SERVICES, [
          ...apps.map((app, i) => fromGateway(app, entering[i])),
          ...edges.flatMap(([from, to], i) => [
            flow(from, to, inside[2 * i]),
            flow(from, to, inside[2 * i + 1], { cluster: IN_SHANGHAI }),
          ]),
        ]);
        const calls = mergeCalls({ declared: [], observed, asked: [] });
        const result = simulate(whatIfSnapshot(facts, { calls, observed }), []);
        for (const [id, seen] of Object.entries(observed.requestsPerSecond)) {
          const calculated = result
            .service(id)
            .loads.reduce(
              (sum, { callsPerSecond }) => sum + callsPerSecond.before,
              0,
            );
          expect(calculated / seen).toBeCloseTo(1, 6);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('mergeCalls', () => {
  const productpage = 'default/productpage';
  const observed = {
    calls: [
      {
        from: productpage,
        to: 'default/reviews',
        callsPerRequest: 2,
        perSecond: 10,
      },
    ],
    gateways: {},
    starters: [],
    requestsPerSecond: {},
  };
  const declared = [
    { from: productpage, to: 'default/reviews', optional: true },
    { from: productpage, to: 'default/details' },
    { from: 'default/reviews', to: 'default/ratings' },
  ];

  it('says of every call how it is known; what was seen tells how many', () => {
    expect(mergeCalls({ declared, observed, asked: [] })).toEqual([
      {
        from: productpage,
        to: 'default/reviews',
        optional: true,
        callsPerRequest: 2,
        observedPerSecond: 10,
        source: 'observed',
      },
      // Its proxies report calls, but not this one.
      {
        from: productpage,
        to: 'default/details',
        callsPerRequest: 0,
        observedPerSecond: 0,
        source: 'declared',
      },
      { from: 'default/reviews', to: 'default/ratings', source: 'declared' },
    ]);
  });

  it('lets the request win', () => {
    const asked = [
      { from: productpage, to: 'default/reviews', bytesPerCall: 100 },
      { from: productpage, to: 'default/details', callsPerRequest: 3 },
    ];
    expect(mergeCalls({ declared, observed, asked })).toMatchObject([
      { callsPerRequest: 2, bytesPerCall: 100, source: 'observed' },
      { callsPerRequest: 3, source: 'declared' },
      {},
    ]);
  });
});
