import { blocksOverlap, parseCidr } from '../../../network/cidr';
import { REGIONS, zonesOf } from '../../../network/regions';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError } from '../../errors';
import { regionalId } from '../../ids';
import type { Cen, TransitRouter, TransitRouterCidr } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { checkDescription, checkName } from '../vpc/names';
import { findCen } from './instances';

/** The code for an unknown transit router: operations on itself and on its attachments differ. */
type UnknownRouter =
  | 'ParameterInstanceId'
  | 'InvalidTransitRouterId.NotFound'
  | 'InvalidPeerTransitRouterId.NotFound';

/** @throws ApiError `code`, or `IncorrectStatus.TransitRouterInstance` unless it is Active. */
export function activeTransitRouter(
  cloud: Cloud,
  id: string,
  code: UnknownRouter,
): TransitRouter {
  const { transitRouters } = data(cloud);
  if (!Object.hasOwn(transitRouters, id)) {
    throw new ApiError(
      code,
      `The specified transit router ${id} does not exist.`,
    );
  }
  const router = transitRouters[id];
  if (router.status !== 'Active') {
    throw new ApiError(
      'IncorrectStatus.TransitRouterInstance',
      `The transit router ${id} is ${router.status}.`,
    );
  }
  return router;
}

/** The blocks from which a transit router may take addresses of its own. */
function cidrListOf(call: RpcCall, regionId: string): TransitRouterCidr[] {
  const given = (call.json('TransitRouterCidrList') ?? []) as Record<
    string,
    unknown
  >[];
  const list = given.map(item => {
    const block = String(item.Cidr ?? '');
    const cidr = parseCidr(block);
    if (!cidr || cidr.bits < 16 || cidr.bits > 24) {
      throw new ApiError(
        'IllegalParam.Cidr',
        `Cidr is illegal: '${block}' is no IPv4 network address with a mask of 16 to 24.`,
      );
    }
    return {
      id: regionalId('cidr', regionId),
      cidr: block,
      name: String(item.Name ?? ''),
      description: String(item.Description ?? ''),
      publishCidrRoute: item.PublishCidrRoute !== false,
    };
  });
  for (const [index, { cidr }] of list.entries()) {
    if (list.slice(0, index).some(other => blocksOverlap(other.cidr, cidr))) {
      throw new ApiError(
        'OverLappingExist.Cidr',
        `The cidr overlapping exist: ${cidr} overlaps with another one.`,
      );
    }
  }
  return list;
}

/** @throws ApiError unless the service is open and the CEN instance takes a transit router in the region. */
function checkNewRouter(cloud: Cloud, cen: Cen, regionId: string): void {
  const all = data(cloud);
  if (!all.transitRouterServiceOpen) {
    throw new ApiError(
      'Forbbiden.TransitRouterServiceNotOpen',
      'The user has not open transit router service: call OpenTransitRouterService first.',
    );
  }
  if (cen.status !== 'Active') {
    throw new ApiError(
      'IncorrectStatus.CenInstance',
      `The CEN instance ${cen.cenId} is ${cen.status}.`,
    );
  }
  const existing = Object.values(all.transitRouters).find(
    router => router.cenId === cen.cenId && router.regionId === regionId,
  );
  if (existing) {
    throw new ApiError(
      'InstanceExist.TransitRouterInstance',
      `${cen.cenId} already has the transit router ${existing.transitRouterId} in ${regionId}.`,
    );
  }
}

function addRouter(
  cloud: Cloud,
  cen: Cen,
  options: Pick<TransitRouter, 'regionId'> & Partial<TransitRouter>,
): TransitRouter {
  const { regionId } = options;
  const router: TransitRouter = {
    transitRouterId: regionalId('tr', regionId),
    cenId: cen.cenId,
    name: '',
    description: '',
    status: 'Creating',
    routeTableId: regionalId('vtb', regionId),
    routeTableTags: {},
    cidrList: [],
    creationTime: nowIso(cloud),
    tags: {},
    ...options,
  };
  data(cloud).transitRouters[router.transitRouterId] = router;
  cloud.transitions.schedule(
    'tr.active',
    { transitRouterId: router.transitRouterId },
    DURATIONS.transitRouterActive,
  );
  return router;
}

