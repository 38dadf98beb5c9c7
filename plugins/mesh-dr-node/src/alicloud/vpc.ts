import { allByNumber, allByToken, gone } from './pages';
import { objects, tagList, tags, text, texts } from './shape';
import type { AlicloudTransport } from './transport';
import type { VpcApi } from './types';

/** VPC 2016-04-28. */
export function createVpcApi(transport: AlicloudTransport): VpcApi {
  return {
    async createVpc(p, o) {
      const answer = await transport.rpc(
        {
          product: 'vpc',
          operation: 'CreateVpc',
          regionId: p.regionId,
          resource: `VPC ${p.vpcName}`,
          params: {
            RegionId: p.regionId,
            CidrBlock: p.cidrBlock,
            VpcName: p.vpcName,
            Description: p.description,
            ClientToken: p.clientToken,
            Tag: tagList(p.tags),
          },
        },
        o,
      );
      return {
        vpcId: text(answer.VpcId),
        routeTableId: text(answer.RouteTableId),
      };
    },

    async describeVpcs(p, o) {
      const found = await allByNumber(
        transport,
        {
          product: 'vpc',
          operation: 'DescribeVpcs',
          regionId: p.regionId,
          resource: p.vpcId ?? p.vpcName ?? `region ${p.regionId}`,
          params: {
            RegionId: p.regionId,
            VpcId: p.vpcId,
            VpcName: p.vpcName,
            Tag: tagList(p.tags),
          },
        },
        'Vpcs',
        o,
      );
      return found.map(vpc => ({
        vpcId: text(vpc.VpcId),
        vpcName: text(vpc.VpcName),
        regionId: text(vpc.RegionId) || p.regionId,
        cidrBlock: text(vpc.CidrBlock),
        status: text(vpc.Status),
        vSwitchIds: texts(vpc.VSwitchIds),
        vRouterId: text(vpc.VRouterId),
        tags: tags(vpc.Tags),
      }));
    },

    deleteVpc: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'vpc',
            operation: 'DeleteVpc',
            regionId: p.regionId,
            resource: p.vpcId,
            params: { RegionId: p.regionId, VpcId: p.vpcId },
          },
          o,
        ),
      ),

    async createVSwitch(p, o) {
      const answer = await transport.rpc(
        {
          product: 'vpc',
          operation: 'CreateVSwitch',
          regionId: p.regionId,
          resource: `vSwitch ${p.vSwitchName} in ${p.vpcId}`,
          params: {
            RegionId: p.regionId,
            VpcId: p.vpcId,
            ZoneId: p.zoneId,
            CidrBlock: p.cidrBlock,
            VSwitchName: p.vSwitchName,
            ClientToken: p.clientToken,
            Tag: tagList(p.tags),
          },
        },
        o,
      );
      return { vSwitchId: text(answer.VSwitchId) };
    },

    async describeVSwitches(p, o) {
      const found = await allByNumber(
        transport,
        {
          product: 'vpc',
          operation: 'DescribeVSwitches',
          regionId: p.regionId,
          resource: p.vSwitchId ?? p.vpcId ?? `region ${p.regionId}`,
          params: {
            RegionId: p.regionId,
            VpcId: p.vpcId,
            VSwitchId: p.vSwitchId,
            VSwitchName: p.vSwitchName,
            Tag: tagList(p.tags),
          },
        },
        'VSwitches',
        o,
      );
      return found.map(vSwitch => ({
        vSwitchId: text(vSwitch.VSwitchId),
        vSwitchName: text(vSwitch.VSwitchName),
        vpcId: text(vSwitch.VpcId),
        zoneId: text(vSwitch.ZoneId),
        cidrBlock: text(vSwitch.CidrBlock),
        status: text(vSwitch.Status),
        tags: tags(vSwitch.Tags),
      }));
    },

    deleteVSwitch: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'vpc',
            operation: 'DeleteVSwitch',
            regionId: p.regionId,
            resource: p.vSwitchId,
            params: { RegionId: p.regionId, VSwitchId: p.vSwitchId },
          },
          o,
        ),
      ),

    async describeZones(p, o) {
      const answer = await transport.rpc(
        {
          product: 'vpc',
          operation: 'DescribeZones',
          regionId: p.regionId,
          resource: `region ${p.regionId}`,
          params: { RegionId: p.regionId },
        },
        o,
      );
      return objects(answer.Zones).map(zone => ({
        zoneId: text(zone.ZoneId),
        localName: text(zone.LocalName),
      }));
    },

    async describeRegions(o) {
      const answer = await transport.rpc(
        { product: 'vpc', operation: 'DescribeRegions' },
        o,
      );
      return objects(answer.Regions).map(region => ({
        regionId: text(region.RegionId),
        localName: text(region.LocalName),
      }));
    },

    async describeRouteTables(p, o) {
      const found = await allByNumber(
        transport,
        {
          product: 'vpc',
          operation: 'DescribeRouteTableList',
          regionId: p.regionId,
          resource: p.vpcId,
          params: { RegionId: p.regionId, VpcId: p.vpcId },
        },
        'RouterTableList',
        o,
      );
      return found.map(table => ({
        routeTableId: text(table.RouteTableId),
        vpcId: text(table.VpcId),
        routeTableType: text(table.RouteTableType),
      }));
    },

    async describeRouteEntries(p, o) {
      const found = await allByToken(
        transport,
        {
          product: 'vpc',
          operation: 'DescribeRouteEntryList',
          regionId: p.regionId,
          resource: p.routeTableId,
          params: { RegionId: p.regionId, RouteTableId: p.routeTableId },
        },
        answer => objects(answer.RouteEntrys),
        o,
        // Singular in this operation, unlike in its siblings.
        { MaxResult: 100 },
      );
      return found.map(entry => ({
        routeEntryId: text(entry.RouteEntryId),
        destinationCidrBlock: text(entry.DestinationCidrBlock),
        status: text(entry.Status),
        type: text(entry.Type),
        nextHops: objects(entry.NextHops).map(hop => ({
          nextHopId: text(hop.NextHopId),
          nextHopType: text(hop.NextHopType),
        })),
      }));
    },

    async tagResources(p, o) {
      await transport.rpc(
        {
          product: 'vpc',
          operation: 'TagResources',
          regionId: p.regionId,
          resource: p.resourceIds.join(', '),
          params: {
            RegionId: p.regionId,
            ResourceType: p.resourceType,
            ResourceId: p.resourceIds,
            Tag: tagList(p.tags),
          },
        },
        o,
      );
    },
  };
}
