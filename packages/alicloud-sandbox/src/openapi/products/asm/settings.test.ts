import {
  Account,
  account,
  failure,
  until,
} from '../../../__testUtils__/account';
import {
  Site,
  clusterBody,
  join,
  makeMesh,
  makeSite,
} from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';

jest.setTimeout(30_000);

describe('settings and surroundings of a mesh', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let site: Site;
  let cluster: string;
  let mesh: string;

  const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

  const asm = (action: string, more: object = {}) =>
    cloud.asm(action, { ServiceMeshId: mesh, ...more });

  const code = async (action: string, more: object = {}) =>
    (await failure(asm(action, more))).code;

  const meshConfig = async () =>
    plain((await asm('DescribeServiceMeshDetail')).ServiceMesh.Spec.MeshConfig);

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    cloud = account(sandbox);
    site = await makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    );
    const { cluster_id: id } = await cloud.ack.post(
      '/clusters',
      clusterBody('one', site, '10.0.0.0/16', '172.16.0.0/16'),
    );
    cluster = id;
    await until('the cluster', async () => {
      const { state } = await cloud.ack.get(`/clusters/${cluster}`);
      return state === 'running';
    });
    mesh = await makeMesh(cloud, site, { GuestCluster: cluster });
    await until('the guest to join', async () => {
      const { Clusters } = await asm('DescribeClustersInServiceMesh');
      return Clusters[0]?.State === 'running';
    });
  });
  afterAll(() => sandbox.stop());

  it('takes a guest only from its own VPC and vSwitch', async () => {
    const other = await makeSite(
      cloud,
      'cn-hangzhou',
      '20.0.0.0/8',
      '20.0.0.0/16',
      'cn-hangzhou-h',
    );
    const error = await failure(
      cloud.asm('CreateServiceMesh', {
        RegionId: other.regionId,
        Name: 'second',
        VpcId: other.vpcId,
        VSwitches: JSON.stringify([other.vSwitchId]),
        GuestCluster: cluster,
      }),
    );
    expect(error.message).toContain('GuestCluster');
  });

  it('stores features that are valid and reads them back', async () => {
    await asm('UpdateMeshFeature', {
      AccessLogEnabled: true,
      CniEnabled: true,
      IncludeIPRanges: '10.0.0.0/8,172.16.0.0/12',
      ExcludeInboundPorts: '8080,9090',
      OutboundTrafficPolicy: 'REGISTRY_ONLY',
      TraceSampling: 0.5,
      Telemetry: true,
      KialiEnabled: true,
      ProxyLimitCPU: '500m',
      ClusterSpec: 'enterprise',
    });
    expect(await meshConfig()).toMatchObject({
      AccessLog: { Enabled: true, Project: `mesh-log-${mesh}` },
      IncludeIPRanges: '10.0.0.0/8,172.16.0.0/12',
      ExcludeInboundPorts: '8080,9090',
      OutboundTrafficPolicy: 'REGISTRY_ONLY',
      Kiali: { Enabled: true },
      Pilot: { TraceSampling: 0.5 },
      Proxy: { LimitCPU: '500m', ClusterDomain: 'cluster.local' },
      SidecarInjector: { InitCNIConfiguration: { Enabled: true } },
    });
    const { ServiceMesh } = await asm('DescribeServiceMeshDetail');
    expect(ServiceMesh.ClusterSpec).toBe('enterprise');
    await asm('UpdateMeshFeature', { Telemetry: false });
    expect(await meshConfig()).toMatchObject({
      Kiali: { Enabled: false },
      Telemetry: false,
      OutboundTrafficPolicy: 'REGISTRY_ONLY',
    });
  });

  it.each([
    ['a switch that is neither on nor off', { CniEnabled: 'maybe' }],
    ['a block that is none', { IncludeIPRanges: '10.0.0.0' }],
    ['a port out of range', { ExcludeOutboundPorts: '70000' }],
    ['a policy that does not exist', { OutboundTrafficPolicy: 'DENY' }],
    ['a sampling above 100', { TraceSampling: 101 }],
    ['a duration that is none', { TerminationDrainDuration: '5' }],
    ['JSON that is none', { Lifecycle: '{' }],
    ['topology without metrics', { KialiEnabled: true }],
    ['a certificate that was never its own', { ExistingCaCert: 'LS0t' }],
    ['a quantity that is none', { ProxyLimitMemory: 'much' }],
    ['a specification that does not exist', { ClusterSpec: 'huge' }],
  ])('refuses %s', async (_, change) => {
    const before = await meshConfig();
    const error = await failure(asm('UpdateMeshFeature', change));
    const [name] = Object.keys(change);
    // The gateway's code for a wrong type, the product's for a wrong value.
    expect(['InvalidParameter', `Invalid${name}`]).toContain(error.code);
    expect(error.message).toContain(name);
    expect(await meshConfig()).toEqual(before);
  });

  it('aggregates Istio resources and keeps the control plane log', async () => {
    await asm('UpdateMeshCRAggregation', { Enabled: true, CPULimit: '1' });
    await asm('UpdateControlPlaneLogConfig', { Enabled: true, LogTTLInDay: 7 });
    expect(await meshConfig()).toMatchObject({
      ControlPlaneLogInfo: {
        Enabled: true,
        LogTTL: 7,
        Project: `mesh-log-${mesh}`,
      },
      ExtraConfiguration: {
        CRAggregationConfiguration: { Enabled: true },
        CRAggregationEnabled: true,
      },
    });
    expect(await code('UpdateMeshCRAggregation', { CPULimit: 'x' })).toBe(
      'InvalidParameter',
    );
    expect(await code('UpdateControlPlaneLogConfig')).toBe('MissingEnabled');
    await asm('UpdateControlPlaneLogConfig', { Enabled: false });
    expect((await meshConfig()).ControlPlaneLogInfo).toMatchObject({
      Enabled: false,
      LogTTL: 7,
    });
  });

  it('keeps a network for each member', async () => {
    const set = (networks: unknown) =>
      asm('UpdateMeshMultiClusterNetwork', {
        MultiClusterNetworks: JSON.stringify(networks),
      });
    const network = {
      Network: 'network1',
      EnableGateway: true,
      CustomGatewayAddress: '203.0.113.9',
      GatewayName: '',
    };
    await set({ [cluster]: network });
    const { MultiClusterNetworks } = await asm(
      'DescribeMeshMultiClusterNetwork',
    );
    expect(plain(MultiClusterNetworks)).toEqual({ [cluster]: network });
    const wrong = await Promise.all(
      [
        { c0: network },
        { [cluster]: { EnableGateway: false } },
        { [cluster]: { Network: 'a', EnableGateway: true } },
        ['network1'],
      ].map(value => failure(set(value))),
    );
    expect(wrong.map(error => error.code)).toEqual([
      'InvalidParameter',
      'InvalidParameter',
      'InvalidParameter',
      'InvalidMultiClusterNetworks',
    ]);
  });

  it('is renamed, but not to a name that is taken', async () => {
    const second = await makeMesh(cloud, site, { Name: 'second' });
    expect(await code('ModifyServiceMeshName', { Name: 'second' })).toBe(
      'NameAlreadyExist',
    );
    await asm('ModifyServiceMeshName', { Name: 'renamed' });
    const { ServiceMesh } = await asm('DescribeServiceMeshDetail');
    expect(ServiceMesh.ServiceMeshInfo.Name).toBe('renamed');
    const { Clusters } = await cloud.asm('DescribeServiceMeshClusters', {
      ServiceMeshId: second,
    });
    expect(Clusters[0]).toMatchObject({
      ClusterId: cluster,
      ServiceMeshId: mesh,
    });
    const { code: taken } = await failure(
      cloud.asm('AddClusterIntoServiceMesh', {
        ServiceMeshId: second,
        ClusterId: cluster,
      }),
    );
    expect(taken).toBe('ClusterAlreadyInServiceMesh');
  });

  it('knows its surroundings', async () => {
    const { Vpcs, TotalCount } = await cloud.asm('DescribeVpcs', {
      RegionId: site.regionId,
    });
    expect(TotalCount).toBe(Vpcs.length);
    expect(Vpcs.map((vpc: any) => vpc.VpcId)).toContain(site.vpcId);
    const { InstanceTypes } = await asm('DescribeNodesInstanceType');
    expect(plain(InstanceTypes)).toEqual([
      {
        Key: 'feature.node.kubernetes.io/mb-feature-enable',
        MultiBufferEnabled: true,
        NodeType: 'ecs.g7.xlarge',
        Value: 'true',
      },
    ]);
    const { Dashboards } = await cloud.asm(
      'DescribeGuestClusterAccessLogDashboards',
      { K8sClusterId: cluster },
    );
    expect(Dashboards[0].Url).toMatch(/^https:/);
    expect(await code('DescribeClusterGrafana', { K8sClusterId: 'c0' })).toBe(
      'ClusterNotInServiceMesh',
    );
    const kiali = await asm('DescribeKialiConfiguration');
    expect(kiali.Enabled).toBe(false);
  });

  it('leaves the namespace where that is wished, in the way of other meshes', async () => {
    const { ServiceMeshes } = await cloud.asm('DescribeServiceMeshes');
    const { ServiceMeshId: other } = ServiceMeshes.map(
      (item: any) => item.ServiceMeshInfo,
    ).find((info: any) => info.Name === 'second');
    const forbidden = async (ServiceMeshId: string) => {
      const { Clusters } = await cloud.asm('DescribeServiceMeshClusters', {
        ServiceMeshId,
      });
      return Clusters[0].ForbiddenFlag;
    };
    const leave = async (more: object) => {
      await asm('RemoveClusterFromServiceMesh', {
        ClusterId: cluster,
        ...more,
      });
      await until('the member to leave', async () => {
        const { Clusters } = await asm('DescribeClustersInServiceMesh');
        return Clusters.length === 0;
      });
    };
    const namespace = () =>
      sandbox.kube
        .get(cluster)!
        .storage.get(
          { group: '', version: 'v1', resource: 'namespaces' },
          undefined,
          'istio-system',
        );
    await leave({ ReserveNamespace: true });
    expect(namespace()).toBeDefined();
    expect(await forbidden(other)).toBe(4);
    expect(await forbidden(mesh)).toBe(0);
    expect((await join(cloud, mesh, cluster)).State).toBe('running');
    await leave({});
    await until('the namespace to be gone', () => !namespace());
  });

  it('is deleted with its members only by force, and leaves what was to stay', async () => {
    expect((await join(cloud, mesh, cluster)).State).toBe('running');
    expect(await code('DeleteServiceMesh')).toBe(
      'OperationDenied.ClusterExist',
    );
    const { ServiceMesh } = await asm('DescribeServiceMeshDetail');
    const kept = ServiceMesh.Spec.LoadBalancer.PilotPublicLoadbalancerId;
    await asm('DeleteServiceMesh', {
      Force: true,
      RetainResources: JSON.stringify([kept]),
    });
    await until(
      'the mesh to be gone',
      async () =>
        (await code('DescribeServiceMeshDetail').catch(() => undefined)) ===
        'ServiceMesh.NotFound',
    );
    const { ReusableSlbList } = await cloud.asm('DescribeReusableSlb', {
      NetworkType: 'intranet',
      K8sClusterId: cluster,
    });
    expect(plain(ReusableSlbList)).toEqual([
      { LoadBalancerId: kept, LoadBalancerName: `asm-${mesh}-pilot` },
    ]);
    const held = await failure(
      cloud.vpc('DeleteVSwitch', {
        RegionId: site.regionId,
        VSwitchId: site.vSwitchId,
      }),
    );
    expect(held.code).toContain('DependencyViolation');
  });
});
