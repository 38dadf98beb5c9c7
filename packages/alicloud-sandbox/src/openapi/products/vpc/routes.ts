import { parseCidr } from '../../../network/cidr';
import { VpcRoute, vpcRoutes } from '../../../network/routes';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, notFound } from '../../errors';
import { regionalId } from '../../ids';
import type { RouteEntry, Vpc } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage, byToken } from '../../paging';

/** Default quota of custom routes a table. */
const CUSTOM_ROUTES = 200;

function findByRouteTable(cloud: Cloud, routeTableId: string): Vpc {
  const vpc = Object.values(data(cloud).vpcs).find(
    candidate => candidate.routeTableId === routeTableId,
  );
  if (!vpc) {
    throw notFound('InvalidRouteTableId.NotFound', 'route table', routeTableId);
  }
  return vpc;
}

/** Adds a custom route; also used by ACK's cloud controller for Pod routes. */
export function addRoute(
  cloud: Cloud,
  vpc: Vpc,
  route: Pick<
    RouteEntry,
    | 'destinationCidrBlock'
    | 'nextHopType'
    | 'nextHopId'
    | 'name'
    | 'description'
  >,
): RouteEntry {
  const { routeEntries } = data(cloud);
  const own = Object.values(routeEntries).filter(
    entry => entry.vpcId === vpc.vpcId,
  );
  if (
    own.some(entry => entry.destinationCidrBlock === route.destinationCidrBlock)
  ) {
    throw new ApiError(
      'RouterEntryConflict.Duplicated',
      `The route table ${vpc.routeTableId} already has an entry for ${route.destinationCidrBlock}.`,
    );
  }
  if (own.length >= CUSTOM_ROUTES) {
    throw new ApiError(
      'QuotaExceeded.RouteEntry',
      `The route table ${vpc.routeTableId} already has ${CUSTOM_ROUTES} custom entries.`,
    );
  }
  const entry: RouteEntry = {
    routeEntryId: regionalId('rte', vpc.regionId),
    routeTableId: vpc.routeTableId,
    vpcId: vpc.vpcId,
    status: 'Pending',
    creationTime: nowIso(cloud),
    ...route,
  };
  routeEntries[entry.routeEntryId] = entry;
  cloud.transitions.schedule(
    'route.available',
    { routeEntryId: entry.routeEntryId },
    DURATIONS.routeEntryAvailable,
  );
  return entry;
}

function createRouteEntry(call: RpcCall, cloud: Cloud) {
  const vpc = findByRouteTable(cloud, call.need('RouteTableId'));
  const destinationCidrBlock = call.need('DestinationCidrBlock');
  if (!parseCidr(destinationCidrBlock)) {
    throw new ApiError(
      'InvalidDestinationCidrBlock.Malformed',
      `Specified DestinationCidrBlock ${destinationCidrBlock} is not valid.`,
    );
  }
  const all = data(cloud);
  if (
    Object.values(all.vSwitches).some(
      vSwitch =>
        vSwitch.vpcId === vpc.vpcId &&
        vSwitch.cidrBlock === destinationCidrBlock,
    )
  ) {
    throw new ApiError(
      'OperationFailed.CreateRouteEntryWithSameDestinationCidrBlock',
      `A vSwitch of ${vpc.vpcId} has the block ${destinationCidrBlock}.`,
    );
  }
  const [listed] = call.objects('NextHopList');
  const nextHopType = call.text('NextHopType') ?? listed?.NextHopType ?? '';
  const nextHopId = call.text('NextHopId') ?? listed?.NextHopId ?? '';
  checkNextHop(cloud, vpc, nextHopType, nextHopId);
  call.checked();
  const entry = addRoute(cloud, vpc, {
    destinationCidrBlock,
    nextHopType,
    nextHopId,
    name: call.text('RouteEntryName') ?? '',
    description: call.text('Description') ?? '',
  });
  return { RouteEntryId: entry.routeEntryId };
}

function checkNextHop(cloud: Cloud, vpc: Vpc, type: string, id: string): void {
  const all = data(cloud);
  if (type === 'Attachment') {
    const attachment = all.vpcAttachments[id];
    if (attachment?.vpcId === vpc.vpcId && attachment.status === 'Attached') {
      return;
    }
  } else if (type === 'Instance') {
    if (all.instances[id]?.vpcId === vpc.vpcId) return;
  } else if (type === 'NatGateway') {
    if (all.natGateways[id]?.vpcId === vpc.vpcId) return;
  } else {
    throw new ApiError(
      'InvalidNextHopType',
      `The next hop type '${type}' is not supported: Attachment, Instance, NatGateway.`,
    );
  }
  throw notFound('InvalidNextHopId.NotFound', `next hop (${type})`, id);
}

