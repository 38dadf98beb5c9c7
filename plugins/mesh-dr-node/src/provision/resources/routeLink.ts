import { clientToken } from '../tags';
import type { Resource } from '../types';
import {
  keys,
  type AttachmentOutputs,
  type TransitRouterOutputs,
} from './common';

/**
 * Association (which table an attachment looks up) and propagation (whose routes the table learns) of an attachment
 * with its region's system route table. The console does both by default; the API does neither.
 */
export function routeLinkResource(
  attachmentKey: string,
  regionId: string,
): Resource {
  const key = keys.routeLink(attachmentKey, regionId);
  const routerKey = keys.transitRouter(regionId);
  return {
    key,
    kind: 'route-link',
    dependencies: [attachmentKey, routerKey],
    title: `routes of ${attachmentKey} in ${regionId}`,
    desired: { attachment: attachmentKey, region: regionId },
    async find(ctx) {
      const { attachmentId } = ctx.outputs<AttachmentOutputs>(attachmentKey);
      const { routeTableId } = ctx.outputs<TransitRouterOutputs>(routerKey);
      const query = {
        transitRouterRouteTableId: routeTableId,
        transitRouterAttachmentId: attachmentId,
      };
      const [associations, propagations] = await Promise.all([
        ctx.cloud.cen.listAssociations(query, ctx.call),
        ctx.cloud.cen.listPropagations(query, ctx.call),
      ]);
      const here = (link: { transitRouterAttachmentId: string }) =>
        link.transitRouterAttachmentId === attachmentId;
      const association = associations.find(here);
      const propagation = propagations.find(here);
      const changes: string[] = [];
      if (!association) changes.push('associate with the system route table');
      if (!propagation) changes.push('propagate to the system route table');
      const statuses = [association, propagation]
        .filter(link => link !== undefined)
        .map(link => link.status);
      return {
        id: attachmentId,
        state: statuses.every(status => status === 'Active')
          ? 'ready'
          : 'pending',
        status: statuses.join(', ') || 'missing',
        changes,
        outputs: {},
      };
    },
    async update(ctx, observed) {
      const { routeTableId } = ctx.outputs<TransitRouterOutputs>(routerKey);
      const target = {
        transitRouterAttachmentId: observed.id,
        transitRouterRouteTableId: routeTableId,
      };
      for (const change of observed.changes ?? []) {
        const request = {
          ...target,
          clientToken: clientToken(ctx.uid, `${key}/${change}`, target, 0),
        };
        if (change.startsWith('associate')) {
          await ctx.cloud.cen.associateRouteTable(request, ctx.call);
        } else {
          await ctx.cloud.cen.enablePropagation(request, ctx.call);
        }
      }
    },
  };
}
