import { REGIONS, zonesOf } from '../../../network/regions';
import {
  attachInterface,
  availableAddresses,
  releaseInterfaces,
} from '../../addresses';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter, notFound } from '../../errors';
import { regionalId } from '../../ids';
import type { VpcAttachment } from '../../model';
import type { RpcOperation } from '../../operation';
import { byToken } from '../../paging';
import { removeRoute } from '../vpc/routes';
import { findVSwitch } from '../vpc/vswitches';
import { findVpc } from '../vpc/vpcs';
import { dropLinks, linksOf } from './links';
import { activeTransitRouter } from './transitrouters';

export function attachmentNotFound(id: string): ApiError {
  return notFound(
    'InvalidTransitRouterAttachmentId.NotFound',
    'transit router attachment',
    id,
  );
}

function findAttachment(cloud: Cloud, id: string): VpcAttachment {
  const attachment = data(cloud).vpcAttachments[id];
  if (!attachment) throw attachmentNotFound(id);
  return attachment;
}

function jsonMap(call: RpcCall, name: string): Record<string, string> {
  const value = call.json(name) ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidParameter(name, 'it is not a JSON object.');
  }
  return value as Record<string, string>;
}

/** Attachments of a VPC name one vSwitch a zone, in zones that the region's transit router supports. */
function checkZoneMappings(call: RpcCall, cloud: Cloud, vpcId: string) {
  const all = data(cloud);
  const mappings = call.objects('ZoneMappings');
  const seen = new Set<string>();
  return mappings.map(({ ZoneId: zoneId = '', VSwitchId: id = '' }) => {
    const vSwitch = findVSwitch(cloud, id);
    if (vSwitch.vpcId !== vpcId || vSwitch.zoneId !== zoneId) {
      throw invalidParameter(
        'ZoneMappings',
        `${id} is not a vSwitch of ${vpcId} in zone '${zoneId}'.`,
      );
    }
    if (!zonesOf(REGIONS.get(vSwitch.regionId)!).includes(zoneId)) {
      throw invalidParameter('ZoneMappings', `unknown zone '${zoneId}'.`);
    }
    if (seen.has(zoneId)) {
      throw invalidParameter('ZoneMappings', `zone ${zoneId} is named twice.`);
    }
    seen.add(zoneId);
    if (vSwitch.status !== 'Available') {
      throw new ApiError(
        'IncorrectStatus.VpcSwitch',
        `The vSwitch ${id} is ${vSwitch.status}.`,
      );
    }
    if (availableAddresses(all, vSwitch) < 1) {
      throw new ApiError(
        'InvalidVSwitchId.IpNotEnough',
        `The vSwitch ${id} has no free address.`,
      );
    }
    return vSwitch;
  });
}

function createVpcAttachment(call: RpcCall, cloud: Cloud) {
  const vpc = findVpc(cloud, call.need('VpcId'));
  const all = data(cloud);
  const router = call.text('TransitRouterId')
    ? activeTransitRouter(cloud, call.need('TransitRouterId'))
    : Object.values(all.transitRouters).find(
        item =>
          item.cenId === call.need('CenId') &&
          item.regionId === vpc.regionId &&
          item.status === 'Active',
      );
  if (!router) {
    throw new ApiError(
      'InstanceNotExist.TransitRouter',
      `${call.need('CenId')} has no active transit router in ${vpc.regionId}.`,
    );
  }
  if (router.regionId !== vpc.regionId) {
    throw new ApiError(
      'IllegalParam.Region',
      `The VPC is in ${vpc.regionId}, the transit router in ${router.regionId}.`,
    );
  }
  if (vpc.status !== 'Available') {
    throw new ApiError(
      'IncorrectStatus.Vpc',
      `The VPC ${vpc.vpcId} is ${vpc.status}.`,
    );
  }
  const existing = Object.values(all.vpcAttachments).find(
    item => item.vpcId === vpc.vpcId,
  );
  if (existing) {
    throw new ApiError(
      'InstanceExist.VpcAttachment',
      `The VPC ${vpc.vpcId} is already attached: ${existing.attachmentId}.`,
    );
  }
  const vSwitches = checkZoneMappings(call, cloud, vpc.vpcId);
  const options = {
    ...jsonMap(call, 'TransitRouterVPCAttachmentOptions'),
    ...jsonMap(call, 'Options'),
  };
  const tags = call.tags();
  const autoPublishRouteEnabled = call.bool('AutoPublishRouteEnabled') ?? false;
  call.checked();
  const attachmentId = regionalId('tr-attach', vpc.regionId);
  const attachment: VpcAttachment = {
    attachmentId,
    cenId: router.cenId,
    transitRouterId: router.transitRouterId,
    regionId: vpc.regionId,
    vpcId: vpc.vpcId,
    name: call.text('TransitRouterAttachmentName') ?? '',
    description: call.text('TransitRouterAttachmentDescription') ?? '',
    status: 'Attaching',
    autoPublishRouteEnabled,
    chargeType: call.text('ChargeType') ?? 'POSTPAY',
    orderType: 'PayByCenOwner',
    options,
    zoneMappings: vSwitches.map(vSwitch => ({
      zoneId: vSwitch.zoneId,
      vSwitchId: vSwitch.vSwitchId,
      networkInterfaceId: attachInterface(cloud, vSwitch, {
        ownerType: 'TransitRouter',
        ownerId: attachmentId,
      }).networkInterfaceId,
    })),
    creationTime: nowIso(cloud),
    tags,
  };
  all.vpcAttachments[attachmentId] = attachment;
  cloud.transitions.schedule(
    'vpcattachment.attached',
    { attachmentId },
    DURATIONS.vpcAttached,
  );
  return { TransitRouterAttachmentId: attachmentId };
}

