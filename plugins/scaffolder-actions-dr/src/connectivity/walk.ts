import type {
  PeerAttachment,
  TransitRouter,
  VpcAttachment,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { bestRoute, isAboutPods } from './addresses';
import { checkArrival } from './arrival';
import { unattached, untilAttached } from './attachments';
import type { CenFacts, NetworkFacts, Route } from './facts';
import { hidesRoutes, type End, type Finding } from './findings';

/** Where a packet goes next from a transit router: over a link, or into the target's VPC. */
type Next = { link: PeerAttachment } | { vpc: VpcAttachment };

const idOf = (next: Next) =>
  'link' in next
    ? next.link.transitRouterAttachmentId
    : next.vpc.transitRouterAttachmentId;

/** The two ends of a walk on the CEN that joins them, as far as they are attached. */
export interface Passage {
  cen: CenFacts;
  from: End;
  to: End;
  source?: VpcAttachment;
  target?: VpcAttachment;
  /** Those of all CENs, also such as are coming or going. */
  attachments: VpcAttachment[];
}

/**
 * Walks the transit routers of one direction, from where the sender's VPC hangs to the receiver's Pod route, and notes
 * each cause by itself: where a route is missing, the walk goes on along the way it should lead, so that a second cause
 * behind the first is found too, and what merely follows from another cause is not blamed.
 */
export class RouterWalk {
  private readonly visited = new Set<string>();

  constructor(
    private readonly facts: NetworkFacts,
    private readonly passage: Passage,
  ) {}

  /** Causes in the order in which a packet meets them. */
  async run(): Promise<Finding[]> {
    const { source, from, to } = this.passage;
    const first = this.routerOf(from, source);
    if (first) return this.cross(first, source?.transitRouterAttachmentId);
    const last = this.routerOf(to, this.passage.target);
    return last
      ? this.cross(last, undefined)
      : [unattached(this.passage.attachments, to)];
  }

  private routerOf({ cluster }: End, attachment?: VpcAttachment) {
    return this.passage.cen.routers.find(router =>
      attachment?.transitRouterId
        ? router.transitRouterId === attachment.transitRouterId
        : router.regionId === cluster.regionId,
    );
  }

  /** @param incoming - the attachment that the packet comes in through; undefined when it is not known */
  private async cross(
    router: TransitRouter,
    incoming: string | undefined,
  ): Promise<Finding[]> {
    const { to } = this.passage;
    if (this.visited.has(router.transitRouterId)) {
      return [
        finding(
          `circle/${router.transitRouterId}`,
          `The routes to ${to.ip} lead in a circle through transit router ${router.transitRouterId} (${router.regionId}).`,
          'Correct the static routes of the transit routers.',
        ),
      ];
    }
    this.visited.add(router.transitRouterId);
    const { table, unassociated } = await this.tableFor(router, incoming);
    const route =
      table && bestRoute(await this.facts.routerRoutes(table), to.ip);
    const next = route && this.nextOf(route);
    if (next) {
      const onward = await this.follow(router, next, true);
      return [...unassociated, ...onward];
    }
    const onward =
      route && isAboutPods(route, to.cluster)
        ? [this.astray(router, table, route)]
        : await this.wherever(router, table);
    return [...unassociated, ...onward];
  }

  /** The table that forwards what comes in; the system's stands in when none does. */
  private async tableFor(router: TransitRouter, incoming: string | undefined) {
    const tables = await this.facts.routerTables(router.transitRouterId);
    const [system] = tables;
    if (!incoming || !system) return { table: system, unassociated: [] };
    const lookedUp = await Promise.all(
      tables.map(async table =>
        (await this.facts.associated(table)).includes(incoming),
      ),
    );
    const table = tables.find((_, index) => lookedUp[index]);
    if (table) return { table, unassociated: [] };
    return {
      table: system,
      unassociated: [
        finding(
          `association/${incoming}/${router.transitRouterId}`,
          `${this.nameOf(
            incoming,
          )} is associated with no route table of transit router ${
            router.transitRouterId
          } (${
            router.regionId
          }), so what comes in through it is not forwarded.`,
          `Associate ${incoming} with route table ${system}.`,
        ),
      ],
    };
  }

  private nameOf(attachmentId: string): string {
    const { source, from, cen } = this.passage;
    if (source?.transitRouterAttachmentId === attachmentId) {
      return `Attachment ${attachmentId} of VPC ${source.vpcId} (${from.cluster.name})`;
    }
    const link = cen.links.find(
      item => item.transitRouterAttachmentId === attachmentId,
    );
    return link
      ? `Inter-region connection ${attachmentId} (${linkEnds(link)})`
      : `Attachment ${attachmentId}`;
  }

  /** Where a route leads, if that is on the way. */
  private nextOf({ nextHopId, nextHopType }: Route): Next | undefined {
    const { target, cen } = this.passage;
    if (/blackhole/i.test(nextHopType)) return undefined;
    if (target?.transitRouterAttachmentId === nextHopId) return { vpc: target };
    const link = cen.links.find(
      item => item.transitRouterAttachmentId === nextHopId,
    );
    return link && { link };
  }

  private astray(router: TransitRouter, table: string, route: Route): Finding {
    const { ip, cluster } = this.passage.to;
    return finding(
      `wrong-route/${table}/${route.destination}`,
      `Route ${route.destination} in table ${table} of transit router ${
        router.transitRouterId
      } (${router.regionId}) ${
        /blackhole/i.test(route.nextHopType)
          ? 'is a black hole'
          : `leads to ${route.nextHopId}`
      }, so packets to ${ip} (Pod of ${cluster.name}) are lost.`,
      'Remove or correct that route.',
    );
  }

  /** There is no route: goes the way that it should lead, and says why it is missing unless that shows further on. */
  private async wherever(
    router: TransitRouter,
    table: string | undefined,
  ): Promise<Finding[]> {
    const { to } = this.passage;
    const next = this.expected(router);
    if (!next) return this.withoutNext(router);
    const causes = table ? await this.notLearned(router, table, next) : [];
    const beyond = await this.follow(router, next, false);
    if (!causes.length && !hidesRoutes(beyond)) {
      causes.push(
        finding(
          `router-route/${router.transitRouterId}/${to.cluster.clusterId}`,
          `Transit router ${router.transitRouterId} (${
            router.regionId
          }) has no active route to ${to.ip} (Pod of ${
            to.cluster.name
          }) in its ${table ? `table ${table}` : 'route tables'}.`,
          `Look for a rejected route, a conflicting block or a routing policy there.`,
        ),
      );
    }
    return [...causes, ...beyond];
  }

  private expected(router: TransitRouter): Next | undefined {
    const { target, to, cen } = this.passage;
    const last = this.routerOf(to, target);
    if (last?.transitRouterId === router.transitRouterId) {
      return target && { vpc: target };
    }
    const ends = [router.transitRouterId, last?.transitRouterId];
    const link = cen.links.find(
      item =>
        ends.includes(item.transitRouterId) &&
        ends.includes(item.peerTransitRouterId),
    );
    return link && { link };
  }

  /** The next hop does not even exist: neither the receiver's attachment nor a link towards it. */
  private async withoutNext(router: TransitRouter): Promise<Finding[]> {
    const { target, to, cen, attachments } = this.passage;
    const last = this.routerOf(to, target);
    if (!last || last.transitRouterId === router.transitRouterId) {
      return [unattached(attachments, to)];
    }
    const regions = [router.regionId, last.regionId].sort();
    return [
      {
        key: `link/${regions.join('/')}`,
        hop: 'link',
        evidence: `There is no inter-region connection between ${regions.join(
          ' and ',
        )} in ${cen.cenId}.`,
        fix: `Create one between transit routers ${router.transitRouterId} and ${last.transitRouterId}, with cross-region bandwidth.`,
      },
      ...(await this.cross(last, undefined)),
    ];
  }

  /** Why a table does not know what lies behind an attachment, as far as the attachment's settings tell. */
  private async notLearned(
    router: TransitRouter,
    table: string,
    next: Next,
  ): Promise<Finding[]> {
    // What is coming or going is in no table yet, or no more.
    if ('link' in next && next.link.status !== 'Attached') return [];
    const id = idOf(next);
    const { to } = this.passage;
    const what =
      'link' in next
        ? `inter-region connection ${id} (${linkEnds(next.link)})`
        : `attachment ${id} of VPC ${next.vpc.vpcId} (${to.cluster.name})`;
    const causes: Finding[] = [];
    if (!(await this.facts.propagating(table)).includes(id)) {
      causes.push(
        finding(
          `propagation/${id}/${table}`,
          `Route table ${table} of transit router ${router.transitRouterId} (${router.regionId}) does not learn the routes of ${what}: route propagation is off.`,
          `Enable route propagation of ${id} to ${table}.`,
        ),
      );
    }
    if ('link' in next && !next.link.autoPublishRouteEnabled) {
      causes.push(
        finding(
          `link-publication/${id}`,
          `Inter-region connection ${id} (${linkEnds(
            next.link,
          )}) does not announce routes to the other region.`,
          `Switch on its automatic route advertisement (AutoPublishRouteEnabled).`,
        ),
      );
    }
    return causes;
  }

  private async follow(
    router: TransitRouter,
    next: Next,
    routed: boolean,
  ): Promise<Finding[]> {
    if ('vpc' in next) {
      return checkArrival(this.facts, this.passage, routed);
    }
    const { link } = next;
    const id = link.transitRouterAttachmentId;
    const farId =
      link.transitRouterId === router.transitRouterId
        ? link.peerTransitRouterId
        : link.transitRouterId;
    const far = this.passage.cen.routers.find(
      ({ transitRouterId }) => transitRouterId === farId,
    );
    const usable = link.status === 'Attached';
    return [
      ...linkState(link),
      ...(far ? await this.cross(far, usable ? id : undefined) : []),
    ];
  }
}

function finding(key: string, evidence: string, fix: string): Finding {
  return { key, hop: 'route', evidence, fix };
}

function linkEnds(link: PeerAttachment): string {
  return [link.regionId, link.peerTransitRouterRegionId].sort().join(' – ');
}

/** A link that is not up, or carries nothing but the cloud's own test. */
function linkState(link: PeerAttachment): Finding[] {
  const id = link.transitRouterAttachmentId;
  const what = `Inter-region connection ${id} (${linkEnds(link)})`;
  if (link.status !== 'Attached') {
    return [
      {
        key: `link/${id}`,
        hop: 'link',
        evidence: `${what} is ${link.status}, not Attached.`,
        fix: untilAttached(link.status),
      },
    ];
  }
  if (link.bandwidth) return [];
  return [
    {
      key: `bandwidth/${id}`,
      hop: 'bandwidth',
      evidence: `${what} has no cross-region bandwidth: it carries no more than a connectivity test's 1 kbit/s.`,
      fix: 'Set its bandwidth, e.g. 10 Mbit/s of type DataTransfer (cen.bandwidthMbps of the environment).',
    },
  ];
}
