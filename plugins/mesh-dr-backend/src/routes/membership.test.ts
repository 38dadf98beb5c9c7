import { TestDatabases } from '@backstage/backend-test-utils';
import {
  FakeCloud,
  HANGZHOU_ID,
  MESH_ID,
  SHANGHAI_ID,
} from '../__testUtils__/FakeCloud';
import {
  startPlugin,
  until,
  type StartOptions,
} from '../__testUtils__/startPlugin';

const CLUSTER = `/v1/meshes/${MESH_ID}/clusters/${SHANGHAI_ID}`;

async function start(options: StartOptions = {}) {
  const cloud = options.cloud ?? new FakeCloud();
  if (!options.cloud) cloud.leaveOut(SHANGHAI_ID);
  const plugin = await startPlugin({ ...options, cloud });
  const finished = async (id: string) => {
    let operation: any;
    await until('the operation ends', async () => {
      operation = (await plugin.get(`/v1/operations/${id}`).expect(200)).body;
      return operation.status !== 'running';
    });
    return operation;
  };
  const preflight = async () =>
    (await plugin.post(`${CLUSTER}/preflight`).expect(200)).body;
  return { ...plugin, cloud, finished, preflight };
}

describe('preflight', () => {
  it('passes on the network of the guide, item by item', async () => {
    const { preflight, stop } = await start();
    const report = await preflight();
    expect(
      report.checks.map((check: any) => `${check.id}: ${check.status}`),
    ).toEqual([
      'cluster-running: passed',
      'vpc-attached: passed',
      'cross-region-bandwidth: passed',
      'routes: passed',
      'pod-routes-published: passed',
      'cidr-overlap: passed',
      'security-groups: passed',
      'api-server-reachable: passed',
      'version-compatible: passed',
      'region-labels: passed',
      'asm-precheck: passed',
    ]);
    expect(report.ready).toBe(true);
    expect(report.checks[5].evidence).toMatch(
      /disjoint; 20.0.0.0\/16, 21.0.0.0\/16 are public address space/,
    );
    await stop();
  });

  it.each<[string, (cloud: FakeCloud) => void]>([
    ['not listed', cloud => cloud.published.delete('10.1.0.0/26')],
    [
      'listed as not published',
      cloud => cloud.published.set('10.1.0.0/26', 'NonPublished'),
    ],
  ])(
    'takes pod routes as known that are in the transit router although %s',
    async (_, change) => {
      const { preflight, cloud, stop } = await start();
      change(cloud);
      cloud.routes.push({
        table: 'vtb-tr-attach-shanghai',
        cidr: '10.1.0.0/26',
      });
      const { checks } = await preflight();
      expect(
        checks.find((check: any) => check.id === 'pod-routes-published').status,
      ).toBe('passed');
      await stop();
    },
  );

  it.each<[string, (cloud: FakeCloud) => void, string, RegExp]>([
    [
      'a cluster that is not running',
      cloud => Object.assign(cloud.clusters[1], { state: 'initial' }),
      'cluster-running',
      /ack-shanghai in cn-shanghai is initial/,
    ],
    [
      'a VPC on no transit router',
      cloud => cloud.attachments.splice(2, 1),
      'vpc-attached',
      /vpc-shanghai of ack-shanghai \(cn-shanghai\): attached to no transit router/,
    ],
    [
      'missing cross-region bandwidth',
      cloud => Object.assign(cloud.peer, { bandwidth: 0 }),
      'cross-region-bandwidth',
      /cross-region bandwidth between cn-hangzhou and cn-shanghai is not set on tr-attach-peer/,
    ],
    [
      'a missing link',
      cloud => Object.assign(cloud.peer, { regionId: 'cn-beijing' }),
      'cross-region-bandwidth',
      /no inter-region connection between cn-hangzhou and cn-shanghai exists in cen-1/,
    ],
    [
      'a VPC without routes to the other',
      cloud => {
        cloud.routes = cloud.routes.filter(
          route =>
            route.table !== 'vtb-vpc-shanghai' ||
            route.cidr !== '192.168.0.0/24',
        );
      },
      'routes',
      /route table of VPC vpc-shanghai has no route through tr-attach-shanghai to 192.168.0.0\/24/,
    ],
    [
      'pod routes that are not published',
      cloud => cloud.published.set('10.1.0.0/26', 'NonPublished'),
      'pod-routes-published',
      /1 of 1 pod routes are not published: 10.1.0.0\/26/,
    ],
    [
      'overlapping pod ranges',
      cloud =>
        Object.assign(cloud.clusters[1], { containerCidr: '10.0.128.0/17' }),
      'pod-routes-published',
      /10.0.128.0\/17/,
    ],
    [
      'overlapping service ranges',
      cloud =>
        Object.assign(cloud.clusters[1], { serviceCidr: '172.16.0.0/16' }),
      'cidr-overlap',
      /Service CIDR of ack-shanghai 172.16.0.0\/16 overlaps Service CIDR of ack-hangzhou/,
    ],
    [
      'a security group that keeps the others out',
      cloud => cloud.admitted.set('sg-hangzhou', ['10.9.0.0/16']),
      'security-groups',
      /sg-hangzhou of ack-hangzhou does not admit 10.1.0.0\/16 of ack-shanghai/,
    ],
    [
      'a Kubernetes that is too old',
      cloud =>
        Object.assign(cloud.clusters[1], { currentVersion: '1.18.8-aliyun.1' }),
      'version-compatible',
      /1.18.8-aliyun.1 is older/,
    ],
    [
      "ASM's own objection",
      cloud => Object.assign(cloud.candidates[0], { forbiddenFlag: 4 }),
      'asm-precheck',
      /istio-system already/,
    ],
  ])('names %s', async (_what, break_, id, evidence) => {
    const { cloud, preflight, stop } = await start();
    break_(cloud);
    const report = await preflight();
    expect(report.ready).toBe(false);
    expect(report.firstFailure).toMatchObject({ id, status: 'failed' });
    expect(report.firstFailure.evidence).toMatch(evidence);
    expect(report.firstFailure.fix).toBeTruthy();
    await stop();
  });

  it('answers the other items when one question gets no answer', async () => {
    const { connector, preflight, stop } = await start();
    connector.server(SHANGHAI_ID).setTrouble('connect ETIMEDOUT');
    const report = await preflight();
    const byId = new Map<string, any>(
      report.checks.map((check: any) => [check.id, check]),
    );
    expect(byId.get('region-labels')).toMatchObject({ status: 'unknown' });
    expect(byId.get('api-server-reachable')).toMatchObject({
      status: 'warning',
    });
    expect(byId.get('routes')).toMatchObject({ status: 'passed' });
    expect(report.ready).toBe(true);
    await stop();
  });

  it('names the clusters there are when one is unknown', async () => {
    const { post, stop } = await start();
    const path = `/v1/meshes/${MESH_ID}/clusters/c-nowhere`;
    for (const verb of ['preflight', 'join', 'leave']) {
      const { body } = await post(`${path}/${verb}`).expect(404);
      expect(body.error.message).toContain(`ack-shanghai (${SHANGHAI_ID})`);
    }
    await stop();
  });
});

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

