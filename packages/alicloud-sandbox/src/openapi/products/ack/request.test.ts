import {
  Account,
  account,
  failure,
  until,
} from '../../../__testUtils__/account';
import { Site, clusterBody, makeSite } from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';

jest.setTimeout(30_000);

describe('what CreateCluster takes', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let site: Site;
  let farVSwitch: string;

  const body = (name: string) => ({
    ...clusterBody(name, site, '10.9.0.0/16', '172.20.0.0/16'),
    nodepools: [] as object[],
  });

  const makeVSwitch = async (block: string, zone: string): Promise<string> => {
    const { VSwitchId: id } = await cloud.vpc('CreateVSwitch', {
      RegionId: site.regionId,
      VpcId: site.vpcId,
      CidrBlock: block,
      ZoneId: zone,
    });
    await until('the vSwitch', async () => {
      const { Status } = await cloud.vpc('DescribeVSwitchAttributes', {
        RegionId: site.regionId,
        VSwitchId: id,
      });
      return Status === 'Available';
    });
    return id;
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 5000, gatewayPort: 0 });
    cloud = account(sandbox);
    site = await makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    );
    farVSwitch = await makeVSwitch('192.168.1.0/24', 'cn-hangzhou-k');
    await cloud.ack.post('/clusters', {
      ...clusterBody('near', site, '10.0.0.0/16', '172.16.0.0/16'),
      nodepools: [],
    });
  });
  afterAll(() => sandbox.stop());

  it.each<[string, Record<string, unknown>, string]>([
    ['a taken name', { name: 'near' }, 'ErrorClusterNameAlreadyExist'],
    ['a name that is none', { name: '-near' }, 'ErrorParamsInvalid'],
    ['no name', { name: undefined }, 'ErrorParamsMissing'],
    [
      'Pods in public space',
      { container_cidr: '20.0.0.0/16' },
      'ErrorParamsInvalidCIDR',
    ],
    [
      'a Service block that is too large',
      { service_cidr: '172.16.0.0/12' },
      'ErrorParamsInvalidCIDR',
    ],
    [
      'Pods over Services',
      { container_cidr: '172.20.0.0/16' },
      'ErrorCIDRConflict',
    ],
    [
      'Pods over the VPC',
      { container_cidr: '192.168.128.0/20' },
      'ErrorCIDRConflict',
    ],
    [
      'Pods of a neighbour',
      { container_cidr: '10.0.0.0/16' },
      'ErrorCIDRConflict',
    ],
    [
      'Services over the Pods of a neighbour',
      { service_cidr: '10.0.0.0/16' },
      'ErrorCIDRConflict',
    ],
    ['an unknown region', { region_id: 'cn-nowhere' }, 'ErrorParamsInvalid'],
    ['an unknown VPC', { vpcid: 'vpc-0' }, 'ErrorVpcNotFound'],
    ['an unknown vSwitch', { vswitch_ids: ['vsw-0'] }, 'ErrorVSwitchNotFound'],
    ['no vSwitch', { vswitch_ids: [] }, 'ErrorParamsMissing'],
    ['an unknown version', { kubernetes_version: '0.1' }, 'ErrorParamsInvalid'],
    ['another kind', { cluster_type: 'Kubernetes' }, 'ErrorParamsInvalid'],
    [
      'an unknown specification',
      { cluster_spec: 'ack.huge' },
      'ErrorParamsInvalid',
    ],
    ['an unknown proxy', { proxy_mode: 'none' }, 'ErrorParamsInvalid'],
    ['no Pod block', { container_cidr: '' }, 'ErrorParamsMissing'],
    [
      'a node mask that is none',
      { node_cidr_mask: '29' },
      'ErrorParamsInvalid',
    ],
    [
      'a security group of nowhere',
      { security_group_id: 'sg-0' },
      'ErrorSecurityGroupNotFound',
    ],
    [
      'more nodes than Pod blocks',
      {
        container_cidr: '10.9.0.0/24',
        nodepools: [{ scaling_group: { desired_size: 5 } }],
      },
      'ErrorParamsInvalid',
    ],
    [
      'more nodes than the quota',
      {
        nodepools: [
          { nodepool_info: { name: 'a' }, scaling_group: { desired_size: 60 } },
          { nodepool_info: { name: 'b' }, scaling_group: { desired_size: 60 } },
        ],
      },
      'ErrorQuotaExceeded',
    ],
    [
      'an instance type that is none',
      { nodepools: [{ scaling_group: { instance_types: ['m5.large'] } }] },
      'ErrorParamsInvalid',
    ],
    ['two pools of one name', { nodepools: [{}, {}] }, 'ErrorParamsInvalid'],
    [
      'Terway without vSwitches for Pods',
      { addons: [{ name: 'terway-eniip' }], container_cidr: undefined },
      'ErrorParamsMissing',
    ],
    ['a list where a text belongs', { name: ['a'] }, 'Invalidname'],
    [
      'a text where a switch belongs',
      { snat_entry: 'on' },
      'Invalidsnat_entry',
    ],
  ])('refuses %s', async (_, change, code) => {
    const { result } = await failure(
      cloud.ack.post('/clusters', { ...body('other'), ...change }),
    );
    expect(result?.code ?? result?.Code).toBe(code);
  });

  it('refuses Terway whose Pods have no vSwitch in a zone of the nodes', async () => {
    const { result } = await failure(
      cloud.ack.post('/clusters', {
        ...body('terway'),
        container_cidr: undefined,
        addons: [{ name: 'terway-eniip' }],
        pod_vswitch_ids: [farVSwitch],
        nodepools: [{}],
      }),
    );
    expect(result?.message).toContain('cn-hangzhou-h');
  });

  it('accepts Services that coincide with a neighbour’s, and fields it does not know', async () => {
    const { cluster_id: id } = await cloud.ack.post('/clusters', {
      ...body('twin'),
      service_cidr: '172.16.0.0/16',
      something_new: { deep: true },
    });
    expect(id).toMatch(/^c[0-9a-f]{32}$/);
  });

  it('spreads nodes over zones and gives Pods addresses of their vSwitch under Terway', async () => {
    const { cluster_id: id } = await cloud.ack.post('/clusters', {
      ...body('zones'),
      container_cidr: undefined,
      service_cidr: '172.30.0.0/16',
      vswitch_ids: [site.vSwitchId, farVSwitch],
      pod_vswitch_ids: [site.vSwitchId, farVSwitch],
      addons: [{ name: 'terway-eniip' }, { name: 'csi-plugin' }],
      nodepools: [{ scaling_group: { desired_size: 2 } }],
    });
    const nodes = await until('the nodes', async () => {
      const answer = await cloud.ack.get(`/clusters/${id}/nodes`);
      const { state } = await cloud.ack.get(`/clusters/${id}`);
      return state === 'running' && answer.nodes;
    });
    const zones = nodes.map(
      (node: any) =>
        sandbox.kube
          .get(id)!
          .storage.get(
            { group: '', version: 'v1', resource: 'nodes' },
            undefined,
            node.node_name,
          )?.metadata.labels?.['topology.kubernetes.io/zone'],
    );
    expect(zones.sort()).toEqual(['cn-hangzhou-h', 'cn-hangzhou-k']);
    const detail = await cloud.ack.get(`/clusters/${id}`);
    expect(detail.container_cidr).toBe('');
    expect(JSON.parse(detail.meta_data).Capabilities.Network).toBe(
      'terway-eniip',
    );
  });

  it('fails with its reason when addresses run out meanwhile', async () => {
    const tight = await makeVSwitch('192.168.2.0/28', 'cn-hangzhou-h');
    const { cluster_id: id } = await cloud.ack.post('/clusters', {
      ...body('tight'),
      container_cidr: '10.10.0.0/16',
      service_cidr: '172.31.0.0/16',
      nodepools: [{ scaling_group: { desired_size: 8, vswitch_ids: [tight] } }],
    });
    // Another cluster takes the addresses before the first one buys its nodes.
    await cloud.ack.post('/clusters', {
      ...body('thief'),
      container_cidr: '10.11.0.0/16',
      service_cidr: '172.29.0.0/16',
      snat_entry: false,
      nodepools: [{ scaling_group: { desired_size: 8, vswitch_ids: [tight] } }],
    });
    const ends = await until('both creations to end', async () => {
      const { tasks } = await cloud.ack.get(`/clusters/${id}/tasks`);
      const { clusters } = await cloud.ack.get('/api/v1/clusters');
      const pair = clusters.filter((item: any) =>
        ['tight', 'thief'].includes(item.name),
      );
      return (
        tasks[0].state !== 'running' &&
        pair.every((item: any) => item.state !== 'initial') &&
        pair.map((item: any) => item.state).sort()
      );
    });
    expect(ends).toEqual(['failed', 'running']);
    const all = await Promise.all(
      (await cloud.ack.get('/api/v1/clusters')).clusters
        .filter((item: any) => item.state === 'failed')
        .map((item: any) =>
          cloud.ack.get(`/clusters/${item.cluster_id}/tasks`),
        ),
    );
    const [{ tasks }] = all as any[];
    expect(tasks[0]).toMatchObject({
      state: 'fail',
      error: { message: expect.stringContaining('no free address') },
    });
  });
});
