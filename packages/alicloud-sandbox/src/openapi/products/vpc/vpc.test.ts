import {
  Account,
  account,
  control,
  failure,
  until,
} from '../../../__testUtils__/account';
import { Call, conformingClient } from '../../../__testUtils__/wire';
import { Sandbox, startSandbox } from '../../../sandbox';
import { vpcContracts } from '../../contracts';

const HANGZHOU = { RegionId: 'cn-hangzhou' };
const SHANGHAI = { RegionId: 'cn-shanghai' };

jest.setTimeout(30_000);

describe('VPC', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    cloud = account(sandbox);
  });
  beforeEach(() => control(sandbox, '/reset', 'POST'));
  afterAll(() => sandbox.stop());

  const vSwitch = async (
    call: Call,
    VpcId: string,
    CidrBlock: string,
    region = HANGZHOU,
  ): Promise<string> => {
    const { VSwitchId } = await call('CreateVSwitch', {
      ...region,
      VpcId,
      CidrBlock,
      ZoneId: `${region.RegionId}-b`,
      Tag: [{ Key: 'env', Value: 'test' }],
    });
    await until('the vSwitch', async () => {
      const { Status } = await call('DescribeVSwitchAttributes', {
        ...region,
        VSwitchId,
      });
      return Status === 'Available';
    });
    return VSwitchId;
  };

  /** A VPC and a vSwitch that are ready. */
  const network = async (call: Call, region = HANGZHOU) => {
    const { VpcId, RouteTableId } = await call('CreateVpc', {
      ...region,
      CidrBlock: '10.0.0.0/16',
      VpcName: 'shop',
      Tag: [{ Key: 'env', Value: 'test' }],
    });
    await until('the VPC', async () => {
      const { Status } = await call('DescribeVpcAttribute', {
        ...region,
        VpcId,
      });
      return Status === 'Available';
    });
    const VSwitchId = await vSwitch(call, VpcId, '10.0.0.0/24', region);
    return { VpcId, RouteTableId, VSwitchId };
  };

  const natGateway = async (call: Call, VpcId: string, VSwitchId: string) => {
    const { NatGatewayId } = await call('CreateNatGateway', {
      ...HANGZHOU,
      VpcId,
      VSwitchId,
      Name: 'out',
    });
    await until('the NAT gateway', async () => {
      const { NatGateways } = await call('DescribeNatGateways', {
        ...HANGZHOU,
        NatGatewayId,
      });
      return NatGateways.NatGateway[0].Status === 'Available';
    });
    return NatGatewayId;
  };

  it('serves every documented operation as documented', async () => {
    const { call, driven } = conformingClient(sandbox, {
      version: '2016-04-28',
      contracts: vpcContracts,
      // Answered for subscriptions only.
      allowances: { AllocateEipAddress: { optional: ['OrderId'] } },
    });
    await call('DescribeRegions', { AcceptLanguage: 'en-US' });
    await call('DescribeZones', HANGZHOU);
    const { VpcId, RouteTableId, VSwitchId } = await network(call);
    await call('ModifyVpcAttribute', {
      ...HANGZHOU,
      VpcId,
      VpcName: 'renamed',
    });
    await call('ModifyVSwitchAttribute', { VSwitchId, VSwitchName: 'front' });
    const { Vpcs } = await call('DescribeVpcs', { ...HANGZHOU, VpcId });
    expect(Vpcs.Vpc).toEqual([expect.objectContaining({ VpcName: 'renamed' })]);
    const { VSwitches } = await call('DescribeVSwitches', { VpcId });
    expect(VSwitches.VSwitch[0]).toMatchObject({
      VSwitchName: 'front',
      AvailableIpAddressCount: 252,
    });
    const { AllocationId } = await call('AllocateEipAddress', {
      ...HANGZHOU,
      Name: 'entry',
      Bandwidth: '10',
    });
    const { EipAddresses } = await call('DescribeEipAddresses', HANGZHOU);
    expect(EipAddresses.EipAddress).toEqual([
      expect.objectContaining({
        AllocationId,
        Status: 'Available',
        Bandwidth: '10',
      }),
    ]);
    const NatGatewayId = await natGateway(call, VpcId, VSwitchId);
    const table = { ...HANGZHOU, RouteTableId };
    const { RouteEntryId } = await until('the route', () =>
      call('CreateRouteEntry', {
        ...table,
        DestinationCidrBlock: '172.16.0.0/12',
        NextHopType: 'NatGateway',
        NextHopId: NatGatewayId,
      }).catch(error => {
        if (!`${error}`.includes('IncorrectRouteEntryStatus')) throw error;
      }),
    );
    const { RouteEntrys } = await call('DescribeRouteEntryList', table);
    expect(
      RouteEntrys.RouteEntry.map((row: any) => row.DestinationCidrBlock),
    ).toEqual(['10.0.0.0/24', '100.64.0.0/10', '0.0.0.0/0', '172.16.0.0/12']);
    await call('DeleteRouteEntry', { ...HANGZHOU, RouteEntryId });
    await call('DescribeRouteTableList', { ...HANGZHOU, VpcId });
    const tagged = { ...HANGZHOU, ResourceType: 'VPC', ResourceId: [VpcId] };
    await call('TagResources', { ...tagged, Tag: [{ Key: 'k', Value: 'v' }] });
    const { TagResources } = await call('ListTagResources', tagged);
    expect(TagResources.TagResource).toHaveLength(2);
    await call('UnTagResources', { ...tagged, TagKey: ['k'] });
    await call('DeleteNatGateway', { ...HANGZHOU, NatGatewayId });
    await until('the end of the NAT gateway', async () => {
      const { TotalCount } = await call('DescribeNatGateways', HANGZHOU);
      return TotalCount === 0;
    });
    await call('ReleaseEipAddress', { AllocationId });
    await call('DeleteVSwitch', { VSwitchId });
    await call('DeleteVpc', { VpcId });
    expect([...driven].sort()).toEqual(Object.keys(vpcContracts).sort());
  });

  it('lets nothing go that something depends on', async () => {
    const { VpcId, RouteTableId, VSwitchId } = await network(cloud.vpc);
    const code = async (action: string, parameters: object) =>
      (await failure(cloud.vpc(action, { ...HANGZHOU, ...parameters }))).code;
    expect(await code('DeleteVpc', { VpcId })).toBe(
      'DependencyViolation.VSwitch',
    );
    const NatGatewayId = await natGateway(cloud.vpc, VpcId, VSwitchId);
    expect(await code('DeleteVSwitch', { VSwitchId })).toBe(
      'DependencyViolation.EnhancedNatgw',
    );
    await cloud.vpc('DeleteNatGateway', { ...HANGZHOU, NatGatewayId });
    expect(await code('DeleteNatGateway', { NatGatewayId })).toBe(
      'IncorrectStatus.NATGW',
    );
    await until('the end of the NAT gateway', async () => {
      const { TotalCount } = await cloud.vpc('DescribeNatGateways', HANGZHOU);
      return TotalCount === 0;
    });
    const { RouteEntrys } = await cloud.vpc('DescribeRouteEntryList', {
      ...HANGZHOU,
      RouteTableId,
    });
    expect(
      RouteEntrys.RouteEntry.map((row: any) => row.DestinationCidrBlock),
    ).not.toContain('0.0.0.0/0');
    await cloud.vpc('DeleteVSwitch', { VSwitchId });
    await cloud.vpc('DeleteVpc', { VpcId });
  });

  it('knows a resource in its own region only', async () => {
    const { VpcId, RouteTableId, VSwitchId } = await network(cloud.vpc);
    const { AllocationId } = await cloud.vpc('AllocateEipAddress', HANGZHOU);
    const elsewhere = async (action: string, parameters: object) => {
      const error = await failure(
        cloud.vpc(action, { ...SHANGHAI, ...parameters }),
      );
      return `${error.entry?.response.statusCode} ${error.code}`;
    };
    const zone = { ZoneId: 'cn-shanghai-b', CidrBlock: '10.0.1.0/24' };
    expect(await elsewhere('DescribeVpcAttribute', { VpcId })).toBe(
      '404 InvalidVpcID.NotFound',
    );
    expect(await elsewhere('DeleteVpc', { VpcId })).toBe(
      '404 InvalidVpcId.NotFound',
    );
    expect(await elsewhere('CreateVSwitch', { VpcId, ...zone })).toBe(
      '404 InvalidVpcId.NotFound',
    );
    expect(await elsewhere('DescribeVSwitchAttributes', { VSwitchId })).toBe(
      '404 InvalidVSwitchId.NotFound',
    );
    expect(await elsewhere('ReleaseEipAddress', { AllocationId })).toBe(
      '404 InvalidAllocationId.NotFound',
    );
    expect(await elsewhere('DescribeRouteEntryList', { RouteTableId })).toBe(
      '404 InvalidRouteTableId.NotFound',
    );
    for (const action of ['DescribeVpcs', 'DescribeVSwitches']) {
      const { TotalCount } = await cloud.vpc(action, { ...SHANGHAI, VpcId });
      expect(TotalCount).toBe(0);
    }
  });

  it.each([
    [{ CidrBlock: '10.1.0.0/24' }, 'InvalidParameter'],
    [{ CidrBlock: '10.0.0.0/24' }, 'InvalidCidrBlock.Overlapped'],
    [{ CidrBlock: '10.0.1.0/30' }, 'InvalidCirdrBlock.MaskLength'],
    [{ CidrBlock: '10.0.1.1/24' }, 'InvalidCidrBlock.Malformed'],
    [{ ZoneId: 'cn-hangzhou-z' }, 'InvalidZoneId.NotFound'],
    [{ VpcId: 'vpc-none' }, 'InvalidVpcId.NotFound'],
    [{ VSwitchName: 'http://x' }, 'InvalidVSwitchName.Malformed'],
    [{ CidrBlock: '' }, 'MissingParameter'],
    [{ ZoneId: '' }, 'MissingZoneId'],
  ])('refuses a vSwitch with %j', async (change, code) => {
    const { VpcId } = await network(cloud.vpc);
    const refused = await failure(
      cloud.vpc('CreateVSwitch', {
        ...HANGZHOU,
        VpcId,
        CidrBlock: '10.0.1.0/24',
        ZoneId: 'cn-hangzhou-b',
        ...change,
      }),
    );
    expect(refused.code).toBe(code);
  });

  it.each([
    [{ DestinationCidrBlock: '10.0.0.0/24' }, /SameDestinationCidrBlock$/],
    [{ DestinationCidrBlock: '10.0.0.128/25' }, /^InvalidCidrBlock$/],
    [{ DestinationCidrBlock: '100.64.0.0/10' }, /^InvalidCidrBlock$/],
    [{ DestinationCidrBlock: 'x' }, /DestinationCidrBlock\.Malformed$/],
    [{ NextHopType: 'Moon' }, /^InvalidNextHopType$/],
    [{ NextHopId: 'ngw-none' }, /^InvalidNextHopId\.NotFound$/],
    [{ RouteTableId: 'vtb-none' }, /^InvalidRouteTableId\.NotFound$/],
    [{ NextHopList: [{ NextHopId: 'i-1' }] }, /^InvalidParameter$/],
    [{ DryRun: true }, /^DryRunOperation$/],
  ])('answers a route with %j', async (change, code) => {
    const { VpcId, VSwitchId, RouteTableId } = await network(cloud.vpc);
    const NextHopId = await natGateway(cloud.vpc, VpcId, VSwitchId);
    const refused = await until('an answer of another code', async () => {
      const error = await failure(
        cloud.vpc('CreateRouteEntry', {
          ...HANGZHOU,
          RouteTableId,
          DestinationCidrBlock: '10.9.0.0/16',
          NextHopType: 'NatGateway',
          NextHopId,
          ...change,
        }),
      );
      return error.code === 'IncorrectRouteEntryStatus' ? undefined : error;
    });
    expect(refused.code).toMatch(code);
  });

  it('holds to its quotas', async () => {
    for (let i = 0; i < 10; i++) await cloud.vpc('CreateVpc', SHANGHAI);
    const vpcs = await failure(cloud.vpc('CreateVpc', SHANGHAI));
    expect(vpcs.code).toBe('QuotaExceeded.Vpc');
    for (let i = 0; i < 20; i++) {
      await cloud.vpc('AllocateEipAddress', SHANGHAI);
    }
    const eips = await failure(cloud.vpc('AllocateEipAddress', SHANGHAI));
    expect(eips.code).toBe('QuotaExceeded.Eip');
    await cloud.vpc('AllocateEipAddress', HANGZHOU);
  });

  it.each([
    [{ Bandwidth: '0' }, 'InvalidParameter'],
    [
      { Bandwidth: '300', InternetChargeType: 'PayByTraffic' },
      'InvalidParameter',
    ],
    [{ InternetChargeType: 'Gratis' }, 'InvalidParameter'],
    [{ InstanceChargeType: 'PrePaid' }, 'MissingParameter'],
    [{ IpAddress: '8.8.8.8' }, 'ReserveIpFail'],
  ])('refuses an EIP with %j', async (change, code) => {
    const refused = await failure(
      cloud.vpc('AllocateEipAddress', { ...HANGZHOU, ...change }),
    );
    expect(refused.code).toBe(code);
  });
});
