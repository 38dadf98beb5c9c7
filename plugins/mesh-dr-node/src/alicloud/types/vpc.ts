import type { CallOptions, Tags } from './common';

export interface Vpc {
  vpcId: string;
  vpcName: string;
  regionId: string;
  cidrBlock: string;
  /** `Pending`, `Available`. */
  status: string;
  vSwitchIds: string[];
  vRouterId: string;
  tags: Tags;
}
export interface VSwitch {
  vSwitchId: string;
  vSwitchName: string;
  vpcId: string;
  zoneId: string;
  cidrBlock: string;
  status: string;
  tags: Tags;
}
export interface RouteTable {
  routeTableId: string;
  vpcId: string;
  routeTableType: string;
}
export interface RouteEntry {
  routeEntryId: string;
  destinationCidrBlock: string;
  status: string;
  type: string;
  nextHops: { nextHopId: string; nextHopType: string }[];
}
export interface VpcApi {
  createVpc(
    p: {
      regionId: string;
      cidrBlock: string;
      vpcName: string;
      clientToken: string;
      tags?: Tags;
      description?: string;
    },
    o?: CallOptions,
  ): Promise<{ vpcId: string; routeTableId: string }>;
  describeVpcs(
    p: { regionId: string; vpcId?: string; vpcName?: string; tags?: Tags },
    o?: CallOptions,
  ): Promise<Vpc[]>;
  deleteVpc(
    p: { regionId: string; vpcId: string },
    o?: CallOptions,
  ): Promise<void>;
  createVSwitch(
    p: {
      regionId: string;
      vpcId: string;
      zoneId: string;
      cidrBlock: string;
      vSwitchName: string;
      clientToken: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<{ vSwitchId: string }>;
  describeVSwitches(
    p: {
      regionId: string;
      vpcId?: string;
      vSwitchId?: string;
      vSwitchName?: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<VSwitch[]>;
  deleteVSwitch(
    p: { regionId: string; vSwitchId: string },
    o?: CallOptions,
  ): Promise<void>;
  describeZones(
    p: { regionId: string },
    o?: CallOptions,
  ): Promise<{ zoneId: string; localName: string }[]>;
  describeRegions(
    o?: CallOptions,
  ): Promise<{ regionId: string; localName: string }[]>;
  describeRouteTables(
    p: { regionId: string; vpcId: string },
    o?: CallOptions,
  ): Promise<RouteTable[]>;
  describeRouteEntries(
    p: { regionId: string; routeTableId: string },
    o?: CallOptions,
  ): Promise<RouteEntry[]>;
  tagResources(
    p: {
      regionId: string;
      resourceType: 'VPC' | 'VSWITCH';
      resourceIds: string[];
      tags: Tags;
    },
    o?: CallOptions,
  ): Promise<void>;
}
