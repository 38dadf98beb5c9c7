import { GRANT_HEADER } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { FakeCloud, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { startPlugin, type StartOptions } from '../__testUtils__/startPlugin';

const SERVICE = { service: true };
const JOIN = `/v1/meshes/${MESH_ID}/clusters/${SHANGHAI_ID}/join`;

async function start(options: StartOptions = {}) {
  const cloud = new FakeCloud();
  cloud.leaveOut(SHANGHAI_ID);
  const plugin = await startPlugin({ cloud, ...options });
  const grant = (body: object = {}) =>
    plugin.post('/v1/grants').send({
      environment: 'guide',
      operations: ['cluster.join', 'rule.change'],
      ...body,
    });
  return { ...plugin, grant };
}

describe('operation grants', () => {
  it('lets a service join in the name of the person who gave it', async () => {
    const { grant, post, get, stop } = await start();
    const { body } = await grant().expect(201);
    expect(body).toMatchObject({
      initiator: 'user:default/owner',
      environment: 'guide',
    });
    expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBe(
      240 * 60_000,
    );
    const joined = await post(JOIN, SERVICE)
      .set(GRANT_HEADER, body.id)
      .expect(202);
    expect(joined.body.requestedBy).toBe('user:default/owner');
    const { body: own } = await get('/v1/grants').expect(200);
    expect(own.items).toEqual([body]);
    await stop();
  });

  it('covers only its operations, its environment and its time', async () => {
    const { grant, post, delete: del, stop } = await start();
    const { id } = (await grant({ operations: ['rule.change'] })).body;
    const other = await post(JOIN, SERVICE).set(GRANT_HEADER, id).expect(403);
    expect(other.body.error.message).toContain("does not cover 'cluster.join'");

    const elsewhere = (await grant({ environment: 'another' })).body;
    const wrong = await post(JOIN, SERVICE)
      .set(GRANT_HEADER, elsewhere.id)
      .expect(403);
    expect(wrong.body.error.message).toContain("'another'");
    expect(wrong.body.error.message).toContain("'guide'");

    const ended = (await grant()).body;
    await del(`/v1/grants/${ended.id}`).expect(200);
    const revoked = await post(JOIN, SERVICE)
      .set(GRANT_HEADER, ended.id)
      .expect(403);
    expect(revoked.body.error.message).toContain('was revoked');
    await post(JOIN, SERVICE).set(GRANT_HEADER, 'made-up').expect(403);
    await stop();
  });

  it('is redeemed by services alone', async () => {
    const { grant, post, stop } = await start();
    const { id } = (await grant()).body;
    const use = { operation: 'cluster.join', environment: 'guide' };
    const redeemed = await post(`/v1/grants/${id}/redeem`, SERVICE)
      .send(use)
      .expect(200);
    expect(redeemed.body.initiator).toBe('user:default/owner');
    await post(`/v1/grants/${id}/redeem`).send(use).expect(403);
    await post(`/v1/grants/${id}/redeem`, SERVICE)
      .send({ ...use, operation: 'environment.destroy' })
      .expect(403);
    await post('/v1/grants', SERVICE)
      .send({ environment: 'guide', operations: ['cluster.join'] })
      .expect(403);
    await stop();
  });

  it('gives nobody more than they may do themselves', async () => {
    const { grant, denied, post, stop } = await start();
    denied.add('mesh-dr.environment.destroy');
    const { body } = await grant({
      operations: ['cluster.join', 'environment.destroy'],
    }).expect(403);
    expect(body.error.message).toContain('mesh-dr.environment.destroy');

    denied.add('mesh-dr.mesh-rule.change');
    const { id } = (await grant().expect(201)).body;
    const refused = await post('/v1/changes', SERVICE)
      .set(GRANT_HEADER, id)
      .send({
        target: { scope: 'mesh', meshId: MESH_ID },
        intent: { mode: 'off' },
        reason: 'more than allowed',
      })
      .expect(403);
    expect(refused.body.error.message).toContain('rules of a whole mesh');
    await stop();
  });

  it('is listed and revoked by its owner, or with permission to manage grants', async () => {
    const { grant, denied, get, delete: del, stop } = await start();
    denied.add('mesh-dr.grant.manage');
    const { id } = (await grant()).body;
    const stranger = { user: 'user:default/stranger' };
    expect((await get('/v1/grants', stranger)).body.items).toEqual([]);
    await del(`/v1/grants/${id}`, stranger).expect(403);
    denied.clear();
    expect((await get('/v1/grants', stranger)).body.items).toHaveLength(1);
    const { body } = await del(`/v1/grants/${id}`, stranger).expect(200);
    expect(body.revokedAt).toBeTruthy();
    await stop();
  });

  it('says what is wrong with a request', async () => {
    const { grant, auditor, stop } = await start();
    const { body } = await grant({ durationMinutes: 1 }).expect(400);
    expect(body.error.message).toContain('durationMinutes is 1');
    await grant({ operations: ['fly'] }).expect(400);
    const events = auditor.createEvent.mock.calls.map(([event]) => event);
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          eventId: 'grant-create',
          severityLevel: 'high',
        }),
      ]),
    );
    await stop();
  });
});
