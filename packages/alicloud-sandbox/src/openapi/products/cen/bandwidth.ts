import { REGIONS } from '../../../network/regions';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, find, nowIso } from '../../cloud';
import { ApiError, invalidParameter } from '../../errors';
import { globalId } from '../../ids';
import type { BandwidthPackage, PeerAttachment } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { findCen } from './instances';

const AREAS = [
  'China',
  'North-America',
  'Asia-Pacific',
  'Europe',
  'Australia',
  'Middle-East',
] as const;

/** `china_china`: the two areas of a link in lower case. */
export function spanId(regionA: string, regionB: string): string {
  return areaSpan(
    REGIONS.get(regionA)?.area ?? '',
    REGIONS.get(regionB)?.area ?? '',
  );
}

function areaSpan(a: string, b: string): string {
  return [a, b]
    .map(area => area.toLowerCase())
    .sort()
    .join('_');
}

/** Bandwidth from a package must fit what the package has left; pay-by-traffic needs none. */
export function checkBandwidth(cloud: Cloud, peer: PeerAttachment): void {
  if (
    peer.defaultLinkType === 'Platinum' &&
    peer.bandwidthType !== 'DataTransfer'
  ) {
    throw invalidParameter(
      'DefaultLinkType',
      'Platinum requires the bandwidth type DataTransfer.',
    );
  }
  if (peer.bandwidthType === 'DataTransfer') return;
  if (!peer.bandwidthPackageId) {
    if (peer.bandwidth > 0) {
      throw invalidParameter(
        'CenBandwidthPackageId',
        'bandwidth of the type BandwidthPackage needs a package; without one set BandwidthType to DataTransfer.',
      );
    }
    return;
  }
  const bandwidth = findPackage(cloud, peer.bandwidthPackageId);
  if (!bandwidth.cenIds.includes(peer.cenId)) {
    throw invalidParameter(
      'CenBandwidthPackageId',
      `${bandwidth.packageId} is not associated with ${peer.cenId}.`,
    );
  }
  if (
    areaSpan(bandwidth.areaA, bandwidth.areaB) !==
    spanId(peer.regionId, peer.peerRegionId)
  ) {
    throw invalidParameter(
      'CenBandwidthPackageId',
      `${bandwidth.packageId} does not connect the areas of ${peer.regionId} and ${peer.peerRegionId}.`,
    );
  }
  const used = linksUsing(cloud, bandwidth)
    .filter(other => other.attachmentId !== peer.attachmentId)
    .reduce((sum, other) => sum + other.bandwidth, 0);
  if (used + peer.bandwidth > bandwidth.bandwidth) {
    throw invalidParameter(
      'Bandwidth',
      `${bandwidth.packageId} has ${bandwidth.bandwidth - used} Mbit/s left.`,
    );
  }
}

function linksUsing(cloud: Cloud, bandwidth: BandwidthPackage) {
  return Object.values(data(cloud).peerAttachments).filter(
    peer =>
      peer.bandwidthType === 'BandwidthPackage' &&
      peer.bandwidthPackageId === bandwidth.packageId,
  );
}

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
    name: call.text('Name') ?? '',
    description: call.text('Description') ?? '',
    bandwidth: call.int('Bandwidth', { min: 2, max: 10_000 })!,
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
    CenBandwidthPackageOrderId: '20847194800591',
  };
}

function describePackages(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const filters = call.filters();
  const found = Object.values(data(cloud).bandwidthPackages).filter(
    item =>
      hasTags(item.tags, tags) &&
      filters.every(({ key, values }) => {
        if (key === 'CenBandwidthPackageId') {
          return values.includes(item.packageId);
        }
        if (key === 'CenId') return item.cenIds.some(id => values.includes(id));
        if (key === 'Status') return values.includes(item.status);
        if (key === 'Name') return values.includes(item.name);
        throw new ApiError(
          'InvalidFilterKey',
          `The filter key '${key}' is not supported: CenBandwidthPackageId, CenId, Status, Name.`,
        );
      }),
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
        GeographicRegionAId: item.areaA,
        GeographicRegionBId: item.areaB,
        GeographicSpanId: areaSpan(item.areaA, item.areaB),
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
        ResourceGroupId: 'rg-default',
        Status: item.status,
        Tags: { Tag: tagList(item.tags) },
      })),
    },
  };
}

function unassociate(call: RpcCall, cloud: Cloud) {
  const item = findPackage(cloud, call.need('CenBandwidthPackageId'));
  const cen = findCen(cloud, call.need('CenId'));
  if (linksUsing(cloud, item).some(peer => peer.bandwidth > 0)) {
    throw new ApiError(
      'InvalidOperation.CenBandwidthLimitsNotZero',
      `Links still use bandwidth of ${item.packageId}.`,
    );
  }
  item.cenIds = item.cenIds.filter(id => id !== cen.cenId);
  if (!item.cenIds.length) item.status = 'Idle';
}

function describeLimits(call: RpcCall, cloud: Cloud) {
  const cenId = call.text('CenId');
  const region = call.text('TrRegionId');
  const found = Object.values(data(cloud).peerAttachments).filter(
    peer =>
      (cenId ?? peer.cenId) === peer.cenId &&
      (!region || [peer.regionId, peer.peerRegionId].includes(region)),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    CenInterRegionBandwidthLimits: {
      CenInterRegionBandwidthLimit: items.map(peer => ({
        BandwidthLimit: peer.bandwidth,
        BandwidthPackageId: peer.bandwidthPackageId,
        BandwidthType: peer.bandwidthType,
        CenId: peer.cenId,
        GeographicSpanId: spanId(peer.regionId, peer.peerRegionId),
        LocalRegionId: peer.regionId,
        OppositeRegionId: peer.peerRegionId,
        Status: 'Active',
      })),
    },
  };
}

export const bandwidthOperations: Record<string, RpcOperation> = {
  CreateCenBandwidthPackage: {
    required: ['Bandwidth', 'GeographicRegionAId', 'GeographicRegionBId'],
    run: createPackage,
  },
  DescribeCenBandwidthPackages: { run: describePackages },
  AssociateCenBandwidthPackage: {
    required: ['CenBandwidthPackageId', 'CenId'],
    run: (call, cloud) => {
      const item = findPackage(cloud, call.need('CenBandwidthPackageId'));
      const cen = findCen(cloud, call.need('CenId'));
      if (item.status !== 'Idle') {
        throw new ApiError(
          'InvalidOperation.BwpInstanceStatus',
          `The bandwidth package ${item.packageId} is ${item.status}.`,
        );
      }
      item.cenIds = [cen.cenId];
      item.status = 'InUse';
    },
  },
  UnassociateCenBandwidthPackage: {
    required: ['CenBandwidthPackageId', 'CenId'],
    run: unassociate,
  },
  DeleteCenBandwidthPackage: {
    required: ['CenBandwidthPackageId'],
    run: (call, cloud) => {
      const item = findPackage(cloud, call.need('CenBandwidthPackageId'));
      if (item.status !== 'Idle') {
        throw new ApiError(
          'InvalidOperation.BwpInstanceStatus',
          `The bandwidth package ${item.packageId} is ${item.status}.`,
        );
      }
      delete data(cloud).bandwidthPackages[item.packageId];
    },
  },
  DescribeCenInterRegionBandwidthLimits: { run: describeLimits },
};
