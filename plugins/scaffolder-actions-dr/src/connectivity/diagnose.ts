import type { VpcAttachment } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { bestRoute, isAboutPods } from './addresses';
import { checkPodRoute, podRange } from './arrival';
import { unattached } from './attachments';
import type { CenFacts, NetworkFacts } from './facts';
import { hidesRoutes, type End, type Finding } from './findings';
import { checkEgress, checkIngress } from './securityGroups';
import { RouterWalk } from './walk';

/** A cause, and whether it stops the packet on its way or the answer on its way back. */
export interface Cause extends Finding {
  direction: 'there' | 'back';
}

export interface Diagnosis {
  /** All causes, in the order in which a packet and then its answer meet them. None: the cloud shows nothing wrong. */
  causes: Cause[];
  /** Why hops could not be looked at, if so: what was found before still holds. */
  unread?: string;
}

/**
 * Everything between two Pods that does not let a packet, or its answer, through.
 *
 * @throws the signal's reason when the task was cancelled; nothing else: what cannot be read is said in `unread`
 */
export async function diagnosePath(
  facts: NetworkFacts,
  from: End,
  to: End,
  signal?: AbortSignal,
): Promise<Diagnosis> {
  const diagnosis: Diagnosis = { causes: [] };
  const steps: [Cause['direction'], () => Promise<Finding[]>][] = [
    ['there', () => checkEgress(facts, from, to)],
    ['there', () => checkWay(facts, from, to)],
    ['there', () => checkIngress(facts, from, to)],
    ['back', () => checkWay(facts, to, from)],
  ];
  for (const [direction, look] of steps) {
    try {
      const known = new Set(diagnosis.causes.map(({ key }) => key));
      for (const finding of await look()) {
        if (!known.has(finding.key)) {
          diagnosis.causes.push({ ...finding, direction });
        }
      }
    } catch (error) {
      signal?.throwIfAborted();
      diagnosis.unread ??= (error as Error).message;
    }
  }
  return diagnosis;
}

const attachedTo = (vpcs: VpcAttachment[], { cluster }: End) =>
  vpcs.find(
    ({ vpcId, status }) => vpcId === cluster.vpcId && status === 'Attached',
  );

/** One direction, security groups apart. */
async function checkWay(
  facts: NetworkFacts,
  from: End,
  to: End,
): Promise<Finding[]> {
  if (from.cluster.vpcId === to.cluster.vpcId) {
    return checkPodRoute(facts, to);
  }
  const cens = await facts.cens();
  const attachments = cens.flatMap(({ vpcs }) => vpcs);
  const cen = sharedCen(cens, from, to);
  if (!cen) return apart(attachments, from, to);
  const source = attachedTo(cen.vpcs, from);
  const target = attachedTo(cen.vpcs, to);
  const walked = await new RouterWalk(facts, {
    cen,
    from,
    to,
    source,
    target,
    attachments,
  }).run();
  return [
    ...(source
      ? await checkDeparture(facts, from, to, source, walked)
      : [unattached(attachments, from)]),
    ...walked,
  ];
}

/** The CEN on which both are, or which one of them has yet to join. */
function sharedCen(cens: CenFacts[], from: End, to: End): CenFacts | undefined {
  const joined = (cen: CenFacts) =>
    [from, to].filter(end => attachedTo(cen.vpcs, end));
  const both = cens.find(cen => joined(cen).length === 2);
  const some = cens.filter(cen => joined(cen).length === 1);
  return both ?? (some.length === 1 ? some[0] : undefined);
}

/** No CEN that the walk could go through. */
function apart(attachments: VpcAttachment[], from: End, to: End): Finding[] {
  const missing = [from, to].filter(end => !attachedTo(attachments, end));
  if (missing.length) return missing.map(end => unattached(attachments, end));
  const [a, b] = [from, to]
    .map(end => ({ end, cenId: attachedTo(attachments, end)!.cenId }))
    .sort((x, y) => x.cenId.localeCompare(y.cenId));
  return [
    {
      key: `cen/${a.end.cluster.vpcId}/${b.end.cluster.vpcId}`,
      hop: 'attachment',
      evidence: `VPC ${a.end.cluster.vpcId} (${a.end.cluster.name}) is attached to ${a.cenId}, VPC ${b.end.cluster.vpcId} (${b.end.cluster.name}) to ${b.cenId}: two CEN instances do not exchange traffic.`,
      fix: 'Attach both VPCs to one CEN.',
    },
  ];
}

/** The sender's VPC hands the packet to its transit router, unless nothing there could teach it the route. */
async function checkDeparture(
  facts: NetworkFacts,
  from: End,
  to: End,
  source: VpcAttachment,
  walked: Finding[],
): Promise<Finding[]> {
  const { vpcId, regionId, name } = from.cluster;
  const id = source.transitRouterAttachmentId;
  const route = bestRoute(await facts.vpcRoutes(vpcId, regionId), to.ip);
  if (route && /attachment|transitrouter/i.test(route.nextHopType)) return [];
  const found = (what: string, fix: string): Finding[] => [
    {
      key: `vpc-route/${vpcId}/${to.cluster.clusterId}`,
      hop: 'route',
      evidence: `${what} (the VPC of ${name}), so packets to ${to.ip} (Pod of ${to.cluster.name}) do not get to the transit router.`,
      fix,
    },
  ];
  if (route && isAboutPods(route, to.cluster)) {
    return found(
      `Route ${route.destination} leads to ${route.nextHopType} ${route.nextHopId} in the route table of ${vpcId}`,
      'Remove or narrow that route.',
    );
  }
  const missing = `There is no route to the transit router in the route table of ${vpcId}`;
  if (!source.autoPublishRouteEnabled) {
    return found(
      missing,
      `Switch "advertise routes to VPC" (AutoPublishRouteEnabled) of attachment ${id} on, or add a route to ${await podRange(
        facts,
        to,
      )} with next hop ${id}.`,
    );
  }
  return hidesRoutes(walked)
    ? []
    : found(
        missing,
        `Attachment ${id} should write it (AutoPublishRouteEnabled is on); look for a conflicting route, or add one with next hop ${id}.`,
      );
}
