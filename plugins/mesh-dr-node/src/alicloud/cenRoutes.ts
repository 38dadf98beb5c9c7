import { allByNumber, allByToken, gone } from './pages';
import { objects, text, type JsonObject } from './shape';
import type { AlicloudTransport } from './transport';
import type { CenApi, RouteTableLink } from './types';

type Routes = Pick<
  CenApi,
  | 'listRouteTables'
  | 'listRouteEntries'
  | 'associateRouteTable'
  | 'listAssociations'
  | 'dissociateRouteTable'
  | 'enablePropagation'
  | 'listPropagations'
  | 'disablePropagation'
  | 'describePublishedRouteEntries'
  | 'publishRouteEntry'
  | 'withdrawRouteEntry'
>;

/** Route tables of transit routers, and which VPC routes are announced to CEN. */
export function createCenRoutes(transport: AlicloudTransport): Routes {
  return {
    async listRouteTables(p, o) {
      const found = await allByToken(
        transport,
        {
          product: 'cbn',
          operation: 'ListTransitRouterRouteTables',
          resource: p.transitRouterId,
          params: { TransitRouterId: p.transitRouterId },
        },
        answer => objects(answer.TransitRouterRouteTables),
        o,
        { MaxResults: 100 },
      );
      return found.map(table => ({
        transitRouterRouteTableId: text(table.TransitRouterRouteTableId),
        type: text(table.TransitRouterRouteTableType),
        status: text(table.TransitRouterRouteTableStatus),
      }));
    },

    async listRouteEntries(p, o) {
      const found = await allByToken(
        transport,
        {
          product: 'cbn',
          operation: 'ListTransitRouterRouteEntries',
          resource: p.transitRouterRouteTableId,
          params: { TransitRouterRouteTableId: p.transitRouterRouteTableId },
        },
        answer => objects(answer.TransitRouterRouteEntries),
        o,
        { MaxResults: 100 },
      );
      return found.map(entry => ({
        destinationCidrBlock: text(
          entry.TransitRouterRouteEntryDestinationCidrBlock,
        ),
        nextHopId: text(entry.TransitRouterRouteEntryNextHopId),
        nextHopType: text(entry.TransitRouterRouteEntryNextHopType),
        type: text(entry.TransitRouterRouteEntryType),
        status: text(entry.TransitRouterRouteEntryStatus),
      }));
    },

    async associateRouteTable(p, o) {
      await transport.rpc(
        {
          product: 'cbn',
          operation: 'AssociateTransitRouterAttachmentWithRouteTable',
          resource: linkName(p),
          params: { ...linkParams(p), ClientToken: p.clientToken },
        },
        o,
      );
    },

    async listAssociations(p, o) {
      const found = await allByToken(
        transport,
        {
          product: 'cbn',
          operation: 'ListTransitRouterRouteTableAssociations',
          resource: p.transitRouterAttachmentId ?? p.transitRouterRouteTableId,
          params: linkParams(p),
        },
        answer => objects(answer.TransitRouterAssociations),
        o,
        { MaxResults: 100 },
      );
      return found.map(link);
    },

    dissociateRouteTable: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'cbn',
            operation: 'DissociateTransitRouterAttachmentFromRouteTable',
            resource: linkName(p),
            params: linkParams(p),
          },
          o,
        ),
      ),

    async enablePropagation(p, o) {
      await transport.rpc(
        {
          product: 'cbn',
          operation: 'EnableTransitRouterRouteTablePropagation',
          resource: linkName(p),
          params: { ...linkParams(p), ClientToken: p.clientToken },
        },
        o,
      );
    },

    async listPropagations(p, o) {
      const found = await allByToken(
        transport,
        {
          product: 'cbn',
          operation: 'ListTransitRouterRouteTablePropagations',
          resource: p.transitRouterRouteTableId,
          params: linkParams(p),
        },
        answer => objects(answer.TransitRouterPropagations),
        o,
        { MaxResults: 100 },
      );
      return found.map(link);
    },

    disablePropagation: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'cbn',
            operation: 'DisableTransitRouterRouteTablePropagation',
            resource: linkName(p),
            params: linkParams(p),
          },
          o,
        ),
      ),

    async describePublishedRouteEntries(p, o) {
      const found = await allByNumber(
        transport,
        {
          product: 'cbn',
          operation: 'DescribePublishedRouteEntries',
          resource: p.vpcId,
          params: {
            ...childParams(p),
            ChildInstanceRouteTableId: p.routeTableId,
          },
        },
        'PublishedRouteEntries',
        o,
      );
      return found.map(entry => ({
        destinationCidrBlock: text(entry.DestinationCidrBlock),
        nextHopId: text(entry.NextHopId),
        nextHopType: text(entry.NextHopType),
        routeType: text(entry.RouteType),
        publishStatus: text(entry.PublishStatus),
        childInstanceRouteTableId: text(entry.ChildInstanceRouteTableId),
      }));
    },

    async publishRouteEntry(p, o) {
      await transport.rpc(
        {
          product: 'cbn',
          operation: 'PublishRouteEntries',
          resource: `${p.destinationCidrBlock} of ${p.vpcId}`,
          params: routeParams(p),
        },
        o,
      );
    },

    withdrawRouteEntry: (p, o) =>
      gone(
        transport.rpc(
          {
            product: 'cbn',
            operation: 'WithdrawPublishedRouteEntries',
            resource: `${p.destinationCidrBlock} of ${p.vpcId}`,
            params: routeParams(p),
          },
          o,
        ),
      ),
  };
}

interface Link {
  transitRouterAttachmentId?: string;
  transitRouterRouteTableId?: string;
}

function linkName(p: Link) {
  return `${p.transitRouterAttachmentId} at ${p.transitRouterRouteTableId}`;
}

function linkParams(p: Link) {
  return {
    TransitRouterAttachmentId: p.transitRouterAttachmentId,
    TransitRouterRouteTableId: p.transitRouterRouteTableId,
  };
}

function link(entry: JsonObject): RouteTableLink {
  return {
    transitRouterAttachmentId: text(entry.TransitRouterAttachmentId),
    transitRouterRouteTableId: text(entry.TransitRouterRouteTableId),
    status: text(entry.Status),
  };
}

interface Child {
  cenId: string;
  vpcId: string;
  regionId: string;
}

function childParams(p: Child) {
  return {
    CenId: p.cenId,
    ChildInstanceId: p.vpcId,
    ChildInstanceType: 'VPC',
    ChildInstanceRegionId: p.regionId,
  };
}

function routeParams(
  p: Child & { routeTableId: string; destinationCidrBlock: string },
) {
  return {
    ...childParams(p),
    ChildInstanceRouteTableId: p.routeTableId,
    DestinationCidrBlock: p.destinationCidrBlock,
  };
}
