import { REGIONS } from '../../../network/regions';
import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { ApiError } from '../../errors';
import type { BandwidthPackage, PeerAttachment } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { findCen, requireActive } from './instances';

/** Mbit/s. */
export const LARGEST_PACKAGE = 10_000;

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

/**
 * Bandwidth from a package must fit what the package has left; pay-by-traffic needs none.
 *
 * @throws ApiError as CreateTransitRouterPeerAttachment documents it
 */
export function checkBandwidth(cloud: Cloud, peer: PeerAttachment): void {
  if (peer.bandwidthType === 'DataTransfer') return;
  if (peer.defaultLinkType !== 'Gold') {
    throw new ApiError(
      'ParameterIllegal.BandwidthPackageDefaultLinkTypeOnlySupportGold',
      `Cen bandwidthPackage only support Gold, not ${peer.defaultLinkType}: BandwidthType DataTransfer supports it.`,
    );
  }
  if (!peer.bandwidthPackageId) {
    if (peer.bandwidth > 0) {
      throw new ApiError(
        'InvalidOperation.BwpNotAssociated',
        `Operation is invalid because a bandwidth package corresponding to the geographic span is not associated: name one of ${spanId(
          peer.regionId,
          peer.peerRegionId,
        )} in CenBandwidthPackageId, or set BandwidthType to DataTransfer.`,
      );
    }
    return;
  }
  const item = data(cloud).bandwidthPackages[peer.bandwidthPackageId];
  if (!item) {
    throw new ApiError(
      'IllegalParam.CenBandwidthPackageId',
      `Parameter CenBandwidthPackageId is illegal: ${peer.bandwidthPackageId} does not exist.`,
    );
  }
  if (!serves(item, peer)) {
    throw new ApiError(
      'InvalidOperation.BwpNotAssociated',
      `Operation is invalid because ${item.packageId} (${spanOf(
        item,
      )}) is not associated with ${peer.cenId} or does not connect ${
        peer.regionId
      } and ${peer.peerRegionId}.`,
    );
  }
  const left = item.bandwidth - usedBy(cloud, item, peer.attachmentId);
  if (peer.bandwidth > left) {
    throw exceeded(`${item.packageId} has ${left} Mbit/s left`);
  }
}

/** The bandwidth asked for is more than the package has. */
export function exceeded(reason: string): ApiError {
  return new ApiError(
    'InvalidOperation.BwpBandwidthExceeded',
    `Operation is invalid because the total bandwidth limit has exceeded that of the bandwidth package: ${reason}.`,
  );
}

/** As `spanId`, of a package. */
export function spanOf(item: BandwidthPackage): string {
  return areaSpan(item.areaA, item.areaB);
}

function serves(item: BandwidthPackage, peer: PeerAttachment): boolean {
  return (
    item.cenIds.includes(peer.cenId) &&
    spanOf(item) === spanId(peer.regionId, peer.peerRegionId)
  );
}

/** Mbit/s that links take from the package, without one of them. */
export function usedBy(
  cloud: Cloud,
  item: BandwidthPackage,
  except = '',
): number {
  return linksUsing(cloud, item)
    .filter(peer => peer.attachmentId !== except)
    .reduce((sum, peer) => sum + peer.bandwidth, 0);
}

/** Links with bandwidth from the package. */
export function linksUsing(cloud: Cloud, bandwidth: BandwidthPackage) {
  return Object.values(data(cloud).peerAttachments).filter(
    peer =>
      peer.bandwidthType === 'BandwidthPackage' &&
      peer.bandwidthPackageId === bandwidth.packageId,
  );
}

/** Sets what the link between two regions may use; 0 takes its bandwidth away. */
function setLimit(call: RpcCall, cloud: Cloud) {
  const cen = findCen(cloud, call.need('CenId'));
  requireActive(cen);
  const ends = [call.need('LocalRegionId'), call.need('OppositeRegionId')];
  const all = data(cloud);
  const peer = Object.values(all.peerAttachments).find(
    item =>
      item.cenId === cen.cenId &&
      ends.includes(item.regionId) &&
      ends.includes(item.peerRegionId),
  );
  if (!peer) {
    throw new ApiError(
      'InvalidOperation.NoChildInstanceEitherRegion',
      `${cen.cenId} has no link between ${ends.join(' and ')}.`,
    );
  }
  const bandwidth = call.int('BandwidthLimit', {
    min: 0,
    max: LARGEST_PACKAGE,
  });
  const bandwidthType =
    call.oneOf('BandwidthType', ['BandwidthPackage', 'DataTransfer']) ??
    peer.bandwidthType;
  const fitting = Object.values(all.bandwidthPackages).find(item =>
    serves(item, peer),
  );
  const changed: PeerAttachment = {
    ...peer,
    bandwidth: bandwidth!,
    bandwidthType,
    bandwidthPackageId:
      bandwidthType === 'DataTransfer'
        ? ''
        : peer.bandwidthPackageId || (fitting?.packageId ?? ''),
  };
  checkBandwidth(cloud, changed);
  all.peerAttachments[peer.attachmentId] = changed;
}

function describeLimits(call: RpcCall, cloud: Cloud) {
  const found = Object.values(data(cloud).peerAttachments).filter(peer =>
    call.selects({
      CenId: peer.cenId,
      TrRegionId: [peer.regionId, peer.peerRegionId],
    }),
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
  SetCenInterRegionBandwidthLimit: { run: setLimit },
  DescribeCenInterRegionBandwidthLimits: { run: describeLimits },
};
