import { allByToken, gone } from './pages';
import { flag, integer, objects, tagList, tags, text } from './shape';
import type { AlicloudTransport } from './transport';
import type { CenApi } from './types';

type Attachments = Pick<
  CenApi,
  | 'createVpcAttachment'
  | 'listVpcAttachments'
  | 'deleteVpcAttachment'
  | 'createPeerAttachment'
  | 'listPeerAttachments'
  | 'updatePeerAttachment'
  | 'deletePeerAttachment'
>;

/** What hangs on a transit router: VPCs, and the link to another region's transit router. */
export function createCenAttachments(
  transport: AlicloudTransport,
): Attachments {
  return {
    async createVpcAttachment(p, o) {
      const answer = await transport.rpc(
        {
          product: 'cbn',
          operation: 'CreateTransitRouterVpcAttachment',
          resource: `${p.vpcId} at ${p.transitRouterId}`,
          params: {
            CenId: p.cenId,
            RegionId: p.regionId,
            TransitRouterId: p.transitRouterId,
            VpcId: p.vpcId,
            ZoneMappings: p.zoneMappings.map(zone => ({
              ZoneId: zone.zoneId,
              VSwitchId: zone.vSwitchId,
            })),
            TransitRouterAttachmentName: p.name,
            AutoPublishRouteEnabled: p.autoPublishRouteEnabled,
            ChargeType: 'POSTPAY',
            ClientToken: p.clientToken,
            Tag: tagList(p.tags),
          },
        },
        o,
      );
      return {
        transitRouterAttachmentId: text(answer.TransitRouterAttachmentId),
      };
    },

    async listVpcAttachments(p, o) {
      const found = await allByToken(
        transport,
        {
          product: 'cbn',
          operation: 'ListTransitRouterVpcAttachments',
          resource: p.transitRouterAttachmentId ?? p.vpcId ?? p.cenId,
          params: {
            CenId: p.cenId,
            RegionId: p.regionId,
            TransitRouterId: p.transitRouterId,
            TransitRouterAttachmentId: p.transitRouterAttachmentId,
            VpcId: p.vpcId,
          },
        },
        answer => objects(answer.TransitRouterAttachments),
        o,
        { MaxResults: 100 },
      );
      return found.map(attachment => ({
        transitRouterAttachmentId: text(attachment.TransitRouterAttachmentId),
        transitRouterId: text(attachment.TransitRouterId),
        cenId: text(attachment.CenId),
        vpcId: text(attachment.VpcId),
        vpcRegionId: text(attachment.VpcRegionId),
        status: text(attachment.Status),
        autoPublishRouteEnabled: flag(attachment.AutoPublishRouteEnabled),
        tags: tags(attachment.Tags),
      }));
    },

    deleteVpcAttachment: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'cbn',
            operation: 'DeleteTransitRouterVpcAttachment',
            resource: p.transitRouterAttachmentId,
            params: {
              TransitRouterAttachmentId: p.transitRouterAttachmentId,
              Force: p.force,
            },
          },
          o,
        ),
      ),

    async createPeerAttachment(p, o) {
      const answer = await transport.rpc(
        {
          product: 'cbn',
          operation: 'CreateTransitRouterPeerAttachment',
          resource: `${p.transitRouterId} to ${p.peerTransitRouterId}`,
          params: {
            CenId: p.cenId,
            RegionId: p.regionId,
            TransitRouterId: p.transitRouterId,
            PeerTransitRouterId: p.peerTransitRouterId,
            PeerTransitRouterRegionId: p.peerTransitRouterRegionId,
            TransitRouterAttachmentName: p.name,
            Bandwidth: p.bandwidth,
            BandwidthType: p.bandwidthType,
            CenBandwidthPackageId: p.cenBandwidthPackageId,
            AutoPublishRouteEnabled: p.autoPublishRouteEnabled,
            ClientToken: p.clientToken,
            Tag: tagList(p.tags),
          },
        },
        o,
      );
      return {
        transitRouterAttachmentId: text(answer.TransitRouterAttachmentId),
      };
    },

    async listPeerAttachments(p, o) {
      const found = await allByToken(
        transport,
        {
          product: 'cbn',
          operation: 'ListTransitRouterPeerAttachments',
          resource: p.transitRouterAttachmentId ?? p.transitRouterId ?? p.cenId,
          params: {
            CenId: p.cenId,
            RegionId: p.regionId,
            TransitRouterId: p.transitRouterId,
            TransitRouterAttachmentId: p.transitRouterAttachmentId,
          },
        },
        answer => objects(answer.TransitRouterAttachments),
        o,
        { MaxResults: 100 },
      );
      return found.map(link => ({
        transitRouterAttachmentId: text(link.TransitRouterAttachmentId),
        transitRouterId: text(link.TransitRouterId),
        peerTransitRouterId: text(link.PeerTransitRouterId),
        cenId: text(link.CenId),
        regionId: text(link.RegionId),
        peerTransitRouterRegionId: text(link.PeerTransitRouterRegionId),
        status: text(link.Status),
        bandwidth: integer(link.Bandwidth),
        bandwidthType: text(link.BandwidthType),
        autoPublishRouteEnabled: flag(link.AutoPublishRouteEnabled),
        tags: tags(link.Tags),
      }));
    },

    async updatePeerAttachment(p, o) {
      await transport.rpc(
        {
          product: 'cbn',
          operation: 'UpdateTransitRouterPeerAttachmentAttribute',
          resource: p.transitRouterAttachmentId,
          params: {
            TransitRouterAttachmentId: p.transitRouterAttachmentId,
            Bandwidth: p.bandwidth,
            BandwidthType: p.bandwidthType,
            AutoPublishRouteEnabled: p.autoPublishRouteEnabled,
          },
        },
        o,
      );
    },

    deletePeerAttachment: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'cbn',
            operation: 'DeleteTransitRouterPeerAttachment',
            resource: p.transitRouterAttachmentId,
            params: {
              TransitRouterAttachmentId: p.transitRouterAttachmentId,
              Force: p.force,
            },
          },
          o,
        ),
      ),
  };
}
