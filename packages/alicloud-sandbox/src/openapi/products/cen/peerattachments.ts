import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter } from '../../errors';
import { regionalId } from '../../ids';
import type { PeerAttachment } from '../../model';
import type { RpcOperation } from '../../operation';
import { byToken } from '../../paging';
import { checkBandwidth, spanId } from './bandwidth';
import { dropLinks, linksOf } from './links';
import { activeTransitRouter } from './transitrouters';
import { attachmentNotFound } from './vpcattachments';

const BANDWIDTH_TYPES = ['BandwidthPackage', 'DataTransfer'] as const;
/** Default cap of one link in Mbit/s. */
const LARGEST_BANDWIDTH = 100_000;

function findPeer(cloud: Cloud, id: string): PeerAttachment {
  const peer = data(cloud).peerAttachments[id];
  if (!peer) throw attachmentNotFound(id);
  return peer;
}

function createPeerAttachment(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const peerRouter = activeTransitRouter(
    cloud,
    call.need('PeerTransitRouterId'),
  );
  const routerId =
    call.text('TransitRouterId') ??
    Object.values(all.transitRouters).find(
      router =>
        router.cenId === peerRouter.cenId &&
        router.regionId === call.need('RegionId'),
    )?.transitRouterId ??
    '';
  const router = activeTransitRouter(cloud, routerId);
  if (router.cenId !== peerRouter.cenId) {
    throw invalidParameter(
      'PeerTransitRouterId',
      'it belongs to another CEN instance.',
    );
  }
  if (router.regionId === peerRouter.regionId) {
    throw new ApiError(
      'IllegalParam.Region',
      `Both transit routers are in ${router.regionId}.`,
    );
  }
  const told = call.text('PeerTransitRouterRegionId');
  if (told !== undefined && told !== peerRouter.regionId) {
    throw new ApiError(
      'IllegalParam.Region',
      `${peerRouter.transitRouterId} is in ${peerRouter.regionId}, not in ${told}.`,
    );
  }
  const ends = [router.transitRouterId, peerRouter.transitRouterId];
  const existing = Object.values(all.peerAttachments).find(
    peer =>
      ends.includes(peer.transitRouterId) &&
      ends.includes(peer.peerTransitRouterId),
  );
  if (existing) {
    throw new ApiError(
      'InstanceExist.PeerAttachment',
      `The two transit routers are already connected: ${existing.attachmentId}.`,
    );
  }
  const peer: PeerAttachment = {
    attachmentId: regionalId('tr-attach', router.regionId),
    cenId: router.cenId,
    transitRouterId: router.transitRouterId,
    regionId: router.regionId,
    peerTransitRouterId: peerRouter.transitRouterId,
    peerRegionId: peerRouter.regionId,
    name: call.text('TransitRouterAttachmentName') ?? '',
    description: call.text('TransitRouterAttachmentDescription') ?? '',
    status: 'Attaching',
    autoPublishRouteEnabled: call.bool('AutoPublishRouteEnabled') ?? false,
    bandwidth: call.int('Bandwidth', { min: 0, max: LARGEST_BANDWIDTH }) ?? 0,
    bandwidthType:
      call.oneOf('BandwidthType', BANDWIDTH_TYPES) ?? 'BandwidthPackage',
    bandwidthPackageId: call.text('CenBandwidthPackageId') ?? '',
    defaultLinkType:
      call.oneOf('DefaultLinkType', ['Gold', 'Platinum']) ?? 'Gold',
    creationTime: nowIso(cloud),
    tags: call.tags(),
  };
  checkBandwidth(cloud, peer);
  call.checked();
  all.peerAttachments[peer.attachmentId] = peer;
  cloud.transitions.schedule(
    'peerattachment.attached',
    { attachmentId: peer.attachmentId },
    DURATIONS.peerAttached,
  );
  return { TransitRouterAttachmentId: peer.attachmentId };
}

