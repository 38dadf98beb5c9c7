import { attachInterface, releaseInterfaces } from '../../addresses';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError } from '../../errors';
import { regionalId } from '../../ids';
import type { Vpc, VpcAttachment } from '../../model';
import type { RpcOperation } from '../../operation';
import { byToken } from '../../paging';
import { checkDescription, checkName } from '../vpc/names';
import { findVpc } from '../vpc/vpcs';
import { optionsOf, zoneMappingsOf } from './attachmentRequest';
import { attachmentNotFound, checkUnused, dropUses } from './attachmentUse';
import { activeTransitRouter, routerForAttachment } from './transitrouters';

function findAttachment(cloud: Cloud, id: string): VpcAttachment {
  const attachment = data(cloud).vpcAttachments[id];
  if (!attachment) throw attachmentNotFound(id);
  return attachment;
}

/** The transit router that is named, or that of the CEN instance in the VPC's region, which is made when missing. */
function routerOf(call: RpcCall, cloud: Cloud, vpc: Vpc) {
  const id = call.text('TransitRouterId');
  if (id === undefined) {
    const cenId = call.text('CenId');
    if (cenId === undefined) {
      throw new ApiError(
        'MissingParam.CenIdOrRegionId',
        'Either CenId or RegionId must be specified.',
      );
    }
    const router = routerForAttachment(cloud, cenId, vpc.regionId);
    if (!router.existing) return { cenId, make: router.make };
    return routerNamed(cloud, router.existing.transitRouterId, vpc);
  }
  return routerNamed(cloud, id, vpc);
}

function routerNamed(cloud: Cloud, id: string, vpc: Vpc) {
  const router = activeTransitRouter(
    cloud,
    id,
    'InvalidTransitRouterId.NotFound',
  );
  if (router.regionId !== vpc.regionId) {
    throw new ApiError(
      'IllegalParam.Region',
      `The VPC is in ${vpc.regionId}, the transit router in ${router.regionId}.`,
    );
  }
  return { cenId: router.cenId, make: () => router };
}

/** @throws ApiError unless the VPC can be attached to the CEN instance. */
function checkVpc(
  call: RpcCall,
  cloud: Cloud,
  vpc: Vpc,
  router: { cenId: string },
): void {
  if (!call.selects({ RegionId: vpc.regionId })) {
    throw new ApiError(
      'IllegalParam.RegionId',
      `The Specified Parameter RegionId is illegal: the VPC ${vpc.vpcId} is in ${vpc.regionId}.`,
    );
  }
  if (vpc.status !== 'Available') {
    throw new ApiError(
      'IncorrectStatus.Vpc',
      `The VPC ${vpc.vpcId} is ${vpc.status}.`,
    );
  }
  const existing = Object.values(data(cloud).vpcAttachments).find(
    item => item.vpcId === vpc.vpcId,
  );
  if (!existing) return;
  throw existing.cenId === router.cenId
    ? new ApiError(
        'InstanceExist.VpcAttachment',
        `The VPC ${vpc.vpcId} is already attached: ${existing.attachmentId}.`,
      )
    : new ApiError(
        'QuotaFull.ChildInstanceRelatedCen',
        `The VPC ${vpc.vpcId} is already attached to ${existing.cenId}, and a VPC joins one CEN instance.`,
      );
}

