import { ConflictError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { authorizeInitiator } from '../access';
import type { ActionDeps } from '../deps';
import { fields } from '../schemas';
import { examples } from './trafficVerify.examples';

/** Sends requests through the ingress gateway and counts the regions that answer. */
export function createTrafficVerifyAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:traffic:verify',
    description:
      'Sends requests through the ingress gateway, counts which region of a service answers, and optionally fails when a share is not as expected.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        mesh: fields.mesh,
        namespace: z =>
          z.string({ description: 'Default: default' }).optional(),
        name: z => z.string({ description: 'Service, e.g. reviews' }),
        requests: z =>
          z
            .number({ description: '1 to 2000; default 100' })
            .int()
            .min(1)
            .max(2000)
            .optional(),
        gatewayRegion: z =>
          z
            .string({ description: 'Region of the gateway to go through' })
            .optional(),
        path: z =>
          z
            .string({
              description:
                'Path whose answer names the Pod. Default: /api/v1/products/0/reviews',
            })
            .optional(),
        expect: z =>
          z
            .array(
              z.object({
                region: z.string(),
                minPercent: z.number().min(0).max(100).optional(),
                maxPercent: z.number().min(0).max(100).optional(),
              }),
              { description: 'Shares that must be met' },
            )
            .optional(),
        environment: fields.environment,
        grant: fields.grant,
      },
      output: {
        byRegion: z => z.record(z.number()),
        percent: z => z.record(z.number()),
        failed: z => z.number({ description: 'Requests whose hop failed' }),
        unknown: z => z.number(),
        requests: z => z.number(),
      },
    },
    async handler(ctx) {
      const { input } = ctx;
      const access = await authorizeInitiator(ctx, deps, {
        operation: 'traffic.verify',
        environment: input.environment || '*',
        grant: input.grant,
      });
      const requests = input.requests ?? 100;
      const namespace = input.namespace ?? 'default';
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Would send ${requests} requests and count the regions of ${namespace}/${input.name}`,
        );
        ctx.output('byRegion', {});
        ctx.output('percent', {});
        ctx.output('failed', 0);
        ctx.output('unknown', 0);
        ctx.output('requests', 0);
        return;
      }
      const mesh = await deps.meshDr.getMesh(
        input.mesh,
        await access.request(),
      );
      const result = await deps.meshDr.verifyTraffic(
        {
          meshId: mesh.id,
          namespace,
          name: input.name,
          requests,
          gatewayRegion: input.gatewayRegion,
          path: input.path,
        },
        await access.request(),
      );
      const percent = Object.fromEntries(
        Object.entries(result.shares).map(([region, share]) => [
          region,
          Math.round(share.percent * 10) / 10,
        ]),
      );
      for (const [region, count] of Object.entries(result.byRegion)) {
        const share = result.shares[region];
        ctx.logger.info(
          `${region}: ${count} of ${result.requests} answers${
            share
              ? ` (${share.percent.toFixed(
                  1,
                )} %, 95 % interval ${share.low.toFixed(
                  1,
                )} to ${share.high.toFixed(1)})`
              : ''
          }`,
        );
      }
      if (result.failed || result.unknown) {
        ctx.logger.warn(
          `${result.failed} requests failed at the hop to ${input.name}; the region of ${result.unknown} answers could not be told`,
        );
      }
      ctx.output('byRegion', result.byRegion);
      ctx.output('percent', percent);
      ctx.output('failed', result.failed);
      ctx.output('unknown', result.unknown);
      ctx.output('requests', result.requests);
      const unmet = (input.expect ?? []).flatMap(
        ({ region, minPercent = 0, maxPercent = 100 }) => {
          const seen = result.shares[region]?.percent ?? 0;
          return seen < minPercent || seen > maxPercent
            ? [
                `${region} answered ${seen.toFixed(
                  1,
                )} %, expected ${minPercent} to ${maxPercent} %`,
              ]
            : [];
        },
      );
      if (unmet.length) {
        throw new ConflictError(
          `Traffic of ${namespace}/${
            input.name
          } is not as expected: ${unmet.join('; ')}${
            result.suggestedRequests && result.suggestedRequests > requests
              ? `. ${requests} requests may be too few to tell; use ${result.suggestedRequests}`
              : ''
          }`,
        );
      }
    },
  });
}