function listPeerAttachments(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const has = (name: string, values: string[]) => {
    const value = call.text(name);
    return value === undefined || values.includes(value);
  };
  const found = Object.values(data(cloud).peerAttachments).filter(
    peer =>
      has('CenId', [peer.cenId]) &&
      has('RegionId', [peer.regionId, peer.peerRegionId]) &&
      has('TransitRouterAttachmentId', [peer.attachmentId]) &&
      has('TransitRouterId', [
        peer.transitRouterId,
        peer.peerTransitRouterId,
      ]) &&
      hasTags(peer.tags, tags),
  );
  const { items, next, size, total } = byToken(call, found);
  return {
    ...next,
    MaxResults: size,
    TotalCount: total,
    TransitRouterAttachments: items.map(peer => ({
      AutoPublishRouteEnabled: peer.autoPublishRouteEnabled,
      Bandwidth: peer.bandwidth,
      BandwidthType: peer.bandwidthType,
      CenBandwidthPackageId: peer.bandwidthPackageId,
      CenId: peer.cenId,
      CreationTime: peer.creationTime,
      DefaultLinkType: peer.defaultLinkType,
      GeographicSpanId: spanId(peer.regionId, peer.peerRegionId),
      PeerTransitRouterId: peer.peerTransitRouterId,
      PeerTransitRouterOwnerId: cloud.accountId,
      PeerTransitRouterRegionId: peer.peerRegionId,
      RegionId: peer.regionId,
      ResourceType: 'TR',
      Status: peer.status,
      Tags: tagList(peer.tags),
      TransitRouterAttachmentDescription: peer.description,
      TransitRouterAttachmentId: peer.attachmentId,
      TransitRouterAttachmentName: peer.name,
      TransitRouterId: peer.transitRouterId,
    })),
  };
}

function updatePeerAttachment(call: RpcCall, cloud: Cloud) {
  const peer = findPeer(cloud, call.need('TransitRouterAttachmentId'));
  if (peer.status !== 'Attached') {
    throw new ApiError(
      'IncorrectStatus.Attachment',
      `The attachment ${peer.attachmentId} is ${peer.status}.`,
    );
  }
  const changed: PeerAttachment = {
    ...peer,
    autoPublishRouteEnabled:
      call.bool('AutoPublishRouteEnabled') ?? peer.autoPublishRouteEnabled,
    bandwidth:
      call.int('Bandwidth', { min: 0, max: LARGEST_BANDWIDTH }) ??
      peer.bandwidth,
    bandwidthType:
      call.oneOf('BandwidthType', BANDWIDTH_TYPES) ?? peer.bandwidthType,
    bandwidthPackageId:
      call.text('CenBandwidthPackageId') ?? peer.bandwidthPackageId,
    defaultLinkType:
      call.oneOf('DefaultLinkType', ['Gold', 'Platinum']) ??
      peer.defaultLinkType,
    name: call.text('TransitRouterAttachmentName') ?? peer.name,
    description:
      call.text('TransitRouterAttachmentDescription') ?? peer.description,
  };
  checkBandwidth(cloud, changed);
  call.checked();
  data(cloud).peerAttachments[peer.attachmentId] = changed;
}

function deletePeerAttachment(call: RpcCall, cloud: Cloud) {
  const peer = findPeer(cloud, call.need('TransitRouterAttachmentId'));
  if (peer.status !== 'Attached') {
    throw new ApiError(
      'IncorrectStatus.Attachment',
      `The attachment ${peer.attachmentId} is ${peer.status}.`,
    );
  }
  if (!call.bool('Force') && linksOf(cloud, peer.attachmentId).length) {
    throw new ApiError(
      'InvalidOperation.RouteTableAssociated',
      `The attachment ${peer.attachmentId} is still associated with a route table or propagates into one; set Force or undo that first.`,
    );
  }
  call.checked();
  dropLinks(cloud, peer.attachmentId);
  peer.status = 'Detaching';
  cloud.transitions.schedule(
    'peerattachment.detached',
    { attachmentId: peer.attachmentId },
    DURATIONS.peerDetached,
  );
}

export const peerAttachmentOperations: Record<string, RpcOperation> = {
  CreateTransitRouterPeerAttachment: {
    required: ['PeerTransitRouterId'],
    run: createPeerAttachment,
  },
  ListTransitRouterPeerAttachments: { run: listPeerAttachments },
  UpdateTransitRouterPeerAttachmentAttribute: {
    required: ['TransitRouterAttachmentId'],
    run: updatePeerAttachment,
  },
  DeleteTransitRouterPeerAttachment: {
    required: ['TransitRouterAttachmentId'],
    run: deletePeerAttachment,
  },
};

export function handlePeerAttachmentTransitions(cloud: Cloud): void {
  cloud.transitions.handle('peerattachment.attached', ({ attachmentId }) => {
    const peer = data(cloud).peerAttachments[attachmentId];
    if (peer?.status === 'Attaching') peer.status = 'Attached';
  });
  cloud.transitions.handle('peerattachment.detached', ({ attachmentId }) => {
    delete data(cloud).peerAttachments[attachmentId];
  });
}
