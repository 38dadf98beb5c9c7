import type {
  ClusterPlan,
  VpcPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Alicloud, CallOptions, ZoneStock } from '../alicloud/types';
import { keys } from './resources/common';
import type { EnvironmentSpec } from './spec';
import { carriesEnvironment, lookupTags } from './tags';

/** How many types a refusal suggests. */
const SUGGESTIONS = 8;

/** The answer of a look at the stock; undefined when the cloud does not tell: the key may lack the permission. */
async function orUnknown<T>(
  look: Promise<T>,
  call: CallOptions,
): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    call.signal?.throwIfAborted();
    if ((error as Error).name !== 'AlicloudError') throw error;
    return undefined;
  }
}

/**
 * The zones of a region where at least one of the instance types can be bought.
 *
 * @returns undefined when the cloud does not tell
 */
export async function zonesWithStock(
  cloud: Alicloud,
  p: { regionId: string; instanceTypes: string[] },
  call: CallOptions,
): Promise<string[] | undefined> {
  const looks = await Promise.all(
    p.instanceTypes.map(instanceType =>
      orUnknown(
        cloud.ecs.availableInstanceTypes(
          { regionId: p.regionId, instanceType },
          call,
        ),
        call,
      ),
    ),
  );
  if (looks.includes(undefined)) return undefined;
  const zones = (looks as ZoneStock[][])
    .flat()
    .filter(({ instanceTypes }) =>
      instanceTypes.some(type => p.instanceTypes.includes(type)),
    )
    .map(({ zoneId }) => zoneId);
  return [...new Set(zones)];
}

/** Zones of a VPC's vSwitches; those that are not made yet and leave it open may come to lie in any usable zone. */
async function zonesOfVpc(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  vpc: VpcPlan,
  usable: string[],
  call: CallOptions,
): Promise<string[]> {
  const { region: regionId } = vpc;
  const zones = await Promise.all(
    vpc.vswitches.map(async ({ name, zone, vSwitchId }) => {
      if (zone) return [zone];
      const found = await cloud.vpc.describeVSwitches(
        vSwitchId
          ? { regionId, vSwitchId }
          : {
              regionId,
              tags: lookupTags(spec.name, keys.vswitch(vpc.name, name)),
            },
        call,
      );
      return found.length ? found.map(({ zoneId }) => zoneId) : usable;
    }),
  );
  return [...new Set(zones.flat())].sort();
}

/** How far a type is from another: 0 of the same size and class (general, compute, memory), 3 in neither. */
function unlike(type: string, wanted: string): number {
  const parts = (of: string) => /^ecs\.([a-z]*)[^.]*\.(.*)$/.exec(of) ?? [];
  const [, family, size] = parts(type);
  const [, wantedFamily, wantedSize] = parts(wanted);
  return (size === wantedSize ? 0 : 2) + (family === wantedFamily ? 0 : 1);
}

/** What could be bought instead, the most alike first, as words; undefined when the cloud tells of nothing at all in these zones. */
async function alternatives(
  cloud: Alicloud,
  p: { regionId: string; zones: string[]; wanted: string },
  call: CallOptions,
): Promise<string | undefined> {
  const { regionId, zones, wanted } = p;
  const stock = await orUnknown(
    cloud.ecs.availableInstanceTypes({ regionId }, call),
    call,
  );
  const types = new Set(
    (stock ?? [])
      .filter(({ zoneId }) => zones.includes(zoneId))
      .flatMap(({ instanceTypes }) => instanceTypes),
  );
  if (!types.size) return undefined;
  return [...types]
    .sort((a, b) => unlike(a, wanted) - unlike(b, wanted) || (a < b ? -1 : 1))
    .slice(0, SUGGESTIONS)
    .join(', ');
}

/**
 * Checks that the worker nodes of a cluster that is not there yet can be bought in a zone of its vSwitches. What the
 * cloud does not tell is let through: ACK tells later.
 *
 * @param usable - the zones that may be chosen for vSwitches that leave theirs open
 * @returns the problem with field, value, zones and what is available there; undefined when there is none
 */
export async function stockProblem(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  cluster: ClusterPlan,
  usable: string[],
  call: CallOptions,
): Promise<string | undefined> {
  const { region: regionId, name } = cluster;
  const { instanceTypes } = spec.clusters;
  const vpc = spec.network.vpcs.find(item => item.name === cluster.vpc);
  // A VPC elsewhere is another check's finding.
  if (vpc?.region !== regionId) return undefined;
  const stocked = await zonesWithStock(
    cloud,
    { regionId, instanceTypes },
    call,
  );
  if (!stocked) return undefined;
  const zones = await zonesOfVpc(cloud, spec, vpc, usable, call);
  if (zones.some(zone => stocked.includes(zone))) return undefined;
  // Nodes that were bought already need no stock.
  const existing = await cloud.ack.describeClusters({ regionId, name }, call);
  if (
    existing.some(
      item => item.name === name && carriesEnvironment(item.tags, spec.name),
    )
  ) {
    return undefined;
  }
  const instead = await alternatives(
    cloud,
    { regionId, zones, wanted: instanceTypes[0] },
    call,
  );
  if (!instead) return undefined;
  const elsewhere = stocked.length
    ? `, or put a vSwitch of VPC ${vpc.name} into ${stocked.sort().join(', ')}`
    : '';
  return `clusters.instanceTypes = ${instanceTypes.join(
    ', ',
  )}: sold out or unknown in the zones of cluster ${name} (${zones.join(
    ', ',
  )}). Available there: ${instead}. Choose one of these${elsewhere}.`;
}
