import type { Entity } from '@backstage/catalog-model';
import { SERVICE, startChanges, FAILOVER } from '../__testUtils__/changes';
import { HANGZHOU_ID, MESH_ID } from '../__testUtils__/FakeCloud';

const component = (
  name: string,
  annotations: Record<string, string>,
): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name, namespace: 'default', annotations },
  relations: [{ type: 'ownedBy', targetRef: 'group:default/team' }],
});
const ENTITIES = [
  component('reviews', { 'mesh-dr.io/host': 'reviews.default' }),
  component('stars', {
    'backstage.io/kubernetes-label-selector': 'app=ratings',
  }),
  component('page', { 'mesh-dr.io/host': 'productpage.default' }),
  // The same service a second time: anybody may register a component.
  component('my-reviews', { 'mesh-dr.io/host': 'reviews.default' }),
];
/** Reads what lets in to ratings and productpage, and one of the two that let in to reviews. */
const GUEST = 'user:default/guest';
const READS = [
  'component:default/stars',
  'component:default/page',
  'component:default/my-reviews',
];
const NOBODY = 'user:default/nobody';
const services = `/v1/meshes/${MESH_ID}/services`;
const reviews = `${services}/default/reviews`;
const ratings = `${services}/default/ratings`;

describe('who may read a service', () => {
  let plugin: Awaited<ReturnType<typeof startChanges>>;
  let changeId: string;
  let meshChangeId: string;

  const names = async (user: string) =>
    (await plugin.get(services, { user }).expect(200)).body.items.map(
      ({ name }: any) => name,
    );

  beforeAll(async () => {
    plugin = await startChanges({
      entities: ENTITIES,
      readable: { [GUEST]: READS, [NOBODY]: [] },
    });
    changeId = (await plugin.change({}).expect(201)).body.id;
    meshChangeId = (
      await plugin
        .change({
          target: { scope: 'mesh', meshId: MESH_ID },
          intent: { mode: 'failover', failover: FAILOVER.failover },
        })
        .expect(201)
    ).body.id;
  });
  afterAll(() => plugin.stop());

  it.each([
    ['GET', `${reviews}/topology`],
    ['GET', `${reviews}/break-glass`],
    ['POST', '/v1/previews', { target: SERVICE, intent: { mode: 'off' } }],
    [
      'POST',
      '/v1/verifications',
      { meshId: MESH_ID, namespace: 'default', name: 'reviews', requests: 1 },
    ],
    [
      'POST',
      `/v1/meshes/${MESH_ID}/simulations`,
      { edits: [], services: ['default/reviews'] },
    ],
    [
      'POST',
      `/v1/meshes/${MESH_ID}/simulations`,
      {
        edits: [
          { kind: 'down', region: 'cn-hangzhou', service: 'default/reviews' },
        ],
      },
    ],
    [
      'POST',
      '/v1/changes',
      { target: SERVICE, intent: { mode: 'off' }, reason: 'because' },
    ],
  ])('refuses who may not read all of its entities: %s %s', async (...row) => {
    const [method, path, body] = row;
    const call = method === 'GET' ? plugin.get : plugin.post;
    const answer = await call(path, { user: GUEST }).send(body).expect(403);
    const { message } = answer.body.error;
    expect(message).toContain("'catalog.entity.read' is needed");
    expect(message).toContain('default/reviews');
    // What may not be read is not named either.
    expect(JSON.stringify(answer.body)).not.toContain('component:');
  });

  it('lets in who may read its entities, found by labels too, and services to what no entity stands for', async () => {
    const status = async (
      path: string,
      caller: { user?: string; service?: boolean } = {},
    ) => (await plugin.get(`${path}/topology`, caller)).status;
    expect(await status(ratings, { user: GUEST })).toBe(200);
    expect(await status(ratings, { user: NOBODY })).toBe(403);
    const details = `${services}/default/details`;
    expect(await status(details, { user: NOBODY })).toBe(200);
    expect(await status(reviews, { service: true })).toBe(200);
    expect(await status(reviews)).toBe(200);
  });

  it('leaves out of lists what a reader may not see, by one question to the catalog', async () => {
    const all = await names('user:default/owner');
    expect(all).toEqual(
      expect.arrayContaining(['details', 'productpage', 'ratings', 'reviews']),
    );
    const asked = jest.mocked(plugin.catalog.getEntitiesByRefs).mock.calls;
    const user = 'user:default/other';
    expect(await names(user)).toEqual(all);
    const before = asked.length;
    expect(await names(GUEST)).toEqual(
      all.filter((name: string) => name !== 'reviews'),
    );
    expect(await names(GUEST)).not.toContain('reviews');
    expect(await names(NOBODY)).toEqual(
      all.filter(
        (name: string) => !['productpage', 'ratings', 'reviews'].includes(name),
      ),
    );
    expect(asked.length - before).toBeLessThanOrEqual(2);
  });

  it('finds services by labels, in a namespace, in a cluster', async () => {
    const found = async (query: string) =>
      (await plugin.get(`${services}?${query}`).expect(200)).body.items.map(
        ({ name }: any) => name,
      );
    const selector = 'labelSelector=app%20in%20(ratings%2Creviews)';
    expect(await found(selector)).toEqual(['ratings', 'reviews']);
    expect(await found(`${selector}&namespace=other`)).toEqual([]);
    expect(await found(`${selector}&cluster=${HANGZHOU_ID}`)).toHaveLength(2);
    expect(await found(`${selector}&cluster=nowhere`)).toEqual([]);
    const { body } = await plugin
      .get(`${services}?labelSelector=app%20reviews`)
      .expect(400);
    expect(body.error.message).toContain('labelSelector is "app reviews"');
  });

  it('does not name what is hidden when a service is not found', async () => {
    const { body } = await plugin
      .get(`${services}/default/nothing/topology`, { user: GUEST })
      .expect(404);
    expect(body.error.message).toContain('ratings.default');
    expect(body.error.message).not.toContain('reviews');
  });

  it('hides changes, and what changes of the mesh say of hidden services', async () => {
    const listed = async (user: string) =>
      (await plugin.get('/v1/changes?limit=1', { user })).body.items.map(
        ({ id }: any) => id,
      );
    expect(await listed('user:default/owner')).toEqual([meshChangeId]);
    expect(await listed(GUEST)).toEqual([meshChangeId]);
    const byService = await plugin.get('/v1/changes?name=reviews', {
      user: GUEST,
    });
    expect(byService.body.items).toEqual([]);
    await plugin.get(`/v1/changes/${changeId}`, { user: GUEST }).expect(403);
    await plugin
      .get(`/v1/changes/${changeId}/export`, { user: GUEST })
      .expect(403);
    const { text } = await plugin.get('/v1/audit', { user: GUEST }).expect(200);
    expect(text).toContain(meshChangeId);
    expect(text).not.toContain(changeId);
  });

  it('tells of a whole mesh what is true, without the names of hidden services', async () => {
    const target = { scope: 'mesh', meshId: MESH_ID };
    const intent = { mode: 'failover', failover: FAILOVER.failover };
    const previewed = async (user: string) =>
      (
        await plugin
          .post('/v1/previews', { user })
          .send({ target, intent })
          .expect(200)
      ).body;
    const [all, some] = [
      await previewed('user:default/owner'),
      await previewed(NOBODY),
    ];
    expect(JSON.stringify(all)).toContain('reviews');
    expect(JSON.stringify(some)).not.toContain('reviews');
    expect(some.hash).toBe(all.hash);
    expect(some.applicable).toBe(all.applicable);
    expect(
      some.findings.filter(({ id }: any) => id === 'hidden-services').length,
    ).toBeGreaterThan(0);

    const leave = async (user: string) =>
      (
        await plugin
          .get(`/v1/meshes/${MESH_ID}/clusters/${HANGZHOU_ID}/leave-preview`, {
            user,
          })
          .expect(200)
      ).body;
    const total = (await leave('user:default/owner')).services.length;
    const hidden = await leave(NOBODY);
    expect(hidden.total).toBe(total);
    expect(JSON.stringify(hidden.services)).not.toContain('reviews');

    const simulated = await plugin
      .post(`/v1/meshes/${MESH_ID}/simulations`, { user: NOBODY })
      .send({ edits: [] })
      .expect(200);
    expect(JSON.stringify(simulated.body)).not.toContain('reviews');
  });

  it('holds for assistants', async () => {
    const asked = { mesh: MESH_ID, namespace: 'default', name: 'reviews' };
    await expect(plugin.act('read-topology', asked, GUEST)).rejects.toThrow(
      /catalog.entity.read/,
    );
    const { services: listed } = await plugin.act(
      'list-services',
      { mesh: MESH_ID },
      GUEST,
    );
    expect(listed.map(({ name }: any) => name)).not.toContain('reviews');
  });
});

describe('while the catalog cannot be asked', () => {
  it('hides from who reads by conditions, and serves who may read everything', async () => {
    const plugin = await startChanges({
      entities: ENTITIES,
      readable: { [GUEST]: READS },
    });
    jest
      .spyOn(plugin.catalog, 'getEntitiesByRefs')
      .mockRejectedValue(new Error('the catalog is down'));
    await plugin.get(`${reviews}/topology`).expect(200);
    const { status } = await plugin.get(`${ratings}/topology`, {
      user: GUEST,
    });
    expect(status).toBeGreaterThanOrEqual(500);
    await plugin.stop();
  });
});
