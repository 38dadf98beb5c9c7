import {
  Account,
  account,
  failure,
  until,
} from '../../../__testUtils__/account';
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

  const refusal = async (action: string, parameters: object) => {
    const error = await failure(cloud.cen(action, { ...parameters }));
    return `${error.entry?.response.statusCode} ${error.code}`;
  };
  const route = (destination: string, more: object = {}) => ({
    TransitRouterRouteTableId: network.routers.hangzhou.table,
    TransitRouterRouteEntryDestinationCidrBlock: destination,
    TransitRouterRouteEntryNextHopType: 'BlackHole',
    ...more,
  });

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

  it('keeps an attachment that something uses, unless Force is set', async () => {
    const { hangzhou } = network.attachments;
    const attachment = { TransitRouterAttachmentId: hangzhou };
    const table = {
      TransitRouterRouteTableId: network.routers.hangzhou.table,
    };
    const remove = () =>
      refusal('DeleteTransitRouterVpcAttachment', attachment);
    const { TransitRouterRouteEntryId } = await cloud.cen(
      'CreateTransitRouterRouteEntry',
      route('10.60.0.0/16', {
        TransitRouterRouteEntryNextHopType: 'Attachment',
        TransitRouterRouteEntryNextHopId: hangzhou,
      }),
    );
    expect(await remove()).toBe(
      '400 OperationFailed.RouteTableAssociationExist',
    );
    expect(
      await refusal('AssociateTransitRouterAttachmentWithRouteTable', {
        ...attachment,
        ...table,
      }),
    ).toBe('400 AssociationExist.TransitRouterTable');
    await cloud.cen('DissociateTransitRouterAttachmentFromRouteTable', {
      ...attachment,
      ...table,
    });
    await until('the end of the association', async () =>
      (await remove()).endsWith('RouteTablePropagationExist'),
    );
    await cloud.cen('DisableTransitRouterRouteTablePropagation', {
      ...attachment,
      ...table,
    });
    await until('the end of the propagation', async () =>
      (await remove()).endsWith('OperationFailed.RouteEntryExist'),
    );
    await cloud.cen('DeleteTransitRouterVpcAttachment', {
      ...attachment,
      Force: true,
    });
    const { TransitRouterRouteEntries } = await cloud.cen(
      'ListTransitRouterRouteEntries',
      { ...table, TransitRouterRouteEntryIds: [TransitRouterRouteEntryId] },
    );
    expect(TransitRouterRouteEntries).toEqual([]);
    expect(
      await refusal('UpdateTransitRouterVpcAttachmentAttribute', attachment),
    ).toBe('400 IncorrectStatus.Attachment');
  });

  it.each([
    [{ VpcId: 'vpc-none' }, '404 InvalidVpcID.NotFound'],
    [{ TransitRouterId: 'tr-none' }, '400 InvalidTransitRouterId.NotFound'],
    [{ CenId: '' }, '400 MissingParam.CenIdOrRegionId'],
    [{ CenId: 'cen-none' }, '400 InvalidCenId.NotFound'],
    [{ RegionId: 'cn-beijing' }, '400 IllegalParam.RegionId'],
    [{ ChargeType: 'PREPAY' }, '400 IllegalParam.ChargeType'],
    [{}, '400 InstanceExist.VpcAttachment'],
  ])('refuses a VPC attachment with %j', async (change, expected) => {
    expect(
      await refusal('CreateTransitRouterVpcAttachment', {
        CenId: network.cenId,
        RegionId: 'cn-shanghai',
        VpcId: sites.shanghai.vpcId,
        ZoneMappings: [
          { ZoneId: 'cn-shanghai-b', VSwitchId: sites.shanghai.vSwitchId },
        ],
        ...change,
      }),
    ).toBe(expected);
  });

  it.each([
    [
      { PeerTransitRouterId: 'tr-none' },
      '400 InvalidPeerTransitRouterId.NotFound',
    ],
    [{ TransitRouterId: 'tr-none' }, '400 InvalidTransitRouterId.NotFound'],
    [{ RegionId: '' }, '400 MissingParam.CenIdOrRegionId'],
    [
      { PeerTransitRouterRegionId: 'cn-beijing' },
      '400 IllegalParam.PeerRegionId',
    ],
    [{}, '400 InstanceExist.PeerAttachment'],
  ])('refuses a link with %j', async (change, expected) => {
    expect(
      await refusal('CreateTransitRouterPeerAttachment', {
        RegionId: 'cn-shanghai',
        PeerTransitRouterId: network.routers.hangzhou.id,
        ...change,
      }),
    ).toBe(expected);
  });

  it('gives a link the bandwidth that it can have', async () => {
    const link = { TransitRouterAttachmentId: network.peer };
    const update = (change: object) =>
      refusal('UpdateTransitRouterPeerAttachmentAttribute', {
        ...link,
        ...change,
      });
    const packaged = { BandwidthType: 'BandwidthPackage' };
    expect(await update(packaged)).toBe(
      '400 InvalidOperation.BwpNotAssociated',
    );
    expect(await update({ ...packaged, DefaultLinkType: 'Platinum' })).toBe(
      '400 ParameterIllegal.BandwidthPackageDefaultLinkTypeOnlySupportGold',
    );
    expect(
      await update({ ...packaged, CenBandwidthPackageId: 'cenbwp-none' }),
    ).toBe('400 IllegalParam.CenBandwidthPackageId');
    const { CenBandwidthPackageId } = await cloud.cen(
      'CreateCenBandwidthPackage',
      {
        Bandwidth: 10,
        GeographicRegionAId: 'China',
        GeographicRegionBId: 'China',
      },
    );
    const item = { CenBandwidthPackageId, CenId: network.cenId };
    await cloud.cen('AssociateCenBandwidthPackage', item);
    expect(await update({ ...packaged, ...item })).toBe(
      '400 InvalidOperation.BwpBandwidthExceeded',
    );
    await cloud.cen('UpdateTransitRouterPeerAttachmentAttribute', {
      ...link,
      ...packaged,
      CenBandwidthPackageId,
      Bandwidth: 10,
    });
    expect(
      await refusal('ModifyCenBandwidthPackageSpec', { ...item, Bandwidth: 5 }),
    ).toBe('400 InvalidOperation.BwpBandwidthExceeded');
    expect(await refusal('UnassociateCenBandwidthPackage', item)).toBe(
      '400 InvalidOperation.CenBandwidthLimitsNotZero',
    );
    expect(await refusal('DeleteCenBandwidthPackage', item)).toBe(
      '409 InvalidOperation.BwpInstanceStatus',
    );
    await cloud.cen('UpdateTransitRouterPeerAttachmentAttribute', {
      ...link,
      BandwidthType: 'DataTransfer',
      Bandwidth: 1000,
    });
    await cloud.cen('UnassociateCenBandwidthPackage', item);
  });

  it.each([
    ['10.70.0.0/33', {}, 'IllegalParam.TransitRouterDestinationCidrBlock'],
    [
      '10.70.0.0/16',
      { TransitRouterRouteEntryNextHopType: 'Moon' },
      'IllegalParam.NextHopType',
    ],
    [
      '10.70.0.0/16',
      { TransitRouterRouteEntryNextHopId: 'tr-attach-x' },
      'ParamExclusive.NextHopTypeBlackHoleAndNextHopId',
    ],
    [
      '10.70.0.0/16',
      { TransitRouterRouteEntryNextHopType: 'Attachment' },
      'MissingParam.TransitRouterRouteEntryNextHopId',
    ],
    [
      '10.70.0.0/16',
      {
        TransitRouterRouteEntryNextHopType: 'Attachment',
        TransitRouterRouteEntryNextHopId: 'tr-attach-none',
      },
      'InvalidTransitRouterRouteEntryNextHopId.NotFound',
    ],
    [
      '10.70.0.0/16',
      { TransitRouterRouteTableId: 'vtb-none' },
      'InvalidTransitRouterRouteTableId.NotFound',
    ],
    ['10.70.0.0/16', { DryRun: true }, 'DryRunOperation'],
  ])('answers a route to %s with %j', async (destination, change, code) => {
    expect(
      await refusal(
        'CreateTransitRouterRouteEntry',
        route(destination, change),
      ),
    ).toBe(`400 ${code}`);
  });

  it('keeps one static route a block, found by its id or by what it says', async () => {
    await cloud.cen('CreateTransitRouterRouteEntry', route('10.80.0.0/16'));
    expect(
      await refusal('CreateTransitRouterRouteEntry', route('10.80.0.0/16')),
    ).toBe('400 InstanceExist.TransitRouterRouteEntry');
    const list = async (key: string, value: string): Promise<number> => {
      const { TotalCount } = await cloud.cen('ListTransitRouterRouteEntries', {
        TransitRouterRouteTableId: network.routers.hangzhou.table,
        RouteFilter: [{ Key: `TransitRouterRouteEntry${key}`, Value: [value] }],
      });
      return TotalCount;
    };
    expect(await list('DestinationCidrBlock', '10.80.0.0/16')).toBe(1);
    expect(await list('NextHopType', 'BlackHole')).toBe(1);
    await cloud.cen('DeleteTransitRouterRouteEntry', route('10.80.0.0/16'));
    expect(await list('DestinationCidrBlock', '10.80.0.0/16')).toBe(0);
  });

  it('publishes what a VPC has, for the VPC that is meant', async () => {
    const published = (change: object) =>
      refusal('PublishRouteEntries', {
        CenId: network.cenId,
        ChildInstanceId: sites.shanghai.vpcId,
        ChildInstanceRegionId: 'cn-shanghai',
        ChildInstanceType: 'VPC',
        ChildInstanceRouteTableId: sites.shanghai.routeTableId,
        DestinationCidrBlock: '10.1.0.0/26',
        ...change,
      });
    expect(await published({})).toBe('400 InvalidOperation.NotFoundRoute');
    expect(await published({ CenId: 'cen-none' })).toBe(
      '400 ParameterIllegal.CenInstanceId',
    );
    expect(await published({ ChildInstanceType: 'ECS' })).toBe(
      '400 ParameterIllegal.ChildInstanceType',
    );
    expect(await published({ ChildInstanceRegionId: 'cn-hangzhou' })).toBe(
      '400 ParameterIllegal.ChildInstanceRegionId',
    );
  });
});
