import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError } from '../../errors';
import { globalId } from '../../ids';
import type { Cen } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';

export function findCen(cloud: Cloud, cenId: string): Cen {
  const cen = data(cloud).cens[cenId];
  if (!cen) {
    throw new ApiError(
      'ParameterCenInstanceId',
      `The specified CEN instance ${cenId} does not exist.`,
    );
  }
  return cen;
}

function createCen(call: RpcCall, cloud: Cloud) {
  const cen: Cen = {
    cenId: globalId('cen'),
    name: call.text('Name') ?? '',
    description: call.text('Description') ?? '',
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

function deleteCen(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'));
  const all = data(cloud);
  if (cen.status !== 'Active') {
    throw new ApiError(
      'InvalidOperation.CenInstanceStatus',
      `The CEN instance ${cen.cenId} is ${cen.status}.`,
    );
  }
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
  ModifyCenAttribute: {
    required: ['CenId'],
    run: (call, cloud) => {
      const cen = findCen(cloud, call.need('CenId'));
      cen.name = call.text('Name') ?? cen.name;
      cen.description = call.text('Description') ?? cen.description;
    },
  },
  DeleteCen: { required: ['CenId'], run: deleteCen },
  CheckTransitRouterService: {
    run: (_, cloud) => ({
      Enabled: String(data(cloud).transitRouterServiceOpen),
    }),
  },
  OpenTransitRouterService: {
    run: (_, cloud) => {
      data(cloud).transitRouterServiceOpen = true;
      return { OrderId: '20847194800590' };
    },
  },
};

export function handleCenTransitions(cloud: Cloud): void {
  cloud.transitions.handle('cen.active', ({ cenId }) => {
    const cen = data(cloud).cens[cenId];
    if (cen) cen.status = 'Active';
  });
}
