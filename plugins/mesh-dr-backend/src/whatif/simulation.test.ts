import type { Entity } from '@backstage/catalog-model';
import {
  DISTRIBUTION,
  FAILOVER,
  OUTLIER_DETECTION,
  startChanges as start,
} from '../__testUtils__/changes';
import { HANGZHOU_ID, MESH_ID } from '../__testUtils__/FakeCloud';
import { destinationRule, scale } from '../__testUtils__/objects';
import { until } from '../__testUtils__/startPlugin';

const SIMULATIONS = `/v1/meshes/${MESH_ID}/simulations`;
const REVIEWS = { namespace: 'default', name: 'reviews' };
const HANGZHOU_DOWN = { kind: 'down', region: 'cn-hangzhou' };

const component = (
  name: string,
  host: string,
  dependsOn: string[] = [],
  mesh?: string,
): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name,
    namespace: 'default',
    annotations: {
      'mesh-dr.io/host': host,
      ...(mesh && { 'mesh-dr.io/mesh': mesh }),
    },
  },
  spec: { type: 'service' },
  relations: dependsOn.map(target => ({
    type: 'dependsOn',
    targetRef: `component:default/${target}`,
  })),
});
const CATALOG = [
  component('productpage', 'productpage.default', ['reviews']),
  component('reviews', 'default/reviews', ['ratings', 'missing']),
  component('ratings', 'ratings', []),
  component('gone', 'gone.default', ['reviews']),
  component('elsewhere', 'productpage.default', ['ratings'], 'other-mesh'),
];

const share = (result: any, from: string, region: string) =>
  result.hops
    .find((hop: any) => hop.from === from && hop.to === 'default/reviews')
    .callers.find((caller: any) => caller.region === region);

describe('simulations', () => {
  it('follow gateways and what the catalog knows, and say what the loss of a region costs before and after a rule', async () => {
    const { post, stop } = await start({ entities: CATALOG });
    const ask = async (body: object) =>
      (await post(SIMULATIONS).send(body).expect(200)).body;

    const without = await ask({ edits: [HANGZHOU_DOWN] });
    expect(without.calls).toEqual([
      {
        from: 'default/productpage',
        to: 'default/reviews',
        source: 'declared',
      },
      { from: 'default/reviews', to: 'default/ratings', source: 'declared' },
    ]);
    expect(without.traffic).toEqual({ state: 'not-configured' });
    expect(
      without.entries.map(({ rateSource }: any) => rateSource),
    ).not.toContain('observed');
    const shanghai = share(without, 'default/productpage', 'cn-shanghai');
    expect(shanghai.before).toEqual({ 'cn-hangzhou': 50, 'cn-shanghai': 50 });
    expect(shanghai.failedPercent).toEqual({ before: 0, after: 50 });

    const withRule = await ask({
      edits: [HANGZHOU_DOWN],
      rules: [{ service: REVIEWS, intent: FAILOVER }],
    });
    expect(share(withRule, 'default/productpage', 'cn-shanghai')).toMatchObject(
      {
        after: { 'cn-shanghai': 100 },
        failedPercent: { before: 0, after: 0 },
      },
    );
    const outage = withRule.services.find(
      ({ id }: any) => id === 'default/reviews',
    ).outage;
    expect(outage.region).toBe('cn-hangzhou');
    const callers = outage.callers.filter((c: any) => c.before.stayingPercent);
    expect(callers.length).toBeGreaterThan(0);
    callers.forEach(({ after }: any) => expect(after.stayingPercent).toBe(0));
    await stop();
  });

  it('see what is deployed, and what changes', async () => {
    const { mesh, connector, post, stop } = await start({ entities: CATALOG });
    const ask = async () =>
      (await post(SIMULATIONS).send({ edits: [] }).expect(200)).body;
    const from = 'default/productpage';
    expect(share(await ask(), from, 'cn-hangzhou').after).toEqual({
      'cn-hangzhou': 50,
      'cn-shanghai': 50,
    });
    scale(connector.server(HANGZHOU_ID), 'cn-hangzhou', 'reviews', 'v1', 3);
    expect(share(await ask(), from, 'cn-hangzhou').after).toEqual({
      'cn-hangzhou': 75,
      'cn-shanghai': 25,
    });
    mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        host: 'reviews',
        trafficPolicy: {
          loadBalancer: { localityLbSetting: { enabled: true } },
          outlierDetection: OUTLIER_DETECTION,
        },
      }),
    );
    await until('the rule is seen', async () => {
      const { after } = share(await ask(), from, 'cn-hangzhou');
      return after['cn-hangzhou'] === 100;
    });
    const { after } = share(await ask(), from, 'cn-shanghai');
    expect(after).toEqual({ 'cn-shanghai': 100 });
    await stop();
  });

  it('switch a rule off as a change would: the mesh-wide one holds then', async () => {
    const { change, post, stop } = await start({ entities: CATALOG });
    await change({ intent: DISTRIBUTION }).expect(201);
    const { body } = await post(SIMULATIONS)
      .send({
        edits: [],
        rules: [{ service: REVIEWS, intent: { mode: 'off' } }],
      })
      .expect(200);
    const { before, after } = share(body, 'default/productpage', 'cn-hangzhou');
    expect(before).toEqual({ 'cn-hangzhou': 90, 'cn-shanghai': 10 });
    expect(after).toEqual({ 'cn-hangzhou': 50, 'cn-shanghai': 50 });
    await stop();
  });

  it('hold traffic between regions against the bandwidth of the link', async () => {
    const { get, post, stop } = await start();
    await get(`/v1/meshes/${MESH_ID}/network`).expect(200);
    const { body } = await post(SIMULATIONS).send({
      edits: [],
      calls: [
        {
          from: 'default/productpage',
          to: 'default/reviews',
          bytesPerCall: 125_000,
        },
      ],
    });
    const link = body.links.find((l: any) => l.from === 'cn-hangzhou');
    expect(link.megabitsPerSecond.before).toBeGreaterThan(0);
    expect(link.bandwidthMbps).toBeGreaterThan(0);
    expect(link.usedPercent.before).toBeCloseTo(
      (100 * link.megabitsPerSecond.before) / link.bandwidthMbps,
      9,
    );
    await stop();
  });

  it.each([
    [{ edits: 'down' }, 'edits must be a list'],
    [{ edits: [{ kind: 'rule' }] }, 'an edit needs a kind'],
    [{ edits: [{ kind: 'down', region: 'cn-nowhere' }] }, 'cn-nowhere'],
    [
      {
        edits: [],
        calls: [{ from: 'default/nosuch', to: 'default/reviews' }],
      },
      'default/nosuch',
    ],
    [{ edits: [], services: ['default/nosuch'] }, 'default/nosuch'],
    [{ edits: [], services: ['reviews'] }, 'namespace/name'],
    [
      {
        edits: [],
        rules: [
          {
            service: { namespace: 'default', name: 'nosuch' },
            intent: FAILOVER,
          },
        ],
      },
      'nosuch',
    ],
    [
      {
        edits: [
          {
            kind: 'replicas',
            service: 'default/reviews',
            region: 'cn-hangzhou',
            ready: -1,
          },
        ],
      },
      'ready is below 0',
    ],
  ])('refuse %j and say why', async (body, why) => {
    const { post, stop } = await start();
    const answer = await post(SIMULATIONS).send(body);
    expect([400, 404]).toContain(answer.status);
    expect(answer.body.error.message).toContain(why);
    await stop();
  });
});
