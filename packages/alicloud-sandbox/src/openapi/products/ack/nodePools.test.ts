import {
  Account,
  account,
  control,
  failure,
  runAt,
  until,
} from '../../../__testUtils__/account';
import {
  Site,
  clusterBody,
  makeCluster,
  makeSite,
} from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';

jest.setTimeout(30_000);

const FAST = 5000;
const NODES = { group: '', version: 'v1', resource: 'nodes' };

describe('node pools', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let site: Site;
  let cluster: string;
  let pool: string;

  const path = (more = '') => `/clusters/${cluster}/nodepools${more}`;

  const kubeNodes = () => sandbox.kube.get(cluster)!.storage.list(NODES);

  const detail = () => cloud.ack.get(path(`/${pool}`));

  /** What is asked from now on stays in progress, to be looked at, until `done`. */
  const slowDown = () => runAt(sandbox, 1);

  const done = async (task: string) => {
    await runAt(sandbox, FAST);
    await until('the task', async () => {
      const { state } = await cloud.ack.get(`/tasks/${task}`);
      return state === 'success';
    });
  };

  const podRoutes = async () => {
    const { RouteEntrys } = await cloud.vpc('DescribeRouteEntryList', {
      RegionId: site.regionId,
      RouteTableId: site.routeTableId,
      RouteEntryType: 'Custom',
    });
    return RouteEntrys.RouteEntry.filter((entry: any) =>
      entry.DestinationCidrBlock.startsWith('10.0.'),
    ).length;
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: FAST, gatewayPort: 0 });
    cloud = account(sandbox);
    site = await makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    );
    cluster = await makeCluster(
      cloud,
      clusterBody('one', site, '10.0.0.0/16', '172.16.0.0/16'),
    );
  });
  afterAll(() => sandbox.stop());

  it('adds nodes with the pool’s labels and taints', async () => {
    await slowDown();
    const answer = await cloud.ack.post(path(), {
      nodepool_info: { name: 'extra' },
      scaling_group: { desired_size: 1, instance_types: ['ecs.c7.2xlarge'] },
      kubernetes_config: {
        labels: [{ key: 'tier', value: 'edge' }],
        taints: [{ key: 'only', value: 'edge', effect: 'NoSchedule' }],
      },
    });
    pool = answer.nodepool_id;
    expect((await detail()).status.state).toBe('scaling');
    await done(answer.task_id);
    const node = await until('the node', () =>
      kubeNodes().find(item => item.metadata.labels?.tier === 'edge'),
    );
    expect(node.metadata.labels).toMatchObject({
      'alibabacloud.com/nodepool-id': pool,
      'node.kubernetes.io/instance-type': 'ecs.c7.2xlarge',
    });
    expect(node.spec.taints).toContainEqual({
      key: 'only',
      value: 'edge',
      effect: 'NoSchedule',
    });
    expect(await detail()).toMatchObject({
      nodepool_info: { name: 'extra', is_default: false },
      scaling_group: { desired_size: 1, vswitch_ids: [site.vSwitchId] },
      status: { state: 'active', total_nodes: 1 },
    });
    expect(await podRoutes()).toBe(3);
  });

  it('grows by scaling and by its desired size', async () => {
    await slowDown();
    const { task_id: grown } = await cloud.ack.post(path(`/${pool}`), {
      count: 2,
    });
    expect((await detail()).status.state).toBe('scaling');
    await done(grown);
    await until('three nodes more', () => kubeNodes().length === 5);
    const { nodes } = await cloud.ack.get(`/clusters/${cluster}/nodes`, {
      nodepool_id: pool,
    });
    expect(nodes).toHaveLength(3);
  });

  it('shrinks, which takes nodes, instances, addresses and routes away', async () => {
    await slowDown();
    const { task_id: task } = await cloud.ack.put(path(`/${pool}`), {
      scaling_group: { desired_size: 2 },
    });
    const { nodes } = await cloud.ack.get(`/clusters/${cluster}/nodes`, {
      nodepool_id: pool,
      state: 'removing',
    });
    expect(nodes).toHaveLength(1);
    await done(task);
    expect(kubeNodes()).toHaveLength(4);
    expect(kubeNodes().map(node => node.metadata.name)).not.toContain(
      nodes[0].node_name,
    );
    expect(await podRoutes()).toBe(4);

    const [{ node_name: name }] = (
      await cloud.ack.get(`/clusters/${cluster}/nodes`, { nodepool_id: pool })
    ).nodes;
    await slowDown();
    const removed = await cloud.ack.delete(path(`/${pool}/nodes`), {
      nodes: JSON.stringify([name]),
      release_node: true,
      drain_node: true,
    });
    expect((await detail()).status.state).toBe('removing');
    await done(removed.task_id);
    expect(kubeNodes()).toHaveLength(3);
    expect((await detail()).scaling_group.desired_size).toBe(1);
  });

  it('leaves an instance to the customer when it is not to be released', async () => {
    const { task_id: grown } = await cloud.ack.post(path(`/${pool}`), {
      count: 1,
    });
    await done(grown);
    const { nodes } = await cloud.ack.get(`/clusters/${cluster}/nodes`, {
      nodepool_id: pool,
    });
    const { instance_id: id } = nodes[1];
    const { task_id: removed } = await cloud.ack.delete(
      path(`/${pool}/nodes`),
      { instance_ids: JSON.stringify([id]), release_node: false },
    );
    await done(removed);
    expect(kubeNodes()).toHaveLength(3);
    const { resources } = await control(sandbox, '/inventory');
    expect(resources.map((item: any) => item.id)).toContain(id);
  });

  it('is deleted with nodes in it only by force', async () => {
    const early = await failure(cloud.ack.delete(path(`/${pool}`)));
    expect(early.result?.code).toBe('ErrorNodePoolNotEmpty');
    const { task_id: task } = await cloud.ack.delete(path(`/${pool}`), {
      force: true,
    });
    await done(task);
    expect(kubeNodes()).toHaveLength(2);
    const gone = await failure(detail());
    expect(gone.statusCode).toBe(404);
    expect(gone.result?.code).toBe('ErrorNodePoolNotFound');
    const { nodepools } = await cloud.ack.get(path());
    expect(nodepools.map((item: any) => item.nodepool_info.name)).toEqual([
      'default',
    ]);
  });

  it.each<[string, object, string]>([
    [
      'a taken name',
      { nodepool_info: { name: 'default' } },
      'ErrorNodePoolNameAlreadyExist',
    ],
    [
      'a vSwitch of nowhere',
      { scaling_group: { vswitch_ids: ['vsw-0'] } },
      'ErrorVSwitchNotFound',
    ],
    [
      'too many nodes',
      { scaling_group: { desired_size: 99 } },
      'ErrorQuotaExceeded',
    ],
    [
      'a taint without effect',
      { kubernetes_config: { taints: [{ key: 'a' }] } },
      'ErrorParamsInvalid',
    ],
    [
      'scaling limits the wrong way round',
      { auto_scaling: { enable: true, min_instances: 5, max_instances: 1 } },
      'ErrorParamsInvalid',
    ],
  ])('refuses %s', async (_, more, code) => {
    const error = await failure(
      cloud.ack.post(path(), { nodepool_info: { name: 'other' }, ...more }),
    );
    expect(error.result?.code).toBe(code);
  });
});
