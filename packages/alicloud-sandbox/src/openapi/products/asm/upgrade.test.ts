import {
  Account,
  account,
  failure,
  until,
} from '../../../__testUtils__/account';
import {
  clusterBody,
  join,
  makeMesh,
  makeSite,
} from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';
import { VERSIONS, nextVersion } from './versions';

jest.setTimeout(30_000);

const NEWEST_122 = 'v1.22.6.72-g5d2a1f80-aliyun';

describe('upgrading a mesh', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let mesh: string;

  const detail = async () =>
    (await cloud.asm('DescribeServiceMeshDetail', { ServiceMeshId: mesh }))
      .ServiceMesh;

  const version = async () => (await detail()).ServiceMeshInfo.Version;

  const status = async () =>
    (
      await cloud.asm('DescribeServiceMeshUpgradeStatus', {
        ServiceMeshId: mesh,
      })
    ).UpgradeDetail;

  const running = () =>
    until('the end of the upgrade', async () => {
      const { ServiceMeshInfo } = await detail();
      return ServiceMeshInfo.State === 'running';
    });

  /** Tag of the gateway's image on the member. */
  const gatewayImage = () => {
    const [cluster] = sandbox.cloud.mesh(mesh)!.members;
    const deployment = sandbox.kube
      .get(cluster)!
      .storage.get(
        { group: 'apps', version: 'v1', resource: 'deployments' },
        'istio-system',
        'istio-ingressgateway',
      );
    const [proxy] = deployment?.spec.template.spec.containers ?? [];
    return proxy?.image.split(':').pop();
  };

  const distribute = () =>
    cloud.asm('UpdateMeshFeature', {
      ServiceMeshId: mesh,
      LocalityLoadBalancing: true,
      LocalityLBConf: JSON.stringify({
        distribute: [{ from: 'cn-hangzhou', to: { 'cn-hangzhou': 100 } }],
      }),
    });

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    cloud = account(sandbox);
    const site = await makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    );
    mesh = await makeMesh(cloud, site, { IstioVersion: 'v1.21' });
    await cloud.asm('CreateASMGateway', {
      ServiceMeshId: mesh,
      IstioGatewayName: 'ingressgateway',
      Body: JSON.stringify({ spec: { gatewayType: 'ingress' } }),
    });
    const { cluster_id: cluster } = await cloud.ack.post('/clusters', {
      ...clusterBody('one', site, '10.0.0.0/16', '172.16.0.0/16'),
      nodepools: [],
    });
    await until('the cluster', async () => {
      const { state } = await cloud.ack.get(`/clusters/${cluster}`);
      return state === 'running';
    });
    await join(cloud, mesh, cluster);
    await until('the gateway', gatewayImage);
  });
  afterAll(() => sandbox.stop());

  it('goes to the newest patch first, then to the next release only', () => {
    expect(nextVersion('v1.22.6.28-g0c9e7a51-aliyun')).toBe(NEWEST_122);
    expect(nextVersion('v1.20.8.60-g44f1c8aa-aliyun')).toMatch(/^v1\.21\./);
    expect(nextVersion(NEWEST_122)).toMatch(/^v1\.23\./);
    expect(nextVersion(VERSIONS[0])).toBeUndefined();
  });

  it('changes nothing when it only checks, or when another version is expected', async () => {
    const before = await version();
    const { Version } = await cloud.asm('DescribeUpgradeVersion', {
      ServiceMeshId: mesh,
    });
    expect(Version.IstioVersion).toBe(NEWEST_122);
    await cloud.asm('UpgradeMeshVersion', {
      ServiceMeshId: mesh,
      PreCheck: true,
    });
    const other = await failure(
      cloud.asm('UpgradeMeshEditionPartially', {
        ServiceMeshId: mesh,
        ExpectedVersion: VERSIONS[0],
      }),
    );
    expect(other.code).toBe('UpgradedVersion.NotExpected');
    expect(await version()).toBe(before);
    expect((await status()).MeshStatus).toBe('running');
    const gate = await failure(distribute());
    expect(gate.code).toBe('VersionNotSupport.Distribute');
  });

  it('upgrades the control plane, which opens the gate, then the gateway', async () => {
    const before = await version();
    await cloud.asm('UpgradeMeshEditionPartially', {
      ServiceMeshId: mesh,
      ExpectedVersion: NEWEST_122,
      ASMGatewayContinue: false,
    });
    expect((await detail()).ServiceMeshInfo.State).toBe('upgrading');
    expect((await status()).MeshStatus).toBe('upgrading');
    // Proxies go on while the control plane is replaced.
    expect(sandbox.cloud.mesh(mesh)!.version).toBe(before);
    const busy = await failure(distribute());
    expect(busy.code).toBe('StillInitializing');

    await running();
    expect(await version()).toBe(NEWEST_122);
    expect(sandbox.cloud.mesh(mesh)!.version).toBe(NEWEST_122);
    await distribute();
    expect(await status()).toMatchObject({
      FinishedGatewaysNum: 0,
      TotalGatewaysNum: 1,
      MeshStatus: 'running',
      GatewayStatusRecord: {
        'istio-system:ingressgateway': { Status: 'notStart', Version: before },
      },
    });
    expect(gatewayImage()).toBe(before);

    await cloud.asm('UpgradeMeshEditionPartially', {
      ServiceMeshId: mesh,
      ASMGatewayContinue: true,
      UpgradeGatewayRecords: 'istio-system:ingressgateway',
    });
    expect(await status()).toMatchObject({
      FinishedGatewaysNum: 1,
      GatewayStatusRecord: {
        'istio-system:ingressgateway': {
          Status: 'finished',
          Version: NEWEST_122,
        },
      },
    });
    await until(
      'the gateway to be replaced',
      () => gatewayImage() === NEWEST_122,
    );
    const unknown = await failure(
      cloud.asm('UpgradeMeshEditionPartially', {
        ServiceMeshId: mesh,
        ASMGatewayContinue: true,
        UpgradeGatewayRecords: 'nowhere',
      }),
    );
    expect(unknown.message).toContain('nowhere');
  });

  it('says when a member is in the way, before and after it started', async () => {
    const { ServiceMeshes } = await cloud.asm('DescribeServiceMeshes');
    expect(ServiceMeshes[0].Upgradable).toBe(true);
    await cloud.asm('UpgradeMeshVersion', { ServiceMeshId: mesh });
    const [cluster] = sandbox.cloud.mesh(mesh)!.members;
    const { security_group_id: SecurityGroupId } = await cloud.ack.get(
      `/clusters/${cluster}`,
    );
    const rule = {
      RegionId: 'cn-hangzhou',
      SecurityGroupId,
      Permissions: [
        {
          IpProtocol: 'TCP',
          PortRange: '6443/6443',
          SourceCidrIp: '0.0.0.0/0',
          Policy: 'drop',
          Priority: '1',
        },
      ],
    };
    await cloud.ecs('AuthorizeSecurityGroup', rule);
    await running();
    expect((await status()).MeshStatus).toBe('upgrading_failed');
    expect((await detail()).ServiceMeshInfo).toMatchObject({
      Version: NEWEST_122,
      ErrorMessage: expect.stringContaining('cannot be reached'),
    });
    const check = await failure(
      cloud.asm('UpgradeMeshVersion', { ServiceMeshId: mesh, PreCheck: true }),
    );
    expect(check.code).toBe('UpgradePreCheck.Failed');

    await cloud.ecs('RevokeSecurityGroup', rule);
    await cloud.asm('UpgradeMeshVersion', { ServiceMeshId: mesh });
    await running();
    expect(await version()).toMatch(/^v1\.23\./);
    expect((await status()).FinishedGatewaysNum).toBe(1);
    const { Logs } = await cloud.asm('DescribeServiceMeshLogs', {
      ServiceMeshId: mesh,
    });
    expect(Logs.map((line: any) => line.Log)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('Upgrade failed'),
        expect.stringContaining('Upgraded to v1.23'),
      ]),
    );
  });

  it('turns a standard mesh into a professional one', async () => {
    const { Network } = (await detail()).Spec;
    const standard = await makeMesh(
      cloud,
      {
        regionId: 'cn-hangzhou',
        vpcId: Network.VpcId,
        vSwitchId: Network.VSwitches[0],
        zoneId: 'cn-hangzhou-h',
        routeTableId: '',
      },
      { Name: 'standard', Edition: 'Default', IstioVersion: VERSIONS[0] },
    );
    const edition = async () => {
      const { ServiceMesh } = await cloud.asm('DescribeServiceMeshDetail', {
        ServiceMeshId: standard,
      });
      const { ServiceMeshInfo, Spec } = ServiceMesh;
      return ServiceMeshInfo.State === 'running' && Spec.MeshConfig.Edition;
    };
    expect((await edition()).Name).toBe('Default');
    const newest = await failure(
      cloud.asm('UpgradeMeshVersion', { ServiceMeshId: standard }),
    );
    expect(newest.code).toBe('UpgradedVersion.NotFound');
    await cloud.asm('UpgradeMeshEditionPartially', {
      ServiceMeshId: standard,
      SwitchToPro: true,
    });
    const after = await until('the switch', edition);
    expect(after).toMatchObject({
      Name: 'Pro',
      IstiodImageTag: VERSIONS[0].slice(1),
    });
  });
});
