import { TestDatabases } from '@backstage/backend-test-utils';
import {
  OUTLIER_DETECTION,
  SERVICE,
  SUBSETS,
  startChanges,
} from '../__testUtils__/changes';
import { SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { destinationRule, podName } from '../__testUtils__/objects';
import { until, type StartOptions } from '../__testUtils__/startPlugin';
import { migrationsDirectory } from '../database/migrate';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const { meshId, namespace, name } = SERVICE;
const SHIFT = {
  target: { meshId, namespace, name },
  from: 'cn-hangzhou',
  to: 'cn-shanghai',
  steps: [25, 100],
  holdSeconds: 1,
  outlierDetection: OUTLIER_DETECTION,
  reason: 'moving out',
};
const TOPOLOGY = `/v1/meshes/${meshId}/services/${namespace}/${name}/topology`;
const approver = { user: 'user:default/approver' };

async function start(options: StartOptions = {}) {
  const plugin = await startChanges(options);
  const { post, get, tick, rule } = plugin;
  const shift = (body: object = {}) =>
    post('/v1/shifts').send({ ...SHIFT, ...body });
  const ends = async (id: string) => {
    let found: any;
    await until('the shift is over', async () => {
      await tick();
      found = (await get(`/v1/shifts/${id}`).expect(200)).body;
      return Boolean(found.finishedAt);
    });
    return found;
  };
  const setting = async () =>
    (await rule())?.spec.trafficPolicy.loadBalancer?.localityLbSetting;
  return { ...plugin, shift, ends, setting };
}

describe('a gradual shift', () => {
  it('goes step by step, each a change, and can be taken back as a whole', async () => {
    const { mesh, shift, ends, setting, change, post, get, rule, stop } =
      await start();
    const earlier = {
      outlierDetection: { consecutive5xxErrors: 7 },
      connectionPool: { tcp: { connectTimeout: '3s' } },
    };
    mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        host: 'reviews',
        subsets: SUBSETS,
        trafficPolicy: earlier,
      }),
    );
    const { body } = await shift().expect(201);
    expect(body).toMatchObject({ ...SHIFT, status: 'running', percent: 25 });
    expect((await setting()).distribute).toContainEqual({
      from: 'cn-hangzhou',
      to: { 'cn-hangzhou': 75, 'cn-shanghai': 25 },
    });

    const other = await change({}).expect(409);
    expect(other.body.error.message).toContain(`abort shift ${body.id}`);
    await shift().expect(409);
    const [first] = body.changeIds;
    const alone = await post(`/v1/changes/${first}/rollback`)
      .send({ reason: 'undo' })
      .expect(409);
    expect(alone.body.error.message).toContain(`abort shift ${body.id}`);

    const done = await ends(body.id);
    expect(done).toMatchObject({ status: 'completed', percent: 100 });
    expect(await setting()).toEqual({
      enabled: true,
      failoverPriority: ['topology.kubernetes.io/region=cn-shanghai'],
    });
    const { body: history } = await get('/v1/changes').expect(200);
    expect(
      history.items.map(({ reason, shiftId }: any) => [reason, shiftId]),
    ).toEqual([
      ['moving out (100 %, step 2 of 2)', body.id],
      ['moving out (25 %, step 1 of 2)', body.id],
    ]);

    const { body: back } = await post(`/v1/shifts/${body.id}/abort`)
      .send({ reason: 'the region is back' })
      .expect(200);
    expect(back).toMatchObject({ status: 'aborted', percent: 0 });
    expect(back.detail).toContain('user:default/owner: the region is back');
    expect((await rule())!.spec).toMatchObject({
      subsets: SUBSETS,
      trafficPolicy: earlier,
    });
    expect(await setting()).toBeUndefined();
    await change({}).expect(201);
    await stop();
  });

  it('goes back by itself when the target region loses its pods', async () => {
    const { connector, shift, ends, rule, auditor, stop } = await start();
    const { body } = await shift({ holdSeconds: 3600 }).expect(201);
    connector
      .server(SHANGHAI_ID)
      .remove('pods', 'default', podName('cn-shanghai', 'reviews', 'v2'));
    const ended = await ends(body.id);
    expect(ended).toMatchObject({
      status: 'aborted',
      percent: 0,
      detail: 'Went back because no endpoint is ready in cn-shanghai',
    });
    expect(await rule()).toBeUndefined();
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'shift-end',
        meta: expect.objectContaining({ shiftId: body.id, status: 'aborted' }),
      }),
    );
    await stop();
  });

  it('goes on in another process, and finishes an abort that was cut short', async () => {
    const knex = await databases.init('SQLITE_3');
    await knex.migrate.latest({ directory: migrationsDirectory() });
    const first = await start({ knex });
    const { body } = await first.shift({ steps: [10, 20, 30] }).expect(201);
    const { cloud, connector } = first;
    await first.stop();
    const second = await start({ knex, cloud, connector });
    await until('the next step is taken', async () => {
      await second.tick();
      const { percent } = (await second.get(`/v1/shifts/${body.id}`)).body;
      return percent === 20;
    });
    // As a process leaves it that dies when the way back is written, but not yet booked.
    await second.stop();
    await knex('shifts').update({ status: 'aborting', detail: 'enough' });
    await knex('changes')
      .where({ shift_step: 1 })
      .update({ status: 'rolled-back' });
    const third = await start({ knex, cloud, connector });
    expect(await third.ends(body.id)).toMatchObject({
      status: 'aborted',
      percent: 0,
      detail: 'enough',
    });
    await third.stop();
  });

  it('is paused at a step, also in another process, and goes on when resumed', async () => {
    const knex = await databases.init('SQLITE_3');
    await knex.migrate.latest({ directory: migrationsDirectory() });
    const first = await start({ knex });
    const { body } = await first.shift({ steps: [10, 100] }).expect(201);
    const path = `/v1/shifts/${body.id}`;
    const early = await first
      .post(`${path}/resume`)
      .send({ reason: 'go' })
      .expect(409);
    expect(early.body.error.message).toContain('only one that is paused');
    const { body: paused } = await first
      .post(`${path}/pause`)
      .send({ reason: 'a look at the logs' })
      .expect(200);
    expect(paused).toMatchObject({
      status: 'paused',
      percent: 10,
      detail: 'Paused by user:default/owner: a look at the logs',
    });
    await first.post(`${path}/pause`).send({ reason: 'again' }).expect(409);
    const other = await first.change({}).expect(409);
    expect(other.body.error.message).toContain('resume it');
    const { cloud, connector } = first;
    await first.stop();

    const second = await start({ knex, cloud, connector });
    const step = (await second.get(`/v1/changes/${body.changeIds[0]}`)).body;
    const held = Date.parse(step.appliedAt) + 1000 * SHIFT.holdSeconds;
    await until('the step was held, and the region is seen', async () => {
      const { regions } = (await second.get(TOPOLOGY)).body;
      const seen = regions?.some(
        ({ region, freshness }: any) =>
          region === SHIFT.to && freshness.state === 'ok',
      );
      return seen && Date.now() > held;
    });
    await second.tick();
    await second.tick();
    expect((await second.get(path)).body).toEqual(paused);
    const { body: resumed } = await second
      .post(`${path}/resume`)
      .send({ reason: 'all is well' })
      .expect(200);
    expect(resumed).toMatchObject({
      status: 'running',
      detail: 'Resumed by user:default/owner: all is well',
    });
    expect(await second.ends(body.id)).toMatchObject({
      status: 'completed',
      percent: 100,
    });
    await second.post(`${path}/pause`).send({ reason: 'late' }).expect(409);
    await second.stop();
  });

  it('goes back while it is paused, by itself and when told', async () => {
    const { connector, shift, ends, post, rule, tick, stop } = await start();
    const pausedShift = async () => {
      const { body } = await shift({ holdSeconds: 3600 }).expect(201);
      await post(`/v1/shifts/${body.id}/pause`)
        .send({ reason: 'wait' })
        .expect(200);
      return body.id as string;
    };
    const told = await pausedShift();
    const { body: aborted } = await post(`/v1/shifts/${told}/abort`)
      .send({ reason: 'enough' })
      .expect(200);
    expect(aborted).toMatchObject({ status: 'aborted', percent: 0 });
    const left = await pausedShift();
    await tick();
    connector
      .server(SHANGHAI_ID)
      .remove('pods', 'default', podName('cn-shanghai', 'reviews', 'v2'));
    expect(await ends(left)).toMatchObject({
      status: 'aborted',
      detail: 'Went back because no endpoint is ready in cn-shanghai',
    });
    expect(await rule()).toBeUndefined();
    await stop();
  });

  it('takes the first step that a dead process did not come to', async () => {
    const knex = await databases.init('SQLITE_3');
    await knex.migrate.latest({ directory: migrationsDirectory() });
    await knex('shifts').insert({
      id: 's1',
      mesh_id: meshId,
      namespace,
      name,
      status: 'running',
      requested_by: 'user:default/owner',
      requested_at: new Date().toISOString(),
      request: JSON.stringify({ ...SHIFT, steps: [100] }),
    });
    const { ends, setting, stop } = await start({ knex });
    expect(await ends('s1')).toMatchObject({ status: 'completed' });
    expect(await setting()).toHaveProperty('failoverPriority');
    await stop();
  });

  it('is approved once, with its first step', async () => {
    const { shift, ends, post, get, rule, tick, stop } = await start({
      meshDr: { approval: { required: 'always' } },
    });
    const { body } = await shift().expect(201);
    expect(body).toMatchObject({ status: 'pending-approval', percent: 0 });
    await tick();
    expect(await rule()).toBeUndefined();
    await post(`/v1/changes/${body.changeIds[0]}/approve`, approver).expect(
      200,
    );
    const done = await ends(body.id);
    expect(done).toMatchObject({ status: 'completed', percent: 100 });
    const second = await get(`/v1/changes/${done.changeIds[1]}`).expect(200);
    expect(second.body).toMatchObject({ status: 'applied' });
    expect(second.body.approvedBy).toBeUndefined();
    await stop();
  });

  it('ends with the rejection of its first step', async () => {
    const { shift, ends, post, rule, stop } = await start({
      meshDr: { approval: { required: 'always' } },
    });
    const { body } = await shift().expect(201);
    await post(`/v1/changes/${body.changeIds[0]}/reject`, approver)
      .send({ reason: 'not today' })
      .expect(200);
    const ended = await ends(body.id);
    expect(ended.status).toBe('aborted');
    expect(ended.detail).toContain('not today');
    expect(await rule()).toBeUndefined();
    await stop();
  });

  it('stops without touching what somebody else wrote', async () => {
    const { mesh, shift, ends, rule, stop } = await start();
    const { body } = await shift().expect(201);
    const live = (await rule())!;
    live.spec.trafficPolicy.outlierDetection.maxEjectionPercent = 42;
    mesh.put('destinationrules', live);
    const ended = await ends(body.id);
    expect(ended).toMatchObject({ status: 'failed', percent: 25 });
    expect(ended.detail).toMatch(/after it .*100.*, now .*42/);
    expect(
      (await rule())!.spec.trafficPolicy.outlierDetection.maxEjectionPercent,
    ).toBe(42);
    await stop();
  });

  it('does not begin when a step would be refused, or without what it asks for', async () => {
    const { connector, shift, get, post, denied, rule, stop } = await start();
    const rates = await shift({ abortOn: { minSuccessPercent: 99 } }).expect(
      400,
    );
    expect(rates.body.error.message).toContain('needs the request metrics');
    denied.add('mesh-dr.rule.change');
    await shift().expect(403);
    denied.delete('mesh-dr.rule.change');
    denied.add('mesh-dr.change.break-glass');
    await shift({ overrides: ['capacity'] }).expect(403);
    connector
      .server(SHANGHAI_ID)
      .remove('pods', 'default', podName('cn-shanghai', 'reviews', 'v2'));
    const refused = await shift({ steps: [100] }).expect(400);
    expect(refused.body.error.message).toContain('no ready endpoint');
    await post('/v1/shifts/none/abort').send({ reason: 'r' }).expect(404);
    await get('/v1/shifts?status=over').expect(400);
    const { body } = await get(`/v1/shifts?mesh=${meshId}`).expect(200);
    expect(body.items).toEqual([]);
    expect(await rule()).toBeUndefined();
    await stop();
  });
});
