import type { ClusterPlan } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import ipaddr from 'ipaddr.js';
import type { EnvironmentSpec } from '../spec';
import type { Resource } from '../types';
import {
  keys,
  type CenOutputs,
  type ClusterOutputs,
  type TransitRouterOutputs,
  type VpcOutputs,
} from './common';

/** Whether an IPv4 CIDR lies inside another. */
export function liesWithin(inner: string, outer: string): boolean {
  const [innerIp, innerLength] = ipaddr.parseCIDR(inner);
  const [outerIp, outerLength] = ipaddr.parseCIDR(outer);
  return (
    innerIp.kind() === outerIp.kind() &&
    innerLength >= outerLength &&
    innerIp.match(outerIp, outerLength)
  );
}

/**
 * Publishes a Flannel cluster's Pod routes to the CEN. They are custom routes of the VPC (one per node, next hop the
 * instance) and are not announced by themselves; without them Pods of two regions do not reach each other.
 */
export function podRoutesResource(
  plan: ClusterPlan & { podCidr: string },
  spec: EnvironmentSpec,
): Resource {
  const key = keys.podRoutes(plan.name);
  const { region: regionId } = plan;
  return {
    key,
    kind: 'pod-routes',
    dependencies: [
      keys.cluster(plan.name),
      keys.vpc(plan.vpc),
      keys.cen(),
      keys.transitRouter(regionId),
      keys.vpcAttachment(plan.vpc),
    ],
    title: `Pod routes of ${plan.name} (${plan.podCidr}) on the CEN`,
    desired: { cluster: plan.name, podCidr: plan.podCidr },
    async find(ctx) {
      const { cenId } = ctx.outputs<CenOutputs>(keys.cen());
      const { vpcId, routeTableId } = ctx.outputs<VpcOutputs>(
        keys.vpc(plan.vpc),
      );
      const { clusterId } = ctx.outputs<ClusterOutputs>(
        keys.cluster(plan.name),
      );
      const [entries, nodes] = await Promise.all([
        ctx.cloud.cen.describePublishedRouteEntries(
          { cenId, vpcId, regionId, routeTableId },
          ctx.call,
        ),
        ctx.cloud.ack.describeNodes({ regionId, clusterId }, ctx.call),
      ]);
      const routes = entries.filter(entry =>
        liesWithin(entry.destinationCidrBlock, plan.podCidr),
      );
      const wanted = nodes.length || (plan.nodes ?? spec.clusters.nodes);
      const missing = routes.filter(
        route => route.publishStatus === 'NonPublished',
      );
      const known = new Set(routes.map(route => route.destinationCidrBlock));
      let complete = known.size >= wanted;
      if (!complete) {
        // Should CEN learn Pod routes by itself, it need not list them here: then the router's own table tells.
        const learned = await ctx.cloud.cen.listRouteEntries(
          {
            transitRouterRouteTableId: ctx.outputs<TransitRouterOutputs>(
              keys.transitRouter(regionId),
            ).routeTableId,
          },
          ctx.call,
        );
        for (const { destinationCidrBlock, status } of learned) {
          if (status !== 'Active') continue;
          if (liesWithin(destinationCidrBlock, plan.podCidr)) {
            known.add(destinationCidrBlock);
          }
        }
        complete = known.size >= wanted || known.has(plan.podCidr);
      }
      return {
        id: vpcId,
        state: complete ? 'ready' : 'pending',
        status: `${known.size - missing.length} of ${wanted} published`,
        reason: complete
          ? undefined
          : `${known.size} of ${wanted} nodes have their Pod route so far`,
        changes: missing.map(route => `publish ${route.destinationCidrBlock}`),
        outputs: {},
      };
    },
    async update(ctx, observed) {
      const { cenId } = ctx.outputs<CenOutputs>(keys.cen());
      const { vpcId, routeTableId } = ctx.outputs<VpcOutputs>(
        keys.vpc(plan.vpc),
      );
      for (const change of observed.changes ?? []) {
        await ctx.cloud.cen.publishRouteEntry(
          {
            cenId,
            vpcId,
            regionId,
            routeTableId,
            destinationCidrBlock: change.replace(/^publish /, ''),
          },
          ctx.call,
        );
      }
    },
  };
}
