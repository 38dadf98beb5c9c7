import type { VpcPlan } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { lookupTags } from '../tags';
import type { Resource } from '../types';
import { keys, pickOwned, type VpcOutputs } from './common';

/** A VPC of the plan with its system route table: made, or adopted when the plan gives its id. */
export function vpcResource(plan: VpcPlan): Resource {
  const key = keys.vpc(plan.name);
  const { region: regionId } = plan;
  return {
    key,
    kind: 'vpc',
    dependencies: [],
    title: `VPC ${plan.name} (${plan.cidr}) in ${regionId}`,
    desired: { name: plan.name, region: regionId, cidr: plan.cidr },
    async find(ctx, id) {
      const wanted = id ?? plan.vpcId;
      const found = await ctx.cloud.vpc.describeVpcs(
        wanted
          ? { regionId, vpcId: wanted }
          : { regionId, tags: lookupTags(ctx.spec.name, key) },
        ctx.call,
      );
      const vpc = wanted
        ? found.find(item => item.vpcId === wanted)
        : pickOwned(ctx, key, found, item => item.vpcId);
      if (!vpc) return undefined;
      if (vpc.status !== 'Available') {
        return {
          id: vpc.vpcId,
          state: 'pending',
          status: vpc.status,
          outputs: {},
        };
      }
      const tables = await ctx.cloud.vpc.describeRouteTables(
        { regionId, vpcId: vpc.vpcId },
        ctx.call,
      );
      const system = tables.find(table => table.routeTableType === 'System');
      const outputs: VpcOutputs = {
        vpcId: vpc.vpcId,
        routeTableId: system?.routeTableId ?? '',
      };
      return {
        id: vpc.vpcId,
        state: system ? 'ready' : 'pending',
        status: vpc.status,
        adopted: plan.vpcId !== undefined,
        mismatch:
          vpc.cidrBlock === plan.cidr
            ? undefined
            : `its CIDR is ${vpc.cidrBlock} while the plan says ${plan.cidr}. A VPC's CIDR cannot be changed: correct the plan, or let the run replace it.`,
        outputs,
      };
    },
    create: plan.vpcId
      ? undefined
      : async (ctx, clientToken) => {
          const { vpcId } = await ctx.cloud.vpc.createVpc(
            {
              regionId,
              cidrBlock: plan.cidr,
              vpcName: plan.name,
              clientToken,
              tags: ctx.tags(key),
            },
            ctx.call,
          );
          return vpcId;
        },
  };
}
