import { recordingLogger } from '../__testUtils__/logger';
import {
  json,
  startScriptedServer,
  type ScriptedServer,
} from '../__testUtils__/scriptedServer';
import { createAlicloudAccounts } from './accounts';
import type { Alicloud } from './types';

const REGION = 'cn-hangzhou';

describe('product wrappers', () => {
  let server: ScriptedServer;
  let cloud: Alicloud;

  beforeEach(async () => {
    server = await startScriptedServer();
    const url = server.url;
    cloud = createAlicloudAccounts(
      [
        {
          name: 'test',
          credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
          regions: [REGION],
          endpoints: {
            vpc: url,
            cbn: url,
            ecs: url,
            cs: url,
            servicemesh: url,
            sts: url,
          },
        },
      ],
      { logger: recordingLogger(), timing: { maxAttempts: 1 } },
    ).get();
  });
  afterEach(() => server.close());

  const sent = (index = 0) => server.requests[index].params;
  const missing = (Code: string, status = 404) =>
    json({ Code, Message: 'no such thing', RequestId: 'r' }, status);

  describe('lists', () => {
    it('reads all pages of a numbered list, and both kinds of wrapping', async () => {
      const vpc = (id: number) => ({
        VpcId: `vpc-${id}`,
        VSwitchIds: { VSwitchId: ['vsw-1', 'vsw-2'] },
        Tags: { Tag: [{ Key: 'k', Value: 'v' }] },
      });
      const page = (first: number, count: number) =>
        json({
          TotalCount: 60,
          Vpcs: {
            Vpc: Array.from({ length: count }, (_, i) => vpc(first + i)),
          },
        });
      server.next(page(0, 50), page(50, 10));
      const found = await cloud.vpc.describeVpcs({
        regionId: REGION,
        tags: { 'mesh-dr:environment': 'demo' },
      });
      expect(found).toHaveLength(60);
      expect(found[59]).toMatchObject({
        vpcId: 'vpc-59',
        regionId: REGION,
        vSwitchIds: ['vsw-1', 'vsw-2'],
        tags: { k: 'v' },
      });
      expect(server.requests).toHaveLength(2);
      expect(sent(1)).toMatchObject({
        PageNumber: '2',
        PageSize: '50',
        'Tag.1.Key': 'mesh-dr:environment',
        'Tag.1.Value': 'demo',
      });

      server.next(
        json({
          TotalCount: 1,
          TransitRouters: [{ TransitRouterId: 'tr-1', Tags: [] }],
        }),
      );
      await expect(
        cloud.cen.listTransitRouters({ cenId: 'cen-1' }),
      ).resolves.toMatchObject([{ transitRouterId: 'tr-1', tags: {} }]);
    });

    it('follows tokens to the end', async () => {
      server.next(
        json({
          NextToken: 'next',
          RouteEntrys: {
            RouteEntry: [
              {
                DestinationCidrBlock: '10.0.0.0/26',
                NextHops: {
                  NextHop: [{ NextHopId: 'i-1', NextHopType: 'Instance' }],
                },
              },
            ],
          },
        }),
        json({
          NextToken: '',
          RouteEntrys: { RouteEntry: [{ DestinationCidrBlock: '1.0.0.0/8' }] },
        }),
      );
      const entries = await cloud.vpc.describeRouteEntries({
        regionId: REGION,
        routeTableId: 'vtb-1',
      });
      expect(entries.map(entry => entry.destinationCidrBlock)).toEqual([
        '10.0.0.0/26',
        '1.0.0.0/8',
      ]);
      expect(entries[0].nextHops).toEqual([
        { nextHopId: 'i-1', nextHopType: 'Instance' },
      ]);
      expect(sent(0)).toMatchObject({ MaxResult: '100' });
      expect(sent(1)).toMatchObject({ NextToken: 'next' });
    });

    it('reads all pages of ACK and ASM lists', async () => {
      server.next(
        json({
          clusters: [{ cluster_id: 'c1' }],
          page_info: { total_count: 2 },
        }),
        json({
          clusters: [{ cluster_id: 'c2' }],
          page_info: { total_count: 2 },
        }),
        json({ Clusters: [{ ClusterId: 'c1' }], NumberOfClusters: 2 }),
        json({
          Clusters: [
            { ClusterId: 'c2', ForbiddenFlag: 3, ForbiddenInfo: '[]' },
          ],
          NumberOfClusters: 2,
        }),
      );
      const clusters = await cloud.ack.describeClusters({ regionId: REGION });
      expect(clusters.map(cluster => cluster.clusterId)).toEqual(['c1', 'c2']);
      expect(server.requests[1].url).toBe(
        '/api/v1/clusters?region_id=cn-hangzhou&page_number=2&page_size=50',
      );
      const candidates = await cloud.asm.describeCandidates({
        serviceMeshId: 'm',
      });
      expect(candidates.map(c => [c.clusterId, c.forbiddenFlag])).toEqual([
        ['c1', 0],
        ['c2', 3],
      ]);
      expect(sent(3)).toMatchObject({ Offset: '1' });
    });
  });

  describe('deleting', () => {
    it.each([
      [
        'InvalidVpcID.NotFound',
        () => cloud.vpc.deleteVpc({ regionId: REGION, vpcId: 'x' }),
      ],
      ['ParameterCenInstanceId', () => cloud.cen.deleteCen({ cenId: 'x' })],
      [
        'ParameterInstanceId',
        () => cloud.cen.deleteTransitRouter({ transitRouterId: 'x' }),
      ],
      [
        'ServiceMesh.NotFound',
        () => cloud.asm.deleteServiceMesh({ serviceMeshId: 'x' }),
      ],
    ])('takes %s for done', async (code, call) => {
      server.next(missing(code, 400));
      await expect(call()).resolves.toBeUndefined();
    });

    it('takes a missing ACK cluster for done', async () => {
      server.next(
        json({ code: 'ErrorClusterNotFound', message: 'x' }, 404),
        json({ task_id: 'T-1' }, 202),
      );
      const place = { regionId: REGION, clusterId: 'c1' };
      await expect(cloud.ack.deleteCluster(place)).resolves.toEqual({});
      await expect(
        cloud.ack.deleteCluster({ ...place, retainResources: ['lb-1'] }),
      ).resolves.toEqual({ taskId: 'T-1' });
      expect(sent(1)).toEqual({ retain_resources: '["lb-1"]' });
    });

    it('tells what else is in the way', async () => {
      server.next(missing('DependencyViolation.VSwitch', 400));
      await expect(
        cloud.vpc.deleteVpc({ regionId: REGION, vpcId: 'vpc-1' }),
      ).rejects.toMatchObject({
        code: 'DependencyViolation.VSwitch',
        message: expect.stringContaining('vpc-1'),
      });
    });
  });

  describe('CEN', () => {
    it('filters instances and joins zones of both generations', async () => {
      server.next(
        json({ TotalCount: 0, Cens: { Cen: [] } }),
        json({
          AvailableZones: [],
          MasterZones: ['cn-hangzhou-i'],
          SlaveZones: ['cn-hangzhou-h', 'cn-hangzhou-i'],
        }),
        json({ Enabled: 'true' }),
      );
      await cloud.cen.describeCens({ cenId: 'cen-1' });
      expect(sent(0)).toMatchObject({
        'Filter.1.Key': 'CenId',
        'Filter.1.Value.1': 'cen-1',
      });
      await expect(
        cloud.cen.availableZones({ regionId: REGION }),
      ).resolves.toEqual(['cn-hangzhou-h', 'cn-hangzhou-i']);
      await expect(cloud.cen.checkTransitRouterService()).resolves.toBe(true);
    });

    it('attaches a VPC and links regions, with or without bandwidth', async () => {
      server.otherwise(json({ TransitRouterAttachmentId: 'tr-attach-1' }));
      await cloud.cen.createVpcAttachment({
        cenId: 'cen-1',
        regionId: REGION,
        transitRouterId: 'tr-1',
        vpcId: 'vpc-1',
        zoneMappings: [
          { zoneId: 'z-h', vSwitchId: 'vsw-1' },
          { zoneId: 'z-i', vSwitchId: 'vsw-2' },
        ],
        name: 'a',
        autoPublishRouteEnabled: true,
        clientToken: 't',
      });
      expect(sent(0)).toMatchObject({
        'ZoneMappings.2.ZoneId': 'z-i',
        'ZoneMappings.2.VSwitchId': 'vsw-2',
        AutoPublishRouteEnabled: 'true',
        ChargeType: 'POSTPAY',
      });
      const link = {
        cenId: 'cen-1',
        regionId: REGION,
        transitRouterId: 'tr-1',
        peerTransitRouterId: 'tr-2',
        peerTransitRouterRegionId: 'cn-shanghai',
        name: 'l',
        bandwidthType: 'DataTransfer' as const,
        autoPublishRouteEnabled: true,
        clientToken: 't',
      };
      await cloud.cen.createPeerAttachment(link);
      await cloud.cen.createPeerAttachment({ ...link, bandwidth: 100 });
      expect(Object.keys(sent(1))).not.toContain('Bandwidth');
      expect(sent(2)).toMatchObject({ Bandwidth: '100' });
    });
  });

  describe('ECS', () => {
    it("writes the guide's rule, and a rule that exists is no failure", async () => {
      server.next(json({}), missing('InvalidPermission.Duplicate', 400));
      const rule = {
        regionId: REGION,
        securityGroupId: 'sg-1',
        sourceCidrIp: '10.1.0.0/16',
      };
      await cloud.ecs.authorizeIngress(rule);
      await cloud.ecs.authorizeIngress(rule);
      expect(sent(0)).toMatchObject({
        'Permissions.1.IpProtocol': 'ALL',
        'Permissions.1.PortRange': '-1/-1',
        'Permissions.1.SourceCidrIp': '10.1.0.0/16',
        'Permissions.1.Policy': 'accept',
        'Permissions.1.Priority': '1',
        'Permissions.1.NicType': 'intranet',
      });
    });

    it('reads tags in the spelling of ECS', async () => {
      server.next(
        json({
          SecurityGroups: {
            SecurityGroup: [
              {
                SecurityGroupId: 'sg-1',
                Tags: { Tag: [{ TagKey: 'a', TagValue: 'b' }] },
              },
            ],
          },
        }),
      );
      await expect(
        cloud.ecs.describeSecurityGroups({ regionId: REGION }),
      ).resolves.toMatchObject([{ securityGroupId: 'sg-1', tags: { a: 'b' } }]);
    });
  });

  describe('ACK', () => {
    it('asks for a cluster in the words of the API', async () => {
      server.next(json({ cluster_id: 'c1', task_id: 'T-1' }, 202));
      await cloud.ack.createCluster({
        name: 'demo-hangzhou',
        regionId: REGION,
        clusterSpec: 'ack.pro.small',
        vpcId: 'vpc-1',
        vSwitchIds: ['vsw-1'],
        networkPlugin: 'flannel',
        containerCidr: '10.0.0.0/16',
        serviceCidr: '172.16.0.0/16',
        endpointPublicAccess: false,
        snatEntry: true,
        instanceTypes: ['ecs.g7.xlarge'],
        nodes: 2,
        tags: { 'mesh-dr:environment': 'demo' },
      });
      expect(server.requests[0].url).toBe('/clusters');
      expect(JSON.parse(server.requests[0].body)).toMatchObject({
        cluster_type: 'ManagedKubernetes',
        region_id: REGION,
        vpcid: 'vpc-1',
        vswitch_ids: ['vsw-1'],
        container_cidr: '10.0.0.0/16',
        node_cidr_mask: '26',
        endpoint_public_access: false,
        snat_entry: true,
        tags: [{ key: 'mesh-dr:environment', value: 'demo' }],
        nodepools: [{ scaling_group: { desired_size: 2 } }],
      });
    });

    it('reads what is hidden in JSON strings', async () => {
      server.next(
        json({
          cluster_id: 'c1',
          master_url:
            '{"api_server_endpoint":"https://47.1.2.3:6443","intranet_api_server_endpoint":"https://20.0.0.9:6443"}',
          meta_data: '{"Addons":[{"name":"terway-eniip"}]}',
          parameters: { ServiceCIDR: '172.16.0.0/16' },
          subnet_cidr: '10.0.0.0/16',
          vswitch_id: 'vsw-1,vsw-2',
          tags: [{ key: 'a', value: 'b' }],
        }),
      );
      await expect(
        cloud.ack.describeCluster({ regionId: REGION, clusterId: 'c1' }),
      ).resolves.toMatchObject({
        apiServerEndpoint: 'https://47.1.2.3:6443',
        intranetApiServerEndpoint: 'https://20.0.0.9:6443',
        networkPlugin: 'terway',
        serviceCidr: '172.16.0.0/16',
        containerCidr: '10.0.0.0/16',
        vSwitchIds: ['vsw-1', 'vsw-2'],
        tags: { a: 'b' },
      });
    });

    it.each(['', 'not json', undefined, '[]'])(
      'does without meta data %p',
      async text => {
        server.next(
          json({ cluster_id: 'c1', meta_data: text, master_url: text }),
        );
        const cluster = await cloud.ack.describeCluster({
          regionId: REGION,
          clusterId: 'c1',
        });
        expect(cluster).toMatchObject({ clusterId: 'c1' });
        expect(cluster?.networkPlugin).toBeUndefined();
        expect(cluster?.apiServerEndpoint).toBeUndefined();
      },
    );

    it('tells a cluster that does not exist from one that cannot be read', async () => {
      server.next(
        json({ code: 'ErrorClusterNotFound', message: 'x' }, 404),
        json({ code: 'StatusForbidden', message: 'x' }, 403),
      );
      const place = { regionId: REGION, clusterId: 'c1' };
      await expect(cloud.ack.describeCluster(place)).resolves.toBeUndefined();
      await expect(cloud.ack.describeCluster(place)).rejects.toMatchObject({
        code: 'StatusForbidden',
      });
    });
  });

  describe('ASM', () => {
    it('writes lists as JSON text where the API wants it', async () => {
      server.otherwise(json({ ServiceMeshId: 'm1' }));
      await cloud.asm.createServiceMesh({
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
      await cloud.asm.updateLocality({
        serviceMeshId: 'm1',
        setting: {
          enabled: true,
          distribute: [
            { from: REGION, to: { [REGION]: 90, 'cn-shanghai': 10 } },
          ],
        },
      });
      expect(sent(1)).toMatchObject({
        LocalityLoadBalancing: 'true',
        LocalityLBConf:
          '{"distribute":[{"from":"cn-hangzhou","to":{"cn-hangzhou":90,"cn-shanghai":10}}]}',
      });
      await cloud.asm.updateLocality({
        serviceMeshId: 'm1',
        setting: { enabled: false },
      });
      expect(sent(2).LocalityLoadBalancing).toBe('false');
      expect(Object.keys(sent(2))).not.toContain('LocalityLBConf');
    });

    it('does not take the answer Code 200 of a join for a failure', async () => {
      server.next(json({ Code: '200', Message: 'success', RequestId: 'r' }));
      await expect(
        cloud.asm.addCluster({ serviceMeshId: 'm', clusterId: 'c' }),
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
      server.next(
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
        cloud.asm.describeServiceMesh({ serviceMeshId: 'm1' }),
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
      server.next(missing('ServiceMesh.NotFound', 403));
      await expect(
        cloud.asm.describeServiceMesh({ serviceMeshId: 'm1' }),
      ).resolves.toBeUndefined();
    });

    it('asks the list when a mesh is refused, which may mean that it is gone', async () => {
      const refusal = missing('StatusForbidden', 403);
      const listed = (ServiceMeshId: string) =>
        json({ ServiceMeshes: [{ ServiceMeshInfo: { ServiceMeshId } }] });
      const describe = () =>
        cloud.asm.describeServiceMesh({ serviceMeshId: 'm1' });
      server.next(refusal, listed('m2'));
      await expect(describe()).resolves.toBeUndefined();
      server.next(refusal, listed('m1'));
      await expect(describe()).rejects.toThrow(/StatusForbidden/);
      server.next(refusal, refusal);
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
      server.next(json({ Clusters: [{ ClusterId: 'c1', State }] }));
      await expect(
        cloud.asm.describeMembers({ serviceMeshId: 'm1' }),
      ).resolves.toMatchObject([{ clusterId: 'c1', state }]);
    });
  });

  it('tells who calls', async () => {
    server.next(
      json(
        '{"AccountId":1250123456123456789,"Arn":"a","IdentityType":"RAMUser"}',
      ),
    );
    await expect(cloud.sts.getCallerIdentity()).resolves.toEqual({
      accountId: '1250123456123456789',
      arn: 'a',
      identityType: 'RAMUser',
    });
  });
});
