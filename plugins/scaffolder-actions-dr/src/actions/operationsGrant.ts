import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { GrantOperation } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ActionDeps } from '../deps';
import { examples } from './operationsGrant.examples';

/** First step of long templates: obtains the right to go on in the initiator's name after the user's token has expired. */
export function createOperationsGrantAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:operations:grant',
    description:
      "Obtains an operation grant with the initiator's credentials: listed, revocable, expiring. Later steps redeem it.",
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        environment: z =>
          z
            .string({
              description:
                'Environment the grant is for; * for any. Default: *',
            })
            .optional(),
        operations: z =>
          z
            .array(
              z.enum([
                'environment.provision',
                'environment.destroy',
                'kubernetes.apply',
                'cluster.join',
                'rule.change',
                'traffic.verify',
              ]),
              { description: 'What later steps will do' },
            )
            .min(1),
        durationMinutes: z =>
          z
            .number({ description: '5 to 1440; default 240' })
            .int()
            .min(5)
            .max(1440)
            .optional(),
      },
      output: {
        grant: z => z.string({ description: 'Id of the grant' }),
        expiresAt: z => z.string({ description: 'ISO 8601' }),
      },
    },
    async handler(ctx) {
      const { operations, durationMinutes } = ctx.input;
      const environment = ctx.input.environment || '*';
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Would obtain a grant for ${operations.join(
            ', ',
          )} in environment ${environment}`,
        );
        ctx.output('grant', 'dry-run');
        ctx.output('expiresAt', new Date(0).toISOString());
        return;
      }
      const grant = await ctx.checkpoint({
        key: `grant.${environment}.${operations.join('+')}`,
        fn: async () => {
          const { token } = await deps.auth.getPluginRequestToken({
            onBehalfOf: await ctx.getInitiatorCredentials(),
            targetPluginId: 'mesh-dr',
          });
          const { id, expiresAt } = await deps.meshDr.createGrant(
            {
              environment,
              operations: operations as GrantOperation[],
              durationMinutes,
            },
            { token, signal: ctx.signal },
          );
          return { id, expiresAt };
        },
      });
      ctx.logger.info(
        `Obtained a grant for ${operations.join(
          ', ',
        )} in environment ${environment} until ${grant.expiresAt}`,
      );
      ctx.output('grant', grant.id);
      ctx.output('expiresAt', grant.expiresAt);
    },
  });
}
