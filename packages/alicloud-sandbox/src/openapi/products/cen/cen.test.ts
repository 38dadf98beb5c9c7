import { Account, account, until } from '../../../__testUtils__/account';
import {
  Connection,
  Sites,
  connect,
  makeSites,
} from '../../../__testUtils__/guide';
import { conformingClient } from '../../../__testUtils__/wire';
import { Sandbox, startSandbox } from '../../../sandbox';
import { cenContracts } from '../../contracts';

jest.setTimeout(30_000);

describe('CEN', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let sites: Sites;
  let network: Connection;
  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    cloud = account(sandbox);
    sites = await makeSites(cloud);
    network = await connect(cloud, sites, { bandwidth: 100 });
  });
  afterAll(() => sandbox.stop());

  it('serves every documented operation as documented', async () => {
    const { call, driven } = conformingClient(sandbox, {
      version: '2017-09-12',
      contracts: cenContracts,
    });
    await call('OpenTransitRouterService');
    await call('CheckTransitRouterService');
    await call('ListTransitRouterAvailableResource', {
      RegionId: 'cn-beijing',
    });
    const { CenId } = await call('CreateCen', {
      Name: 'second',
      Tag: [{ Key: 'env', Value: 'test' }],
    });
    await until('the CEN instance', async () => {
      const { Cens } = await call('DescribeCens', {
        Filter: [{ Key: 'CenId', Value: [CenId] }],
      });
      return Cens.Cen[0].Status === 'Active';
    });
    await call('ModifyCenAttribute', { CenId, Description: 'renamed' });
    const router = async (RegionId: string): Promise<string> => {
      const { TransitRouterId } = await call('CreateTransitRouter', {
        CenId,
        RegionId,
        TransitRouterCidrList: JSON.stringify([{ Cidr: '10.99.0.0/24' }]),
      });
      await until('the transit router', async () => {
        const { TransitRouters } = await call('ListTransitRouters', {
          TransitRouterId,
        });
        return TransitRouters[0].Status === 'Active';
      });
      return TransitRouterId;
    };
    const beijing = await router('cn-beijing');
    const frankfurt = await router('eu-central-1');
    const bandwidth = async (size: number): Promise<string> => {
      const { CenBandwidthPackageId } = await call(
        'CreateCenBandwidthPackage',
        {
          Bandwidth: size,
          GeographicRegionAId: 'China',
          GeographicRegionBId: 'Europe',
          Period: 1,
        },
      );
      return CenBandwidthPackageId;
    };
    const CenBandwidthPackageId = await bandwidth(10);
    await call('ModifyCenBandwidthPackageSpec', {
      CenBandwidthPackageId,
      Bandwidth: 20,
    });
    await call('AssociateCenBandwidthPackage', {
      CenBandwidthPackageId,
      CenId,
    });
    const { TransitRouterAttachmentId } = await call(
      'CreateTransitRouterPeerAttachment',
      {
        CenId,
        RegionId: 'cn-beijing',
        PeerTransitRouterId: frankfurt,
        CenBandwidthPackageId,
        Bandwidth: 5,
      },
    );
    await until('the link, seen from its far side', async () => {
      const { TransitRouterAttachments } = await call(
        'ListTransitRouterPeerAttachments',
        { TransitRouterAttachmentId, RegionId: 'eu-central-1' },
      );
      return TransitRouterAttachments[0].Status === 'Attached';
    });
    await call('UpdateTransitRouterPeerAttachmentAttribute', {
      TransitRouterAttachmentId,
      TransitRouterAttachmentName: 'far',
    });
    const ends = {
      CenId,
      LocalRegionId: 'eu-central-1',
      OppositeRegionId: 'cn-beijing',
    };
    await call('SetCenInterRegionBandwidthLimit', {
      ...ends,
      BandwidthLimit: 20,
    });
    const limits = await call('DescribeCenInterRegionBandwidthLimits', {
      CenId,
    });
    expect(
      limits.CenInterRegionBandwidthLimits.CenInterRegionBandwidthLimit,
    ).toEqual([
      expect.objectContaining({
        BandwidthLimit: 20,
        GeographicSpanId: 'china_europe',
      }),
    ]);
    const { CenBandwidthPackages } = await call(
      'DescribeCenBandwidthPackages',
      { Filter: [{ Key: 'CenId', Value: [CenId] }] },
    );
    expect(
      CenBandwidthPackages.CenBandwidthPackage[0]
        .OrginInterRegionBandwidthLimits.OrginInterRegionBandwidthLimit[0]
        .BandwidthLimit,
    ).toBe('20');
    const { TransitRouterRouteTables } = await call(
      'ListTransitRouterRouteTables',
      { TransitRouterId: beijing },
    );
    const table = {
      TransitRouterRouteTableId:
        TransitRouterRouteTables[0].TransitRouterRouteTableId,
    };
    const link = { TransitRouterAttachmentId, ...table };
    await call('AssociateTransitRouterAttachmentWithRouteTable', link);
    await call('EnableTransitRouterRouteTablePropagation', link);
    await until('the association', async () => {
      const { TransitRouterAssociations } = await call(
        'ListTransitRouterRouteTableAssociations',
        table,
      );
      return TransitRouterAssociations[0].Status === 'Active';
    });
    await until('the propagation', async () => {
      const { TransitRouterPropagations } = await call(
        'ListTransitRouterRouteTablePropagations',
        table,
      );
      return TransitRouterPropagations[0].Status === 'Active';
    });
    const { TransitRouterRouteEntryId } = await call(
      'CreateTransitRouterRouteEntry',
      {
        ...table,
        TransitRouterRouteEntryDestinationCidrBlock: '10.50.0.0/16',
        TransitRouterRouteEntryNextHopType: 'Attachment',
        TransitRouterRouteEntryNextHopId: TransitRouterAttachmentId,
      },
    );
    const { TransitRouterRouteEntries } = await call(
      'ListTransitRouterRouteEntries',
      table,
    );
    expect(TransitRouterRouteEntries).toEqual([
      expect.objectContaining({
        TransitRouterRouteEntryId,
        TransitRouterRouteEntryNextHopResourceId: frankfurt,
      }),
    ]);
    await call('DeleteTransitRouterRouteEntry', { TransitRouterRouteEntryId });
    await call('DisableTransitRouterRouteTablePropagation', link);
    await call('DissociateTransitRouterAttachmentFromRouteTable', link);
    await call('SetCenInterRegionBandwidthLimit', {
      ...ends,
      BandwidthLimit: 0,
    });
    await call('DeleteTransitRouterPeerAttachment', {
      TransitRouterAttachmentId,
      Force: true,
    });
    await until('the end of the link', async () => {
      const { TotalCount } = await call('ListTransitRouterPeerAttachments', {
        CenId,
      });
      return TotalCount === 0;
    });
    await call('UnassociateCenBandwidthPackage', {
      CenBandwidthPackageId,
      CenId,
    });
    await call('DeleteCenBandwidthPackage', { CenBandwidthPackageId });
    const { VpcId } = await cloud.vpc('CreateVpc', { RegionId: 'cn-beijing' });
    const zone = { ZoneId: 'cn-beijing-c' };
    const VSwitchId = await until('the vSwitch', () =>
      cloud
        .vpc('CreateVSwitch', {
          RegionId: 'cn-beijing',
          VpcId,
          CidrBlock: '172.16.0.0/24',
          ...zone,
        })
        .then(
          answer => answer.VSwitchId as string,
          error => {
            if (error.code !== 'IncorrectVpcStatus') throw error;
            return undefined;
          },
        ),
    );
    const attachment = await until('the VPC attachment', () =>
      call('CreateTransitRouterVpcAttachment', {
        CenId,
        VpcId,
        ZoneMappings: [{ ...zone, VSwitchId }],
        Tag: [{ Key: 'k', Value: 'v' }],
      }).then(
        answer => ({
          TransitRouterAttachmentId: answer.TransitRouterAttachmentId,
        }),
        error => {
          if (!`${error}`.includes('IncorrectStatus')) throw error;
          return undefined;
        },
      ),
    );
    await until('the attachment', async () => {
      const { TransitRouterAttachments } = await call(
        'ListTransitRouterVpcAttachments',
        attachment,
      );
      return TransitRouterAttachments[0].Status === 'Attached';
    });
    await call('UpdateTransitRouterVpcAttachmentAttribute', {
      ...attachment,
      AutoPublishRouteEnabled: true,
    });
    const { ChildInstances } = await call('DescribeCenAttachedChildInstances', {
      CenId,
    });
    expect(ChildInstances.ChildInstance).toHaveLength(1);
    await call('DeleteTransitRouterVpcAttachment', attachment);
    const tagged = { ResourceType: 'Cen', ResourceId: [CenId] };
    await call('TagResources', { ...tagged, Tag: [{ Key: 'k', Value: 'v' }] });
    await call('ListTagResources', tagged);
    await call('UntagResources', { ...tagged, All: true });
    await call('DeleteTransitRouter', { TransitRouterId: frankfurt });
    await until('the end of both routers', async () => {
      await call('DeleteTransitRouter', { TransitRouterId: beijing }).catch(
        error => {
          if (!/Status|ChildInstance|ParameterInstanceId/.test(`${error}`)) {
            throw error;
          }
        },
      );
      const { TotalCount } = await call('ListTransitRouters', { CenId });
      return TotalCount === 0;
    });
    await call('DeleteCen', { CenId });

    const child = {
      CenId: network.cenId,
      ChildInstanceId: sites.hangzhou.vpcId,
      ChildInstanceRegionId: 'cn-hangzhou',
      ChildInstanceType: 'VPC',
    };
    const { PublishedRouteEntries } = await call(
      'DescribePublishedRouteEntries',
      child,
    );
    expect(PublishedRouteEntries.PublishedRouteEntry).toEqual([
      expect.objectContaining({
        DestinationCidrBlock: '20.0.0.0/16',
        PublishStatus: 'Published',
      }),
    ]);
    const custom = {
      ...child,
      ChildInstanceRouteTableId: sites.hangzhou.routeTableId,
      DestinationCidrBlock: '0.0.0.0/0',
    };
    await cloud.vpc('CreateNatGateway', {
      RegionId: 'cn-hangzhou',
      VpcId: sites.hangzhou.vpcId,
      VSwitchId: sites.hangzhou.vSwitchId,
    });
    await until('the publication', () =>
      call('PublishRouteEntries', custom).then(
        () => true,
        error => {
          if (!`${error}`.includes('IncorrectStatus')) throw error;
          return false;
        },
      ),
    );
    await call('WithdrawPublishedRouteEntries', custom);
    expect([...driven].sort()).toEqual(Object.keys(cenContracts).sort());
  });
});
