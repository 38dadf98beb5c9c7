import { json } from '../__testUtils__/scriptedServer';
import { missing, REGION, setUpProducts } from '../__testUtils__/products';

describe('wrapper of ASM', () => {
  const setup = setUpProducts();
  const { sent } = setup;

  it('reads all pages of its list', async () => {
    setup.server.next(
      json({ Clusters: [{ ClusterId: 'c1' }], NumberOfClusters: 2 }),
      json({
        Clusters: [{ ClusterId: 'c2', ForbiddenFlag: 3, ForbiddenInfo: '[]' }],
        NumberOfClusters: 2,
      }),
    );
    const candidates = await setup.cloud.asm.describeCandidates({
      serviceMeshId: 'm',
    });
    expect(candidates.map(c => [c.clusterId, c.forbiddenFlag])).toEqual([
      ['c1', 0],
      ['c2', 3],
    ]);
    expect(sent(1)).toMatchObject({ Offset: '1' });
  });

  it('takes a mesh that is gone for deleted', async () => {
    setup.server.next(missing('ServiceMesh.NotFound', 400));
    await expect(
      setup.cloud.asm.deleteServiceMesh({ serviceMeshId: 'x' }),
    ).resolves.toBeUndefined();
  });

  it('writes lists as JSON text where the API wants it', async () => {
    setup.server.otherwise(json({ ServiceMeshId: 'm1' }));
    await setup.cloud.asm.createServiceMesh({
      regionId: REGION,
      name: 'demo',
      vpcId: 'vpc-1',
      vSwitchIds: ['vsw-1'],
      apiServerPublicEip: true,
      tags: { a: 'b' },
    });
    expect(sent(0)).toMatchObject({
      VSwitches: '["vsw-1"]',
      ApiServerPublicEip: 'true',
      'Tag.1.Key': 'a',
    });
    await setup.cloud.asm.updateLocality({
      serviceMeshId: 'm1',
      setting: {
        enabled: true,
        distribute: [{ from: REGION, to: { [REGION]: 90, 'cn-shanghai': 10 } }],
      },
    });
    expect(sent(1)).toMatchObject({
      LocalityLoadBalancing: 'true',
      LocalityLBConf:
        '{"distribute":[{"from":"cn-hangzhou","to":{"cn-hangzhou":90,"cn-shanghai":10}}]}',
    });
    await setup.cloud.asm.updateLocality({
      serviceMeshId: 'm1',
      setting: { enabled: false },
    });
    expect(sent(2).LocalityLoadBalancing).toBe('false');
    expect(Object.keys(sent(2))).not.toContain('LocalityLBConf');
  });

  it('does not take the answer Code 200 of a join for a failure', async () => {
    setup.server.next(
      json({ Code: '200', Message: 'success', RequestId: 'r' }),
    );
    await expect(
      setup.cloud.asm.addCluster({ serviceMeshId: 'm', clusterId: 'c' }),
    ).resolves.toBeUndefined();
  });

  it('reads a mesh; tags come from the list when the detail has none', async () => {
    const info = {
      ServiceMeshId: 'm1',
      Name: 'demo',
      RegionId: REGION,
      State: 'running',
      Version: 'v1.22.6.66-g1a2b3c4d-aliyun',
    };
    setup.server.next(
      json({
        ServiceMesh: {
          ServiceMeshInfo: info,
          Clusters: ['c1'],
          Endpoints: { PublicApiServerEndpoint: 'https://47.1.1.1:6443' },
          Spec: {
            LoadBalancer: { ApiServerPublicEip: true },
            Network: {
              VpcId: 'vpc-1',
              VSwitches: ['vsw-1'],
              SecurityGroupId: 'sg-1',
            },
            MeshConfig: { EnableLocalityLB: true },
          },
        },
      }),
      json({
        ServiceMeshes: [
          { ServiceMeshInfo: info, Tag: [{ Key: 'a', Value: 'b' }] },
        ],
      }),
    );
    await expect(
      setup.cloud.asm.describeServiceMesh({ serviceMeshId: 'm1' }),
    ).resolves.toMatchObject({
      serviceMeshId: 'm1',
      version: 'v1.22.6.66-g1a2b3c4d-aliyun',
      clusterIds: ['c1'],
      vpcId: 'vpc-1',
      vSwitchIds: ['vsw-1'],
      apiServerPublicEip: true,
      publicApiServerEndpoint: 'https://47.1.1.1:6443',
      tags: { a: 'b' },
      locality: { enabled: true, failover: [], distribute: [] },
    });
  });

  it('has no mesh where there is none', async () => {
    setup.server.next(missing('ServiceMesh.NotFound', 403));
    await expect(
      setup.cloud.asm.describeServiceMesh({ serviceMeshId: 'm1' }),
    ).resolves.toBeUndefined();
  });

  it('asks the list when a mesh is refused, which may mean that it is gone', async () => {
    const refusal = missing('StatusForbidden', 403);
    const listed = (ServiceMeshId: string) =>
      json({ ServiceMeshes: [{ ServiceMeshInfo: { ServiceMeshId } }] });
    const describe = () =>
      setup.cloud.asm.describeServiceMesh({ serviceMeshId: 'm1' });
    setup.server.next(refusal, listed('m2'));
    await expect(describe()).resolves.toBeUndefined();
    setup.server.next(refusal, listed('m1'));
    await expect(describe()).rejects.toThrow(/StatusForbidden/);
    setup.server.next(refusal, refusal);
    await expect(describe()).rejects.toThrow(/DescribeServiceMeshDetail/);
  });

  it.each([
    ['running', 'running'],
    ['Running', 'running'],
    ['failed', 'failed'],
    ['JoinFailed', 'failed'],
    ['connect_error', 'failed'],
    ['starting', 'starting'],
  ])('reads the member state %p as %p', async (State, state) => {
    setup.server.next(json({ Clusters: [{ ClusterId: 'c1', State }] }));
    await expect(
      setup.cloud.asm.describeMembers({ serviceMeshId: 'm1' }),
    ).resolves.toMatchObject([{ clusterId: 'c1', state }]);
  });
});
