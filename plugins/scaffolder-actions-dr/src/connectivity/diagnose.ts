import {
  cidrContains,
  tryParseCidr,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  AckCluster,
  Alicloud,
  CallOptions,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

function covers(cidr: string, address: string): boolean {
  const outer = tryParseCidr(cidr);
  const inner = tryParseCidr(`${address}/32`);
  return !!outer && !!inner && cidrContains(outer, inner);
}

/**
 * The first hop between two clusters that does not let a packet through, in the order a packet meets them, with the fix.
 * Undefined: every hop that the cloud shows looks right.
 */
export async function diagnosePath(
  cloud: Alicloud,
  from: AckCluster,
  to: AckCluster,
  targetIp: string,
  call: CallOptions,
): Promise<string | undefined> {
  const cens = await cloud.cen.describeCens({}, call);
  const attachments = (
    await Promise.all(
      cens.map(async ({ cenId }) =>
        (
          await Promise.all(
            [...new Set([from.regionId, to.regionId])].map(regionId =>
              cloud.cen.listVpcAttachments({ cenId, regionId }, call),
            ),
          )
        ).flat(),
      ),
    )
  ).flat();
  const attached = (cluster: AckCluster) =>
    attachments.filter(
      item => item.vpcId === cluster.vpcId && item.status === 'Attached',
    );
  for (const cluster of [from, to]) {
    if (!attached(cluster).length) {
      return `attachment: VPC ${cluster.vpcId} of ${cluster.name} is not attached to a transit router in ${cluster.regionId}. Attach it to the CEN.`;
    }
  }
  const pair = attached(from).flatMap(source =>
    attached(to)
      .filter(target => target.cenId === source.cenId)
      .map(target => ({ source, target })),
  )[0];
  if (!pair) {
    return `attachment: the VPCs of ${from.name} and ${to.name} are attached to different CEN instances. Attach both to one.`;
  }
  const { source, target } = pair;
  if (from.regionId !== to.regionId) {
    const links = await cloud.cen.listPeerAttachments(
      { cenId: source.cenId, regionId: from.regionId },
      call,
    );
    const ends = [source.transitRouterId, target.transitRouterId];
    const link = links.find(
      item =>
        ends.includes(item.transitRouterId) &&
        ends.includes(item.peerTransitRouterId) &&
        item.status === 'Attached',
    );
    if (!link) {
      return `link: there is no inter-region connection between ${from.regionId} and ${to.regionId} in CEN ${source.cenId}. Create one, with bandwidth.`;
    }
    if (!link.bandwidth) {
      return `bandwidth: the inter-region connection ${link.transitRouterAttachmentId} between ${from.regionId} and ${to.regionId} has no bandwidth. Set its cross-region bandwidth.`;
    }
  }
  const tables = await cloud.cen.listRouteTables(
    { transitRouterId: source.transitRouterId },
    call,
  );
  const routes = (
    await Promise.all(
      tables.map(({ transitRouterRouteTableId }) =>
        cloud.cen.listRouteEntries({ transitRouterRouteTableId }, call),
      ),
    )
  ).flat();
  if (!routes.some(route => covers(route.destinationCidrBlock, targetIp))) {
    return `route: the transit router in ${from.regionId} knows no route to ${targetIp} (Pod of ${to.name}). Publish the Pod routes of ${to.name} to the CEN, and let the system route table learn them.`;
  }
  const rules = await cloud.ecs.describeSecurityGroupRules(
    { regionId: to.regionId, securityGroupId: to.securityGroupId },
    call,
  );
  const sources =
    from.containerCidr && from.networkPlugin !== 'terway'
      ? [from.containerCidr]
      : [];
  const admitted = rules.some(
    rule =>
      rule.direction === 'ingress' &&
      rule.policy.toLowerCase() === 'accept' &&
      // The probe is a ping: a rule for a TCP port does not let it in.
      ['all', 'icmp'].includes(rule.ipProtocol.toLowerCase()) &&
      sources.some(cidr => covers(rule.sourceCidrIp, cidr.split('/')[0])),
  );
  if (sources.length && !admitted) {
    return `security group: ${to.securityGroupId} of ${
      to.name
    } does not admit ${sources.join(', ')} (Pods of ${
      from.name
    }). Add an ingress rule for it.`;
  }
  return undefined;
}
