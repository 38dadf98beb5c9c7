import { TestDatabases } from '@backstage/backend-test-utils';
import {
  BOTH_WAYS,
  FAILOVER,
  MESH,
  OUTLIER_DETECTION,
  SERVICE,
  SUBSETS,
  startChanges as start,
  storedChange,
} from '../__testUtils__/changes';
import { SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { destinationRule, podName } from '../__testUtils__/objects';
import { until } from '../__testUtils__/startPlugin';
import { DatabaseChangeStore } from '../database/DatabaseChangeStore';
import { migrationsDirectory } from '../database/migrate';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const approver = { user: 'user:default/approver' };

it('waits for a second person where only the request asks for one', async () => {
  const { change, rule, post, stop } = await start();
  const { body } = await change({ needsApproval: true }).expect(201);
  expect(body.status).toBe('pending-approval');
  expect(await rule()).toBeUndefined();
  const path = `/v1/changes/${body.id}/approve`;
  await post(path).expect(403);
  expect((await post(path, approver).expect(200)).body.status).toBe('applied');
  const other = await change({ needsApproval: 'yes' }).expect(400);
  expect(other.body.error.message).toContain('needsApproval');
  await stop();
});

describe('approval', () => {
  const meshDr = { approval: { required: 'always' } };

  it('waits for a second person, who sees it applied', async () => {
    const { change, rule, post, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    expect(body.status).toBe('pending-approval');
    expect(
      Date.parse(body.approvalExpiresAt) - Date.parse(body.requestedAt),
    ).toBe(30 * 60_000);
    expect(await rule()).toBeUndefined();
    const own = await post(`/v1/changes/${body.id}/approve`).expect(403);
    expect(own.body.error.message).toContain('somebody else');
    const approved = await post(
      `/v1/changes/${body.id}/approve`,
      approver,
    ).expect(200);
    expect(approved.body).toMatchObject({
      status: 'applied',
      approvedBy: 'user:default/approver',
    });
    expect(await rule()).toBeDefined();
    await post(`/v1/changes/${body.id}/approve`, approver).expect(409);
    await post(`/v1/changes/${body.id}/approve`, { service: true }).expect(403);
    await stop();
  });

  it('does not approve what has changed underneath, and shows both states', async () => {
    const { mesh, change, rule, post, get, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        host: 'reviews',
        subsets: SUBSETS,
        trafficPolicy: { outlierDetection: { consecutive5xxErrors: 7 } },
      }),
    );
    const refused = await post(
      `/v1/changes/${body.id}/approve`,
      approver,
    ).expect(409);
    expect(refused.body.error.message).toMatch(
      /Previewed was:\n[^]*does not exist[^]*now it is:\n[^]*consecutive5xxErrors: 7/,
    );
    expect((await rule())!.spec.trafficPolicy).toEqual({
      outlierDetection: { consecutive5xxErrors: 7 },
    });
    const stored = await get(`/v1/changes/${body.id}`).expect(200);
    expect(stored.body).toMatchObject({ status: 'failed' });
    expect(stored.body.approvedBy).toBeUndefined();
    expect(stored.body.error).toContain('since the preview');
    await stop();
  });

  it('does not approve a mesh-wide rule that was edited in the console meanwhile', async () => {
    const { mesh, change, cloud, post, get, stop } = await start({ meshDr });
    mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        host: 'reviews',
        trafficPolicy: { outlierDetection: OUTLIER_DETECTION },
      }),
    );
    const { body } = await change({
      target: MESH,
      intent: { mode: 'failover', failover: BOTH_WAYS },
    }).expect(201);
    const console = { failover: [BOTH_WAYS[1]], distribute: [] };
    cloud.mesh.locality = { enabled: true, ...console };
    const refused = await post(
      `/v1/changes/${body.id}/approve`,
      approver,
    ).expect(409);
    expect(refused.body.error.message).toMatch(
      /"enabled": false[^]*now it is:[^]*"from": "cn-shanghai"/,
    );
    expect(cloud.asked).toEqual([]);
    expect(cloud.mesh.locality).toMatchObject(console);
    const stored = await get(`/v1/changes/${body.id}`).expect(200);
    expect(stored.body.status).toBe('failed');
    await stop();
  });

  it('leaves a change waiting that the linter refuses by now, until it would work again', async () => {
    const { connector, change, rule, post, get, stop } = await start({
      meshDr,
    });
    const { body } = await change({
      intent: { ...FAILOVER, failover: [BOTH_WAYS[0]] },
    }).expect(201);
    const shanghai = connector.server(SHANGHAI_ID);
    const name = podName('cn-shanghai', 'reviews', 'v2');
    const pod = (
      await shanghai.list({ apiVersion: 'v1', plural: 'pods' })
    ).items.find(({ metadata }) => metadata.name === name)!;
    shanghai.remove('pods', 'default', name);
    const path = `/v1/changes/${body.id}/approve`;
    const refused = await post(path, approver).expect(400);
    expect(refused.body.error.message).toContain('cn-shanghai');
    expect(await rule()).toBeUndefined();
    const waiting = await get(`/v1/changes/${body.id}`).expect(200);
    expect(waiting.body.status).toBe('pending-approval');
    shanghai.put('pods', pod);
    await post(path, approver).expect(200);
    await stop();
  });

  it('rolls back with approval, and not what was rolled back already', async () => {
    const { change, post, rule, stop } = await start({ meshDr });
    const applied = (await change({}).expect(201)).body;
    await post(`/v1/changes/${applied.id}/approve`, approver).expect(200);
    const back = () =>
      post(`/v1/changes/${applied.id}/rollback`).send({ reason: 'undo' });
    const [first, second] = [
      await back().expect(201),
      await back().expect(201),
    ];
    expect(first.body.status).toBe('pending-approval');
    await post(`/v1/changes/${first.body.id}/approve`, approver).expect(200);
    expect(await rule()).toBeUndefined();
    const late = await post(
      `/v1/changes/${second.body.id}/approve`,
      approver,
    ).expect(409);
    expect(late.body.error.message).toContain('is rolled-back');
    await stop();
  });

  it('keeps the reason of a rejection', async () => {
    const { change, post, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    const rejected = await post(`/v1/changes/${body.id}/reject`, approver)
      .send({ reason: 'freeze' })
      .expect(200);
    expect(rejected.body).toMatchObject({
      status: 'rejected',
      error: 'Rejected by user:default/approver: freeze',
    });
    await stop();
  });
});

