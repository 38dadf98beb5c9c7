import { TestDatabases } from '@backstage/backend-test-utils';
import {
  BOTH_WAYS,
  FAILOVER,
  MESH,
  OUTLIER_DETECTION,
  SERVICE,
  startChanges as start,
} from '../__testUtils__/changes';
import { HANGZHOU_ID, MESH_ID } from '../__testUtils__/FakeCloud';
import { destinationRule } from '../__testUtils__/objects';
import { until } from '../__testUtils__/startPlugin';
import { migrationsDirectory } from '../database/migrate';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const EVACUATION = {
  mode: 'evacuation',
  from: 'cn-hangzhou',
  to: 'cn-shanghai',
  outlierDetection: OUTLIER_DETECTION,
};
const HOUR_MS = 3_600_000;
const soon = () => new Date(Date.now() + HOUR_MS).toISOString();

/** Puts the clock past a moment: a slow machine must not get there before its time. */
const passed = (moment: string) => {
  const now = Date.now;
  const ahead = Date.parse(moment) + 1 - now();
  jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
};
afterEach(() => {
  jest.restoreAllMocks();
});

describe('a change that is to end by itself', () => {
  it('returns through another process than the one that applied it, as a change of its own', async () => {
    const knex = await databases.init('SQLITE_3');
    await knex.migrate.latest({ directory: migrationsDirectory() });
    const first = await start({
      knex,
      meshDr: { approval: { required: 'always' } },
    });
    const asked = await first
      .change({ intent: EVACUATION, expiresAt: soon() })
      .expect(201);
    const { body: applied } = await first
      .post(`/v1/changes/${asked.body.id}/approve`, {
        user: 'user:default/approver',
      })
      .expect(200);
    expect(applied).toMatchObject({
      status: 'applied',
      expiresAt: asked.body.expiresAt,
    });
    expect(
      (await first.rule())!.spec.trafficPolicy.loadBalancer.localityLbSetting,
    ).toEqual({
      enabled: true,
      failoverPriority: ['topology.kubernetes.io/region=cn-shanghai'],
    });
    const { cloud, connector } = first;
    await first.stop();
    passed(applied.expiresAt);

    const second = await start({
      knex,
      cloud,
      connector,
      meshDr: { approval: { required: 'always' } },
    });
    await until('the rule has returned', async () => {
      const { body } = await second.get(`/v1/changes/${applied.id}`);
      return body.status === 'rolled-back';
    });
    expect(await second.rule()).toBeUndefined();
    const { body: history } = await second.get('/v1/changes').expect(200);
    expect(history.items[0]).toMatchObject({
      status: 'applied',
      rollbackOf: applied.id,
      requestedBy: 'plugin:mesh-dr',
      reason: `The change was to last until ${applied.expiresAt}`,
    });
    expect(second.auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'change-return',
        meta: expect.objectContaining({ changeId: applied.id }),
      }),
    );
    await second.stop();
  });

  it('brings a mesh-wide rule back', async () => {
    const { mesh, change, cloud, tick, get, stop } = await start();
    mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        host: 'reviews',
        trafficPolicy: { outlierDetection: OUTLIER_DETECTION },
      }),
    );
    const expiresAt = soon();
    const { body } = await change({
      target: MESH,
      intent: { mode: 'failover', failover: BOTH_WAYS },
      expiresAt,
    }).expect(201);
    expect(body.status).toBe('applied');
    await tick();
    expect(cloud.mesh.locality!.enabled).toBe(true);
    passed(expiresAt);
    await tick();
    expect(cloud.mesh.locality!.enabled).toBe(false);
    const { body: done } = await get(`/v1/changes/${body.id}`).expect(200);
    expect(done.status).toBe('rolled-back');
    await stop();
  });

  it('stays when somebody edited the rule meanwhile, and says so once', async () => {
    const { mesh, change, rule, tick, get, auditor, stop } = await start();
    const expiresAt = soon();
    const { body } = await change({ expiresAt }).expect(201);
    const live = (await rule())!;
    live.spec.trafficPolicy.outlierDetection.maxEjectionPercent = 42;
    mesh.put('destinationrules', live);
    passed(expiresAt);
    await tick();
    await tick();
    const { body: kept } = await get(`/v1/changes/${body.id}`).expect(200);
    expect(kept.status).toBe('applied');
    expect(kept.returnError).toMatch(/did not return at.*now .*42/);
    expect(
      (await rule())!.spec.trafficPolicy.outlierDetection.maxEjectionPercent,
    ).toBe(42);
    const returns = auditor.createEvent.mock.calls.filter(
      ([{ eventId }]) => eventId === 'change-return',
    );
    expect(returns).toHaveLength(1);
    await stop();
  });

  it('waits while returning would leave callers without a healthy region', async () => {
    const { connector, change, rule, tick, get, stop } = await start();
    await change({
      intent: {
        mode: 'distribution',
        distribute: [
          { from: 'cn-hangzhou', to: { 'cn-hangzhou': 100 } },
          { from: 'cn-shanghai', to: { 'cn-hangzhou': 100 } },
        ],
        outlierDetection: OUTLIER_DETECTION,
      },
    }).expect(201);
    const expiresAt = soon();
    const { body } = await change({ intent: FAILOVER, expiresAt }).expect(201);
    connector.server(HANGZHOU_ID).setTrouble('i/o timeout');
    await until('Hangzhou is seen to be cut off', async () => {
      const { body: topology } = await get(
        `/v1/meshes/${MESH_ID}/services/default/reviews/topology`,
      );
      return topology.regions[0].freshness.state === 'unreachable';
    });
    passed(expiresAt);
    await tick();
    const { body: kept } = await get(`/v1/changes/${body.id}`).expect(200);
    expect(kept.returnError).toContain('no healthy region left');
    expect(
      (await rule())!.spec.trafficPolicy.loadBalancer.localityLbSetting,
    ).toHaveProperty('failover');
    await stop();
  });

  it('needs an end in the future, and not after a quarter', async () => {
    const { change, stop } = await start();
    for (const [expiresAt, message] of [
      ['2026-01-01T00:00:00Z', 'has to lie between now and'],
      ['2126-01-01T00:00:00Z', 'has to lie between now and'],
      ['tomorrow', 'must be a moment'],
    ]) {
      const { body } = await change({ expiresAt }).expect(400);
      expect(body.error.message).toContain(message);
    }
    await stop();
  });
});

