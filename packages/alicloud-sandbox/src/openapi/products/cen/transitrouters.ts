import { REGIONS, zonesOf } from '../../../network/regions';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter } from '../../errors';
import { regionalId } from '../../ids';
import type { TransitRouter } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { findCen } from './instances';

export function findTransitRouter(cloud: Cloud, id: string): TransitRouter {
  const router = data(cloud).transitRouters[id];
  if (!router) {
    throw new ApiError(
      'ParameterInstanceId',
      `The specified transit router ${id} does not exist.`,
    );
  }
  return router;
}

/** @throws ApiError `IncorrectStatus.TransitRouterInstance` unless it is Active. */
export function activeTransitRouter(cloud: Cloud, id: string): TransitRouter {
  const router = findTransitRouter(cloud, id);
  if (router.status !== 'Active') {
    throw new ApiError(
      'IncorrectStatus.TransitRouterInstance',
      `The transit router ${id} is ${router.status}.`,
    );
  }
  return router;
}

function createTransitRouter(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'));
  const regionId = call.need('RegionId');
  const all = data(cloud);
  if (!all.transitRouterServiceOpen) {
    throw new ApiError(
      'ServiceNotOpen.TransitRouter',
      'The transit router service is not activated: call OpenTransitRouterService first.',
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
  const cidrList = call.json('TransitRouterCidrList') ?? [];
  if (!Array.isArray(cidrList)) {
    throw invalidParameter('TransitRouterCidrList', 'it is not a JSON array.');
  }
  const tags = call.tags();
  call.checked();
  const router: TransitRouter = {
    transitRouterId: regionalId('tr', regionId),
    cenId: cen.cenId,
    regionId,
    name: call.text('TransitRouterName') ?? '',
    description: call.text('TransitRouterDescription') ?? '',
    status: 'Creating',
    routeTableId: regionalId('vtb', regionId),
    routeTableTags: {},
    cidrList,
    creationTime: nowIso(cloud),
    tags,
  };
  all.transitRouters[router.transitRouterId] = router;
  cloud.transitions.schedule(
    'tr.active',
    { transitRouterId: router.transitRouterId },
    DURATIONS.transitRouterActive,
  );
  return { TransitRouterId: router.transitRouterId };
}

function listTransitRouters(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const found = Object.values(data(cloud).transitRouters).filter(
    router =>
      is('CenId', router.cenId) &&
      is('RegionId', router.regionId) &&
      is('TransitRouterId', router.transitRouterId) &&
      is('TransitRouterName', router.name) &&
      is('Status', router.status) &&
      is('Type', 'Enterprise') &&
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
      SupportMulticast: false,
      Tags: tagList(router.tags),
      TransitRouterCidrList: router.cidrList,
      TransitRouterDescription: router.description,
      TransitRouterId: router.transitRouterId,
      TransitRouterName: router.name,
      Type: 'Enterprise',
    })),
  };
}

function deleteTransitRouter(call: RpcCall, cloud: Cloud) {
  const router = activeTransitRouter(cloud, call.need('TransitRouterId'));
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
    required: ['RegionId'],
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
  CreateTransitRouter: {
    required: ['CenId', 'RegionId'],
    run: createTransitRouter,
  },
  ListTransitRouters: { run: listTransitRouters },
  DeleteTransitRouter: {
    required: ['TransitRouterId'],
    run: deleteTransitRouter,
  },
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
