import { parseCidr } from '../../../network/cidr';
import {
  TransitRoute,
  routerOfTable,
  transitRoutes,
} from '../../../network/routes';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, missingParameter, notFound } from '../../errors';
import { regionalId } from '../../ids';
import type { TransitRouter, TransitRouterRoute } from '../../model';
import type { RpcOperation } from '../../operation';
import { byToken } from '../../paging';
import { checkDescription, checkName } from '../vpc/names';

/** A system table lives and dies with its router. */
function tableStatus(router: TransitRouter): TransitRouter['status'] {
  return router.status;
}

function listRouteTables(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const ids = call.list('TransitRouterRouteTableIds');
  const names = call.list('TransitRouterRouteTableNames');
  const found = Object.values(data(cloud).transitRouters).filter(
    router =>
      call.selects({
        TransitRouterId: router.transitRouterId,
        TransitRouterRouteTableType: 'System',
        TransitRouterRouteTableStatus: tableStatus(router),
        'RouteTableOptions.MultiRegionECMP': 'disable',
      }) &&
      (!ids.length || ids.includes(router.routeTableId)) &&
      (!names.length || names.includes('')) &&
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
      TransitRouterRouteTableStatus: tableStatus(router),
      TransitRouterRouteTableType: 'System',
    })),
  };
}

function findTable(cloud: Cloud, id: string): TransitRouter {
  const router = routerOfTable(data(cloud), id);
  if (!router) {
    throw new ApiError(
      'InvalidTransitRouterRouteTableId.NotFound',
      `TransitRouterRouteTableId is not found: ${id}.`,
    );
  }
  return router;
}

const ENTRY_FIELDS = {
  Id: 'routeEntryId',
  Name: 'name',
  DestinationCidrBlock: 'destination',
  NextHopId: 'nextHopId',
  NextHopType: 'nextHopType',
  NextHopResourceId: 'nextHopResourceId',
  NextHopResourceType: 'nextHopResourceType',
  OriginResourceId: 'originResourceId',
  OriginResourceType: 'originResourceType',
  Status: 'status',
  Type: 'type',
} as const satisfies Record<string, keyof TransitRoute>;

/** The parameters of ListTransitRouterRouteEntries, and `RouteFilter.N` with the same names as keys. */
function isAskedFor(call: RpcCall, route: TransitRoute): boolean {
  const fields = Object.fromEntries(
    Object.entries(ENTRY_FIELDS).map(([name, field]) => [
      `TransitRouterRouteEntry${name}`,
      route[field],
    ]),
  );
  const ids = call.list('TransitRouterRouteEntryIds');
  const names = call.list('TransitRouterRouteEntryNames');
  return (
    call.selects({ ...fields, PrefixListId: '' }) &&
    (!ids.length || ids.includes(route.routeEntryId)) &&
    (!names.length || names.includes(route.name)) &&
    call.filters('RouteFilter').every(({ key, values }) => {
      if (!Object.hasOwn(fields, key)) {
        throw new ApiError(
          'InvalidFilterKey',
          `The filter key '${key}' is not supported: ${Object.keys(fields).join(
            ', ',
          )}.`,
        );
      }
      return values.includes(fields[key]);
    })
  );
}