describe('evacuating', () => {
  it('is for services; a mesh is told why not', async () => {
    const { change, stop } = await start();
    const { body } = await change({ target: MESH, intent: EVACUATION }).expect(
      400,
    );
    expect(body.error.message).toContain('has no failoverPriority');
    const { outlierDetection: _, ...bare } = EVACUATION;
    await change({ intent: bare }).expect(400);
    await change({ intent: { ...EVACUATION, to: 'cn-hangzhou' } }).expect(400);
    await stop();
  });

  it('previews, applies and shows everybody in the other region', async () => {
    const { preview, change, get, post, stop } = await start();
    const { body } = await preview({ intent: EVACUATION }).expect(200);
    const [{ after }] = body.services;
    expect(after.length).toBeGreaterThan(1);
    for (const { shares } of after) expect(shares['cn-shanghai']).toBe(100);
    const { body: applied } = await change({
      intent: EVACUATION,
      previewHash: body.hash,
    }).expect(201);
    expect(applied.intent).toEqual(EVACUATION);
    const path = `/v1/meshes/${MESH_ID}/services/${SERVICE.namespace}/${SERVICE.name}/topology`;
    const { body: topology } = await get(path).expect(200);
    for (const { shares } of topology.predicted) {
      expect(shares['cn-shanghai']).toBe(100);
    }
    await post(`/v1/changes/${applied.id}/rollback`)
      .send({ reason: 'the region is back' })
      .expect(201);
    await stop();
  });
});
