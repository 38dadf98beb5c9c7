import {
  BOTH_WAYS,
  DISTRIBUTION,
  FAILOVER,
  OUTLIER_DETECTION,
  SERVICE,
  SUBSETS,
  startChanges as start,
} from '../__testUtils__/changes';
import { HANGZHOU_ID, MESH_ID } from '../__testUtils__/FakeCloud';
import { destinationRule, scale } from '../__testUtils__/objects';

describe('changes of one service', () => {
  it('previews without touching anything, then applies exactly that', async () => {
    const { preview, change, rule, get, stop } = await start();
    const previewed = (await preview().expect(200)).body;
    expect(await rule()).toBeUndefined();
    expect(previewed.applicable).toBe(true);
    expect(previewed.before).toContain('does not exist');
    expect(previewed.after).toContain('maxEjectionPercent: 100');
    expect(previewed.services).toHaveLength(1);

    const { body } = await change({ previewHash: previewed.hash }).expect(201);
    expect(body).toMatchObject({
      status: 'applied',
      requestedBy: 'user:default/owner',
      reason: 'game day',
      hash: previewed.hash,
      verified: { ok: true },
    });
    const written = await rule();
    expect(written!.spec).toEqual({
      host: 'reviews.default.svc.cluster.local',
      trafficPolicy: {
        loadBalancer: {
          localityLbSetting: { enabled: true, failover: BOTH_WAYS },
        },
        outlierDetection: OUTLIER_DETECTION,
      },
    });
    const { body: topology } = await get(
      `/v1/meshes/${MESH_ID}/services/default/reviews/topology`,
    );
    expect(topology.rule.locality.source).toBe('destination-rule');
    const { body: history } = await get('/v1/changes?mesh=asm-guide');
    expect(history.items.map((item: any) => item.id)).toEqual([body.id]);
    await stop();
  });

  it('writes to the DestinationRule there is and leaves the rest of it alone', async () => {
    const { mesh, change, rule, stop } = await start();
    mesh.put(
      'destinationrules',
      destinationRule('bookinfo-reviews', {
        host: 'reviews',
        subsets: SUBSETS,
      }),
    );
    const { body } = await change({}).expect(201);
    expect(body.status).toBe('applied');
    expect(await rule()).toBeUndefined();
    const { spec } = (await rule('bookinfo-reviews'))!;
    expect(spec).toMatchObject({ host: 'reviews', subsets: SUBSETS });
    expect(spec.trafficPolicy.outlierDetection).toEqual(OUTLIER_DETECTION);
    await stop();
  });

  it('refuses with 409 what was edited between preview and apply', async () => {
    const { mesh, preview, change, rule, stop } = await start();
    const spec = { host: 'reviews', subsets: SUBSETS };
    mesh.put('destinationrules', destinationRule('reviews', spec));
    const { hash } = (await preview().expect(200)).body;
    mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        ...spec,
        trafficPolicy: { outlierDetection: { maxEjectionPercent: 10 } },
      }),
    );
    const { body } = await change({ previewHash: hash }).expect(409);
    expect(body.error.message).toContain('not the one that was previewed');
    expect(body.error.message).toContain('maxEjectionPercent: 10');
    expect((await rule())!.spec.trafficPolicy).toEqual({
      outlierDetection: { maxEjectionPercent: 10 },
    });
    await stop();
  });

  it("takes over another tool's fields, says so, and gives them back", async () => {
    const { mesh, preview, change, rule, post, get, stop } = await start();
    const guide = {
      connectionPool: { http: { maxRequestsPerConnection: 1 } },
      outlierDetection: {
        baseEjectionTime: '1m',
        consecutive5xxErrors: 1,
        consecutiveGatewayErrors: 7,
        interval: '1s',
      },
    };
    mesh.put(
      'destinationrules',
      destinationRule('reviews', { host: 'reviews', trafficPolicy: guide }),
    );
    const { findings } = (await preview().expect(200)).body;
    expect(findings.map((f: any) => f.id)).toContain('takes-over-fields');
    const applied = (await change({}).expect(201)).body;
    expect(applied.verified).toMatchObject({ ok: true });
    expect((await rule())!.spec.trafficPolicy).toMatchObject({
      connectionPool: guide.connectionPool,
      outlierDetection: OUTLIER_DETECTION,
    });
    expect(
      (await rule())!.spec.trafficPolicy.outlierDetection,
    ).not.toHaveProperty('consecutiveGatewayErrors');

    const back = await post(`/v1/changes/${applied.id}/rollback`)
      .send({ reason: 'done' })
      .expect(201);
    expect(back.body).toMatchObject({
      status: 'applied',
      rollbackOf: applied.id,
    });
    expect((await rule())!.spec.trafficPolicy).toMatchObject(guide);
    expect((await rule())!.spec.trafficPolicy.loadBalancer ?? {}).toEqual({});
    const original = await get(`/v1/changes/${applied.id}`).expect(200);
    expect(original.body.status).toBe('rolled-back');
    await post(`/v1/changes/${applied.id}/rollback`)
      .send({ reason: 'again' })
      .expect(409);
    await stop();
  });

  it('refuses to roll back over a later edit and shows all three states', async () => {
    const { mesh, change, rule, post, stop } = await start();
    const applied = (await change({}).expect(201)).body;
    const live = (await rule())!;
    live.spec.trafficPolicy.outlierDetection.maxEjectionPercent = 42;
    mesh.put('destinationrules', live);
    const { body } = await post(`/v1/changes/${applied.id}/rollback`)
      .send({ reason: 'undo' })
      .expect(409);
    expect(body.error.message).toMatch(
      /before the change not set, after it .*100.*, now .*42/,
    );
    await stop();
  });

  it('off removes what the portal owns, and the rule object if nothing is left', async () => {
    const { change, rule, stop } = await start();
    await change({}).expect(201);
    const off = await change({ intent: { mode: 'off' } }).expect(201);
    expect(off.body.status).toBe('applied');
    expect(await rule()).toBeUndefined();
    await change({ intent: { mode: 'off' } }).expect(201);
    await stop();
  });

  it('believes the mesh, not a lost answer', async () => {
    const { mesh, change, rule, stop } = await start();
    const apply = mesh.apply.bind(mesh);
    jest.spyOn(mesh, 'apply').mockImplementationOnce(async (...args) => {
      await apply(...args);
      throw new Error('socket hang up');
    });
    const { body } = await change({}).expect(201);
    expect(body).toMatchObject({ status: 'applied', verified: { ok: true } });
    expect(body.verified.detail).toContain('socket hang up');
    jest.spyOn(mesh, 'apply').mockRejectedValueOnce(new Error('no route'));
    const failed = await change({ intent: DISTRIBUTION }).expect(201);
    expect(failed.body).toMatchObject({ status: 'failed', error: 'no route' });
    expect(
      (await rule())!.spec.trafficPolicy.loadBalancer.localityLbSetting,
    ).toHaveProperty('failover');
    await stop();
  });

  describe('replacing a rule that somebody else wrote', () => {
    const foreign = {
      loadBalancer: {
        localityLbSetting: { enabled: true, failover: BOTH_WAYS },
      },
      outlierDetection: { consecutive5xxErrors: 7 },
    };
    async function startForeign() {
      const plugin = await start();
      plugin.mesh.put(
        'destinationrules',
        destinationRule('reviews', {
          host: 'reviews',
          subsets: SUBSETS,
          trafficPolicy: foreign,
        }),
      );
      return plugin;
    }

    it('leaves nothing of it that would contradict the new one', async () => {
      const { change, rule, stop } = await startForeign();
      await change({ intent: DISTRIBUTION }).expect(201);
      expect((await rule())!.spec).toMatchObject({
        subsets: SUBSETS,
        trafficPolicy: {
          loadBalancer: {
            localityLbSetting: {
              enabled: true,
              distribute: DISTRIBUTION.distribute,
            },
          },
          outlierDetection: OUTLIER_DETECTION,
        },
      });
      expect(
        (await rule())!.spec.trafficPolicy.loadBalancer.localityLbSetting,
      ).not.toHaveProperty('failover');
      await stop();
    });

    it('puts it back when the second write fails', async () => {
      const { mesh, change, rule, stop } = await startForeign();
      jest.spyOn(mesh, 'apply').mockRejectedValueOnce(new Error('no route'));
      const { body } = await change({ intent: DISTRIBUTION }).expect(201);
      expect(body).toMatchObject({
        status: 'failed',
        error: 'no route; the earlier fields were put back',
      });
      expect((await rule())!.spec.trafficPolicy).toEqual(foreign);
      await stop();
    });
  });

  it('switches from failover to distribution in one write', async () => {
    const { change, rule, stop } = await start();
    await change({}).expect(201);
    await change({ intent: DISTRIBUTION }).expect(201);
    expect(
      (await rule())!.spec.trafficPolicy.loadBalancer.localityLbSetting,
    ).toEqual({ enabled: true, distribute: DISTRIBUTION.distribute });
    await stop();
  });

  it.each([
    [
      'a region to itself',
      {
        ...FAILOVER,
        failover: [{ from: 'cn-hangzhou', to: 'cn-hangzhou' }],
      },
      'failover.to is "cn-hangzhou"',
    ],
    [
      'weights that sum to 90',
      {
        ...DISTRIBUTION,
        distribute: [
          { from: 'cn-hangzhou', to: { 'cn-hangzhou': 80, 'cn-shanghai': 10 } },
        ],
      },
      'weights sum to 90',
    ],
    [
      'failover without outlier detection',
      { mode: 'failover', failover: BOTH_WAYS },
      'utlier detection',
    ],
  ])('refuses %s and writes nothing', async (_what, intent, message) => {
    const { change, rule, get, stop } = await start();
    const { body } = await change({ intent }).expect(400);
    expect(body.error.message).toContain(message);
    expect(await rule()).toBeUndefined();
    expect((await get('/v1/changes').expect(200)).body.items).toEqual([]);
    await stop();
  });

  it('refuses an unknown service', async () => {
    const { change, stop } = await start();
    const { body } = await change({
      target: { ...SERVICE, name: 'revews' },
    }).expect(404);
    expect(body.error.message).toContain('reviews.default');
    await stop();
  });

  it('needs a reason and the permission', async () => {
    const { change, denied, stop } = await start();
    const { body } = await change({ reason: ' ' }).expect(400);
    expect(body.error.message).toContain('reason is empty');
    denied.add('mesh-dr.rule.change');
    await change({}).expect(403);
    await stop();
  });

  it('shows a predicted split that follows the rule', async () => {
    const { preview, connector, stop } = await start();
    scale(connector.server(HANGZHOU_ID), 'cn-hangzhou', 'reviews', 'v1', 3);
    const { body } = await preview({ intent: DISTRIBUTION }).expect(200);
    const [service] = body.services;
    const ofHangzhou = (splits: any[]) =>
      splits.find(split => split.callerRegion === 'cn-hangzhou').shares;
    expect(ofHangzhou(service.before)['cn-shanghai']).toBeCloseTo(25);
    expect(ofHangzhou(service.after)['cn-shanghai']).toBeCloseTo(10);
    await stop();
  });
});
