import type { VpcAttachment } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { End, Finding } from './findings';

/** What to do about an attachment in this state. */
export const untilAttached = (status: string) =>
  /^(attaching|creating|modifying|updating)$/i.test(status)
    ? 'Wait until it is Attached.'
    : 'Create it again when it is gone.';

/** An end whose VPC is not, or not yet, on a transit router. */
export function unattached(
  attachments: VpcAttachment[],
  { cluster }: End,
): Finding {
  const { vpcId, regionId, name } = cluster;
  const pending = attachments.find(item => item.vpcId === vpcId);
  return {
    key: `attachment/${vpcId}`,
    hop: 'attachment',
    evidence: pending
      ? `Attachment ${pending.transitRouterAttachmentId} of VPC ${vpcId} (${name}, ${regionId}) is ${pending.status}, not Attached.`
      : `VPC ${vpcId} (${name}, ${regionId}) is attached to no transit router.`,
    fix: pending
      ? untilAttached(pending.status)
      : `Attach it to the CEN's transit router in ${regionId}, with routes (dr:cen:provision does for an environment).`,
  };
}
