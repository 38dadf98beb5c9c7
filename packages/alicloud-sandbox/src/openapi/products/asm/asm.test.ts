import {
  Account,
  account,
  control,
  failure,
  until,
} from '../../../__testUtils__/account';
import { makeMesh, makeSite } from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';
import { resolveVersion, supportsDistribute } from './versions';

jest.setTimeout(30_000);

const FAILOVER = [{ from: 'cn-hangzhou', to: 'cn-shanghai' }];
const DISTRIBUTE = [
  { from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } },
];

describe('service meshes', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let older: string;
  let newer: string;

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
    [newer, older] = await Promise.all([
      makeMesh(cloud, site, {
        Tag: [{ Key: 'mesh-dr:environment', Value: 'e1' }],
      }),
      makeMesh(cloud, site, { Name: 'older', IstioVersion: 'v1.21' }),
    ]);
  });
  afterAll(() => sandbox.stop());

  const set = (mesh: string, enabled: boolean, conf?: object) =>
    cloud.asm('UpdateMeshFeature', {
      ServiceMeshId: mesh,
      LocalityLoadBalancing: enabled,
      ...(conf ? { LocalityLBConf: JSON.stringify(conf) } : {}),
    });

  it('knows from which version traffic can be distributed', () => {
    expect(supportsDistribute('v1.22.6.66-g1a2b3c4d-aliyun')).toBe(true);
    expect(supportsDistribute('v1.22.6.65-g1a2b3c4d-aliyun')).toBe(false);
    expect(supportsDistribute('v1.23.1.1-g1a2b3c4d-aliyun')).toBe(true);
    expect(supportsDistribute('v1.9.7.107')).toBe(false);
    expect(resolveVersion('v1.22.6.66')).toBe('v1.22.6.66-g1a2b3c4d-aliyun');
    expect(resolveVersion('v1.2')).toBeUndefined();
  });

  it('refuses distribution on an older mesh, not failover', async () => {
    const { ServiceMesh } = await cloud.asm('DescribeServiceMeshDetail', {
      ServiceMeshId: older,
    });
    expect(ServiceMesh.ServiceMeshInfo.Version).toMatch(/^v1\.21\./);
    const error = await failure(set(older, true, { distribute: DISTRIBUTE }));
    expect(error.code).toBe('VersionNotSupport.Distribute');
    expect(error.message).toContain('1.22.6.66');
    expect(sandbox.cloud.mesh(older)!.locality).toEqual({ enabled: false });
    await set(older, true, { failover: FAILOVER });
    expect(sandbox.cloud.mesh(older)!.locality.failover).toEqual(FAILOVER);
  });

  it('changes the mode only while it is switched off', async () => {
    await set(newer, true, { failover: FAILOVER });
    expect(sandbox.cloud.mesh(newer)!.locality).toEqual({
      enabled: true,
      failover: FAILOVER,
    });
    const error = await failure(set(newer, true, { distribute: DISTRIBUTE }));
    expect(error.code).toBe('OperationDenied.LocalityModeConflict');
    await set(newer, false);
    expect(sandbox.cloud.mesh(newer)!.locality.enabled).toBe(false);
    await set(newer, true, { distribute: DISTRIBUTE });
    const { ServiceMesh } = await cloud.asm('DescribeServiceMeshDetail', {
      ServiceMeshId: newer,
    });
    const { EnableLocalityLB, LocalityLB } = ServiceMesh.Spec.MeshConfig;
    expect(EnableLocalityLB).toBe(true);
    expect(JSON.parse(JSON.stringify(LocalityLB))).toEqual({
      Enabled: true,
      Failover: {},
      Distribute: {
        distribute: [
          {
            from: 'cn-hangzhou/*',
            to: { 'cn-hangzhou/*': 90, 'cn-shanghai/*': 10 },
          },
        ],
      },
      FailoverPriority: {},
    });
    await set(newer, false);
  });

  it.each([
    [
      'weights below 100',
      { distribute: [{ from: 'cn-hangzhou', to: { 'cn-hangzhou': 90 } }] },
    ],
    [
      'a region to itself',
      { failover: [{ from: 'cn-hangzhou', to: 'cn-hangzhou' }] },
    ],
    [
      'an unknown region',
      { failover: [{ from: 'cn-hangzhou', to: 'cn-nowhere' }] },
    ],
    [
      'zones in a failover rule',
      { failover: [{ from: 'cn-hangzhou/h', to: 'cn-shanghai' }] },
    ],
    ['both modes', { failover: FAILOVER, distribute: DISTRIBUTE }],
    [
      'two rules from one region',
      { failover: [...FAILOVER, { from: 'cn-hangzhou', to: 'cn-beijing' }] },
    ],
  ])('refuses %s', async (_, conf) => {
    const error = await failure(set(newer, true, conf));
    expect(error.code).toBe('InvalidParameter.LocalityLBConf');
  });

  it('refuses a second mesh of the same name and an unknown version', async () => {
    const [mesh] = (await cloud.asm('DescribeServiceMeshes')).ServiceMeshes;
    const create = (more: object) =>
      cloud.asm('CreateServiceMesh', {
        RegionId: 'cn-hangzhou',
        VpcId: mesh.Spec.Network.VpcId,
        VSwitches: JSON.stringify(mesh.Spec.Network.VSwitches),
        ...more,
      });
    const same = await failure(create({ Name: 'mesh' }));
    expect(same.code).toBe('NameAlreadyExist');
    const version = await failure(create({ IstioVersion: 'v9.9' }));
    expect(version.message).toContain('IstioVersion');
  });

  it('makes nothing where there are no addresses for it', async () => {
    const [mesh] = (await cloud.asm('DescribeServiceMeshes')).ServiceMeshes;
    const { VpcId } = mesh.Spec.Network;
    const { VSwitchId } = await cloud.vpc('CreateVSwitch', {
      RegionId: 'cn-hangzhou',
      VpcId,
      CidrBlock: '192.168.9.0/29',
      ZoneId: 'cn-hangzhou-h',
    });
    await until('the vSwitch', async () => {
      const { Status } = await cloud.vpc('DescribeVSwitchAttributes', {
        RegionId: 'cn-hangzhou',
        VSwitchId,
      });
      return Status === 'Available';
    });
    const create = (Name: string) =>
      cloud.asm('CreateServiceMesh', {
        RegionId: 'cn-hangzhou',
        Name,
        VpcId,
        VSwitches: JSON.stringify([VSwitchId]),
      });
    // Four addresses of the eight are free; a mesh takes two.
    await create('narrow-1');
    await create('narrow-2');
    const before = await control(sandbox, '/inventory');
    const full = await failure(create('narrow-3'));
    expect(full.code).toBe('InvalidVSwitchId.IpNotEnough');
    expect(await control(sandbox, '/inventory')).toEqual(before);
  });

  it('finds meshes by tag', async () => {
    const { ServiceMeshes } = await cloud.asm('DescribeServiceMeshes', {
      Tag: [{ Key: 'mesh-dr:environment', Value: 'e1' }],
    });
    expect(
      ServiceMeshes.map((mesh: any) => mesh.ServiceMeshInfo.ServiceMeshId),
    ).toEqual([newer]);
    const { TagResources } = await cloud.asm('ListTagResources', {
      RegionId: 'cn-hangzhou',
      ResourceType: 'servicemesh',
      ResourceId: [newer],
    });
    expect(TagResources[0]).toMatchObject({
      ResourceId: newer,
      TagKey: 'mesh-dr:environment',
      TagValue: 'e1',
    });
  });

  it('creates an IstioGateway from its JSON', async () => {
    const gateway = {
      ServiceMeshId: newer,
      IstioGatewayName: 'ingressgateway',
      Body: JSON.stringify({
        spec: { gatewayType: 'ingress', ports: [{ name: 'http', port: 80 }] },
      }),
    };
    const early = await failure(cloud.asm('UpdateASMGateway', gateway));
    expect(early.code).toBe('ASMGateway.NotFound');
    await cloud.asm('CreateASMGateway', gateway);
    const stored = sandbox.kube.get(newer)!.storage.get(
      {
        group: 'istio.alibabacloud.com',
        version: 'v1beta1',
        resource: 'istiogateways',
      },
      'istio-system',
      'ingressgateway',
    );
    expect(stored?.spec.gatewayType).toBe('ingress');
    const again = await failure(cloud.asm('CreateASMGateway', gateway));
    expect(again.code).toBe('NameAlreadyExist');
  });
});
