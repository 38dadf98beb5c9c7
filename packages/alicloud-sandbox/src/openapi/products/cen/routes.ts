import { parseCidr } from '../../../network/cidr';
import {
  conflictsOf,
  isPublished,
  transitRoutes,
  vpcRoutes,
} from '../../../network/routes';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, find, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter, notFound } from '../../errors';
import { regionalId } from '../../ids';
import type { TransitRouterRoute } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage, byToken } from '../../paging';
import { findVpc } from '../vpc/vpcs';
import { findCen } from './instances';

function listRouteTables(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const ids = call.list('TransitRouterRouteTableIds');
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const found = Object.values(data(cloud).transitRouters).filter(
    router =>
      is('TransitRouterId', router.transitRouterId) &&
      is('TransitRouterRouteTableType', 'System') &&
      (!ids.length || ids.includes(router.routeTableId)) &&
      hasTags(router.routeTableTags, tags),
  );
  const { items, next, size, total } = byToken(call, found);
  return {
    ...next,
    MaxResults: size,
    TotalCount: total,
    TransitRouterRouteTables: items.map(router => ({
      CreateTime: router.creationTime,
      RegionId: router.regionId,
      RouteTableOptions: { MultiRegionECMP: 'disable' },
      Tags: tagList(router.routeTableTags),
      TransitRouterId: router.transitRouterId,
      TransitRouterRouteTableDescription: '',
      TransitRouterRouteTableId: router.routeTableId,
      TransitRouterRouteTableName: '',
      TransitRouterRouteTableStatus:
        router.status === 'Active' ? 'Active' : 'Creating',
      TransitRouterRouteTableType: 'System',
    })),
  };
}

function checkRouteTable(cloud: Cloud, id: string): string {
  const router = Object.values(data(cloud).transitRouters).find(
    item => item.routeTableId === id,
  );
  if (!router) {
    throw notFound(
      'InstanceNotExist.TransitRouterRouteTable',
      'transit router route table',
      id,
    );
  }
  return router.regionId;
}

function listRouteEntries(call: RpcCall, cloud: Cloud) {
  const id = call.need('TransitRouterRouteTableId');
  checkRouteTable(cloud, id);
  const prefix = 'TransitRouterRouteEntry';
  const is = (name: string, value: string) =>
    (call.text(`${prefix}${name}`) ?? value) === value;
  const ids = call.list(`${prefix}Ids`);
  const found = transitRoutes(data(cloud), id, cloud.flannelRoutes).filter(
    route =>
      is('DestinationCidrBlock', route.destination) &&
      is('NextHopId', route.nextHopId) &&
      is('NextHopType', route.nextHopType) &&
      is('Status', route.status) &&
      is('Type', route.type) &&
      (!ids.length || ids.includes(route.routeEntryId)),
  );
  const { items, next, size, total } = byToken(call, found);
  return {
    ...next,
    MaxResults: size,
    TotalCount: total,
    TransitRouterRouteEntries: items.map(route => ({
      CreateTime: route.creationTime,
      OperationalMode: route.type === 'Static',
      PathAttributes: { AsPaths: [], Communities: [], Preference: 10 },
      TransitRouterRouteEntryDescription: route.description,
      TransitRouterRouteEntryDestinationCidrBlock: route.destination,
      TransitRouterRouteEntryId: route.routeEntryId,
      TransitRouterRouteEntryName: route.name,
      TransitRouterRouteEntryNextHopId: route.nextHopId,
      TransitRouterRouteEntryNextHopResourceId: route.nextHopResourceId,
      TransitRouterRouteEntryNextHopResourceType: route.nextHopResourceType,
      TransitRouterRouteEntryNextHopType: route.nextHopType,
      TransitRouterRouteEntryOriginResourceId: route.originResourceId,
      TransitRouterRouteEntryOriginResourceType: route.originResourceType,
      TransitRouterRouteEntryStatus: route.status,
      TransitRouterRouteEntryType: route.type,
    })),
  };
}

function createRouteEntry(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const routeTableId = call.need('TransitRouterRouteTableId');
  const regionId = checkRouteTable(cloud, routeTableId);
  const destinationCidrBlock = call.need(
    'TransitRouterRouteEntryDestinationCidrBlock',
  );
  if (!parseCidr(destinationCidrBlock)) {
    throw invalidParameter(
      'TransitRouterRouteEntryDestinationCidrBlock',
      `${destinationCidrBlock} is no IPv4 network address with a mask.`,
    );
  }
  const nextHopType = call.oneOf('TransitRouterRouteEntryNextHopType', [
    'Attachment',
    'BlackHole',
  ])!;
  const nextHopId = call.text('TransitRouterRouteEntryNextHopId') ?? '';
  const attachment =
    all.vpcAttachments[nextHopId] ?? all.peerAttachments[nextHopId];
  if (nextHopType === 'Attachment' && attachment?.status !== 'Attached') {
    throw notFound(
      'InstanceNotExist.TransitRouterAttachment',
      'next hop attachment',
      nextHopId,
    );
  }
  call.checked();
  const route: TransitRouterRoute = {
    routeEntryId: regionalId('rte', regionId),
    routeTableId,
    destinationCidrBlock,
    nextHopType,
    nextHopId,
    name: call.text('TransitRouterRouteEntryName') ?? '',
    description: call.text('TransitRouterRouteEntryDescription') ?? '',
    status: 'Creating',
    creationTime: nowIso(cloud),
  };
  all.transitRouterRoutes[route.routeEntryId] = route;
  cloud.transitions.schedule(
    'trroute.active',
    { routeEntryId: route.routeEntryId },
    DURATIONS.transitRouterRouteActive,
  );
  return { TransitRouterRouteEntryId: route.routeEntryId };
}

