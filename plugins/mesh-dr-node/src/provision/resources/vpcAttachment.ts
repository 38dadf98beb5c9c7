import { InputError } from '@backstage/errors';
import type { VpcPlan } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { carriesEnvironment } from '../tags';
import type { Resource } from '../types';
import {
  keys,
  type AttachmentOutputs,
  type CenOutputs,
  type TransitRouterOutputs,
  type VpcOutputs,
  type VSwitchOutputs,
} from './common';

/**
 * Attaches a VPC to its region's transit router. Routes are published into the VPC's route table automatically: the
 * console's three default routes cover RFC 1918 only and would miss the guide's 20.0.0.0/8 and 21.0.0.0/8.
 */
export function vpcAttachmentResource(vpc: VpcPlan): Resource {
  const key = keys.vpcAttachment(vpc.name);
  const { region: regionId } = vpc;
  const vswitchKeys = vpc.vswitches.map(vswitch =>
    keys.vswitch(vpc.name, vswitch.name),
  );
  return {
    key,
    kind: 'vpc-attachment',
    dependencies: [
      keys.transitRouter(regionId),
      keys.vpc(vpc.name),
      keys.cen(),
      ...vswitchKeys,
    ],
    title: `attachment of VPC ${vpc.name} to the transit router in ${regionId}`,
    desired: { vpc: vpc.name, region: regionId },
    async find(ctx, id) {
      const { vpcId } = ctx.outputs<VpcOutputs>(keys.vpc(vpc.name));
      const { cenId } = ctx.outputs<CenOutputs>(keys.cen());
      const found = await ctx.cloud.cen.listVpcAttachments(
        id
          ? { cenId, regionId, transitRouterAttachmentId: id }
          : { cenId, regionId, vpcId },
        ctx.call,
      );
      const attachment = found.find(
        item =>
          item.vpcId === vpcId &&
          item.status !== 'Detached' &&
          (!id || item.transitRouterAttachmentId === id),
      );
      if (!attachment) return undefined;
      const { transitRouterAttachmentId, status } = attachment;
      const outputs: AttachmentOutputs = {
        attachmentId: transitRouterAttachmentId,
      };
      let state: 'ready' | 'pending' | 'deleting' = 'pending';
      if (status === 'Attached') state = 'ready';
      if (status === 'Detaching') state = 'deleting';
      const own = !!id || carriesEnvironment(attachment.tags, ctx.spec.name);
      // Only a VPC that existed before can have been attached by somebody else.
      const adopted = !own && !!vpc.vpcId && !!ctx.spec.cen.cenId;
      let mismatch: string | undefined;
      if (!own && !adopted) {
        mismatch = `it does not carry the tag of environment ${ctx.spec.name}: someone else made it. Tag it, or remove it.`;
      } else if (!attachment.autoPublishRouteEnabled) {
        mismatch =
          'it does not publish routes into the VPC automatically. Switch "advertise routes to VPC" on in the CEN console, or remove the attachment and run again.';
      }
      return {
        id: transitRouterAttachmentId,
        state,
        status,
        adopted,
        mismatch,
        outputs,
      };
    },
    async create(ctx, clientToken) {
      const { vpcId } = ctx.outputs<VpcOutputs>(keys.vpc(vpc.name));
      const { cenId } = ctx.outputs<CenOutputs>(keys.cen());
      const { transitRouterId } = ctx.outputs<TransitRouterOutputs>(
        keys.transitRouter(regionId),
      );
      const zones = await ctx.cloud.cen.availableZones({ regionId }, ctx.call);
      const byZone = new Map<string, string>();
      for (const vswitchKey of vswitchKeys) {
        const { vSwitchId, zoneId } = ctx.outputs<VSwitchOutputs>(vswitchKey);
        if (zones.includes(zoneId) && !byZone.has(zoneId)) {
          byZone.set(zoneId, vSwitchId);
        }
      }
      if (!byZone.size) {
        throw new InputError(
          `No vSwitch of VPC ${
            vpc.name
          } lies in a zone that the transit router in ${regionId} supports (${zones.join(
            ', ',
          )}). Add a vSwitch in one of these zones to the plan.`,
        );
      }
      const { transitRouterAttachmentId } =
        await ctx.cloud.cen.createVpcAttachment(
          {
            cenId,
            regionId,
            transitRouterId,
            vpcId,
            zoneMappings: [...byZone].map(([zoneId, vSwitchId]) => ({
              zoneId,
              vSwitchId,
            })),
            name: vpc.name,
            autoPublishRouteEnabled: true,
            clientToken,
            tags: ctx.tags(key),
          },
          ctx.call,
        );
      return transitRouterAttachmentId;
    },
  };
}
