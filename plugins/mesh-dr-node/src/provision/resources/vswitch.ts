import { InputError } from '@backstage/errors';
import type {
  VpcPlan,
  VSwitchPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { zonesWithStock } from '../stock';
import { lookupTags } from '../tags';
import type { ProvisionContext, Resource } from '../types';
import {
  keys,
  pickOwned,
  type VpcOutputs,
  type VSwitchOutputs,
} from './common';

/**
 * Zones of a region in which a vSwitch can also carry a transit router's network interface, in the cloud's order.
 *
 * @throws InputError when the region has none
 */
export async function usableZones(
  ctx: Pick<ProvisionContext, 'cloud' | 'call'>,
  regionId: string,
): Promise<string[]> {
  const [zones, routerZones] = await Promise.all([
    ctx.cloud.vpc.describeZones({ regionId }, ctx.call),
    ctx.cloud.cen.availableZones({ regionId }, ctx.call),
  ]);
  const usable = zones
    .map(zone => zone.zoneId)
    .filter(zone => routerZones.includes(zone))
    .sort();
  if (!usable.length) {
    throw new InputError(
      `Region ${regionId} has no zone that supports transit routers (vSwitch zones: ${zones
        .map(zone => zone.zoneId)
        .join(', ')}; transit router zones: ${routerZones.join(
        ', ',
      )}). Choose another region.`,
    );
  }
  return usable;
}

/** Usable zones of a VPC's region; for a VPC with clusters those where worker nodes can be bought, if any is known. */
async function preferredZones(
  ctx: ProvisionContext,
  vpc: VpcPlan,
): Promise<string[]> {
  const { region: regionId } = vpc;
  const zones = await usableZones(ctx, regionId);
  const { network, clusters } = ctx.spec;
  if (!network.clusters.some(cluster => cluster.vpc === vpc.name)) return zones;
  const stocked = await zonesWithStock(
    ctx.cloud,
    { regionId, instanceTypes: clusters.instanceTypes },
    ctx.call,
  );
  const preferred = zones.filter(zone => stocked?.includes(zone));
  return preferred.length ? preferred : zones;
}

/** A vSwitch: adopted when the plan gives its id, else made in the plan's zone or the next usable one of its region. */
export function vswitchResource(
  vpc: VpcPlan,
  plan: VSwitchPlan,
  index: number,
): Resource {
  const key = keys.vswitch(vpc.name, plan.name);
  const { region: regionId } = vpc;
  return {
    key,
    kind: 'vswitch',
    dependencies: [keys.vpc(vpc.name)],
    title: `vSwitch ${plan.name} (${plan.cidr}) of ${vpc.name}`,
    desired: {
      name: plan.name,
      vpc: vpc.name,
      region: regionId,
      cidr: plan.cidr,
      zone: plan.zone ?? '',
    },
    async find(ctx, id) {
      const wanted = id ?? plan.vSwitchId;
      const found = await ctx.cloud.vpc.describeVSwitches(
        wanted
          ? { regionId, vSwitchId: wanted }
          : { regionId, tags: lookupTags(ctx.spec.name, key) },
        ctx.call,
      );
      const vswitch = wanted
        ? found.find(item => item.vSwitchId === wanted)
        : pickOwned(ctx, key, found, item => item.vSwitchId);
      if (!vswitch) return undefined;
      const outputs: VSwitchOutputs = {
        vSwitchId: vswitch.vSwitchId,
        zoneId: vswitch.zoneId,
      };
      const { vpcId } = ctx.outputs<VpcOutputs>(keys.vpc(vpc.name));
      let mismatch: string | undefined;
      if (vswitch.vpcId !== vpcId) {
        mismatch = `it lies in VPC ${vswitch.vpcId} instead of ${vpcId}, the VPC ${vpc.name} of the plan. A vSwitch cannot move: correct vSwitchId or vpcId.`;
      } else if (vswitch.cidrBlock !== plan.cidr) {
        mismatch = `its CIDR is ${vswitch.cidrBlock} while the plan says ${plan.cidr}. A vSwitch's CIDR cannot be changed: correct the plan, or let the run replace it.`;
      } else if (plan.zone && vswitch.zoneId !== plan.zone) {
        mismatch = `it lies in zone ${vswitch.zoneId} while the plan says ${plan.zone}. A vSwitch cannot move: correct the plan, or let the run replace it.`;
      }
      return {
        id: vswitch.vSwitchId,
        state: vswitch.status === 'Available' ? 'ready' : 'pending',
        status: vswitch.status,
        adopted: plan.vSwitchId !== undefined,
        mismatch,
        outputs,
      };
    },
    create: plan.vSwitchId
      ? undefined
      : async (ctx, clientToken) => {
          const { vpcId } = ctx.outputs<VpcOutputs>(keys.vpc(vpc.name));
          let zoneId = plan.zone;
          if (!zoneId) {
            const zones = await preferredZones(ctx, vpc);
            zoneId = zones[index % zones.length];
          }
          const { vSwitchId } = await ctx.cloud.vpc.createVSwitch(
            {
              regionId,
              vpcId,
              zoneId,
              cidrBlock: plan.cidr,
              vSwitchName: plan.name,
              clientToken,
              tags: ctx.tags(key),
            },
            ctx.call,
          );
          return vSwitchId;
        },
  };
}
