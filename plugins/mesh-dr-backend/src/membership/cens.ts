import type { NetworkMap } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  Alicloud,
  Cen,
  PeerAttachment,
  TransitRouter,
  VpcAttachment,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

/** A CEN with what hangs on it. */
export interface CenRead {
  cen: Cen;
  routers: TransitRouter[];
  attachments: VpcAttachment[];
  peers: PeerAttachment[];
}

/** Every CEN of an account. CEN is of no region: it answers for regions that do not. */
export async function readCens({ cen: api }: Alicloud): Promise<CenRead[]> {
  return Promise.all(
    (await api.describeCens({})).map(async cen => {
      const { cenId } = cen;
      const [routers, attachments, peers] = await Promise.all([
        api.listTransitRouters({ cenId }),
        api.listVpcAttachments({ cenId }),
        api.listPeerAttachments({ cenId }),
      ]);
      return { cen, routers, attachments, peers };
    }),
  );
}

/** A CEN as the map shows it. */
export function cenOf(read: CenRead): NetworkMap['cens'][number] {
  const links = new Map(
    // Each side of a link lists it.
    read.peers.map(peer => [peer.transitRouterAttachmentId, peer]),
  );
  return {
    id: read.cen.cenId,
    name: read.cen.name,
    transitRouters: read.routers.map(router => ({
      id: router.transitRouterId,
      name: router.transitRouterName,
      region: router.regionId,
      vpcAttachments: read.attachments
        .filter(
          ({ transitRouterId, vpcRegionId }) =>
            transitRouterId === router.transitRouterId ||
            (!transitRouterId && vpcRegionId === router.regionId),
        )
        .map(attachment => ({
          id: attachment.transitRouterAttachmentId,
          vpcId: attachment.vpcId,
          status: attachment.status,
          autoPublishRoutes: attachment.autoPublishRouteEnabled,
        })),
    })),
    links: [...links.values()].map(peer => ({
      id: peer.transitRouterAttachmentId,
      regions: [peer.regionId, peer.peerTransitRouterRegionId],
      status: peer.status,
      bandwidthMbps: peer.bandwidth ?? 0,
      bandwidthType: peer.bandwidthType,
    })),
  };
}
