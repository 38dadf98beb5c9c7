import { conflictsOf, isPublished, vpcRoutes } from '../../../network/routes';
import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { ApiError } from '../../errors';
import type { Cen, RouteEntry, Vpc } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { findVpc } from '../vpc/vpcs';
import { findCen, requireActive } from './instances';

/** What a VPC announces to a CEN instance: its vSwitches by themselves, custom routes when they are published. */

/** The VPC and the CEN instance that the publication operations speak about. */
function ends(call: RpcCall, cloud: Cloud): { cen: Cen; vpc: Vpc } {
  const illegal = (name: string, reason: string) =>
    new ApiError(
      `ParameterIllegal.${name}`,
      `The parameter of ${name} is illegal: ${reason}.`,
    );
  const cen = findCen(
    cloud,
    call.need('CenId'),
    'ParameterIllegal.CenInstanceId',
  );
  const type = call.need('ChildInstanceType');
  if (type !== 'VPC' && type !== 'VBR') {
    throw illegal('ChildInstanceType', `'${type}' is neither VPC nor VBR`);
  }
  const vpc = findVpc(cloud, call.need('ChildInstanceId'));
  if (vpc.regionId !== call.need('ChildInstanceRegionId')) {
    throw illegal(
      'ChildInstanceRegionId',
      `${vpc.vpcId} is in ${vpc.regionId}`,
    );
  }
  return { cen, vpc };
}

/** The route to be published or withdrawn, of a VPC that is attached. */
function publication(call: RpcCall, cloud: Cloud) {
  const { cen, vpc } = ends(call, cloud);
  requireActive(cen);
  const all = data(cloud);
  const isAttached = Object.values(all.vpcAttachments).some(
    item =>
      item.cenId === cen.cenId &&
      item.vpcId === vpc.vpcId &&
      item.status === 'Attached',
  );
  if (!isAttached) {
    throw new ApiError(
      'InvalidOperation.ChildInstanceStatus',
      `The child-instance is not in a valid state for the operation: ${vpc.vpcId} is not attached to ${cen.cenId}.`,
      409,
    );
  }
  const destination = call.need('DestinationCidrBlock');
  const entry = Object.values(all.routeEntries).find(
    item =>
      item.vpcId === vpc.vpcId &&
      item.routeTableId === call.need('ChildInstanceRouteTableId') &&
      item.destinationCidrBlock === destination,
  );
  if (!entry) {
    throw new ApiError(
      'InvalidOperation.NotFoundRoute',
      `Operation is invalid because ${call.need(
        'ChildInstanceRouteTableId',
      )} of ${vpc.vpcId} has no custom route to ${destination}.`,
    );
  }
  return { cen, vpc, entry };
}

function publish(call: RpcCall, cloud: Cloud) {
  const { cen, vpc, entry } = publication(call, cloud);
  if (entry.nextHopType === 'Attachment') {
    throw new ApiError(
      'InvalidOperation.UnsupportnexthopType',
      `The specified next hop type is not supported by this operation: ${entry.destinationCidrBlock} leads to the CEN itself.`,
    );
  }
  if (entry.status !== 'Available') {
    throw new ApiError(
      'IncorrectStatus.VpcRouteEntry',
      `The route ${entry.destinationCidrBlock} is ${entry.status}.`,
    );
  }
  const all = data(cloud);
  if (isPublished(all, cen.cenId, vpc.vpcId, entry.destinationCidrBlock)) {
    return;
  }
  all.publications.push({
    cenId: cen.cenId,
    vpcId: vpc.vpcId,
    routeTableId: entry.routeTableId,
    destinationCidrBlock: entry.destinationCidrBlock,
  });
}

function withdraw(call: RpcCall, cloud: Cloud) {
  const { cen, vpc, entry } = publication(call, cloud);
  const all = data(cloud);
  const isThis = (item: Pick<RouteEntry, 'vpcId' | 'destinationCidrBlock'>) =>
    item.vpcId === vpc.vpcId &&
    item.destinationCidrBlock === entry.destinationCidrBlock;
  all.publications = all.publications.filter(
    item => item.cenId !== cen.cenId || !isThis(item),
  );
}

function describePublished(call: RpcCall, cloud: Cloud) {
  const { cen, vpc } = ends(call, cloud);
  const all = data(cloud);
  const found = vpcRoutes(all, vpc, cloud.flannelRoutes).filter(
    route =>
      route.nextHopType !== 'Attachment' &&
      route.nextHopType !== 'service' &&
      call.selects({
        ChildInstanceRouteTableId: vpc.routeTableId,
        DestinationCidrBlock: route.destination,
      }),
  );
  const { items, page } = byPage(call, found);
  const isAnnounced = (route: (typeof items)[number]) =>
    route.type === 'System' ||
    (cloud.flannelRoutes === 'automatic' && route.nextHopType === 'Instance') ||
    isPublished(all, cen.cenId, vpc.vpcId, route.destination);
  return {
    ...page,
    PublishedRouteEntries: {
      PublishedRouteEntry: items.map(route => ({
        ChildInstanceRouteTableId: vpc.routeTableId,
        Conflicts: {
          Conflict: conflictsOf(
            all,
            cen.cenId,
            vpc.vpcId,
            route.destination,
            cloud.flannelRoutes,
          ).map(other => ({
            DestinationCidrBlock: route.destination,
            InstanceId: other.vpcId,
            InstanceType: 'VPC',
            RegionId: other.regionId,
            Status: 'conflict',
          })),
        },
        DestinationCidrBlock: route.destination,
        NextHopId: route.nextHopId,
        NextHopType: route.nextHopType,
        OperationalMode: route.type === 'Custom',
        PublishStatus: isAnnounced(route) ? 'Published' : 'NonPublished',
        RouteType: route.type,
      })),
    },
  };
}

function describeChildren(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'));
  const found = Object.values(data(cloud).vpcAttachments).filter(
    item =>
      item.cenId === cen.cenId &&
      call.selects({
        ChildInstanceRegionId: item.regionId,
        ChildInstanceType: 'VPC',
      }),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    ChildInstances: {
      ChildInstance: items.map(item => ({
        CenId: item.cenId,
        ChildInstanceAttachTime: item.creationTime,
        ChildInstanceId: item.vpcId,
        ChildInstanceOwnerId: cloud.accountId,
        ChildInstanceRegionId: item.regionId,
        ChildInstanceType: 'VPC',
        ManagedService: '',
        Status: item.status,
      })),
    },
  };
}

export const publicationOperations: Record<string, RpcOperation> = {
  PublishRouteEntries: { run: publish },
  WithdrawPublishedRouteEntries: { run: withdraw },
  DescribePublishedRouteEntries: { run: describePublished },
  DescribeCenAttachedChildInstances: { run: describeChildren },
};
