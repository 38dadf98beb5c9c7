import { Account, account, until } from '../../../__testUtils__/account';
import { departures } from '../../../__testUtils__/conformance';
import {
  clusterBody,
  makeCluster,
  makeSite,
} from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';
import { ackContracts } from '../../contracts';
import { ackProduct } from '.';

jest.setTimeout(30_000);

const under = (path: string, keys: string) =>
  keys.split(' ').map(key => `${path}${key}`);

/** Of a node pool, for settings that nobody made or that are for other kinds of pools. */
const poolSettings = (path: string) => [
  ...under(
    path,
    'eflo_node_group host_network interconnect_config intranet node_components node_config',
  ),
  ...under(
    `${path}auto_scaling.`,
    'eip_bandwidth eip_internet_charge_type is_bond_eip',
  ),
  ...under(`${path}kubernetes_config.`, 'pre_user_data'),
  ...under(
    `${path}management.`,
    'auto_fault_diagnosis auto_repair_policy auto_upgrade_policy auto_vul_fix auto_vul_fix_policy drift_enabled upgrade_config',
  ),
  ...under(
    `${path}scaling_group.`,
    'auto_renew_period cis_enabled compensate_with_on_demand cpu_options deploymentset_id disk_init enable_high_density_mode instance_metadata_options instance_patterns internet_charge_type internet_max_bandwidth_out key_pair login_as_non_root login_password on_demand_base_capacity on_demand_percentage_above_base_capacity period period_unit private_pool_options ram_policy ram_role_name rds_instances resource_pool_options security_hardening_os soc_enabled spot_instance_pools spot_instance_remedy spot_price_limit system_disk_bursting_enabled system_disk_categories system_disk_encrypt_algorithm system_disk_encrypted system_disk_kms_key_id system_disk_performance_level system_disk_provisioned_iops system_disk_snapshot_policy_id',
  ),
];

const OPTIONAL: Record<string, string[]> = {
  // Of clusters whose masters are the customer's own.
  DescribeClusterDetail: ['control_plane_config'],
  DescribeClusterResources: ['[].associated_object'],
  DescribeClusterNodePools: poolSettings('nodepools[].'),
  DescribeClusterNodePoolDetail: [...poolSettings(''), 'status.conditions'],
  // Of tasks that failed.
  DescribeClusterTasks: ['tasks[].error'],
  DescribeTaskInfo: ['error'],
};

describe('every operation of the Container Service', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  const answered = new Map<string, unknown>();

  const record = async (name: string, answer: Promise<any>) => {
    const value = await answer;
    answered.set(name, value);
    return value;
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 5000, gatewayPort: 0 });
    cloud = account(sandbox);
    const { ack } = cloud;
    const site = await makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    );
    const body = {
      ...clusterBody('one', site, '10.0.0.0/16', '172.16.0.0/16'),
      rrsa_config: { enabled: true },
      maintenance_window: {
        enable: true,
        duration: '3h',
        maintenance_time: '2026-01-01T00:00:00.000+08:00',
        recurrence: 'FREQ=WEEKLY;INTERVAL=1;BYDAY=MO',
        weekly_period: 'Monday',
      },
      operation_policy: {
        cluster_auto_upgrade: { enabled: true, channel: 'stable' },
      },
    };
    const id = await makeCluster(cloud, body);
    const cluster = `/clusters/${id}`;
    await record(
      'DescribeClusters',
      ack.get('/clusters', { clusterType: 'ManagedKubernetes' }),
    );
    await record(
      'DescribeClustersV1',
      ack.get('/api/v1/clusters', { cluster_id: id }),
    );
    await record(
      'DescribeKubernetesVersionMetadata',
      ack.get('/api/v1/metadata/versions', {
        ClusterType: 'ManagedKubernetes',
        Region: site.regionId,
        KubernetesVersion: '1.32.1-aliyun.1',
        QueryUpgradableVersion: true,
      }),
    );
    await record('DescribeClusterDetail', ack.get(cluster));
    await record(
      'DescribeClusterUserKubeconfig',
      ack.get(`/k8s/${id}/user_config`),
    );
    const { tasks } = await record(
      'DescribeClusterTasks',
      ack.get(`${cluster}/tasks`),
    );
    await record('DescribeTaskInfo', ack.get(`/tasks/${tasks[0].task_id}`));
    await record('DescribeClusterEvents', ack.get(`${cluster}/events`));
    await record('DescribeClusterNodes', ack.get(`${cluster}/nodes`));
    await record('DescribeClusterResources', ack.get(`${cluster}/resources`));
    await record(
      'CheckControlPlaneLogEnable',
      ack.get(`${cluster}/controlplanelog`),
    );
    await record('GetClusterAuditProject', ack.get(`${cluster}/audit`));
    const { nodepool_id: poolId } = await record(
      'CreateClusterNodePool',
      ack.post(`${cluster}/nodepools`, {
        nodepool_info: { name: 'extra' },
        scaling_group: { desired_size: 1 },
      }),
    );
    const pool = `${cluster}/nodepools/${poolId}`;
    await record('DescribeClusterNodePools', ack.get(`${cluster}/nodepools`));
    await record('DescribeClusterNodePoolDetail', ack.get(pool));
    await record('ScaleClusterNodePool', ack.post(pool, { count: 1 }));
    await record(
      'ModifyClusterNodePool',
      ack.put(pool, { scaling_group: { desired_size: 2 } }),
    );
    const { nodes } = await ack.get(`${cluster}/nodes`, {
      nodepool_id: poolId,
    });
    await record(
      'RemoveNodePoolNodes',
      ack.delete(`${pool}/nodes`, {
        nodes: JSON.stringify([nodes[0].node_name]),
      }),
    );
    await record('DeleteClusterNodepool', ack.delete(pool, { force: true }));
    await record(
      'ModifyCluster',
      ack.put(`/api/v2/clusters/${id}`, { deletion_protection: false }),
    );
    const { cluster_id: second } = await record(
      'CreateCluster',
      ack.post('/clusters', {
        ...clusterBody('two', site, '10.1.0.0/16', '172.17.0.0/16'),
        nodepools: [],
      }),
    );
    await until('the second cluster', async () => {
      const { state } = await ack.get(`/clusters/${second}`);
      return state === 'running';
    });
    await record('DeleteCluster', ack.delete(`/clusters/${second}`));
  });
  afterAll(() => sandbox.stop());

  it('is served, on its path, and no other', () => {
    const route = ({ name, method, path }: Record<string, unknown>) =>
      `${name}: ${method} ${String(path).replace(/:\w+/g, ':')}`;
    expect(
      ackProduct.operations
        .map(({ name, method, path }) => route({ name, method, path }))
        .sort(),
    ).toEqual(
      Object.entries(ackContracts)
        .map(([name, { method, path }]) => route({ name, method, path }))
        .sort(),
    );
    expect([...answered.keys()].sort()).toEqual(
      Object.keys(ackContracts).sort(),
    );
  });

  it.each(Object.keys(ackContracts))('answers as documented: %s', name => {
    expect(
      departures(ackContracts[name].response, answered.get(name), {
        optional: OPTIONAL[name],
      }),
    ).toEqual([]);
  });
});
