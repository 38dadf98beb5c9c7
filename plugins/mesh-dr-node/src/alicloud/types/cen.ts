import type { CallOptions, Tags } from './common';

export interface Cen {
  cenId: string;
  name: string;
  status: string;
  tags: Tags;
}
export interface TransitRouter {
  transitRouterId: string;
  transitRouterName: string;
  cenId: string;
  regionId: string;
  status: string;
  type: string;
  tags: Tags;
}
export interface VpcAttachment {
  transitRouterAttachmentId: string;
  transitRouterId: string;
  cenId: string;
  vpcId: string;
  vpcRegionId: string;
  status: string;
  autoPublishRouteEnabled: boolean;
  tags: Tags;
}
export interface PeerAttachment {
  transitRouterAttachmentId: string;
  transitRouterId: string;
  peerTransitRouterId: string;
  cenId: string;
  regionId: string;
  peerTransitRouterRegionId: string;
  status: string;
  /** Mbit/s; 0 or absent: only the 1 kbit/s connectivity-test default. */
  bandwidth: number;
  bandwidthType: string;
  autoPublishRouteEnabled: boolean;
  tags: Tags;
}
export interface PublishedRouteEntry {
  destinationCidrBlock: string;
  nextHopId: string;
  nextHopType: string;
  routeType: string;
  /** `Published`, `NonPublished`. */
  publishStatus: string;
  childInstanceRouteTableId: string;
}
export interface RouteTableLink {
  transitRouterAttachmentId: string;
  transitRouterRouteTableId: string;
  status: string;
}
export interface CenApi {
  checkTransitRouterService(o?: CallOptions): Promise<boolean>;
  openTransitRouterService(o?: CallOptions): Promise<void>;
  createCen(
    p: { name: string; clientToken: string; tags?: Tags; description?: string },
    o?: CallOptions,
  ): Promise<{ cenId: string }>;
  describeCens(
    p: { cenId?: string; name?: string; tags?: Tags },
    o?: CallOptions,
  ): Promise<Cen[]>;
  deleteCen(p: { cenId: string }, o?: CallOptions): Promise<void>;
  availableZones(p: { regionId: string }, o?: CallOptions): Promise<string[]>;
  createTransitRouter(
    p: {
      cenId: string;
      regionId: string;
      transitRouterName: string;
      clientToken: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<{ transitRouterId: string }>;
  listTransitRouters(
    p: { cenId?: string; regionId?: string; transitRouterId?: string },
    o?: CallOptions,
  ): Promise<TransitRouter[]>;
  deleteTransitRouter(
    p: { transitRouterId: string },
    o?: CallOptions,
  ): Promise<void>;
  createVpcAttachment(
    p: {
      cenId: string;
      regionId: string;
      transitRouterId: string;
      vpcId: string;
      zoneMappings: { zoneId: string; vSwitchId: string }[];
      name: string;
      autoPublishRouteEnabled: boolean;
      clientToken: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<{ transitRouterAttachmentId: string }>;
  listVpcAttachments(
    p: {
      cenId?: string;
      regionId?: string;
      transitRouterId?: string;
      transitRouterAttachmentId?: string;
      vpcId?: string;
    },
    o?: CallOptions,
  ): Promise<VpcAttachment[]>;
  deleteVpcAttachment(
    p: { transitRouterAttachmentId: string; force?: boolean },
    o?: CallOptions,
  ): Promise<void>;
  createPeerAttachment(
    p: {
      cenId: string;
      regionId: string;
      transitRouterId: string;
      peerTransitRouterId: string;
      peerTransitRouterRegionId: string;
      name: string;
      /** Mbit/s; omit to leave the link without bandwidth. */
      bandwidth?: number;
      bandwidthType: 'DataTransfer' | 'BandwidthPackage';
      cenBandwidthPackageId?: string;
      autoPublishRouteEnabled: boolean;
      clientToken: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<{ transitRouterAttachmentId: string }>;
  listPeerAttachments(
    p: {
      cenId?: string;
      regionId?: string;
      transitRouterId?: string;
      transitRouterAttachmentId?: string;
    },
    o?: CallOptions,
  ): Promise<PeerAttachment[]>;
  updatePeerAttachment(
    p: {
      transitRouterAttachmentId: string;
      bandwidth?: number;
      bandwidthType?: 'DataTransfer' | 'BandwidthPackage';
      autoPublishRouteEnabled?: boolean;
    },
    o?: CallOptions,
  ): Promise<void>;
  deletePeerAttachment(
    p: { transitRouterAttachmentId: string; force?: boolean },
    o?: CallOptions,
  ): Promise<void>;
  listRouteTables(
    p: { transitRouterId: string },
    o?: CallOptions,
  ): Promise<
    { transitRouterRouteTableId: string; type: string; status: string }[]
  >;
  listRouteEntries(
    p: { transitRouterRouteTableId: string },
    o?: CallOptions,
  ): Promise<
    {
      destinationCidrBlock: string;
      nextHopId: string;
      nextHopType: string;
      type: string;
      status: string;
    }[]
  >;
  associateRouteTable(
    p: {
      transitRouterAttachmentId: string;
      transitRouterRouteTableId: string;
      clientToken: string;
    },
    o?: CallOptions,
  ): Promise<void>;
  listAssociations(
    p: {
      transitRouterRouteTableId?: string;
      transitRouterAttachmentId?: string;
    },
    o?: CallOptions,
  ): Promise<RouteTableLink[]>;
  dissociateRouteTable(
    p: { transitRouterAttachmentId: string; transitRouterRouteTableId: string },
    o?: CallOptions,
  ): Promise<void>;
  enablePropagation(
    p: {
      transitRouterAttachmentId: string;
      transitRouterRouteTableId: string;
      clientToken: string;
    },
    o?: CallOptions,
  ): Promise<void>;
  listPropagations(
    p: {
      transitRouterRouteTableId: string;
      transitRouterAttachmentId?: string;
    },
    o?: CallOptions,
  ): Promise<RouteTableLink[]>;
  disablePropagation(
    p: { transitRouterAttachmentId: string; transitRouterRouteTableId: string },
    o?: CallOptions,
  ): Promise<void>;
  describePublishedRouteEntries(
    p: {
      cenId: string;
      vpcId: string;
      regionId: string;
      routeTableId?: string;
    },
    o?: CallOptions,
  ): Promise<PublishedRouteEntry[]>;
  publishRouteEntry(
    p: {
      cenId: string;
      vpcId: string;
      regionId: string;
      routeTableId: string;
      destinationCidrBlock: string;
    },
    o?: CallOptions,
  ): Promise<void>;
  withdrawRouteEntry(
    p: {
      cenId: string;
      vpcId: string;
      regionId: string;
      routeTableId: string;
      destinationCidrBlock: string;
    },
    o?: CallOptions,
  ): Promise<void>;
}
