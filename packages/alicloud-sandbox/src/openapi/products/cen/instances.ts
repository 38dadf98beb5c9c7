import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError } from '../../errors';
import { globalId, orderId } from '../../ids';
import type { Cen } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { checkDescription, checkName } from '../vpc/names';

/** The code for an unknown CEN instance: the older operations, those on routes, and those on transit routers differ. */
type UnknownCen =
  | 'ParameterCenInstanceId'
  | 'ParameterIllegal.CenInstanceId'
  | 'InvalidCenId.NotFound';

export function findCen(
  cloud: Cloud,
  cenId: string,
  code: UnknownCen = 'ParameterCenInstanceId',
): Cen {
  const { cens } = data(cloud);
  if (!Object.hasOwn(cens, cenId)) {
    throw new ApiError(
      code,
      `The specified CEN instance ${cenId} does not exist.`,
    );
  }
  return cens[cenId];
}

/** @throws ApiError `InvalidOperation.CenInstanceStatus` unless it is Active. */
export function requireActive(cen: Cen): void {
  if (cen.status === 'Active') return;
  throw new ApiError(
    'InvalidOperation.CenInstanceStatus',
    `The CEN instance is not in a valid state for the operation: ${cen.cenId} is ${cen.status}.`,
    409,
  );
}

function createCen(call: RpcCall, cloud: Cloud) {
  const cen: Cen = {
    cenId: globalId('cen'),
    name: checkName(call.text('Name'), 'Name'),
    description: checkDescription(call.text('Description'), 'Description'),
    status: 'Creating',
    protectionLevel: call.oneOf('ProtectionLevel', ['REDUCED']) ?? 'REDUCED',
    creationTime: nowIso(cloud),
    tags: call.tags(),
  };
  data(cloud).cens[cen.cenId] = cen;
  cloud.transitions.schedule(
    'cen.active',
    { cenId: cen.cenId },
    DURATIONS.cenActive,
  );
  return { CenId: cen.cenId };
}

function describeCens(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const tags = call.tags();
  const filters = call.filters();
  const found = Object.values(all.cens).filter(
    cen =>
      hasTags(cen.tags, tags) &&
      call.selects({ ResourceGroupId: 'rg-default' }) &&
      filters.every(({ key, values }) => {
        if (key === 'CenId') return values.includes(cen.cenId);
        if (key === 'Name') return values.includes(cen.name);
        throw new ApiError(
          'InvalidFilterKey',
          `The filter key '${key}' is not supported: CenId, Name.`,
        );
      }),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    Cens: {
      Cen: items.map(cen => ({
        CenBandwidthPackageIds: {
          CenBandwidthPackageId: Object.values(all.bandwidthPackages)
            .filter(item => item.cenIds.includes(cen.cenId))
            .map(item => item.packageId),
        },
        CenId: cen.cenId,
        CreationTime: cen.creationTime,
        Description: cen.description,
        Ipv6Level: 'DISABLED',
        Name: cen.name,
        ProtectionLevel: cen.protectionLevel,
        ResourceGroupId: 'rg-default',
        Status: cen.status,
        Tags: { Tag: tagList(cen.tags) },
      })),
    },
  };
}

function modifyCen(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'));
  requireActive(cen);
  call.oneOf('ProtectionLevel', ['REDUCED']);
  cen.name = checkName(call.text('Name'), 'Name') || cen.name;
  cen.description =
    checkDescription(call.text('Description'), 'Description') ||
    cen.description;
}

function deleteCen(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'));
  const all = data(cloud);
  requireActive(cen);
  const router = Object.values(all.transitRouters).find(
    item => item.cenId === cen.cenId,
  );
  const bandwidth = Object.values(all.bandwidthPackages).find(item =>
    item.cenIds.includes(cen.cenId),
  );
  if (router || bandwidth) {
    throw new ApiError(
      'InvalidOperation.ChildInstancesExist',
      `The CEN instance ${cen.cenId} still has ${
        router?.transitRouterId ?? bandwidth!.packageId
      }.`,
    );
  }
  delete all.cens[cen.cenId];
}

export const cenOperations: Record<string, RpcOperation> = {
  CreateCen: { run: createCen },
  DescribeCens: { run: describeCens },
  ModifyCenAttribute: { run: modifyCen },
  DeleteCen: { run: deleteCen },
  CheckTransitRouterService: {
    run: (_, cloud) => ({
      Enabled: String(data(cloud).transitRouterServiceOpen),
    }),
  },
  OpenTransitRouterService: {
    run: (_, cloud) => {
      data(cloud).transitRouterServiceOpen = true;
      return { OrderId: orderId() };
    },
  },
};

export function handleCenTransitions(cloud: Cloud): void {
  cloud.transitions.handle('cen.active', ({ cenId }) => {
    const cen = data(cloud).cens[cenId];
    if (cen) cen.status = 'Active';
  });
}