function listRouteEntries(call: RpcCall, cloud: Cloud) {
  const id = call.need('TransitRouterRouteTableId');
  findTable(cloud, id);
  const found = transitRoutes(data(cloud), id, cloud.flannelRoutes).filter(
    route => isAskedFor(call, route),
  );
  const { items, next, size, total } = byToken(call, found);
  return {
    ...next,
    MaxResults: size,
    TotalCount: total,
    TransitRouterRouteEntries: items.map(route => ({
      CreateTime: route.creationTime,
      OperationalMode: route.type === 'Static',
      PathAttributes: {
        AsPaths: [],
        Communities: [],
        OriginInstanceId: route.originResourceId,
        OriginInstanceType: route.originResourceType,
        OriginRouteType: route.type === 'Static' ? 'Custom' : 'System',
        Preference: 10,
      },
      PrefixListId: '',
      Tag: '',
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

/** The next hop of a new route: an attachment of the table's own router, or none for a black hole. */
function nextHopOf(call: RpcCall, cloud: Cloud, router: TransitRouter) {
  const prefix = 'TransitRouterRouteEntryNextHop';
  const given = call.need(`${prefix}Type`);
  const id = call.text(`${prefix}Id`);
  if (given !== 'BlackHole' && given !== 'Attachment') {
    throw new ApiError(
      'IllegalParam.NextHopType',
      `The NextHopType is illegal: '${given}' is neither Attachment nor BlackHole.`,
    );
  }
  if (given === 'BlackHole') {
    if (id === undefined) return { nextHopType: given, nextHopId: '' } as const;
    throw new ApiError(
      'ParamExclusive.NextHopTypeBlackHoleAndNextHopId',
      'TransitRouterRouteEntryNextHopType(BlackHole) and TransitRouterRouteEntryNextHopId is mutually exclusive.',
    );
  }
  if (id === undefined) {
    throw new ApiError(
      `MissingParam.${prefix}Id`,
      `The parameter ${prefix}Id is mandatory for the next hop type Attachment.`,
    );
  }
  const all = data(cloud);
  const vpc = all.vpcAttachments[id];
  const peer = all.peerAttachments[id];
  const routers = [(vpc ?? peer)?.transitRouterId, peer?.peerTransitRouterId];
  if (
    !routers.includes(router.transitRouterId) ||
    (vpc ?? peer)?.status !== 'Attached'
  ) {
    throw new ApiError(
      `Invalid${prefix}Id.NotFound`,
      `${prefix}Id is not found: ${id} is not attached to ${router.transitRouterId}.`,
    );
  }
  return { nextHopType: given, nextHopId: id } as const;
}

function createRouteEntry(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const routeTableId = call.need('TransitRouterRouteTableId');
  const router = findTable(cloud, routeTableId);
  const destinationCidrBlock = call.need(
    'TransitRouterRouteEntryDestinationCidrBlock',
  );
  if (!parseCidr(destinationCidrBlock)) {
    throw new ApiError(
      'IllegalParam.TransitRouterDestinationCidrBlock',
      `TransitRouterDestinationCidrBlock is illegal: ${destinationCidrBlock} is no IPv4 network address with a mask.`,
    );
  }
  const nextHop = nextHopOf(call, cloud, router);
  const existing = Object.values(all.transitRouterRoutes).find(
    item =>
      item.routeTableId === routeTableId &&
      item.destinationCidrBlock === destinationCidrBlock,
  );
  if (existing) {
    throw new ApiError(
      'InstanceExist.TransitRouterRouteEntry',
      `The instance TransitRouterRouteEntry already exists: ${existing.routeEntryId} for ${destinationCidrBlock}.`,
    );
  }
  const route: TransitRouterRoute = {
    routeEntryId: regionalId('rte', router.regionId),
    routeTableId,
    destinationCidrBlock,
    ...nextHop,
    name: checkName(call.text('TransitRouterRouteEntryName'), 'Name'),
    description: checkDescription(
      call.text('TransitRouterRouteEntryDescription'),
      'Description',
    ),
    status: 'Creating',
    creationTime: nowIso(cloud),
  };
  call.checked();
  all.transitRouterRoutes[route.routeEntryId] = route;
  cloud.transitions.schedule(
    'trroute.active',
    { routeEntryId: route.routeEntryId },
    DURATIONS.transitRouterRouteActive,
  );
  return { TransitRouterRouteEntryId: route.routeEntryId };
}

/** By id, or by what it says. */
function findStaticRoute(call: RpcCall, cloud: Cloud): TransitRouterRoute {
  const prefix = 'TransitRouterRouteEntry';
  const id = call.text(`${prefix}Id`);
  const tableId = call.text('TransitRouterRouteTableId');
  const destination = call.text(`${prefix}DestinationCidrBlock`);
  if (id && (tableId ?? destination)) {
    throw new ApiError(
      'ParamExclusive.RouteEntryIdAndRouteTableIdOrDestCidrBlock',
      'RouteEntryId and TransitRouterRouteTableIdOrDestCidrBlock is mutually exclusive.',
    );
  }
  if (!id && !(tableId && destination)) {
    throw missingParameter(`${prefix}Id`);
  }
  const route = Object.values(data(cloud).transitRouterRoutes).find(
    item =>
      (id ?? item.routeEntryId) === item.routeEntryId &&
      call.selects({
        TransitRouterRouteTableId: item.routeTableId,
        [`${prefix}DestinationCidrBlock`]: item.destinationCidrBlock,
        [`${prefix}NextHopType`]: item.nextHopType,
        [`${prefix}NextHopId`]: item.nextHopId,
      }),
  );
  if (!route) {
    throw notFound(
      'InstanceNotExist.TransitRouterRouteEntry',
      'transit router route entry',
      id ?? destination!,
    );
  }
  return route;
}

function deleteRouteEntry(call: RpcCall, cloud: Cloud) {
  const route = findStaticRoute(call, cloud);
  call.checked();
  delete data(cloud).transitRouterRoutes[route.routeEntryId];
}

export const transitRouteOperations: Record<string, RpcOperation> = {
  ListTransitRouterRouteTables: { run: listRouteTables },
  ListTransitRouterRouteEntries: { run: listRouteEntries },
  CreateTransitRouterRouteEntry: { run: createRouteEntry },
  DeleteTransitRouterRouteEntry: { run: deleteRouteEntry },
};

export function handleTransitRouteTransitions(cloud: Cloud): void {
  cloud.transitions.handle('trroute.active', ({ routeEntryId }) => {
    const route = data(cloud).transitRouterRoutes[routeEntryId];
    if (route) route.status = 'Active';
  });
}
