import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError } from '../../errors';
import { regionalId } from '../../ids';
import type { PeerAttachment } from '../../model';
import type { RpcOperation } from '../../operation';
import { byToken } from '../../paging';
import { checkDescription, checkName } from '../vpc/names';
import { attachmentNotFound, checkUnused, dropUses } from './attachmentUse';
import { checkBandwidth, spanId } from './bandwidth';
import { activeTransitRouter } from './transitrouters';

const BANDWIDTH_TYPES = ['BandwidthPackage', 'DataTransfer'] as const;
const LINK_TYPES = ['Gold', 'Platinum'] as const;
/** Default cap of one link in Mbit/s. */
const LARGEST_BANDWIDTH = 100_000;

function findPeer(cloud: Cloud, id: string): PeerAttachment {
  const peer = data(cloud).peerAttachments[id];
  if (!peer) throw attachmentNotFound(id);
  return peer;
}

const illegal = (name: string, reason: string) =>
  new ApiError(`IllegalParam.${name}`, `${name} is illegal: ${reason}.`);

/** The two ends of a new link: Active routers of one CEN instance in different regions, not connected yet. */
function endsOf(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const far = activeTransitRouter(
    cloud,
    call.need('PeerTransitRouterId'),
    'InvalidPeerTransitRouterId.NotFound',
  );
  const named = call.text('TransitRouterId');
  const regionId = call.text('RegionId');
  if (named === undefined && regionId === undefined) {
    throw new ApiError(
      'MissingParam.CenIdOrRegionId',
      'Either CenId or RegionId must be specified.',
    );
  }
  const near = activeTransitRouter(
    cloud,
    named ??
      Object.values(all.transitRouters).find(
        router => router.cenId === far.cenId && router.regionId === regionId,
      )?.transitRouterId ??
      '',
    'InvalidTransitRouterId.NotFound',
  );
  if (near.cenId !== far.cenId) {
    throw illegal(
      'PeerTransitRouterId',
      `it belongs to ${far.cenId}, not to ${near.cenId}`,
    );
  }
  if (!call.selects({ CenId: near.cenId })) {
    throw illegal('CenId', `${near.transitRouterId} belongs to ${near.cenId}`);
  }
  if (!call.selects({ RegionId: near.regionId })) {
    throw illegal(
      'TransitRouterRegionId',
      `${near.transitRouterId} is in ${near.regionId}`,
    );
  }
  if (
    near.regionId === far.regionId ||
    !call.selects({ PeerTransitRouterRegionId: far.regionId })
  ) {
    throw illegal(
      'PeerRegionId',
      `${far.transitRouterId} is in ${far.regionId}, ${near.transitRouterId} in ${near.regionId}`,
    );
  }
  const ends = [near.transitRouterId, far.transitRouterId];
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
  return { near, far };
}

function createPeerAttachment(call: RpcCall, cloud: Cloud) {
  const { near, far } = endsOf(call, cloud);
  const bandwidthType =
    call.oneOf('BandwidthType', BANDWIDTH_TYPES) ?? 'BandwidthPackage';
  const peer: PeerAttachment = {
    attachmentId: regionalId('tr-attach', near.regionId),
    cenId: near.cenId,
    transitRouterId: near.transitRouterId,
    regionId: near.regionId,
    peerTransitRouterId: far.transitRouterId,
    peerRegionId: far.regionId,
    name: checkName(call.text('TransitRouterAttachmentName'), 'Name'),
    description: checkDescription(
      call.text('TransitRouterAttachmentDescription'),
      'Description',
    ),
    status: 'Attaching',
    autoPublishRouteEnabled: call.bool('AutoPublishRouteEnabled') ?? false,
    bandwidth: call.int('Bandwidth', { min: 0, max: LARGEST_BANDWIDTH }) ?? 0,
    bandwidthType,
    bandwidthPackageId:
      bandwidthType === 'DataTransfer'
        ? ''
        : call.text('CenBandwidthPackageId') ?? '',
    defaultLinkType: call.oneOf('DefaultLinkType', LINK_TYPES) ?? 'Gold',
    creationTime: nowIso(cloud),
    tags: call.tags(),
  };
  checkBandwidth(cloud, peer);
  call.checked();
  data(cloud).peerAttachments[peer.attachmentId] = peer;
  cloud.transitions.schedule(
    'peerattachment.attached',
    { attachmentId: peer.attachmentId },
    DURATIONS.peerAttached,
  );
  return { TransitRouterAttachmentId: peer.attachmentId };
}

function listPeerAttachments(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const found = Object.values(data(cloud).peerAttachments).filter(
    peer =>
      call.selects({
        CenId: peer.cenId,
        RegionId: [peer.regionId, peer.peerRegionId],
        TransitRouterAttachmentId: peer.attachmentId,
        TransitRouterId: [peer.transitRouterId, peer.peerTransitRouterId],
      }) && hasTags(peer.tags, tags),
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
  const bandwidthType =
    call.oneOf('BandwidthType', BANDWIDTH_TYPES) ?? peer.bandwidthType;
  const changed: PeerAttachment = {
    ...peer,
    autoPublishRouteEnabled:
      call.bool('AutoPublishRouteEnabled') ?? peer.autoPublishRouteEnabled,
    bandwidth:
      call.int('Bandwidth', { min: 0, max: LARGEST_BANDWIDTH }) ??
      peer.bandwidth,
    bandwidthType,
    bandwidthPackageId:
      bandwidthType === 'DataTransfer'
        ? ''
        : call.text('CenBandwidthPackageId') ?? peer.bandwidthPackageId,
    defaultLinkType:
      call.oneOf('DefaultLinkType', LINK_TYPES) ?? peer.defaultLinkType,
    name:
      checkName(call.text('TransitRouterAttachmentName'), 'Name') || peer.name,
    description:
      checkDescription(
        call.text('TransitRouterAttachmentDescription'),
        'Description',
      ) || peer.description,
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
  if (!call.bool('Force')) checkUnused(cloud, peer.attachmentId);
  call.checked();
  dropUses(cloud, peer.attachmentId);
  peer.status = 'Detaching';
  cloud.transitions.schedule(
    'peerattachment.detached',
    { attachmentId: peer.attachmentId },
    DURATIONS.peerDetached,
  );
}

export const peerAttachmentOperations: Record<string, RpcOperation> = {
  CreateTransitRouterPeerAttachment: { run: createPeerAttachment },
  ListTransitRouterPeerAttachments: { run: listPeerAttachments },
  UpdateTransitRouterPeerAttachmentAttribute: { run: updatePeerAttachment },
  DeleteTransitRouterPeerAttachment: { run: deletePeerAttachment },
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
