import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, find, nowIso } from '../../cloud';
import { ApiError, missingParameter } from '../../errors';
import { globalId, orderId } from '../../ids';
import type { BandwidthPackage } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { checkDescription, checkName } from '../vpc/names';
import {
  LARGEST_PACKAGE,
  exceeded,
  linksUsing,
  spanId,
  spanOf,
  usedBy,
} from './bandwidth';
import { findCen, requireActive } from './instances';

const AREAS = [
  'China',
  'North-America',
  'Asia-Pacific',
  'Europe',
  'Australia',
  'Middle-East',
] as const;

function findPackage(cloud: Cloud, id: string): BandwidthPackage {
  return find(
    data(cloud).bandwidthPackages,
    id,
    'ParameterBwpInstanceId',
    'bandwidth package',
  );
}

function createPackage(call: RpcCall, cloud: Cloud) {
  const area = (name: string) => {
    call.need(name);
    return call.oneOf(name, AREAS)!;
  };
  const item: BandwidthPackage = {
    packageId: globalId('cenbwp'),
    name: checkName(call.text('Name'), 'Name'),
    description: checkDescription(call.text('Description'), 'Description'),
    bandwidth: call.int('Bandwidth', { min: 2, max: LARGEST_PACKAGE })!,
    chargeType:
      call.oneOf('BandwidthPackageChargeType', ['PREPAY', 'POSTPAY']) ??
      'POSTPAY',
    areaA: area('GeographicRegionAId'),
    areaB: area('GeographicRegionBId'),
    cenIds: [],
    status: 'Idle',
    creationTime: nowIso(cloud),
    tags: call.tags(),
  };
  data(cloud).bandwidthPackages[item.packageId] = item;
  return {
    CenBandwidthPackageId: item.packageId,
    CenBandwidthPackageOrderId: orderId(),
  };
}

/** What DescribeCenBandwidthPackages can be filtered by. */
function passes(
  item: BandwidthPackage,
  { key, values }: { key: string; values: string[] },
): boolean {
  const fields: Record<string, string[]> = {
    CenId: item.cenIds,
    CenBandwidthPackageId: [item.packageId],
    Status: [item.status],
    Name: [item.name],
  };
  if (!Object.hasOwn(fields, key)) {
    throw new ApiError(
      'InvalidFilterKey',
      `The filter key '${key}' is not supported: ${Object.keys(fields).join(
        ', ',
      )}.`,
    );
  }
  return fields[key].some(value => values.includes(value));
}

function describePackages(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const filters = call.filters();
  const found = Object.values(data(cloud).bandwidthPackages).filter(
    item =>
      hasTags(item.tags, tags) &&
      call.selects({ ResourceGroupId: 'rg-default' }) &&
      (call.bool('IsOrKey') && filters.length
        ? filters.some(filter => passes(item, filter))
        : filters.every(filter => passes(item, filter))),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    CenBandwidthPackages: {
      CenBandwidthPackage: items.map(item => ({
        Bandwidth: item.bandwidth,
        BandwidthPackageChargeType: item.chargeType,
        BusinessStatus: 'Normal',
        CenBandwidthPackageId: item.packageId,
        CenIds: { CenId: item.cenIds },
        CreationTime: item.creationTime,
        Description: item.description,
        ExpiredTime: '',
        GeographicRegionAId: item.areaA,
        GeographicRegionBId: item.areaB,
        GeographicSpanId: spanOf(item),
        HasReservationData: 'false',
        IsCrossBorder: item.areaA !== item.areaB,
        Name: item.name,
        OrginInterRegionBandwidthLimits: {
          OrginInterRegionBandwidthLimit: linksUsing(cloud, item).map(peer => ({
            BandwidthLimit: String(peer.bandwidth),
            GeographicSpanId: spanId(peer.regionId, peer.peerRegionId),
            LocalRegionId: peer.regionId,
            OppositeRegionId: peer.peerRegionId,
          })),
        },
        ReservationActiveTime: '',
        ReservationBandwidth: '',
        ReservationInternetChargeType: '',
        ReservationOrderType: '',
        ResourceGroupId: 'rg-default',
        Status: item.status,
        Tags: { Tag: tagList(item.tags) },
      })),
    },
  };
}

const wrongStatus = (item: BandwidthPackage) =>
  new ApiError(
    'InvalidOperation.BwpInstanceStatus',
    `The CBN bandwidth package is not in a valid state for the operation: ${item.packageId} is ${item.status}.`,
    409,
  );

function associate(call: RpcCall, cloud: Cloud) {
  const item = findPackage(cloud, call.need('CenBandwidthPackageId'));
  const cen = findCen(cloud, call.need('CenId'));
  requireActive(cen);
  if (item.status !== 'Idle') throw wrongStatus(item);
  const other = Object.values(data(cloud).bandwidthPackages).find(
    present =>
      present.cenIds.includes(cen.cenId) && spanOf(present) === spanOf(item),
  );
  if (other) {
    throw new ApiError(
      'InvalidOperation.BwpGeographicSpanExist',
      `${cen.cenId} already has the bandwidth package ${
        other.packageId
      } for ${spanOf(item)}.`,
    );
  }
  item.cenIds = [cen.cenId];
  item.status = 'InUse';
}

function unassociate(call: RpcCall, cloud: Cloud) {
  const item = findPackage(cloud, call.need('CenBandwidthPackageId'));
  const cen = findCen(cloud, call.need('CenId'));
  if (!item.cenIds.includes(cen.cenId)) throw wrongStatus(item);
  if (usedBy(cloud, item) > 0) {
    throw new ApiError(
      'InvalidOperation.CenBandwidthLimitsNotZero',
      `Links still use bandwidth of ${item.packageId}.`,
    );
  }
  item.cenIds = [];
  item.status = 'Idle';
}

function deletePackage(call: RpcCall, cloud: Cloud) {
  const item = findPackage(cloud, call.need('CenBandwidthPackageId'));
  if (item.status !== 'Idle') throw wrongStatus(item);
  if (item.chargeType === 'PREPAY') {
    throw new ApiError(
      'Forbidden.Release',
      `The subscription of ${item.packageId} has not ended.`,
      403,
    );
  }
  delete data(cloud).bandwidthPackages[item.packageId];
}

function modifySpec(call: RpcCall, cloud: Cloud) {
  const item = findPackage(cloud, call.need('CenBandwidthPackageId'));
  const bandwidth = call.int('Bandwidth', { min: 2, max: LARGEST_PACKAGE });
  if (bandwidth === undefined) throw missingParameter('Bandwidth');
  const used = usedBy(cloud, item);
  if (bandwidth < used) {
    throw exceeded(`links use ${used} Mbit/s of ${item.packageId}`);
  }
  item.bandwidth = bandwidth;
}

export const packageOperations: Record<string, RpcOperation> = {
  CreateCenBandwidthPackage: { run: createPackage },
  DescribeCenBandwidthPackages: { run: describePackages },
  AssociateCenBandwidthPackage: { run: associate },
  UnassociateCenBandwidthPackage: { run: unassociate },
  DeleteCenBandwidthPackage: { run: deletePackage },
  ModifyCenBandwidthPackageSpec: { run: modifySpec },
};
