import {
  cidrOf,
  containsCidr,
  parseCidr,
  parseIp,
} from '../../../network/cidr';
import { VpcRoute, vpcRoutes } from '../../../network/routes';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter, notFound } from '../../errors';
import { regionalId } from '../../ids';
import type { RouteEntry, Vpc } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage, byToken } from '../../paging';
import { checkDescription, checkName } from './names';

/** Where the cloud's own services are; every VPC has a system route for it. */
const SERVICE_BLOCK = '100.64.0.0/10';
/** Default quota of custom routes a table. */
const CUSTOM_ROUTES = 200;

function findByRouteTable(
  cloud: Cloud,
  routeTableId: string,
  regionId: string | undefined,
): Vpc {
  const vpc = Object.values(data(cloud).vpcs).find(
    candidate => candidate.routeTableId === routeTableId,
  );
  if (!vpc || (regionId !== undefined && vpc.regionId !== regionId)) {
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

/** A destination may hold vSwitches, but neither be one nor lie in one; a single address is a block of one. */
function destinationOf(call: RpcCall, cloud: Cloud, vpc: Vpc): string {
  const given = call.need('DestinationCidrBlock');
  const block = parseIp(given) === undefined ? given : `${given}/32`;
  const cidr = parseCidr(block);
  if (!cidr) {
    throw new ApiError(
      'InvalidDestinationCidrBlock.Malformed',
      `Specified DestinationCidrBlock ${given} is not valid: it is no IPv4 network address with a mask.`,
    );
  }
  if (block === SERVICE_BLOCK) {
    throw new ApiError(
      'InvalidCidrBlock',
      `Specified CIDR block ${block} is not valid: it belongs to cloud services.`,
    );
  }
  for (const vSwitch of Object.values(data(cloud).vSwitches)) {
    if (vSwitch.vpcId !== vpc.vpcId) continue;
    if (vSwitch.cidrBlock === block) {
      throw new ApiError(
        'OperationFailed.CreateRouteEntryWithSameDestinationCidrBlock',
        `The vSwitch ${vSwitch.vSwitchId} has the block ${block}.`,
      );
    }
    if (containsCidr(cidrOf(vSwitch.cidrBlock), cidr)) {
      throw new ApiError(
        'InvalidCidrBlock',
        `Specified CIDR block ${block} is not valid: it lies in ${vSwitch.cidrBlock} of the vSwitch ${vSwitch.vSwitchId}.`,
      );
    }
  }
  return block;
}

/** Either NextHopType with NextHopId, or a NextHopList; of which more than one hop (ECMP) is not modelled. */
function nextHopOf(call: RpcCall): { type: string; id: string } {
  const [listed, ...more] = call.objects('NextHopList');
  const type = call.text('NextHopType');
  const id = call.text('NextHopId');
  if (listed && (type ?? id) !== undefined) {
    throw invalidParameter(
      'NextHopList',
      'it excludes NextHopType and NextHopId.',
    );
  }
  if (more.length) {
    throw invalidParameter('NextHopList', 'the sandbox knows no ECMP routes.');
  }
  return {
    type: type ?? listed?.NextHopType ?? 'Instance',
    id: id ?? listed?.NextHopId ?? '',
  };
}

function createRouteEntry(call: RpcCall, cloud: Cloud) {
  const vpc = findByRouteTable(
    cloud,
    call.need('RouteTableId'),
    call.text('RegionId'),
  );
  const destinationCidrBlock = destinationOf(call, cloud, vpc);
  const nextHop = nextHopOf(call);
  checkNextHop(cloud, vpc, nextHop.type, nextHop.id);
  const busy = Object.values(data(cloud).routeEntries).find(
    entry => entry.vpcId === vpc.vpcId && entry.status === 'Pending',
  );
  if (busy) {
    throw new ApiError(
      'IncorrectRouteEntryStatus',
      `Some route entry status blocked this operation: ${busy.routeEntryId} (${busy.destinationCidrBlock}) is ${busy.status}.`,
    );
  }
  call.checked();
  const entry = addRoute(cloud, vpc, {
    destinationCidrBlock,
    nextHopType: nextHop.type,
    nextHopId: nextHop.id,
    name: checkName(call.text('RouteEntryName'), 'RouteEntryName'),
    description: checkDescription(
      call.text('Description'),
      'RouteEntryDescription',
    ),
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
  const all = data(cloud);
  const id = call.text('RouteEntryId');
  const entry = id
    ? all.routeEntries[id]
    : Object.values(all.routeEntries).find(
        candidate =>
          candidate.routeTableId === call.need('RouteTableId') &&
          candidate.destinationCidrBlock === call.need('DestinationCidrBlock'),
      );
  const isHere =
    entry && call.selects({ RegionId: all.vpcs[entry.vpcId].regionId });
  if (!isHere || !call.selects({ NextHopId: entry.nextHopId })) {
    throw notFound(
      'InvalidRouteEntry.NotFound',
      'route entry',
      id ?? call.need('DestinationCidrBlock'),
    );
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
          NextHopRelatedInfo: {
            InstanceId: '',
            InstanceType: '',
            RegionId: '',
          },
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
  const vpc = findByRouteTable(
    cloud,
    call.need('RouteTableId'),
    call.need('RegionId'),
  );
  const blocks = call.list('DestCidrBlockList');
  const found = vpcRoutes(data(cloud), vpc, cloud.flannelRoutes).filter(
    route =>
      call.selects({
        RouteEntryId: route.routeEntryId,
        RouteEntryName: route.name,
        RouteEntryType: route.type,
        DestinationCidrBlock: route.destination,
        NextHopType: route.nextHopType,
        NextHopId: route.nextHopId,
        ServiceType: route.serviceType,
        IpVersion: ['4', 'ipv4'],
      }) &&
      (!blocks.length || blocks.includes(route.destination)),
  );
  const { items, next, total } = byToken(call, found, {
    sizeName: 'MaxResult',
    defaultSize: 50,
    maxSize: 500,
  });
  return {
    ...next,
    TotalCount: total,
    RouteEntrys: { RouteEntry: items.map(route => routeShape(vpc, route)) },
  };
}

function describeRouteTableList(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const regionId = call.need('RegionId');
  const tags = call.tags();
  const found = Object.values(all.vpcs).filter(
    vpc =>
      vpc.regionId === regionId &&
      call.selects({
        VpcId: vpc.vpcId,
        RouteTableId: vpc.routeTableId,
        RouteTableName: '',
        RouterId: vpc.vRouterId,
        RouteTableType: 'System',
        RouterType: 'VRouter',
        ResourceGroupId: 'rg-default',
      }) &&
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
  CreateRouteEntry: { run: createRouteEntry },
  DeleteRouteEntry: { run: deleteRouteEntry },
  DescribeRouteEntryList: { run: describeRouteEntryList },
  DescribeRouteTableList: { run: describeRouteTableList },
};

export function handleRouteTransitions(cloud: Cloud): void {
  cloud.transitions.handle('route.available', ({ routeEntryId }) => {
    const entry = data(cloud).routeEntries[routeEntryId];
    if (entry) entry.status = 'Available';
  });
}
