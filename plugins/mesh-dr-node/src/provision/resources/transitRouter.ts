import { carriesEnvironment } from '../tags';
import type { Resource } from '../types';
import { keys, type CenOutputs, type TransitRouterOutputs } from './common';

/**
 * The transit router of one region, with its system route table. A CEN has at most one per region, so the one that an
 * adopted CEN has is adopted, too.
 */
export function transitRouterResource(regionId: string): Resource {
  const key = keys.transitRouter(regionId);
  return {
    key,
    kind: 'transit-router',
    dependencies: [keys.cen()],
    title: `transit router in ${regionId}`,
    desired: { region: regionId },
    async find(ctx, id) {
      const { cenId } = ctx.outputs<CenOutputs>(keys.cen());
      const found = await ctx.cloud.cen.listTransitRouters(
        { cenId, regionId },
        ctx.call,
      );
      const router = found.find(
        item =>
          item.regionId === regionId && (!id || item.transitRouterId === id),
      );
      if (!router) return undefined;
      const { transitRouterId, status } = router;
      const own = !!id || carriesEnvironment(router.tags, ctx.spec.name);
      const adopted = !own && ctx.spec.cen.cenId !== undefined;
      if (!own && !adopted) {
        return {
          id: transitRouterId,
          state: 'ready',
          status,
          mismatch: `it does not carry the tag of environment ${ctx.spec.name}: someone else made it in this CEN. Tag it, or remove it.`,
          outputs: {},
        };
      }
      if (status === 'Deleting') {
        return { id: transitRouterId, state: 'deleting', status, outputs: {} };
      }
      if (status !== 'Active') {
        return { id: transitRouterId, state: 'pending', status, outputs: {} };
      }
      const tables = await ctx.cloud.cen.listRouteTables(
        { transitRouterId },
        ctx.call,
      );
      const system = tables.find(table => table.type === 'System');
      const outputs: TransitRouterOutputs = {
        transitRouterId,
        routeTableId: system?.transitRouterRouteTableId ?? '',
      };
      return {
        id: transitRouterId,
        state: system ? 'ready' : 'pending',
        status,
        adopted,
        outputs,
      };
    },
    async create(ctx, clientToken) {
      const { cenId } = ctx.outputs<CenOutputs>(keys.cen());
      const { transitRouterId } = await ctx.cloud.cen.createTransitRouter(
        {
          cenId,
          regionId,
          transitRouterName: `${regionId.replace(/^cn-/, '')}-router`,
          clientToken,
          tags: ctx.tags(key),
        },
        ctx.call,
      );
      return transitRouterId;
    },
  };
}
