import { apiOf, destinationRule } from '../__testUtils__/api';
import { MESH, testFleet } from '../__testUtils__/fleet';
import { localityFault } from './locality';

jest.setTimeout(120_000);

const rule = (localityLbSetting: object) =>
  destinationRule('reviews', {
    host: 'reviews',
    trafficPolicy: { loadBalancer: { localityLbSetting } },
  });

const distribute = (...rules: [string, Record<string, number>][]) =>
  rule({ distribute: rules.map(([from, to]) => ({ from, to })) });

const failover = (from: string, to: string, more = {}) =>
  rule({ failover: [{ from, to }], ...more });

describe("istiod's webhook", () => {
  it.each([
    ['no setting', destinationRule('reviews')],
    ['failover', failover('cn-hangzhou', 'cn-shanghai')],
    [
      'failover with labels of its own',
      failover('cn-hangzhou', 'cn-shanghai', { failoverPriority: ['tier'] }),
    ],
    [
      'shares',
      distribute(
        ['cn-hangzhou/*', { 'cn-hangzhou/*': 90, 'cn-shanghai/*': 10 }],
        ['cn-shanghai/*', { 'cn-shanghai/*': 100 }],
      ),
    ],
    [
      'zones of one region',
      distribute([
        'cn-hangzhou/h',
        { 'cn-hangzhou/h': 80, 'cn-hangzhou/i': 20 },
      ]),
    ],
  ])('accepts %s', (_name, object) => {
    expect(localityFault(object)).toBeUndefined();
  });

  it.each([
    [distribute(['a', { a: 50, b: 10 }]), 'total locality weight 60 != 100'],
    [distribute(['a', { a: 100, b: 0 }]), 'must be in range [1, 100]'],
    [distribute(['a', { 'b/z': 50, 'b/*': 50 }]), 'overlap with previous'],
    [distribute(['a', { a: 100 }], ['a/*', { a: 100 }]), 'a/* overlap'],
    [distribute(['*', { a: 100 }], ['b', { a: 100 }]), 'b overlap'],
    [distribute(['a', { '*/z': 100 }]), "wildcard '*' number"],
    [distribute(['a', { 'a//s': 100 }]), 'must not contain empty'],
    [failover('a', 'a'), 'must specify different regions'],
    [failover('a/z', 'b'), 'only specify region'],
    [failover('a', '*'), "should not contain '*'"],
    [
      failover('a', 'b', { distribute: [{ from: 'a', to: { a: 100 } }] }),
      "can not simultaneously specify 'distribute' and 'failover'",
    ],
    [
      failover('a', 'b', {
        failoverPriority: ['topology.kubernetes.io/region'],
      }),
      "topology label 'topology.kubernetes.io/region'",
    ],
  ])('refuses %j', (object, why) => {
    expect(localityFault(object)).toContain(why);
  });

  it('looks into subsets and ports', () => {
    const { trafficPolicy } = failover('a', 'a').spec;
    const port = { port: { number: 80 }, ...trafficPolicy };
    for (const spec of [
      { host: 'x', subsets: [{ name: 'v1', trafficPolicy }] },
      { host: 'x', trafficPolicy: { portLevelSettings: [port] } },
    ]) {
      expect(localityFault(destinationRule('x', spec))).toContain('different');
    }
  });

  it('answers through the API server like any webhook', async () => {
    const { fleet, stop } = testFleet();
    try {
      const api = apiOf(await fleet.open(MESH));
      const path =
        '/apis/networking.istio.io/v1/namespaces/default/destinationrules';
      const { status, body } = await api(path, {
        method: 'POST',
        body: distribute(['a', { a: 60 }]),
      });
      expect(status).toBe(400);
      expect(body).toMatchObject({
        reason: 'BadRequest',
        message:
          'admission webhook "validation.istio.io" denied the request: configuration is invalid: total locality weight 60 != 100',
      });
      expect((await api(`${path}/reviews`)).status).toBe(404);
    } finally {
      await stop();
    }
  });
});
