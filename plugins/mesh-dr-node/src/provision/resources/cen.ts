import { lookupTags } from '../tags';
import type { Resource } from '../types';
import { keys, pickOwned, type CenOutputs } from './common';

/**
 * The environment's one CEN instance, made or adopted. An account has to activate the (billed) transit router service once before its first
 * transit router; that is a change like any other here, so that a plan shows it.
 */
export function cenResource(environment: string, cenId?: string): Resource {
  const key = keys.cen();
  return {
    key,
    kind: 'cen',
    dependencies: [],
    title: `CEN instance ${cenId ?? environment}`,
    desired: { name: environment },
    async find(ctx, id) {
      const wanted = id ?? cenId;
      const found = await ctx.cloud.cen.describeCens(
        wanted ? { cenId: wanted } : { tags: lookupTags(ctx.spec.name, key) },
        ctx.call,
      );
      const cen = wanted
        ? found.find(item => item.cenId === wanted)
        : pickOwned(ctx, key, found, item => item.cenId);
      if (!cen) return undefined;
      const outputs: CenOutputs = { cenId: cen.cenId };
      let state: 'ready' | 'deleting' | 'pending' = 'pending';
      if (cen.status === 'Active') state = 'ready';
      if (cen.status === 'Deleting') state = 'deleting';
      const activated =
        state !== 'ready' ||
        (await ctx.cloud.cen.checkTransitRouterService(ctx.call));
      return {
        id: cen.cenId,
        state,
        status: cen.status,
        adopted: cenId !== undefined,
        changes: activated ? [] : ['activate the transit router service'],
        outputs,
      };
    },
    create: cenId
      ? undefined
      : async (ctx, clientToken) => {
          const made = await ctx.cloud.cen.createCen(
            { name: environment, clientToken, tags: ctx.tags(key) },
            ctx.call,
          );
          return made.cenId;
        },
    async update(ctx) {
      await ctx.cloud.cen.openTransitRouterService(ctx.call);
    },
  };
}
