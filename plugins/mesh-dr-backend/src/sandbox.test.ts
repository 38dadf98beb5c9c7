import {
  applyManifests,
  type Alicloud,
  type KubernetesConnector,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { documentedCaller } from './__testUtils__/documentedCaller';
import { SuccessRates } from './shifts/SuccessRates';
import {
  bookinfo,
  meshObjects,
  provisionGuide,
  SPEC_WITHOUT_BANDWIDTH,
  startOnSandbox,
  untilFound as until,
} from './__testUtils__/guideCloud';
import { expectObservedSimulation } from './__testUtils__/observedSimulation';
import { sandboxClients } from './__testUtils__/sandboxClients';

jest.setTimeout(180_000);

const OUTLIER_DETECTION = {
  consecutive5xxErrors: 1,
  interval: '1s',
  baseEjectionTime: '30s',
  maxEjectionPercent: 100,
};

/** The guide's flow against a cloud that shares no code with the plugin. */
describe('on the sandbox cloud', () => {
  let started: Awaited<ReturnType<typeof startOnSandbox>>;
  let cloud: Alicloud;
  let connector: KubernetesConnector;
  let mesh: string;
  const clusters = new Map<string, string>();

  const call = documentedCaller(() => started.backend.server);
  const join = async (region: string) => {
    const path = `/v1/meshes/${mesh}/clusters/${clusters.get(region)}/join`;
    const { status, body } = await call('post', path);
    expect(status).toBe(202);
    return until('the join ends', async () => {
      const operation = (await call('get', `/v1/operations/${body.id}`)).body;
      return operation.status !== 'running' && operation;
    });
  };
  const connection = (region: string) =>
    connector.cluster({
      account: 'sandbox',
      regionId: region,
      clusterId: clusters.get(region)!,
    });
  const topology = async () =>
    (await call('get', `/v1/meshes/${mesh}/services/default/reviews/topology`))
      .body;
  const scale = async (region: string, name: string, replicas: number) => {
    await connection(region).patch(
      { apiVersion: 'apps/v1', plural: 'deployments' },
      'default',
      name,
      { spec: { replicas } },
      { kind: 'merge', subresource: 'scale' },
    );
    await until(`${name} has ${replicas} endpoints in ${region}`, async () => {
      const found = (await topology()).regions.find(
        (entry: any) => entry.region === region,
      );
      return found.ready === replicas && found.total === replicas;
    });
  };
  const reviews = () => ({
    scope: 'service',
    meshId: mesh,
    namespace: 'default',
    name: 'reviews',
  });
  const change = async (intent: object) => {
    const target = reviews();
    const previewed = await call('post', '/v1/previews', { target, intent });
    expect(previewed.body.applicable).toBe(true);
    const { body } = await call('post', '/v1/changes', {
      target,
      intent,
      reason: 'the guide',
      previewHash: previewed.body.hash,
    });
    expect(body).toMatchObject({ status: 'applied', verified: { ok: true } });
    return body;
  };
  const verify = async (requests: number) => {
    const { body } = await call('post', '/v1/verifications', {
      meshId: mesh,
      namespace: 'default',
      name: 'reviews',
      requests,
      gatewayRegion: 'cn-hangzhou',
    });
    return body;
  };

  beforeAll(async () => {
    started = await startOnSandbox();
    const { accounts, ...clients } = sandboxClients(started.sandbox);
    connector = clients.connector;
    cloud = accounts.get('sandbox');
    await provisionGuide(cloud);
  });
  afterAll(() => started?.stop());

  it('says what provisioning the environment again would do, with bandwidth, and what is billed', async () => {
    const { status, body } = await call('post', '/v1/environment-previews', {
      spec: { ...SPEC_WITHOUT_BANDWIDTH, cen: { bandwidthMbps: 100 } },
    });
    expect(status).toBe(200);
    const others = body.resources.filter((r: any) => r.action !== 'keep');
    expect(others).toEqual([
      expect.objectContaining({
        action: 'update',
        reason: 'bandwidth none → 100 Mbit/s',
      }),
    ]);
    expect(body.criticalPath).toEqual([others[0].key]);
    expect(body.billed).toContainEqual(
      expect.objectContaining({ id: 'inter-region-traffic', quantity: 1 }),
    );
    const wrong = await call('post', '/v1/environment-previews', {
      spec: { ...SPEC_WITHOUT_BANDWIDTH, name: 'X' },
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body.error.message).toContain('name');
  });

  it('says what removing the environment would take away, and that nothing is left of another', async () => {
    const { name } = SPEC_WITHOUT_BANDWIDTH;
    const path = `/v1/environments/${name}/removal`;
    const { status, body } = await call('get', path);
    expect(status).toBe(200);
    expect(body.warnings).toEqual([]);
    const places = body.steps.map(({ key }: { key: string }) => key);
    expect(places).toEqual(
      expect.arrayContaining([
        'cluster/ack-hangzhou',
        'cluster/ack-shanghai',
        'vpc/vpc-hangzhou',
        'cen',
      ]),
    );
    expect(places.indexOf('cluster/ack-hangzhou')).toBeLessThan(
      places.indexOf('vpc/vpc-hangzhou'),
    );
    const other = await call('get', '/v1/environments/nobody/removal');
    expect(other.body).toEqual({ steps: [], warnings: [] });
  });

  it('finds the mesh that was made while it ran', async () => {
    const found = await until('the mesh is known', async () => {
      const { status, body } = await call('get', '/v1/meshes/mesh');
      return status === 200 && body;
    });
    mesh = found.id;
    const { body } = await call('get', `/v1/meshes/${mesh}/candidates`);
    for (const { id, region } of body.items) clusters.set(region, id);
    expect([...clusters.keys()].sort()).toEqual(['cn-hangzhou', 'cn-shanghai']);
  });

  it('joins the near cluster, and explains why the far one fails', async () => {
    expect(await join('cn-hangzhou')).toMatchObject({ status: 'succeeded' });
    const far = await join('cn-shanghai');
    expect(far.status).toBe('failed');
    expect(far.diagnosis.asmMessage).toContain('i/o timeout');
    expect(far.diagnosis.preflight.firstFailure.evidence).toMatch(
      /^cross-region bandwidth between cn-hangzhou and cn-shanghai is not set on tr-attach-\w+/,
    );
    expect(
      far.diagnosis.preflight.checks
        .filter(({ status }: any) => status !== 'passed')
        .map(({ id }: any) => id),
    ).toEqual(['cross-region-bandwidth']);

    const [peer] = await cloud.cen.listPeerAttachments({
      regionId: 'cn-hangzhou',
    });
    await cloud.cen.updatePeerAttachment({
      transitRouterAttachmentId: peer.transitRouterAttachmentId,
      bandwidth: 100,
      bandwidthType: 'DataTransfer',
    });
    expect(await join('cn-shanghai')).toMatchObject({ status: 'succeeded' });
    const { body } = await call('get', `/v1/meshes/${mesh}`);
    expect(body.clusters.map(({ state }: any) => state)).toEqual([
      'running',
      'running',
    ]);
  });

  it('shows Bookinfo in both regions', async () => {
    const results = await Promise.all([
      applyManifests([connection('cn-hangzhou')], bookinfo({ v1: 1 }) as any, {
        fieldManager: 'test',
      }),
      applyManifests([connection('cn-shanghai')], bookinfo({ v2: 1 }) as any, {
        fieldManager: 'test',
      }),
      applyManifests(
        [connector.mesh({ account: 'sandbox', serviceMeshId: mesh })],
        meshObjects([...clusters.values()]),
        { fieldManager: 'test' },
      ),
    ]);
    expect(results.flat().map(({ ok }) => ok)).toEqual([true, true, true]);
    await until('reviews is ready everywhere, behind a gateway', async () => {
      const { regions, gateways } = await topology();
      return (
        regions?.length === 2 &&
        regions.every(({ ready }: any) => ready === 1) &&
        gateways.filter(({ address, ready }: any) => address && ready)
          .length === 2
      );
    });
  });

  it('fails over when the local endpoints are gone', async () => {
    await change({
      mode: 'failover',
      failover: [
        { from: 'cn-hangzhou', to: 'cn-shanghai' },
        { from: 'cn-shanghai', to: 'cn-hangzhou' },
      ],
      outlierDetection: OUTLIER_DETECTION,
    });
    await scale('cn-hangzhou', 'reviews-v1', 0);
    await until('every answer comes from Shanghai', async () => {
      const { byRegion, failed } = await verify(10);
      return failed === 0 && byRegion['cn-shanghai'] === 10;
    });
    const { predicted } = await verify(10);
    expect(predicted).toEqual({ 'cn-shanghai': 100 });
    await scale('cn-hangzhou', 'reviews-v1', 1);
  });

  it('evacuates a region, and takes it back', async () => {
    const { id } = await change({
      mode: 'evacuation',
      from: 'cn-hangzhou',
      to: 'cn-shanghai',
      outlierDetection: OUTLIER_DETECTION,
    });
    await until('every answer comes from Shanghai', async () => {
      const { byRegion, failed } = await verify(10);
      return failed === 0 && byRegion['cn-shanghai'] === 10;
    });
    const path = `/v1/changes/${id}/rollback`;
    expect((await call('post', path, { reason: 'back' })).status).toBe(201);
    expect((await topology()).rule.locality.setting.failover).toHaveLength(2);
  });

  it('distributes as predicted, and rolls back', async () => {
    const { id } = await change({
      mode: 'distribution',
      distribute: [
        { from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } },
        { from: 'cn-shanghai', to: { 'cn-shanghai': 100 } },
      ],
      outlierDetection: OUTLIER_DETECTION,
    });
    const { predicted } = await verify(1);
    const result = await until('the share is the predicted one', async () => {
      const seen = await verify(400);
      const { low, high } = seen.shares['cn-shanghai'] ?? {};
      const expected = predicted['cn-shanghai'];
      return seen.failed === 0 && low <= expected && expected <= high && seen;
    });
    expect(result.unknown).toBe(0);
    const { body } = await call('post', `/v1/changes/${id}/rollback`, {
      reason: 'the guide is done',
    });
    expect(body.status).toBe('applied');
    expect((await topology()).rule.locality.setting.failover).toHaveLength(2);
  });

  it('switches the whole mesh over the ASM API', async () => {
    const target = { scope: 'mesh', meshId: mesh };
    const rules = [
      {
        mode: 'failover',
        failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
      },
      {
        mode: 'distribution',
        distribute: [
          { from: 'cn-hangzhou', to: { 'cn-hangzhou': 50, 'cn-shanghai': 50 } },
        ],
      },
      { mode: 'off' },
    ];
    for (const intent of rules) {
      const { status, body } = await call('post', '/v1/changes', {
        target,
        intent,
        reason: 'the guide',
      });
      expect([status, body.status, body.error]).toEqual([
        201,
        'applied',
        undefined,
      ]);
      const shown = (await call('get', `/v1/meshes/${mesh}`)).body;
      expect(shown.locality).toEqual(intent);
    }
  });

  it('shows what the console changed since the preview, and overwrites nothing', async () => {
    const ofService = { target: reviews(), intent: { mode: 'off' } };
    const ofMesh = {
      target: { scope: 'mesh', meshId: mesh },
      intent: {
        mode: 'failover',
        failover: [{ from: 'cn-hangzhou', to: 'cn-shanghai' }],
      },
    };
    const hashes: string[] = [];
    for (const asked of [ofService, ofMesh]) {
      hashes.push((await call('post', '/v1/previews', asked)).body.hash);
    }
    const rules = {
      apiVersion: 'networking.istio.io/v1beta1',
      plural: 'destinationrules',
    };
    const server = connector.mesh({ account: 'sandbox', serviceMeshId: mesh });
    await server.patch(
      rules,
      'default',
      'reviews',
      { spec: { trafficPolicy: { outlierDetection: { interval: '7s' } } } },
      { kind: 'merge' },
    );
    await cloud.asm.updateLocality({
      serviceMeshId: mesh,
      setting: {
        enabled: true,
        failover: [{ from: 'cn-shanghai', to: 'cn-hangzhou' }],
      },
    });
    await until('ASM shows the console’s rule', async () => {
      const detail = await cloud.asm.describeServiceMesh({
        serviceMeshId: mesh,
      });
      return detail?.state === 'running' && detail.locality?.enabled;
    });
    const late = (index: number) => ({
      reason: 'too late',
      previewHash: hashes[index],
    });
    const answers = [
      await call('post', '/v1/changes', { ...ofService, ...late(0) }),
      await call('post', '/v1/changes', { ...ofMesh, ...late(1) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 409]);
    const [service, whole] = answers.map(({ body }) => body.error.message);
    expect(service).toMatch(/Previewed was:[^]*now it is:[^]*interval: 7s/);
    expect(whole).toMatch(/"enabled": false[^]*now it is:[^]*cn-shanghai/);
    const live: any = await server.get(rules, 'default', 'reviews');
    expect(live.spec.trafficPolicy.outlierDetection.interval).toBe('7s');
  });

  it("reads success rates from the mesh's metrics", async () => {
    const { prometheus } = started.sandbox;
    const rates = new SuccessRates({
      sourceOf: async () => ({ url: prometheus }),
      clustersOf: async (_, region) => [clusters.get(region)!],
    });
    const service = { meshId: mesh, namespace: 'default', name: 'reviews' };
    const percent = await until('enough calls were counted', async () => {
      await call('post', '/v1/verifications', {
        meshId: mesh,
        namespace: 'default',
        name: 'reviews',
        requests: 40,
      });
      return rates.successPercent(service, 'cn-hangzhou');
    });
    expect(percent).toBe(100);
    expect(
      await rates.successPercent({ ...service, name: 'none' }, 'cn-hangzhou'),
    ).toBeUndefined();
  });

  it('simulates with observed calls and rates, though nobody declared any', async () =>
    expect(await expectObservedSimulation(call, mesh)).toBeDefined());

  it('keeps a dead region drawn', async () => {
    started.sandbox.kube.get(clusters.get('cn-shanghai')!)!.suspend();
    const regions = await until('Shanghai is seen to be cut off', async () => {
      const found = (await topology()).regions;
      return found[1].freshness.state === 'unreachable' && found;
    });
    expect(regions[1].total).toBe(1);
    expect(regions[0].freshness.state).toBe('ok');
    started.sandbox.kube.get(clusters.get('cn-shanghai')!)!.resume();
  });
});
