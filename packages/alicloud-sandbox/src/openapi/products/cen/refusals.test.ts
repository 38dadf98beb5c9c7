import {
  Account,
  account,
  failure,
  runAt,
  until,
} from '../../../__testUtils__/account';
import {
  Connection,
  Sites,
  connect,
  makeSites,
} from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';

jest.setTimeout(30_000);

describe('what CEN refuses', () => {
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
    await runAt(sandbox, 1);
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
    await runAt(sandbox, 2000);
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
