import type { FlannelRoutes } from '../openapi/cloud';
import type { CloudData } from '../openapi/data';
import type { PeerAttachment, VpcAttachment, Vpc } from '../openapi/model';
import { cidrOf, containsIp, parseIp } from './cidr';

/** A row of a VPC's system route table, as DescribeRouteEntryList shows it. */
export interface VpcRoute {
  routeEntryId: string;
  destination: string;
  type: 'System' | 'Custom';
  /** `TR` marks what a transit router wrote. */
  serviceType: string;
  nextHopType: string;
  nextHopId: string;
  name: string;
  description: string;
  status: string;
  creationTime: string;
}

/** A row of a transit router's route table. */
export interface TransitRoute {
  routeEntryId: string;
  destination: string;
  type: 'Static' | 'Propagated';
  nextHopType: 'Attachment' | 'BlackHole';
  nextHopId: string;
  nextHopResourceType: '' | 'VPC' | 'TR';
  nextHopResourceId: string;
  originResourceType: '' | 'VPC' | 'TR';
  originResourceId: string;
  /** `Rejected`: another attachment already provides the same block. */
  status: string;
  name: string;
  description: string;
  creationTime: string;
}

/** Blocks that a VPC offers to the transit router: its vSwitches and the custom routes published to the CEN. */
function offered(
  data: CloudData,
  attachment: VpcAttachment,
  flannelRoutes: FlannelRoutes,
): string[] {
  const { vpcId, cenId } = attachment;
  const vSwitches = Object.values(data.vSwitches)
    .filter(item => item.vpcId === vpcId && item.status === 'Available')
    .map(item => item.cidrBlock);
  const custom = Object.values(data.routeEntries)
    .filter(
      entry =>
        entry.vpcId === vpcId &&
        entry.nextHopType !== 'Attachment' &&
        entry.status === 'Available' &&
        ((flannelRoutes === 'automatic' && entry.nextHopType === 'Instance') ||
          isPublished(data, cenId, vpcId, entry.destinationCidrBlock)),
    )
    .map(entry => entry.destinationCidrBlock);
  return [...vSwitches, ...custom];
}

export function isPublished(
  data: CloudData,
  cenId: string,
  vpcId: string,
  destination: string,
): boolean {
  return data.publications.some(
    item =>
      item.cenId === cenId &&
      item.vpcId === vpcId &&
      item.destinationCidrBlock === destination,
  );
}

/** The route table that forwards what comes in through `attachmentId` at the transit router. */
export function associatedTable(
  data: CloudData,
  transitRouterId: string,
  attachmentId: string,
): string | undefined {
  const table = data.transitRouters[transitRouterId]?.routeTableId;
  return data.associations.some(
    link =>
      link.attachmentId === attachmentId &&
      link.routeTableId === table &&
      link.status === 'Active',
  )
    ? table
    : undefined;
}

/** The transit router that a route table belongs to. */
export function routerOfTable(data: CloudData, routeTableId: string) {
  return Object.values(data.transitRouters).find(
    router => router.routeTableId === routeTableId,
  );
}

/** The other end of an inter-region link. */
export function otherEnd(
  peer: PeerAttachment,
  transitRouterId: string,
): string {
  return peer.transitRouterId === transitRouterId
    ? peer.peerTransitRouterId
    : peer.transitRouterId;
}

/** All rows of a transit router's route table. */
export function transitRoutes(
  data: CloudData,
  routeTableId: string,
  flannelRoutes: FlannelRoutes,
): TransitRoute[] {
  return [
    ...localRoutes(data, routeTableId, flannelRoutes),
    ...peerRoutes(data, routeTableId, flannelRoutes),
  ].map((route, index, all) => {
    const first = all.findIndex(
      other =>
        other.destination === route.destination && other.status === 'Active',
    );
    return first < index && route.status === 'Active'
      ? { ...route, status: 'Rejected' }
      : route;
  });
}

/** Static rows and rows learned from the region's own VPCs. */
function localRoutes(
  data: CloudData,
  routeTableId: string,
  flannelRoutes: FlannelRoutes,
): TransitRoute[] {
  const router = routerOfTable(data, routeTableId);
  const fixed = Object.values(data.transitRouterRoutes)
    .filter(route => route.routeTableId === routeTableId)
    .map(
      (route): TransitRoute => ({
        routeEntryId: route.routeEntryId,
        destination: route.destinationCidrBlock,
        type: 'Static',
        nextHopType: route.nextHopType,
        nextHopId: route.nextHopId,
        ...resourceOf(data, route.nextHopId, router?.transitRouterId ?? ''),
        originResourceType: '',
        originResourceId: '',
        status: route.status,
        name: route.name,
        description: route.description,
        creationTime: route.creationTime,
      }),
    );
  const learned = data.propagations
    .filter(
      link => link.routeTableId === routeTableId && link.status === 'Active',
    )
    .map(link => data.vpcAttachments[link.attachmentId])
    .filter(attachment => attachment?.status === 'Attached')
    .flatMap(attachment =>
      offered(data, attachment, flannelRoutes).map(destination =>
        propagated(destination, routeTableId, attachment, {
          type: 'VPC',
          id: attachment.vpcId,
        }),
      ),
    );
  return [...fixed, ...learned];
}

