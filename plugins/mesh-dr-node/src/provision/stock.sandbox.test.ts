import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import { AlicloudError } from '../alicloud/errors';
import type { Alicloud, EcsApi } from '../alicloud/types';
import { destroyEnvironment } from './destroy';
import { findEnvironment } from './find';
import { planEnvironment } from './plan';
import { preflightSpec } from './preflight';
import { provisionEnvironment } from './provision';
import { usableZones } from './resources/vswitch';
import { zonesWithStock } from './stock';
import { guideSpec, QUICK_PACE, startTestCloud } from './__testUtils__/sandbox';

const pace = QUICK_PACE;
const REGION = 'cn-hangzhou';

jest.setTimeout(60_000);

describe('worker nodes that may be sold out', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;
  /** A type that some usable zones of the region have and others do not. */
  let scarce: { type: string; here: string[]; missing: string[] };

  beforeAll(async () => {
    ({ sandbox, cloud } = await startTestCloud({ timeScale: 600 }));
    const usable = await usableZones({ cloud, call: {} }, REGION);
    const stock = (
      await cloud.ecs.availableInstanceTypes({ regionId: REGION })
    ).filter(({ zoneId }) => usable.includes(zoneId));
    const all = [...new Set(stock.flatMap(zone => zone.instanceTypes))];
    scarce = all
      .map(type => {
        const here = stock
          .filter(({ instanceTypes }) => instanceTypes.includes(type))
          .map(({ zoneId }) => zoneId);
        return {
          type,
          here,
          missing: usable.filter(zone => !here.includes(zone)),
        };
      })
      // Choosing the first usable zone blindly would be wrong.
      .find(({ missing }) => missing.includes(usable[0]))!;
  });
  afterAll(() => sandbox.stop());

  const specOf = (instanceTypes: string[], zone?: string) => {
    const spec = guideSpec({
      name: 'stock',
      clusters: { instanceTypes, nodes: 1 },
    });
    spec.network.clusters = spec.network.clusters.filter(
      cluster => cluster.region === REGION,
    );
    const [cluster] = spec.network.clusters;
    for (const vpc of spec.network.vpcs) {
      if (vpc.name === cluster.vpc) vpc.vswitches[0].zone = zone;
    }
    return spec;
  };
  const withEcs = (ecs: Partial<EcsApi>): Alicloud => ({
    ...cloud,
    ecs: { ...cloud.ecs, ...ecs },
  });

  it('are refused with the field, the value, the zones and what is there instead', async () => {
    const [zone] = scarce.missing;
    const refused = planEnvironment(cloud, specOf([scarce.type], zone));
    await expect(refused).rejects.toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(
          `clusters.instanceTypes = ${scarce.type}: sold out or unknown in the zones of cluster ack-hangzhou (${zone}). Available there: `,
        ),
      }),
    );
    const message = await refused.then(String, String);
    const offered = /Available there: (.+)\. Choose/.exec(message)![1];
    const [{ instanceTypes }] = await cloud.ecs.availableInstanceTypes({
      regionId: REGION,
      zoneId: zone,
    });
    expect(instanceTypes).toEqual(expect.arrayContaining(offered.split(', ')));
    for (const other of scarce.here) expect(message).toContain(other);
    await expect(
      planEnvironment(cloud, specOf(['ecs.g99.xlarge'])),
    ).rejects.toThrow(
      /clusters\.instanceTypes = ecs\.g99\.xlarge: .* Available there: ecs\.g\d\w*\.xlarge, .*Choose one of these\.$/,
    );
  });

  it('pass when one of the types, or one of the zones, has them', async () => {
    const [zone] = scarce.missing;
    await expect(
      preflightSpec(cloud, specOf([scarce.type, 'ecs.g7.xlarge'], zone), {}),
    ).resolves.toBeUndefined();
    await expect(
      preflightSpec(cloud, specOf([scarce.type], scarce.here[0]), {}),
    ).resolves.toBeUndefined();
    await expect(
      preflightSpec(cloud, specOf([scarce.type]), {}),
    ).resolves.toBeUndefined();
  });

  it('pass when the cloud does not tell', async () => {
    const denied = withEcs({
      availableInstanceTypes: async () => {
        throw new AlicloudError({
          product: 'ecs',
          operation: 'DescribeAvailableResource',
          code: 'Forbidden.RAM',
          detail: 'not authorized',
          statusCode: 403,
          kind: 'read',
        });
      },
    });
    const spec = specOf([scarce.type], scarce.missing[0]);
    await preflightSpec(denied, spec, {});
    const silent = withEcs({ availableInstanceTypes: async () => [] });
    await preflightSpec(silent, spec, {});
    const stock = { regionId: REGION, instanceTypes: [scarce.type] };
    expect(await zonesWithStock(denied, stock, {})).toBeUndefined();
    const broken = withEcs({
      availableInstanceTypes: async () => {
        throw new TypeError('a bug');
      },
    });
    await expect(preflightSpec(broken, spec, {})).rejects.toThrow('a bug');
  });

  it('draw their vSwitch into a zone that has them, and do not stop what runs when they sell out', async () => {
    const spec = specOf([scarce.type]);
    const first = await provisionEnvironment(cloud, spec, {
      pace,
      kinds: ['vpc', 'vswitch', 'cluster'],
    });
    expect(first.status).toBe('ready');
    const { vswitches, vpcs } = await findEnvironment(cloud, spec.name);
    const home = vpcs.find(({ vpcName }) => vpcName === 'vpc-hangzhou')!;
    const zones = vswitches
      .filter(({ vpcId }) => vpcId === home.vpcId)
      .map(({ zoneId }) => zoneId);
    expect(zones).toHaveLength(1);
    expect(scarce.here).toContain(zones[0]);

    const soldOut = withEcs({
      availableInstanceTypes: async (p, o) =>
        p.instanceType ? [] : cloud.ecs.availableInstanceTypes(p, o),
    });
    await preflightSpec(soldOut, spec, {});
    const other = { ...spec, name: 'late' };
    await expect(preflightSpec(soldOut, other, {})).rejects.toThrow(
      /clusters\.instanceTypes/,
    );
    await destroyEnvironment(cloud, spec.name, { pace });
  });
});