/** The VPC route that the publication operations speak about. */
function publication(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'));
  const vpc = findVpc(cloud, call.need('ChildInstanceId'));
  const all = data(cloud);
  const attached = Object.values(all.vpcAttachments).some(
    item =>
      item.cenId === cen.cenId &&
      item.vpcId === vpc.vpcId &&
      item.status === 'Attached',
  );
  if (!attached) {
    throw new ApiError(
      'InvalidOperation.ChildInstanceStatus',
      `The VPC ${vpc.vpcId} is not attached to ${cen.cenId}.`,
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
    throw notFound('InvalidRouteEntry.NotFound', 'route entry', destination);
  }
  return { cenId: cen.cenId, vpcId: vpc.vpcId, entry };
}

function publish(call: RpcCall, cloud: Cloud) {
  const { cenId, vpcId, entry } = publication(call, cloud);
  if (entry.nextHopType === 'Attachment') {
    throw new ApiError(
      'InvalidOperation.NotSupportRouteEntry',
      `The route ${entry.destinationCidrBlock} leads to the CEN itself.`,
    );
  }
  if (entry.status !== 'Available') {
    throw new ApiError(
      'IncorrectStatus.VpcRouteEntry',
      `The route ${entry.destinationCidrBlock} is ${entry.status}.`,
    );
  }
  const all = data(cloud);
  if (isPublished(all, cenId, vpcId, entry.destinationCidrBlock)) return;
  all.publications.push({
    cenId,
    vpcId,
    routeTableId: entry.routeTableId,
    destinationCidrBlock: entry.destinationCidrBlock,
  });
}

function withdraw(call: RpcCall, cloud: Cloud) {
  const { cenId, vpcId, entry } = publication(call, cloud);
  const all = data(cloud);
  all.publications = all.publications.filter(
    item =>
      item.cenId !== cenId ||
      item.vpcId !== vpcId ||
      item.destinationCidrBlock !== entry.destinationCidrBlock,
  );
}

function describePublished(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'));
  const vpc = findVpc(cloud, call.need('ChildInstanceId'));
  const all = data(cloud);
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const found = is('ChildInstanceRouteTableId', vpc.routeTableId)
    ? vpcRoutes(all, vpc, cloud.flannelRoutes).filter(
        route =>
          route.nextHopType !== 'Attachment' &&
          route.nextHopType !== 'service' &&
          is('DestinationCidrBlock', route.destination),
      )
    : [];
  const { items, page } = byPage(call, found);
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
        PublishStatus:
          route.type === 'System' ||
          cloud.flannelRoutes === 'automatic' ||
          isPublished(all, cen.cenId, vpc.vpcId, route.destination)
            ? 'Published'
            : 'NonPublished',
        RouteType: route.type,
      })),
    },
  };
}

function describeChildren(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'));
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const found = Object.values(data(cloud).vpcAttachments).filter(
    item =>
      item.cenId === cen.cenId &&
      is('ChildInstanceRegionId', item.regionId) &&
      is('ChildInstanceType', 'VPC'),
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

const PUBLICATION = [
  'CenId',
  'ChildInstanceId',
  'ChildInstanceRegionId',
  'ChildInstanceRouteTableId',
  'ChildInstanceType',
  'DestinationCidrBlock',
];

export const transitRouteOperations: Record<string, RpcOperation> = {
  ListTransitRouterRouteTables: { run: listRouteTables },
  ListTransitRouterRouteEntries: {
    required: ['TransitRouterRouteTableId'],
    run: listRouteEntries,
  },
  CreateTransitRouterRouteEntry: {
    required: [
      'TransitRouterRouteEntryDestinationCidrBlock',
      'TransitRouterRouteEntryNextHopType',
      'TransitRouterRouteTableId',
    ],
    run: createRouteEntry,
  },
  DeleteTransitRouterRouteEntry: {
    required: ['TransitRouterRouteEntryId'],
    run: (call, cloud) => {
      const { transitRouterRoutes } = data(cloud);
      const route = find(
        transitRouterRoutes,
        call.need('TransitRouterRouteEntryId'),
        'InstanceNotExist.TransitRouterRouteEntry',
        'transit router route entry',
      );
      call.checked();
      delete transitRouterRoutes[route.routeEntryId];
    },
  },
  PublishRouteEntries: { required: PUBLICATION, run: publish },
  WithdrawPublishedRouteEntries: { required: PUBLICATION, run: withdraw },
  DescribePublishedRouteEntries: {
    required: [
      'CenId',
      'ChildInstanceId',
      'ChildInstanceRegionId',
      'ChildInstanceType',
    ],
    run: describePublished,
  },
  DescribeCenAttachedChildInstances: {
    required: ['CenId'],
    run: describeChildren,
  },
};

export function handleTransitRouteTransitions(cloud: Cloud): void {
  cloud.transitions.handle('trroute.active', ({ routeEntryId }) => {
    const route = data(cloud).transitRouterRoutes[routeEntryId];
    if (route) route.status = 'Active';
  });
}
