import {
  applyManifests,
  type Alicloud,
  type KubernetesConnector,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { documentedCaller } from '../__testUtils__/documentedCaller';
import {
  bookinfo,
  provisionGuide,
  startOnSandbox,
  untilFound as until,
} from '../__testUtils__/guideCloud';
import { sandboxClients } from '../__testUtils__/sandboxClients';

jest.setTimeout(180_000);

const [HANGZHOU, SHANGHAI] = ['cn-hangzhou', 'cn-shanghai'];

/** From clusters that cannot join to clusters that leave, over REST alone, on a cloud that shares no code with the plugin. */
describe('membership on the sandbox cloud', () => {
  let started: Awaited<ReturnType<typeof startOnSandbox>>;
  let cloud: Alicloud;
  let connector: KubernetesConnector;
  let mesh: string;
  const clusters = new Map<string, string>();

  const call = documentedCaller(() => started.backend.server);
  const pathOf = (region: string, verb: string) =>
    `/v1/meshes/${mesh}/clusters/${clusters.get(region)}/${verb}`;
  const ended = (id: string) =>
    until('the operation ends', async () => {
      const operation = (await call('get', `/v1/operations/${id}`)).body;
      return operation.status !== 'running' && operation;
    });
  const run = async (region: string, verb: 'join' | 'leave') => {
    const { status, body } = await call('post', pathOf(region, verb));
    expect(status).toBe(202);
    return ended(body.id);
  };
  const fix = async (body: object) => {
    const answer = await call('post', pathOf(SHANGHAI, 'fixes'), body);
    expect(answer.status).toBe(200);
    return answer.body;
  };

  beforeAll(async () => {
    started = await startOnSandbox();
    const { accounts, ...clients } = sandboxClients(started.sandbox);
    connector = clients.connector;
    cloud = accounts.get('sandbox');
    await provisionGuide(cloud);
    mesh = await until('the mesh is known', async () => {
      const found = await call('get', '/v1/meshes/mesh');
      return found.status === 200 && found.body.id;
    });
    const { body } = await call('get', `/v1/meshes/${mesh}/candidates`);
    for (const { id, region } of body.items) clusters.set(region, id);
  });
  afterAll(() => started?.stop());

  it('explains the failed join of the FAQ, sets the bandwidth and joins', async () => {
    expect(await run(HANGZHOU, 'join')).toMatchObject({ status: 'succeeded' });
    const far = await run(SHANGHAI, 'join');
    const { firstFailure } = far.diagnosis.preflight;
    expect(firstFailure).toMatchObject({
      id: 'cross-region-bandwidth',
      repair: { kind: 'set-bandwidth', regions: [HANGZHOU, SHANGHAI] },
    });
    const body = { check: firstFailure.id, bandwidthMbps: 20 };
    const { applied, repair, check } = await fix(body);
    expect({ applied, repair }).toEqual({
      applied: true,
      repair: firstFailure.repair,
    });
    expect(check).toMatchObject({ status: 'passed' });
    expect(check.evidence).toContain(
      `${repair.attachmentId} links cn-hangzhou and cn-shanghai with 20 Mbit/s (DataTransfer)`,
    );
    expect(await fix(body)).toMatchObject({ applied: false });
    expect(await run(SHANGHAI, 'join')).toMatchObject({ status: 'succeeded' });
  });

  it('puts back the security group rule that somebody took away', async () => {
    const cluster = (await cloud.ack.describeCluster({
      clusterId: clusters.get(HANGZHOU)!,
      regionId: HANGZHOU,
    }))!;
    const group = {
      regionId: HANGZHOU,
      securityGroupId: cluster.securityGroupId,
    };
    const other = (await cloud.ack.describeCluster({
      clusterId: clusters.get(SHANGHAI)!,
      regionId: SHANGHAI,
    }))!;
    await cloud.ecs.revokeIngress({
      ...group,
      rules: [{ sourceCidrIp: other.containerCidr! }],
    });
    const result = await fix({ check: 'security-groups' });
    expect(result).toMatchObject({
      applied: true,
      repair: {
        rules: [
          {
            securityGroupId: cluster.securityGroupId,
            cidr: other.containerCidr,
          },
        ],
      },
      check: { status: 'passed' },
    });
    const rules = await cloud.ecs.describeSecurityGroupRules(group);
    expect(
      rules.filter(rule => rule.sourceCidrIp === other.containerCidr),
    ).toHaveLength(1);
  });

  it('names what leaving takes away, and leaves', async () => {
    const places = [HANGZHOU, SHANGHAI].map(regionId =>
      connector.cluster({
        account: 'sandbox',
        regionId,
        clusterId: clusters.get(regionId)!,
      }),
    );
    const applied = await applyManifests(places, bookinfo({ v1: 1 }) as any, {
      fieldManager: 'test',
    });
    expect(applied.every(({ ok }) => ok)).toBe(true);
    const { services } = await until('all services are listed', async () => {
      const { body } = await call('get', pathOf(SHANGHAI, 'leave-preview'));
      return body.total === 4 && body;
    });
    expect(services).toContainEqual({
      namespace: 'default',
      name: 'reviews',
      regions: [HANGZHOU, SHANGHAI],
      remaining: [HANGZHOU],
    });
    expect(await run(SHANGHAI, 'leave')).toMatchObject({
      status: 'succeeded',
    });
    const { body } = await call('get', `/v1/meshes/${mesh}`);
    expect(body.clusters.map(({ region }: any) => region)).toEqual([HANGZHOU]);
  });

  it('stops waiting for a join, which ASM finishes nevertheless', async () => {
    const { body } = await call('post', pathOf(SHANGHAI, 'join'));
    await until('ASM was asked', async () => {
      const members = await cloud.asm.describeMembers({ serviceMeshId: mesh });
      return members.length === 2;
    });
    const path = `/v1/operations/${body.id}/cancel`;
    const cancelled = await call('post', path);
    expect(cancelled.body).toMatchObject({ status: 'cancelled' });
    await until('ASM has finished', async () => {
      const members = await cloud.asm.describeMembers({ serviceMeshId: mesh });
      return members.every(({ state }) => state === 'running');
    });
    expect(await run(SHANGHAI, 'join')).toMatchObject({ status: 'succeeded' });
  });
});