describe('an approval that comes too late', () => {
  const meshDr = {
    approval: { required: 'always', validFor: { milliseconds: 1 } },
  };

  it('is refused though the scheduler has not looked yet', async () => {
    const { change, rule, post, get, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    await until('its time is over', () =>
      Boolean(Date.now() > Date.parse(body.approvalExpiresAt)),
    );
    const refused = await post(
      `/v1/changes/${body.id}/approve`,
      approver,
    ).expect(409);
    expect(refused.body.error.message).toContain(body.approvalExpiresAt);
    expect(await rule()).toBeUndefined();
    const stored = await get(`/v1/changes/${body.id}`).expect(200);
    expect(stored.body.status).toBe('expired');
    await stop();
  });

  it('finds the change expired by another process than the one that stored it', async () => {
    const knex = await databases.init('SQLITE_3');
    await knex.migrate.latest({ directory: migrationsDirectory() });
    const store = new DatabaseChangeStore(knex);
    const minute = (offset: number) =>
      new Date(Date.now() + offset * 60_000).toISOString();
    for (const [id, offset] of [
      ['late', -1],
      ['in-time', 1],
    ] as const) {
      await store.insert(
        storedChange({
          id,
          target: SERVICE,
          status: 'pending-approval',
          approvalExpiresAt: minute(offset),
        }),
      );
    }
    const { get, auditor, stop } = await start({ knex });
    await until('the change has expired', async () => {
      const { body } = await get('/v1/changes/late');
      return body.status === 'expired';
    });
    const { body } = await get('/v1/changes?status=expired').expect(200);
    expect(body.items).toMatchObject([
      { id: 'late', error: expect.stringContaining('Nobody approved') },
    ]);
    const waiting = await get('/v1/changes/in-time').expect(200);
    expect(waiting.body.status).toBe('pending-approval');
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'change-expire',
        meta: expect.objectContaining({ changeId: 'late' }),
      }),
    );
    await stop();
  });
});