function deleteRouteEntry(call: RpcCall, cloud: Cloud) {
  const { routeEntries } = data(cloud);
  const id = call.text('RouteEntryId');
  const entry = id
    ? routeEntries[id]
    : Object.values(routeEntries).find(
        candidate =>
          candidate.routeTableId === call.need('RouteTableId') &&
          candidate.destinationCidrBlock === call.need('DestinationCidrBlock'),
      );
  if (!entry) {
    throw notFound('InvalidRouteEntry.NotFound', 'route entry', id ?? '');
  }
  call.checked();
  removeRoute(cloud, entry);
}

/** Takes the route away, with its publication. */
export function removeRoute(cloud: Cloud, entry: RouteEntry): void {
  const all = data(cloud);
  delete all.routeEntries[entry.routeEntryId];
  all.publications = all.publications.filter(
    item =>
      item.routeTableId !== entry.routeTableId ||
      item.destinationCidrBlock !== entry.destinationCidrBlock,
  );
}

function routeShape(vpc: Vpc, route: VpcRoute) {
  return {
    Description: route.description,
    DestinationCidrBlock: route.destination,
    GmtModified: route.creationTime,
    IpVersion: 'ipv4',
    NextHops: {
      NextHop: [
        {
          Enabled: 1,
          NextHopId: route.nextHopId,
          NextHopRegionId: vpc.regionId,
          NextHopType: route.nextHopType,
          Weight: 0,
        },
      ],
    },
    Origin: '',
    RouteEntryId: route.routeEntryId,
    RouteEntryName: route.name,
    RouteTableId: vpc.routeTableId,
    ServiceType: route.serviceType,
    Status: route.status,
    Type: route.type,
  };
}

function describeRouteEntryList(call: RpcCall, cloud: Cloud) {
  const vpc = findByRouteTable(cloud, call.need('RouteTableId'));
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const blocks = call.list('DestCidrBlockList');
  const found = vpcRoutes(data(cloud), vpc, cloud.flannelRoutes).filter(
    route =>
      is('RouteEntryId', route.routeEntryId) &&
      is('RouteEntryName', route.name) &&
      is('RouteEntryType', route.type) &&
      is('DestinationCidrBlock', route.destination) &&
      is('NextHopType', route.nextHopType) &&
      is('NextHopId', route.nextHopId) &&
      is('ServiceType', route.serviceType) &&
      (!blocks.length || blocks.includes(route.destination)),
  );
  const { items, next } = byToken(call, found, {
    sizeName: 'MaxResult',
    defaultSize: 50,
    maxSize: 500,
  });
  return {
    ...next,
    RouteEntrys: { RouteEntry: items.map(route => routeShape(vpc, route)) },
  };
}

function describeRouteTableList(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const regionId = call.need('RegionId');
  const tags = call.tags();
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const found = Object.values(all.vpcs).filter(
    vpc =>
      vpc.regionId === regionId &&
      is('VpcId', vpc.vpcId) &&
      is('RouteTableId', vpc.routeTableId) &&
      is('RouterId', vpc.vRouterId) &&
      is('RouteTableType', 'System') &&
      is('RouterType', 'VRouter') &&
      hasTags(vpc.routeTableTags, tags),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    RouterTableList: {
      RouterTableListType: items.map(vpc => ({
        AssociateType: 'VSwitch',
        CreationTime: vpc.creationTime,
        Description: '',
        GatewayIds: { GatewayIds: [] },
        OwnerId: cloud.accountId,
        ResourceGroupId: 'rg-default',
        RoutePropagationEnable: true,
        RouteTableId: vpc.routeTableId,
        RouteTableName: '',
        RouteTableType: 'System',
        RouterId: vpc.vRouterId,
        RouterType: 'VRouter',
        Status: vpc.status,
        Tags: { Tag: tagList(vpc.routeTableTags) },
        VSwitchIds: {
          VSwitchId: Object.values(all.vSwitches)
            .filter(vSwitch => vSwitch.vpcId === vpc.vpcId)
            .map(vSwitch => vSwitch.vSwitchId),
        },
        VpcId: vpc.vpcId,
      })),
    },
  };
}

export const routeOperations: Record<string, RpcOperation> = {
  CreateRouteEntry: {
    required: ['DestinationCidrBlock', 'RouteTableId'],
    run: createRouteEntry,
  },
  DeleteRouteEntry: { run: deleteRouteEntry },
  DescribeRouteEntryList: {
    required: ['RegionId', 'RouteTableId'],
    run: describeRouteEntryList,
  },
  DescribeRouteTableList: {
    required: ['RegionId'],
    run: describeRouteTableList,
  },
};

export function handleRouteTransitions(cloud: Cloud): void {
  cloud.transitions.handle('route.available', ({ routeEntryId }) => {
    const entry = data(cloud).routeEntries[routeEntryId];
    if (entry) entry.status = 'Available';
  });
}
