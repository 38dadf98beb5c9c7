import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { authorizeInitiator } from '../access';
import type { ActionDeps } from '../deps';
import { examples } from './environmentDrift.examples';

/** Compares an environment with the cloud; reads only, also outside a dry run. */
export function createEnvironmentDriftAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:environment:drift',
    description:
      'Compares what a template made with the cloud as it is now: what is missing, changed or no longer wanted, and what repairs it. Touches nothing.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        environment: z =>
          z.string({ description: 'Name of the environment' }).min(1),
        failOnDrift: z =>
          z
            .boolean({
              description: 'Fail the step when anything differs; default: no',
            })
            .optional(),
      },
      output: {
        drifted: z => z.boolean(),
        items: z =>
          z.array(
            z.object({
              key: z.string(),
              title: z.string(),
              kind: z.enum(['missing', 'changed', 'surplus']),
              detail: z.string(),
              repair: z.enum(['provision', 'replace', 'prune', 'none']),
            }),
          ),
      },
    },
    async handler(ctx) {
      const { environment, failOnDrift } = ctx.input;
      const access = await authorizeInitiator(ctx, deps, {
        operation: 'environment.read',
        environment,
      });
      const drift = await deps.meshDr.checkDrift(
        environment,
        await access.request(),
      );
      if (drift.error) {
        throw new ServiceUnavailableError(
          `Environment ${environment} could not be compared with the cloud: ${drift.error}`,
        );
      }
      const lines = drift.items.map(
        ({ kind, key, title, detail, repair }) =>
          `${kind} ${key}: ${title}: ${detail}${
            repair === 'none' ? '' : ` (repair: ${repair})`
          }`,
      );
      for (const line of lines) ctx.logger.warn(line);
      if (!lines.length) {
        ctx.logger.info(`Environment ${environment} is as its spec says`);
      }
      ctx.output('drifted', lines.length > 0);
      ctx.output(
        'items',
        drift.items.map(({ key, title, kind, detail, repair }) => ({
          key,
          title,
          kind,
          detail,
          repair,
        })),
      );
      if (failOnDrift && lines.length) {
        throw new ConflictError(
          `Environment ${environment} differs from its spec in ${
            lines.length
          } places:\n- ${lines.join('\n- ')}`,
        );
      }
    },
  });
}