function listVpcAttachments(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const found = Object.values(data(cloud).vpcAttachments).filter(
    item =>
      is('CenId', item.cenId) &&
      is('RegionId', item.regionId) &&
      is('Status', item.status) &&
      is('TransitRouterAttachmentId', item.attachmentId) &&
      is('TransitRouterId', item.transitRouterId) &&
      is('VpcId', item.vpcId) &&
      hasTags(item.tags, tags),
  );
  const { items, next, size, total } = byToken(call, found);
  return {
    ...next,
    MaxResults: size,
    TotalCount: total,
    TransitRouterAttachments: items.map(item => ({
      AutoPublishRouteEnabled: item.autoPublishRouteEnabled,
      CenId: item.cenId,
      ChargeType: item.chargeType,
      CreationTime: item.creationTime,
      ManagedService: '',
      Options: {
        ApplianceModeSupport: item.options.ApplianceModeSupport ?? 'disable',
        Ipv6Support:
          item.options.Ipv6Support ?? item.options.ipv6Support ?? 'disable',
      },
      OrderType: item.orderType,
      ResourceType: 'VPC',
      Status: item.status,
      Tags: tagList(item.tags),
      TransitRouterAttachmentDescription: item.description,
      TransitRouterAttachmentId: item.attachmentId,
      TransitRouterAttachmentName: item.name,
      TransitRouterId: item.transitRouterId,
      TransitRouterVPCAttachmentOptions: item.options,
      VpcId: item.vpcId,
      VpcOwnerId: cloud.accountId,
      VpcRegionId: item.regionId,
      ZoneMappings: item.zoneMappings.map(mapping => ({
        NetworkInterfaceId: mapping.networkInterfaceId,
        VSwitchId: mapping.vSwitchId,
        ZoneId: mapping.zoneId,
      })),
    })),
  };
}

function updateVpcAttachment(call: RpcCall, cloud: Cloud) {
  const item = findAttachment(cloud, call.need('TransitRouterAttachmentId'));
  const autoPublish = call.bool('AutoPublishRouteEnabled');
  const options = {
    ...item.options,
    ...jsonMap(call, 'TransitRouterVPCAttachmentOptions'),
    ...jsonMap(call, 'Options'),
  };
  call.checked();
  item.autoPublishRouteEnabled = autoPublish ?? item.autoPublishRouteEnabled;
  item.name = call.text('TransitRouterAttachmentName') ?? item.name;
  item.description =
    call.text('TransitRouterAttachmentDescription') ?? item.description;
  item.options = options;
}

function deleteVpcAttachment(call: RpcCall, cloud: Cloud) {
  const item = findAttachment(cloud, call.need('TransitRouterAttachmentId'));
  const all = data(cloud);
  if (item.status !== 'Attached') {
    throw new ApiError(
      'IncorrectStatus.Attachment',
      `The attachment ${item.attachmentId} is ${item.status}.`,
    );
  }
  const routes = Object.values(all.routeEntries).filter(
    entry => entry.nextHopId === item.attachmentId,
  );
  if (!call.bool('Force')) {
    if (linksOf(cloud, item.attachmentId).length) {
      throw new ApiError(
        'InvalidOperation.RouteTableAssociated',
        `The attachment ${item.attachmentId} is still associated with a route table or propagates into one; set Force or undo that first.`,
      );
    }
    if (routes.length) {
      throw new ApiError(
        'IncorrectStatus.VpcRouteEntry',
        `The VPC route ${routes[0].destinationCidrBlock} still points to ${item.attachmentId}.`,
      );
    }
  }
  call.checked();
  dropLinks(cloud, item.attachmentId);
  for (const entry of routes) removeRoute(cloud, entry);
  item.status = 'Detaching';
  cloud.transitions.schedule(
    'vpcattachment.detached',
    { attachmentId: item.attachmentId },
    DURATIONS.vpcDetached,
  );
}

export const vpcAttachmentOperations: Record<string, RpcOperation> = {
  CreateTransitRouterVpcAttachment: {
    required: ['VpcId', 'ZoneMappings'],
    run: createVpcAttachment,
  },
  ListTransitRouterVpcAttachments: { run: listVpcAttachments },
  UpdateTransitRouterVpcAttachmentAttribute: {
    required: ['TransitRouterAttachmentId'],
    run: updateVpcAttachment,
  },
  DeleteTransitRouterVpcAttachment: {
    required: ['TransitRouterAttachmentId'],
    run: deleteVpcAttachment,
  },
};

export function handleVpcAttachmentTransitions(cloud: Cloud): void {
  cloud.transitions.handle('vpcattachment.attached', ({ attachmentId }) => {
    const item = data(cloud).vpcAttachments[attachmentId];
    if (item?.status === 'Attaching') item.status = 'Attached';
  });
  cloud.transitions.handle('vpcattachment.detached', ({ attachmentId }) => {
    const all = data(cloud);
    const item = all.vpcAttachments[attachmentId];
    if (!item) return;
    all.publications = all.publications.filter(
      entry => entry.cenId !== item.cenId || entry.vpcId !== item.vpcId,
    );
    releaseInterfaces(cloud, attachmentId);
    delete all.vpcAttachments[attachmentId];
  });
}
