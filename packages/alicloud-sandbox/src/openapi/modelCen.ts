import type { Tags } from './call';

/** Resources of CEN as they are stored; see `model.ts` for all others. */

export interface Cen {
  cenId: string;
  name: string;
  description: string;
  status: 'Creating' | 'Active' | 'Deleting';
  protectionLevel: string;
  creationTime: string;
  tags: Tags;
}

/** A block from which a transit router takes addresses of its own. */
export interface TransitRouterCidr {
  id: string;
  cidr: string;
  name: string;
  description: string;
  publishCidrRoute: boolean;
}

export interface TransitRouter {
  transitRouterId: string;
  cenId: string;
  regionId: string;
  name: string;
  description: string;
  status: 'Creating' | 'Active' | 'Deleting';
  routeTableId: string;
  routeTableTags: Tags;
  supportMulticast?: boolean;
  cidrList: TransitRouterCidr[];
  creationTime: string;
  tags: Tags;
}

export interface VpcAttachment {
  attachmentId: string;
  cenId: string;
  transitRouterId: string;
  regionId: string;
  vpcId: string;
  name: string;
  description: string;
  status: 'Attaching' | 'Attached' | 'Detaching';
  autoPublishRouteEnabled: boolean;
  chargeType: string;
  orderType: string;
  options: Record<string, string>;
  zoneMappings: {
    zoneId: string;
    vSwitchId: string;
    networkInterfaceId: string;
  }[];
  creationTime: string;
  tags: Tags;
}

export interface PeerAttachment {
  attachmentId: string;
  cenId: string;
  transitRouterId: string;
  regionId: string;
  peerTransitRouterId: string;
  peerRegionId: string;
  name: string;
  description: string;
  status: 'Attaching' | 'Attached' | 'Detaching';
  autoPublishRouteEnabled: boolean;
  /** Mbit/s; 0: only the 1 kbit/s by which connectivity can be tested. */
  bandwidth: number;
  bandwidthType: 'BandwidthPackage' | 'DataTransfer';
  bandwidthPackageId: string;
  defaultLinkType: string;
  creationTime: string;
  tags: Tags;
}

/** An attachment's association with, or propagation into, a transit router's route table. */
export interface RouteTableLink {
  attachmentId: string;
  routeTableId: string;
  status: 'Associating' | 'Enabling' | 'Active' | 'Dissociating' | 'Disabling';
}

export interface TransitRouterRoute {
  routeEntryId: string;
  routeTableId: string;
  destinationCidrBlock: string;
  nextHopType: 'Attachment' | 'BlackHole';
  nextHopId: string;
  name: string;
  description: string;
  status: 'Creating' | 'Active';
  creationTime: string;
}

/** A VPC route that was published to a CEN. */
export interface Publication {
  cenId: string;
  vpcId: string;
  routeTableId: string;
  destinationCidrBlock: string;
}

export interface BandwidthPackage {
  packageId: string;
  name: string;
  description: string;
  bandwidth: number;
  chargeType: string;
  areaA: string;
  areaB: string;
  cenIds: string[];
  status: 'Idle' | 'InUse';
  creationTime: string;
  tags: Tags;
}
