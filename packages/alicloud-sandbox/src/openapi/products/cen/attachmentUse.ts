import { Cloud, data } from '../../cloud';
import { ApiError } from '../../errors';
import { removeRoute } from '../vpc/routes';
import { dropLinks } from './links';

export function attachmentNotFound(id: string): ApiError {
  return new ApiError(
    'InvalidTransitRouterAttachmentId.NotFound',
    `TransitRouterAttachmentId is not found: ${id}.`,
  );
}

/** What must be undone before an attachment goes, or is undone with Force. */
export function checkUnused(cloud: Cloud, attachmentId: string): void {
  const all = data(cloud);
  const refuse = (code: string, reason: string) => {
    throw new ApiError(
      `OperationFailed.${code}`,
      `The attachment ${attachmentId} ${reason}; undo that first or set Force.`,
    );
  };
  const has = (link: { attachmentId: string }) =>
    link.attachmentId === attachmentId;
  const leads = (entry: { nextHopId: string }) =>
    entry.nextHopId === attachmentId;
  if (all.associations.some(has)) {
    refuse('RouteTableAssociationExist', 'is associated with a route table');
  }
  if (all.propagations.some(has)) {
    refuse('RouteTablePropagationExist', 'propagates into a route table');
  }
  const transitRoute = Object.values(all.transitRouterRoutes).find(leads);
  if (transitRoute) {
    refuse(
      'RouteEntryExist',
      `is the next hop of ${transitRoute.destinationCidrBlock} (${transitRoute.routeEntryId})`,
    );
  }
  const route = Object.values(all.routeEntries).find(leads);
  if (route) {
    refuse(
      'AttachmentReferencedVpcRouteEntryExisted',
      `is the next hop of ${route.destinationCidrBlock} in ${route.vpcId}`,
    );
  }
}

/** Takes away everything that names the attachment. */
export function dropUses(cloud: Cloud, attachmentId: string): void {
  const all = data(cloud);
  dropLinks(cloud, attachmentId);
  for (const entry of Object.values(all.routeEntries)) {
    if (entry.nextHopId === attachmentId) removeRoute(cloud, entry);
  }
  for (const route of Object.values(all.transitRouterRoutes)) {
    if (route.nextHopId === attachmentId) {
      delete all.transitRouterRoutes[route.routeEntryId];
    }
  }
}