function createVpcAttachment(call: RpcCall, cloud: Cloud) {
  const vpc = findVpc(cloud, call.need('VpcId'));
  const router = routerOf(call, cloud, vpc);
  const chargeType = call.text('ChargeType') ?? 'POSTPAY';
  if (chargeType !== 'POSTPAY') {
    throw new ApiError(
      'IllegalParam.ChargeType',
      `The specified ChargeType is illegal: '${chargeType}' is not POSTPAY.`,
    );
  }
  checkVpc(call, cloud, vpc, router);
  const vSwitches = zoneMappingsOf(call, cloud, vpc);
  const settings = {
    name: checkName(call.text('TransitRouterAttachmentName'), 'Name'),
    description: checkDescription(
      call.text('TransitRouterAttachmentDescription'),
      'Description',
    ),
    autoPublishRouteEnabled: call.bool('AutoPublishRouteEnabled') ?? false,
    chargeType,
    options: optionsOf(call),
    tags: call.tags(),
  };
  call.checked();
  const attachmentId = regionalId('tr-attach', vpc.regionId);
  const attachment: VpcAttachment = {
    ...settings,
    attachmentId,
    cenId: router.cenId,
    transitRouterId: router.make().transitRouterId,
    regionId: vpc.regionId,
    vpcId: vpc.vpcId,
    status: 'Attaching',
    orderType: 'PayByCenOwner',
    zoneMappings: vSwitches.map(vSwitch => ({
      zoneId: vSwitch.zoneId,
      vSwitchId: vSwitch.vSwitchId,
      networkInterfaceId: attachInterface(cloud, vSwitch, {
        ownerType: 'TransitRouter',
        ownerId: attachmentId,
      }).networkInterfaceId,
    })),
    creationTime: nowIso(cloud),
  };
  data(cloud).vpcAttachments[attachmentId] = attachment;
  cloud.transitions.schedule(
    'vpcattachment.attached',
    { attachmentId },
    DURATIONS.vpcAttached,
  );
  return { TransitRouterAttachmentId: attachmentId };
}

function listVpcAttachments(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  const found = Object.values(data(cloud).vpcAttachments).filter(
    item =>
      call.selects({
        CenId: item.cenId,
        RegionId: item.regionId,
        Status: item.status,
        OrderType: item.orderType,
        TransitRouterAttachmentId: item.attachmentId,
        TransitRouterId: item.transitRouterId,
        VpcId: item.vpcId,
      }) && hasTags(item.tags, tags),
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

function attachedOnly(item: VpcAttachment): void {
  if (item.status === 'Attached') return;
  throw new ApiError(
    'IncorrectStatus.Attachment',
    `The attachment ${item.attachmentId} is ${item.status}.`,
  );
}

function updateVpcAttachment(call: RpcCall, cloud: Cloud) {
  const item = findAttachment(cloud, call.need('TransitRouterAttachmentId'));
  attachedOnly(item);
  const changed = {
    autoPublishRouteEnabled:
      call.bool('AutoPublishRouteEnabled') ?? item.autoPublishRouteEnabled,
    name:
      checkName(call.text('TransitRouterAttachmentName'), 'Name') || item.name,
    description:
      checkDescription(
        call.text('TransitRouterAttachmentDescription'),
        'Description',
      ) || item.description,
    orderType:
      call.oneOf('OrderType', ['PayByCenOwner', 'PayByResourceOwner']) ??
      item.orderType,
    options: { ...item.options, ...optionsOf(call) },
  };
  call.checked();
  Object.assign(item, changed);
}

function deleteVpcAttachment(call: RpcCall, cloud: Cloud) {
  const item = findAttachment(cloud, call.need('TransitRouterAttachmentId'));
  attachedOnly(item);
  if (!call.bool('Force')) checkUnused(cloud, item.attachmentId);
  call.checked();
  dropUses(cloud, item.attachmentId);
  item.status = 'Detaching';
  cloud.transitions.schedule(
    'vpcattachment.detached',
    { attachmentId: item.attachmentId },
    DURATIONS.vpcDetached,
  );
}

export const vpcAttachmentOperations: Record<string, RpcOperation> = {
  CreateTransitRouterVpcAttachment: { run: createVpcAttachment },
  ListTransitRouterVpcAttachments: { run: listVpcAttachments },
  UpdateTransitRouterVpcAttachmentAttribute: { run: updateVpcAttachment },
  DeleteTransitRouterVpcAttachment: { run: deleteVpcAttachment },
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
