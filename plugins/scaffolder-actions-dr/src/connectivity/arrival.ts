import { bestRoute, isAboutPods } from './addresses';
import type { NetworkFacts } from './facts';
import type { End, Finding } from './findings';
import type { Passage } from './walk';

/** A host of the VPC itself, or the node that Flannel's route of a Pod range leads to. */
const staysInside = (nextHopType: string) =>
  !/attachment|transitrouter|blackhole/i.test(nextHopType);

/**
 * The last hop: the receiver's VPC announces the Pod's range to the CEN, and its route table leads to the Pod.
 *
 * @param routed - whether the transit router has a route to the Pod, whatever the publication says
 */
export async function checkArrival(
  facts: NetworkFacts,
  { cen, to, target }: Passage,
  routed: boolean,
): Promise<Finding[]> {
  const inside = await checkPodRoute(facts, to);
  if (inside.length || routed || !target) return inside;
  const { vpcId, regionId, name } = to.cluster;
  const entries = await facts.published(cen.cenId, vpcId, regionId);
  const entry = bestRoute(
    entries.map(item => ({ ...item, destination: item.destinationCidrBlock })),
    to.ip,
  );
  if (entry?.publishStatus !== 'NonPublished') return [];
  if (!isAboutPods(entry, to.cluster)) return [];
  const block = entry.destination;
  return [
    {
      key: `publication/${vpcId}/${block}`,
      hop: 'route',
      evidence: `Pod route ${block} of VPC ${vpcId} (${name}) is not published to ${cen.cenId}, so no transit router knows the Pods behind it.`,
      fix: `Publish the Pod routes of ${name} to the CEN (dr:cen:provision does for an environment).`,
    },
  ];
}

/** Whether the receiver's VPC knows where its own Pod is. */
export async function checkPodRoute(
  facts: NetworkFacts,
  { cluster, ip }: End,
): Promise<Finding[]> {
  const { vpcId, regionId, name } = cluster;
  const best = bestRoute(await facts.vpcRoutes(vpcId, regionId), ip);
  const route = best && isAboutPods(best, cluster) ? best : undefined;
  if (route && staysInside(route.nextHopType)) return [];
  return [
    {
      key: `pod-route/${vpcId}/${ip}`,
      hop: 'route',
      evidence: route
        ? `Route ${route.destination} in the route table of VPC ${vpcId} (${name}) leads Pod address ${ip} back out to ${route.nextHopType} ${route.nextHopId}.`
        : `The route table of VPC ${vpcId} (${name}) has no route to Pod address ${ip}.`,
      fix: `See that the node of the Pod has its Pod route there; ACK's cloud controller manager writes one a node.`,
    },
  ];
}

/**
 * The range to name in a rule or route: Flannel's Pods have one of their own, Terway's share their vSwitch's with nodes.
 * Where the VPC's table tells neither, the Pod itself.
 */
export async function podRange(
  facts: NetworkFacts,
  { cluster, ip }: End,
): Promise<string> {
  const { containerCidr, networkPlugin, vpcId, regionId } = cluster;
  if (networkPlugin !== 'terway' && containerCidr) return containerCidr;
  const route = bestRoute(await facts.vpcRoutes(vpcId, regionId), ip);
  return route && isAboutPods(route, cluster) ? route.destination : ip;
}