describe('joining', () => {
  it('joins a candidate and shows it as a member', async () => {
    const { get, post, cloud, finished, stop } = await start();
    const candidates = await get(`/v1/meshes/${MESH_ID}/candidates`);
    expect(candidates.body.items.map((c: any) => c.id)).toEqual([SHANGHAI_ID]);
    const { body } = await post(`${CLUSTER}/join`).expect(202);
    expect(body).toMatchObject({
      kind: 'join',
      status: 'running',
      requestedBy: 'user:default/owner',
    });
    expect(await finished(body.id)).toMatchObject({ status: 'succeeded' });
    expect(cloud.asked).toEqual([`add ${SHANGHAI_ID}`]);
    await until('the mesh shows the member', async () => {
      const mesh = (await get(`/v1/meshes/${MESH_ID}`)).body;
      return mesh.clusters.length === 2;
    });
    await stop();
  });

  it('is one operation however often it is asked for', async () => {
    const cloud = new FakeCloud();
    cloud.leaveOut(SHANGHAI_ID);
    cloud.joinOutcome = { state: 'starting' };
    const { post, finished, stop } = await start({ cloud });
    const answers = await Promise.all(
      [1, 2, 3].map(() => post(`${CLUSTER}/join`).expect(202)),
    );
    const ids = new Set(answers.map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    cloud.members.find(m => m.clusterId === SHANGHAI_ID)!.state = 'running';
    expect(await finished([...ids][0])).toMatchObject({ status: 'succeeded' });
    expect(cloud.asked).toEqual([`add ${SHANGHAI_ID}`]);
    await stop();
  });

  it('waits while ASM takes no cluster', async () => {
    const { post, cloud, finished, stop } = await start();
    let refusals = 2;
    cloud.beforeAdd = () => {
      if (refusals-- > 0) {
        throw Object.assign(new Error('The mesh is updating'), {
          code: 'StillInitializing',
        });
      }
    };
    const { body } = await post(`${CLUSTER}/join`).expect(202);
    expect(await finished(body.id)).toMatchObject({ status: 'succeeded' });
    expect(cloud.asked).toEqual([`add ${SHANGHAI_ID}`]);
    await stop();
  });

  it('diagnoses the failure of the guide: no cross-region bandwidth', async () => {
    const { post, cloud, finished, stop } = await start();
    cloud.peer.bandwidth = 0;
    const errorMessage = 'failed to connect to the API server: i/o timeout';
    cloud.joinOutcome = { state: 'failed', errorMessage };
    const { body } = await post(`${CLUSTER}/join`).expect(202);
    const operation = await finished(body.id);
    expect(operation.status).toBe('failed');
    expect(operation.diagnosis.asmMessage).toBe(errorMessage);
    expect(operation.diagnosis.summary).toContain(
      'Cross-region bandwidth between cn-hangzhou and cn-shanghai is not set on tr-attach-peer',
    );

    cloud.peer.bandwidth = 10;
    cloud.joinOutcome = { state: 'running' };
    const again = await post(`${CLUSTER}/join`).expect(202);
    expect(await finished(again.body.id)).toMatchObject({
      status: 'succeeded',
    });
    // What the failed attempt left is cleared away first.
    expect(cloud.asked).toEqual([
      `add ${SHANGHAI_ID}`,
      `remove ${SHANGHAI_ID}`,
      `add ${SHANGHAI_ID}`,
    ]);
    await stop();
  });

  it('leaves', async () => {
    const { post, cloud, finished, stop } = await start();
    const path = `/v1/meshes/${MESH_ID}/clusters/${HANGZHOU_ID}/leave`;
    const { body } = await post(path).expect(202);
    expect(await finished(body.id)).toMatchObject({ status: 'succeeded' });
    expect(cloud.asked).toEqual([`remove ${HANGZHOU_ID}`]);
    await stop();
  });

  it('goes on after a restart without asking twice', async () => {
    const knex = await databases.init('SQLITE_3');
    const cloud = new FakeCloud();
    cloud.leaveOut(SHANGHAI_ID);
    cloud.joinOutcome = { state: 'starting' };
    const first = await start({ cloud, knex });
    const { body } = await first.post(`${CLUSTER}/join`).expect(202);
    await until('ASM was asked', () => cloud.asked.length === 1);
    await first.stop();

    const second = await start({ cloud, knex });
    cloud.members.find(m => m.clusterId === SHANGHAI_ID)!.state = 'running';
    expect(await second.finished(body.id)).toMatchObject({
      status: 'succeeded',
    });
    expect(cloud.asked).toEqual([`add ${SHANGHAI_ID}`]);
    await second.stop();
  });

  it('needs its permission', async () => {
    const { post, cloud, stop } = await start({
      denied: ['mesh-dr.cluster.join'],
    });
    await post(`${CLUSTER}/join`).expect(403);
    expect(cloud.asked).toEqual([]);
    await stop();
  });
});