/** The CEN instance's router in the region; attaching the first VPC there makes it. */
export function routerForAttachment(
  cloud: Cloud,
  cenId: string,
  regionId: string,
): { existing?: TransitRouter; make(): TransitRouter } {
  const existing = Object.values(data(cloud).transitRouters).find(
    router => router.cenId === cenId && router.regionId === regionId,
  );
  const cen = findCen(cloud, cenId, 'InvalidCenId.NotFound');
  if (!existing) checkNewRouter(cloud, cen, regionId);
  return {
    existing,
    make: () => addRouter(cloud, cen, { regionId }),
  };
}

function createTransitRouter(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'), 'InvalidCenId.NotFound');
  const regionId = call.need('RegionId');
  checkNewRouter(cloud, cen, regionId);
  const options = {
    regionId,
    name: checkName(call.text('TransitRouterName'), 'Name'),
    description: checkDescription(
      call.text('TransitRouterDescription'),
      'Description',
    ),
    supportMulticast: call.bool('SupportMulticast') ?? false,
    cidrList: cidrListOf(call, regionId),
    tags: call.tags(),
  };
  call.checked();
  return {
    TransitRouterId: addRouter(cloud, cen, options).transitRouterId,
  };
}

function listTransitRouters(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const multicast = call
    .filters('FeatureFilter')
    .filter(({ key }) => key === 'SupportMulticast');
  const found = Object.values(data(cloud).transitRouters).filter(
    router =>
      call.selects({
        CenId: router.cenId,
        RegionId: router.regionId,
        TransitRouterId: router.transitRouterId,
        TransitRouterName: router.name,
        Status: router.status,
        Type: 'Enterprise',
      }) &&
      multicast.every(({ values }) =>
        values.includes(String(router.supportMulticast ?? false)),
      ) &&
      hasTags(router.tags, tags),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    TransitRouters: items.map(router => ({
      AliUid: cloud.accountId,
      CenId: router.cenId,
      CreationTime: router.creationTime,
      RegionId: router.regionId,
      Status: router.status,
      SupportMulticast: router.supportMulticast ?? false,
      Tags: tagList(router.tags),
      TransitRouterCidrList: router.cidrList.map(item => ({
        Cidr: item.cidr,
        Description: item.description,
        Name: item.name,
        PublishCidrRoute: item.publishCidrRoute,
        TransitRouterCidrId: item.id,
      })),
      TransitRouterDescription: router.description,
      TransitRouterId: router.transitRouterId,
      TransitRouterName: router.name,
      Type: 'Enterprise',
    })),
  };
}

function deleteTransitRouter(call: RpcCall, cloud: Cloud) {
  const router = activeTransitRouter(
    cloud,
    call.need('TransitRouterId'),
    'ParameterInstanceId',
  );
  const all = data(cloud);
  const attached =
    Object.values(all.vpcAttachments).find(
      item => item.transitRouterId === router.transitRouterId,
    ) ??
    Object.values(all.peerAttachments).find(item =>
      [item.transitRouterId, item.peerTransitRouterId].includes(
        router.transitRouterId,
      ),
    );
  if (attached) {
    throw new ApiError(
      'InvalidOperation.AttachedChildInstanceExist',
      `The transit router ${router.transitRouterId} still has the attachment ${attached.attachmentId}.`,
    );
  }
  call.checked();
  router.status = 'Deleting';
  cloud.transitions.schedule(
    'tr.deleted',
    { transitRouterId: router.transitRouterId },
    DURATIONS.transitRouterDeleted,
  );
}

export const transitRouterOperations: Record<string, RpcOperation> = {
  ListTransitRouterAvailableResource: {
    run: call => {
      const zones = zonesOf(REGIONS.get(call.need('RegionId'))!);
      return {
        AvailableZones: zones,
        MasterZones: zones.slice(0, 2),
        SlaveZones: zones.slice(1, 3),
        SupportMulticast: true,
      };
    },
  },
  CreateTransitRouter: { run: createTransitRouter },
  ListTransitRouters: { run: listTransitRouters },
  DeleteTransitRouter: { run: deleteTransitRouter },
};

export function handleTransitRouterTransitions(cloud: Cloud): void {
  cloud.transitions.handle('tr.active', ({ transitRouterId }) => {
    const router = data(cloud).transitRouters[transitRouterId];
    if (router) router.status = 'Active';
  });
  cloud.transitions.handle('tr.deleted', ({ transitRouterId }) => {
    const all = data(cloud);
    const router = all.transitRouters[transitRouterId];
    if (!router) return;
    for (const route of Object.values(all.transitRouterRoutes)) {
      if (route.routeTableId === router.routeTableId) {
        delete all.transitRouterRoutes[route.routeEntryId];
      }
    }
    delete all.transitRouters[transitRouterId];
  });
}
