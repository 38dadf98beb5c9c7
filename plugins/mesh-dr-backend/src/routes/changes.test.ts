import { HANGZHOU_ID, MESH_ID } from '../__testUtils__/FakeCloud';
import { destinationRule, scale } from '../__testUtils__/objects';
import {
  startPlugin,
  until,
  type StartOptions,
} from '../__testUtils__/startPlugin';

const SERVICE = {
  scope: 'service',
  meshId: MESH_ID,
  namespace: 'default',
  name: 'reviews',
};
const MESH = { scope: 'mesh', meshId: MESH_ID };
const BOTH_WAYS = [
  { from: 'cn-hangzhou', to: 'cn-shanghai' },
  { from: 'cn-shanghai', to: 'cn-hangzhou' },
];
const OUTLIER_DETECTION = {
  consecutive5xxErrors: 3,
  interval: '1s',
  baseEjectionTime: '30s',
  maxEjectionPercent: 100,
};
const FAILOVER = {
  mode: 'failover',
  failover: BOTH_WAYS,
  outlierDetection: OUTLIER_DETECTION,
};
const DISTRIBUTION = {
  mode: 'distribution',
  distribute: [
    { from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } },
    { from: 'cn-shanghai', to: { 'cn-shanghai': 100 } },
  ],
  outlierDetection: OUTLIER_DETECTION,
};
const RULES = {
  apiVersion: 'networking.istio.io/v1beta1',
  plural: 'destinationrules',
};
const SUBSETS = [{ name: 'v1', labels: { version: 'v1' } }];

async function start(options: StartOptions = {}) {
  const plugin = await startPlugin(options);
  const mesh = plugin.connector.server(MESH_ID);
  await until('both regions show reviews', async () => {
    const { body } = await plugin.get(
      `/v1/meshes/${MESH_ID}/services/default/reviews/topology`,
    );
    return body.regions?.every((region: any) => region.total === 1);
  });
  const change = (body: object, user?: string) =>
    plugin
      .post('/v1/changes', { user })
      .send({ reason: 'game day', target: SERVICE, intent: FAILOVER, ...body });
  const preview = (body: object = {}) =>
    plugin
      .post('/v1/previews')
      .send({ target: SERVICE, intent: FAILOVER, ...body });
  const rule = (name = 'reviews') => mesh.get(RULES, 'default', name);
  return { ...plugin, mesh, change, preview, rule };
}

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

