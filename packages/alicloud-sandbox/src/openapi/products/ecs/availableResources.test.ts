import { Account, account, failure } from '../../../__testUtils__/account';
import { conformingClient } from '../../../__testUtils__/wire';
import { Sandbox, startSandbox } from '../../../sandbox';
import { REGIONS, zonesOf } from '../../../network/regions';
import { ecsContracts } from '../../contracts';
import { stockOf } from './stock';

const REGION = { RegionId: 'cn-hangzhou' };
const TYPES = { ...REGION, DestinationResource: 'InstanceType' };

/** Only disks have sizes. */
const SIZES = ['Max', 'Min', 'Unit'].map(
  key =>
    `AvailableZones.AvailableZone[].AvailableResources.AvailableResource[].SupportedResources.SupportedResource[].${key}`,
);

describe('the stock of instance types', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  beforeAll(async () => {
    sandbox = await startSandbox({ gatewayPort: 0 });
    cloud = account(sandbox);
  });
  afterAll(() => sandbox.stop());

  const zonesIn = async (more: object): Promise<any[]> => {
    const { AvailableZones } = await cloud.ecs('DescribeAvailableResource', {
      ...TYPES,
      ...more,
    });
    return AvailableZones.AvailableZone;
  };
  const offered = (zone: any): any[] =>
    zone.AvailableResources.AvailableResource[0].SupportedResources
      .SupportedResource;

  it('always has the common worker types, and lacks some others somewhere', () => {
    const zones = [...REGIONS.values()].flatMap(zonesOf);
    const all = new Set(
      zones.flatMap(zone => stockOf(zone).map(item => item.instanceType)),
    );
    for (const zone of zones) {
      const buyable = stockOf(zone)
        .filter(({ inStock }) => inStock)
        .map(({ instanceType }) => instanceType);
      for (const family of ['g7', 'c7', 'r7']) {
        for (const size of ['xlarge', '2xlarge', '4xlarge']) {
          expect(buyable).toContain(`ecs.${family}.${size}`);
        }
      }
    }
    expect(zones.some(zone => stockOf(zone).some(t => !t.inStock))).toBe(true);
    expect(zones.some(zone => stockOf(zone).length < all.size)).toBe(true);
  });

  it('is told by zone, as documented', async () => {
    const { call } = conformingClient(sandbox, {
      version: '2014-05-26',
      contracts: ecsContracts,
      allowances: { DescribeAvailableResource: { optional: SIZES } },
    });
    const answer = await call('DescribeAvailableResource', TYPES);
    const zones: any[] = answer.AvailableZones.AvailableZone;
    expect(zones.map(({ ZoneId }) => ZoneId)).toEqual(
      zonesOf(REGIONS.get('cn-hangzhou')!),
    );
    for (const zone of zones) {
      expect(offered(zone)).toEqual(
        stockOf(zone.ZoneId).map(({ instanceType, inStock }) => ({
          Value: instanceType,
          Status: inStock ? 'Available' : 'SoldOut',
          StatusCategory: inStock ? 'WithStock' : 'WithoutStock',
        })),
      );
    }
  });

  it('can be narrowed by zone, type and size', async () => {
    const narrowed = await zonesIn({
      ZoneId: 'cn-hangzhou-h',
      InstanceType: 'ecs.g7.xlarge',
      IoOptimized: 'optimized',
    });
    expect(narrowed).toHaveLength(1);
    expect(narrowed[0]).toMatchObject({ Status: 'Available' });
    expect(offered(narrowed[0]).map(({ Value }) => Value)).toEqual([
      'ecs.g7.xlarge',
    ]);
    const [sized] = await zonesIn({ Cores: 4, Memory: 32 });
    expect(offered(sized).map(({ Value }) => Value)).toContain('ecs.r7.xlarge');
    expect(offered(sized).map(({ Value }) => Value)).not.toContain(
      'ecs.g7.xlarge',
    );
    expect(await zonesIn({ InstanceType: 'ecs.none.xlarge' })).toEqual([]);
    const [disks] = await zonesIn({
      DestinationResource: 'SystemDisk',
      InstanceType: 'ecs.g7.xlarge',
    });
    expect(offered(disks)).toContainEqual(
      expect.objectContaining({ Value: 'cloud_essd', Min: 20, Unit: 'GiB' }),
    );
  });

  it.each([
    [{ ZoneId: 'cn-hangzhou-z' }, 'InvalidZoneId.NotFound'],
    [{ DestinationResource: 'Galaxy' }, 'InvalidParameter'],
    [{ DestinationResource: 'SystemDisk' }, 'MissingParameter'],
    [{ IoOptimized: 'very' }, 'InvalidParameter'],
  ])('refuses %j', async (more, code) => {
    expect(
      (
        await failure(
          cloud.ecs('DescribeAvailableResource', { ...TYPES, ...more }),
        )
      ).code,
    ).toMatch(new RegExp(`^${code}`));
  });
});
