import { json } from '../__testUtils__/scriptedServer';
import { missing, REGION, setUpProducts } from '../__testUtils__/products';

describe('wrappers of VPC, CEN and ECS', () => {
  const setup = setUpProducts();
  const { sent } = setup;

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
      setup.server.next(page(0, 50), page(50, 10));
      const found = await setup.cloud.vpc.describeVpcs({
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
      expect(setup.server.requests).toHaveLength(2);
      expect(sent(1)).toMatchObject({
        PageNumber: '2',
        PageSize: '50',
        'Tag.1.Key': 'mesh-dr:environment',
        'Tag.1.Value': 'demo',
      });

      setup.server.next(
        json({
          TotalCount: 1,
          TransitRouters: [{ TransitRouterId: 'tr-1', Tags: [] }],
        }),
      );
      await expect(
        setup.cloud.cen.listTransitRouters({ cenId: 'cen-1' }),
      ).resolves.toMatchObject([{ transitRouterId: 'tr-1', tags: {} }]);
    });

    it('reads which instance types are in stock, however it is wrapped', async () => {
      const type = (Value: string, more: object) => ({ Value, ...more });
      const resources = [
        type('ecs.r7.xlarge', { Status: 'Available' }),
        type('ecs.g7.xlarge', {
          Status: 'Available',
          StatusCategory: 'ClosedWithStock',
        }),
        type('ecs.g6.xlarge', { Status: 'SoldOut' }),
        type('ecs.c6.xlarge', {
          Status: 'Available',
          StatusCategory: 'WithoutStock',
        }),
      ];
      setup.server.next(
        json({
          AvailableZones: {
            AvailableZone: [
              {
                ZoneId: 'zone-a',
                Status: 'Available',
                AvailableResources: {
                  AvailableResource: [
                    { SupportedResources: { SupportedResource: resources } },
                  ],
                },
              },
              {
                ZoneId: 'zone-b',
                AvailableResources: [{ SupportedResources: resources }],
              },
              {
                ZoneId: 'zone-c',
                StatusCategory: 'ClosedWithoutStock',
                AvailableResources: [{ SupportedResources: resources }],
              },
              { ZoneId: 'zone-d' },
            ],
          },
        }),
        json({}),
      );
      const look = { regionId: REGION, instanceType: 'ecs.g7.xlarge' };
      const found = ['ecs.g7.xlarge', 'ecs.r7.xlarge'];
      expect(await setup.cloud.ecs.availableInstanceTypes(look)).toEqual([
        { zoneId: 'zone-a', instanceTypes: found },
        { zoneId: 'zone-b', instanceTypes: found },
        { zoneId: 'zone-c', instanceTypes: [] },
        { zoneId: 'zone-d', instanceTypes: [] },
      ]);
      expect(sent(0)).toMatchObject({
        DestinationResource: 'InstanceType',
        InstanceType: 'ecs.g7.xlarge',
      });
      expect(await setup.cloud.ecs.availableInstanceTypes(look)).toEqual([]);
    });

    it('follows tokens to the end', async () => {
      setup.server.next(
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
      const entries = await setup.cloud.vpc.describeRouteEntries({
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
  });

  describe('deleting', () => {
    it.each([
      [
        'InvalidVpcID.NotFound',
        () => setup.cloud.vpc.deleteVpc({ regionId: REGION, vpcId: 'x' }),
      ],
      [
        'ParameterCenInstanceId',
        () => setup.cloud.cen.deleteCen({ cenId: 'x' }),
      ],
      [
        'ParameterInstanceId',
        () => setup.cloud.cen.deleteTransitRouter({ transitRouterId: 'x' }),
      ],
    ])('takes %s for done', async (code, call) => {
      setup.server.next(missing(code, 400));
      await expect(call()).resolves.toBeUndefined();
    });

    it('tells what else is in the way', async () => {
      setup.server.next(missing('DependencyViolation.VSwitch', 400));
      await expect(
        setup.cloud.vpc.deleteVpc({ regionId: REGION, vpcId: 'vpc-1' }),
      ).rejects.toMatchObject({
        code: 'DependencyViolation.VSwitch',
        message: expect.stringContaining('vpc-1'),
      });
    });
  });

  describe('CEN', () => {
    it('filters instances and joins zones of both generations', async () => {
      setup.server.next(
        json({ TotalCount: 0, Cens: { Cen: [] } }),
        json({
          AvailableZones: [],
          MasterZones: ['cn-hangzhou-i'],
          SlaveZones: ['cn-hangzhou-h', 'cn-hangzhou-i'],
        }),
        json({ Enabled: 'true' }),
      );
      await setup.cloud.cen.describeCens({ cenId: 'cen-1' });
      expect(sent(0)).toMatchObject({
        'Filter.1.Key': 'CenId',
        'Filter.1.Value.1': 'cen-1',
      });
      await expect(
        setup.cloud.cen.availableZones({ regionId: REGION }),
      ).resolves.toEqual(['cn-hangzhou-h', 'cn-hangzhou-i']);
      await expect(setup.cloud.cen.checkTransitRouterService()).resolves.toBe(
        true,
      );
    });

    it('attaches a VPC and links regions, with or without bandwidth', async () => {
      setup.server.otherwise(
        json({ TransitRouterAttachmentId: 'tr-attach-1' }),
      );
      await setup.cloud.cen.createVpcAttachment({
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
      await setup.cloud.cen.createPeerAttachment(link);
      await setup.cloud.cen.createPeerAttachment({ ...link, bandwidth: 100 });
      expect(Object.keys(sent(1))).not.toContain('Bandwidth');
      expect(sent(2)).toMatchObject({ Bandwidth: '100' });
    });
  });

  describe('ECS', () => {
    it("writes the guide's rule, and a rule that exists is no failure", async () => {
      setup.server.next(json({}), missing('InvalidPermission.Duplicate', 400));
      const rule = {
        regionId: REGION,
        securityGroupId: 'sg-1',
        rules: [{ sourceCidrIp: '10.1.0.0/16' }],
      };
      await setup.cloud.ecs.authorizeIngress(rule);
      await setup.cloud.ecs.authorizeIngress(rule);
      expect(sent(0)).toMatchObject({
        'Permissions.1.IpProtocol': 'ALL',
        'Permissions.1.PortRange': '-1/-1',
        'Permissions.1.SourceCidrIp': '10.1.0.0/16',
        'Permissions.1.Policy': 'accept',
        'Permissions.1.Priority': '1',
        'Permissions.1.NicType': 'intranet',
      });
    });

    it('writes and revokes many rules with few calls, and none with none', async () => {
      setup.server.otherwise(json({}));
      const group = { regionId: REGION, securityGroupId: 'sg-1' };
      const rules = Array.from({ length: 150 }, (_, i) => ({
        sourceCidrIp: `10.${i}.0.0/16`,
        description: 'ours',
      }));
      await setup.cloud.ecs.authorizeIngress({ ...group, rules });
      await setup.cloud.ecs.revokeIngress({ ...group, rules });
      await setup.cloud.ecs.authorizeIngress({ ...group, rules: [] });
      expect(setup.server.requests).toHaveLength(4);
      expect(sent(0)).toMatchObject({
        'Permissions.1.SourceCidrIp': '10.0.0.0/16',
        'Permissions.100.SourceCidrIp': '10.99.0.0/16',
        'Permissions.100.Description': 'ours',
      });
      expect(sent(1)['Permissions.50.SourceCidrIp']).toBe('10.149.0.0/16');
      expect(sent(1)).not.toHaveProperty(['Permissions.51.SourceCidrIp']);
      expect(sent(3)['Permissions.50.SourceCidrIp']).toBe('10.149.0.0/16');
    });

    it('writes rules one by one when one of them exists already', async () => {
      setup.server.next(missing('InvalidPermission.Duplicate', 400));
      setup.server.next(missing('InvalidPermission.Duplicate', 400), json({}));
      await setup.cloud.ecs.authorizeIngress({
        regionId: REGION,
        securityGroupId: 'sg-1',
        rules: [
          { sourceCidrIp: '10.1.0.0/16' },
          { sourceCidrIp: '10.2.0.0/16' },
        ],
      });
      expect(setup.server.requests).toHaveLength(3);
      expect(sent(1)['Permissions.1.SourceCidrIp']).toBe('10.1.0.0/16');
      expect(sent(2)['Permissions.1.SourceCidrIp']).toBe('10.2.0.0/16');
    });

    it('reads tags in the spelling of ECS', async () => {
      setup.server.next(
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
        setup.cloud.ecs.describeSecurityGroups({ regionId: REGION }),
      ).resolves.toMatchObject([{ securityGroupId: 'sg-1', tags: { a: 'b' } }]);
    });
  });
});