describe('changes of the whole mesh', () => {
  const failover = { mode: 'failover', failover: BOTH_WAYS };
  const { outlierDetection: _, ...distribution } = DISTRIBUTION;

  /** A mesh-wide failover means something only for services with outlier detection. */
  async function startProtected() {
    const plugin = await start();
    plugin.mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        host: 'reviews',
        trafficPolicy: { outlierDetection: OUTLIER_DETECTION },
      }),
    );
    return plugin;
  }

  it('switches failover off before distribution on, as one change', async () => {
    const { change, cloud, get, stop } = await startProtected();
    await change({ target: MESH, intent: failover }).expect(201);
    const { body } = await change({
      target: { ...MESH, meshId: 'asm-guide' },
      intent: distribution,
    }).expect(201);
    expect(body).toMatchObject({ status: 'applied', target: MESH });
    expect(cloud.asked).toEqual([
      'locality failover',
      'locality off',
      'locality distribute',
    ]);
    const { body: mesh } = await get(`/v1/meshes/${MESH_ID}`).expect(200);
    expect(mesh.locality).toMatchObject(distribution);
    await stop();
  });

  it('puts the earlier rule back when the switch fails half-way', async () => {
    const { change, cloud, stop } = await startProtected();
    await change({ target: MESH, intent: failover }).expect(201);
    cloud.beforeUpdate = setting => {
      if (setting.distribute) throw new Error('ASM is busy');
    };
    const { body } = await change({
      target: MESH,
      intent: distribution,
    }).expect(201);
    expect(body.status).toBe('failed');
    expect(body.error).toContain('ASM is busy; the earlier rule was put back');
    expect(cloud.mesh.locality).toMatchObject({
      enabled: true,
      ...{ failover: BOTH_WAYS },
    });
    await stop();
  });

  it('names the version a mesh below the gate would need', async () => {
    const { change, preview, cloud, get, stop } = await start();
    cloud.mesh.version = 'v1.18.0.131-g1a2b3c4d-aliyun';
    await until('the fleet has seen the version', async () => {
      await get('/v1/meshes/unknown');
      const { body } = await get(`/v1/meshes/${MESH_ID}`);
      return body.version.startsWith('v1.18');
    });
    const request = { target: MESH, intent: distribution };
    const { body } = await change(request).expect(400);
    expect(body.error.message).toContain('1.22.6.66');
    const { applicable, findings } = (await preview(request).expect(200)).body;
    expect(applicable).toBe(false);
    expect(findings[0]).toMatchObject({
      id: 'version-gate',
      severity: 'refuse',
    });
    expect(cloud.asked).toEqual([]);
    await stop();
  });

  it('rolls back to the rule before', async () => {
    const { change, post, cloud, stop } = await startProtected();
    const applied = (await change({ target: MESH, intent: failover })).body;
    await post(`/v1/changes/${applied.id}/rollback`)
      .send({ reason: 'done' })
      .expect(201);
    expect(cloud.mesh.locality!.enabled).toBe(false);
    await stop();
  });

  it('refuses a change when somebody edited the rule in the console since the preview', async () => {
    const { change, preview, cloud, stop } = await startProtected();
    const request = { target: MESH, intent: failover };
    const { hash } = (await preview(request).expect(200)).body;
    cloud.mesh.locality = {
      enabled: true,
      failover: [BOTH_WAYS[0]],
      distribute: [],
    };
    const { body } = await change({ ...request, previewHash: hash }).expect(
      409,
    );
    expect(body.error.message).toContain('now it is');
    await stop();
  });

  it('tells which services the rule would not move', async () => {
    const { preview, change, stop } = await startProtected();
    const { body } = await preview({ target: MESH, intent: failover });
    expect(body.applicable).toBe(true);
    expect(body.services).toHaveLength(4);
    const missing = body.findings.find(
      (finding: any) => finding.id === 'missing-outlier-detection',
    );
    expect(missing.severity).toBe('warn');
    expect(missing.values.services).toContain('default/productpage');
    expect(missing.values.services).not.toContain('default/reviews');
    await change({ target: MESH, intent: failover }).expect(201);
    await stop();
  });

  it('needs a permission of its own', async () => {
    const { change, denied, stop } = await start();
    denied.add('mesh-dr.mesh-rule.change');
    const { body } = await change({ target: MESH, intent: failover }).expect(
      403,
    );
    expect(body.error.message).toContain('mesh-dr.mesh-rule.change');
    await change({}).expect(201);
    await stop();
  });
});

describe('approval', () => {
  const meshDr = { approval: { required: 'always' } };

  it('waits for a second person, who sees it applied', async () => {
    const { change, rule, post, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    expect(body.status).toBe('pending-approval');
    expect(await rule()).toBeUndefined();
    const own = await post(`/v1/changes/${body.id}/approve`).expect(403);
    expect(own.body.error.message).toContain('somebody else');
    const approver = { user: 'user:default/approver' };
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

  it('does not approve what has changed underneath', async () => {
    const { mesh, change, rule, post, get, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    mesh.put(
      'destinationrules',
      destinationRule('reviews', { host: 'reviews', subsets: SUBSETS }),
    );
    await post(`/v1/changes/${body.id}/approve`, {
      user: 'user:default/approver',
    }).expect(409);
    expect((await rule())!.spec.trafficPolicy).toBeUndefined();
    const stored = await get(`/v1/changes/${body.id}`).expect(200);
    expect(stored.body.status).toBe('failed');
    expect(stored.body.error).toContain('since the preview');
    await stop();
  });

  it('keeps the reason of a rejection', async () => {
    const { change, post, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    const rejected = await post(`/v1/changes/${body.id}/reject`, {
      user: 'user:default/approver',
    })
      .send({ reason: 'freeze' })
      .expect(200);
    expect(rejected.body).toMatchObject({
      status: 'rejected',
      error: 'Rejected by user:default/approver: freeze',
    });
    await stop();
  });
});