/** Rows learned over inter-region links: what the far side's associated table has of its own. */
function peerRoutes(
  data: CloudData,
  routeTableId: string,
  flannelRoutes: FlannelRoutes,
): TransitRoute[] {
  const router = routerOfTable(data, routeTableId);
  if (!router) return [];
  return data.propagations
    .filter(
      link => link.routeTableId === routeTableId && link.status === 'Active',
    )
    .map(link => data.peerAttachments[link.attachmentId])
    .filter(peer => peer?.status === 'Attached' && peer.autoPublishRouteEnabled)
    .flatMap(peer => {
      const far = otherEnd(peer, router.transitRouterId);
      const table = associatedTable(data, far, peer.attachmentId);
      if (!table) return [];
      return localRoutes(data, table, flannelRoutes)
        .filter(
          route =>
            route.status === 'Active' && route.nextHopId !== peer.attachmentId,
        )
        .map(route =>
          propagated(route.destination, routeTableId, peer, {
            type: 'TR',
            id: far,
          }),
        );
    });
}

function propagated(
  destination: string,
  routeTableId: string,
  attachment: { attachmentId: string; creationTime: string },
  resource: { type: 'VPC' | 'TR'; id: string },
): TransitRoute {
  const unique = `${routeTableId}/${attachment.attachmentId}/${destination}`;
  return {
    routeEntryId: `rte-${Buffer.from(unique)
      .toString('base64url')
      .slice(-18)
      .toLowerCase()}`,
    destination,
    type: 'Propagated',
    nextHopType: 'Attachment',
    nextHopId: attachment.attachmentId,
    nextHopResourceType: resource.type,
    nextHopResourceId: resource.id,
    originResourceType: resource.type,
    originResourceId: resource.id,
    status: 'Active',
    name: '',
    description: '',
    creationTime: attachment.creationTime,
  };
}

function resourceOf(
  data: CloudData,
  attachmentId: string,
  transitRouterId: string,
): Pick<TransitRoute, 'nextHopResourceType' | 'nextHopResourceId'> {
  const vpc = data.vpcAttachments[attachmentId];
  if (vpc) return { nextHopResourceType: 'VPC', nextHopResourceId: vpc.vpcId };
  const peer = data.peerAttachments[attachmentId];
  return peer
    ? {
        nextHopResourceType: 'TR',
        nextHopResourceId: otherEnd(peer, transitRouterId),
      }
    : { nextHopResourceType: '', nextHopResourceId: '' };
}

/** All rows of a VPC's system route table: local ones, custom ones, and those a transit router publishes into it. */
export function vpcRoutes(
  data: CloudData,
  vpc: Vpc,
  flannelRoutes: FlannelRoutes,
): VpcRoute[] {
  const system = [
    ...Object.values(data.vSwitches)
      .filter(item => item.vpcId === vpc.vpcId)
      .map(item => ({
        block: item.cidrBlock,
        created: item.creationTime,
        id: item.vSwitchId,
      })),
    { block: '100.64.0.0/10', created: vpc.creationTime, id: vpc.vpcId },
  ].map(
    ({ block, created, id }): VpcRoute => ({
      routeEntryId: `rte-${id.slice(4)}`,
      destination: block,
      type: 'System',
      serviceType: '',
      nextHopType: block === '100.64.0.0/10' ? 'service' : 'local',
      nextHopId: '',
      name: '',
      description:
        block === '100.64.0.0/10'
          ? 'Created by system.'
          : 'Created with VSwitch by system.',
      status: 'Available',
      creationTime: created,
    }),
  );
  const custom = Object.values(data.routeEntries)
    .filter(entry => entry.vpcId === vpc.vpcId)
    .map(
      (entry): VpcRoute => ({
        routeEntryId: entry.routeEntryId,
        destination: entry.destinationCidrBlock,
        type: 'Custom',
        serviceType: '',
        nextHopType: entry.nextHopType,
        nextHopId: entry.nextHopId,
        name: entry.name,
        description: entry.description,
        status: entry.status,
        creationTime: entry.creationTime,
      }),
    );
  const own = new Set([...system, ...custom].map(route => route.destination));
  const fromTransitRouter = Object.values(data.vpcAttachments)
    .filter(
      attachment =>
        attachment.vpcId === vpc.vpcId &&
        attachment.status === 'Attached' &&
        attachment.autoPublishRouteEnabled,
    )
    .flatMap(attachment => {
      const table = associatedTable(
        data,
        attachment.transitRouterId,
        attachment.attachmentId,
      );
      if (!table) return [];
      return transitRoutes(data, table, flannelRoutes)
        .filter(
          route =>
            route.status === 'Active' &&
            route.nextHopId !== attachment.attachmentId &&
            !own.has(route.destination),
        )
        .map(
          (route): VpcRoute => ({
            routeEntryId: route.routeEntryId,
            destination: route.destination,
            type: 'Custom',
            serviceType: 'TR',
            nextHopType: 'Attachment',
            nextHopId: attachment.attachmentId,
            name: '',
            description: '',
            status: 'Available',
            creationTime: route.creationTime,
          }),
        );
    });
  return [...system, ...custom, ...fromTransitRouter];
}

/** Longest prefix wins; among equals the first. */
export function bestRoute<T extends { destination: string }>(
  routes: T[],
  ip: string,
): T | undefined {
  const address = parseIp(ip);
  if (address === undefined) return undefined;
  let best: T | undefined;
  let bits = -1;
  for (const route of routes) {
    const cidr = cidrOf(route.destination);
    if (cidr.bits > bits && containsIp(cidr, address)) {
      best = route;
      bits = cidr.bits;
    }
  }
  return best;
}

/**
 * Other VPCs of the CEN instance that announce the very same block. Blocks that merely overlap are no conflict at the
 * protection level REDUCED, the only one there is: the longer one wins.
 */
export function conflictsOf(
  data: CloudData,
  cenId: string,
  vpcId: string,
  destination: string,
  flannelRoutes: FlannelRoutes,
): VpcAttachment[] {
  return Object.values(data.vpcAttachments).filter(
    other =>
      other.cenId === cenId &&
      other.vpcId !== vpcId &&
      other.status === 'Attached' &&
      offered(data, other, flannelRoutes).includes(destination),
  );
}
