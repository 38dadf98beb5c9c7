import { otherEnd, routerOfTable } from '../../../network/routes';
import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, notFound } from '../../errors';
import type { RouteTableLink } from '../../model';
import type { RpcOperation } from '../../operation';
import { byToken } from '../../paging';

/** Associations decide which table forwards an attachment's packets; propagations put its routes into a table. */
type Kind = 'associations' | 'propagations';

const VERBS = {
  associations: { starting: 'Associating', ending: 'Dissociating' },
  propagations: { starting: 'Enabling', ending: 'Disabling' },
} as const;

/** Removes all links of an attachment at once, as deleting with Force does. */
export function dropLinks(cloud: Cloud, attachmentId: string): void {
  const all = data(cloud);
  const keep = (link: RouteTableLink) => link.attachmentId !== attachmentId;
  all.associations = all.associations.filter(keep);
  all.propagations = all.propagations.filter(keep);
}

/**
 * The transit routers whose tables the attachment can be linked with, and its resource as seen from one of them: of a link
 * between routers it is the other one.
 */
function describeAttachment(cloud: Cloud, id: string, routerId?: string) {
  const all = data(cloud);
  const vpc = all.vpcAttachments[id];
  if (vpc) {
    return {
      status: vpc.status,
      routers: [vpc.transitRouterId],
      resource: { ResourceId: vpc.vpcId, ResourceType: 'VPC' },
    };
  }
  const peer = all.peerAttachments[id];
  return (
    peer && {
      status: peer.status,
      routers: [peer.transitRouterId, peer.peerTransitRouterId],
      resource: {
        ResourceId: otherEnd(peer, routerId ?? peer.transitRouterId),
        ResourceType: 'TR',
      },
    }
  );
}

function target(call: RpcCall, cloud: Cloud) {
  const attachmentId = call.need('TransitRouterAttachmentId');
  const routeTableId = call.need('TransitRouterRouteTableId');
  const router = Object.values(data(cloud).transitRouters).find(
    item => item.routeTableId === routeTableId,
  );
  if (!router) {
    throw notFound('InvalidRouteTableId.NotFound', 'route table', routeTableId);
  }
  const attachment = describeAttachment(cloud, attachmentId);
  if (!attachment?.routers.includes(router.transitRouterId)) {
    throw notFound(
      'InvalidAttachmentId.NotFound',
      `attachment of ${router.transitRouterId}`,
      attachmentId,
    );
  }
  return { attachmentId, routeTableId, attachment };
}

function start(kind: Kind) {
  return (call: RpcCall, cloud: Cloud) => {
    const { attachmentId, routeTableId, attachment } = target(call, cloud);
    if (attachment.status !== 'Attached') {
      throw new ApiError(
        'IncorrectStatus.AttachmentOrRouteTable',
        `The resource is not in a valid state for the operation: ${attachmentId} is ${attachment.status}.`,
      );
    }
    const links = data(cloud)[kind];
    if (
      links.some(
        link =>
          link.attachmentId === attachmentId &&
          link.routeTableId === routeTableId,
      )
    ) {
      throw new ApiError(
        kind === 'associations'
          ? 'AssociationExist.TransitRouterTable'
          : 'InstanceExist.TransitRouterRouteTablePropagation',
        `${attachmentId} is already linked with ${routeTableId}.`,
      );
    }
    call.checked();
    links.push({ attachmentId, routeTableId, status: VERBS[kind].starting });
    cloud.transitions.schedule(
      'link.active',
      { kind, attachmentId, routeTableId },
      DURATIONS.routeTableLink,
    );
  };
}

function end(kind: Kind) {
  return (call: RpcCall, cloud: Cloud) => {
    const { attachmentId, routeTableId } = target(call, cloud);
    const link = data(cloud)[kind].find(
      item =>
        item.attachmentId === attachmentId &&
        item.routeTableId === routeTableId,
    );
    if (!link) {
      throw new ApiError(
        kind === 'associations'
          ? 'InstanceNotExist.TransitRouterRouteTableAssociation'
          : 'InstanceNotExist.TransitRouterRouteTablePropagation',
        `${attachmentId} is not linked with ${routeTableId}.`,
        404,
      );
    }
    if (link.status !== 'Active') {
      throw new ApiError(
        'IncorrectStatus.AttachmentOrRouteTable',
        `The link of ${attachmentId} with ${routeTableId} is ${link.status}.`,
      );
    }
    call.checked();
    link.status = VERBS[kind].ending;
    cloud.transitions.schedule(
      'link.gone',
      { kind, attachmentId, routeTableId },
      DURATIONS.routeTableLink,
    );
  };
}

function list(kind: Kind, field: string) {
  return (call: RpcCall, cloud: Cloud) => {
    const found = data(cloud)
      [kind].map(link => ({
        ...describeAttachment(
          cloud,
          link.attachmentId,
          routerOfTable(data(cloud), link.routeTableId)?.transitRouterId,
        )!.resource,
        Status: link.status,
        TransitRouterAttachmentId: link.attachmentId,
        TransitRouterRouteTableId: link.routeTableId,
      }))
      .filter(row =>
        call.selects({
          TransitRouterRouteTableId: row.TransitRouterRouteTableId,
          TransitRouterAttachmentId: row.TransitRouterAttachmentId,
          TransitRouterAttachmentResourceId: row.ResourceId,
          TransitRouterAttachmentResourceType: row.ResourceType,
          Status: row.Status,
        }),
      );
    const { items, next, size, total } = byToken(call, found);
    return { ...next, MaxResults: size, TotalCount: total, [field]: items };
  };
}

export const linkOperations: Record<string, RpcOperation> = {
  AssociateTransitRouterAttachmentWithRouteTable: {
    run: start('associations'),
  },
  DissociateTransitRouterAttachmentFromRouteTable: {
    run: end('associations'),
  },
  ListTransitRouterRouteTableAssociations: {
    run: list('associations', 'TransitRouterAssociations'),
  },
  EnableTransitRouterRouteTablePropagation: { run: start('propagations') },
  DisableTransitRouterRouteTablePropagation: { run: end('propagations') },
  ListTransitRouterRouteTablePropagations: {
    run: list('propagations', 'TransitRouterPropagations'),
  },
};

export function handleLinkTransitions(cloud: Cloud): void {
  const same =
    (args: Record<string, string>) =>
    (link: RouteTableLink): boolean =>
      link.attachmentId === args.attachmentId &&
      link.routeTableId === args.routeTableId;
  cloud.transitions.handle('link.active', args => {
    const link = data(cloud)[args.kind as Kind].find(same(args));
    if (link) link.status = 'Active';
  });
  cloud.transitions.handle('link.gone', args => {
    const all = data(cloud);
    const kind = args.kind as Kind;
    all[kind] = all[kind].filter(link => !same(args)(link));
  });
}
