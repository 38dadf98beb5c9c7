import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  destroyEnvironment,
  planDestroy,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { authorizeInitiator } from '../access';
import { fleetChanged } from '../catalog/FleetEntityProvider';
import type { ActionDeps } from '../deps';
import { failureLines, logProgress, tally } from '../progress';
import { fields } from '../schemas';
import { formatElapsed } from '../wait';
import { examples } from './environmentDestroy.examples';

/** Takes an environment away: only what carries its tag, in reverse order of dependence. */
export function createEnvironmentDestroyAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:environment:destroy',
    description:
      'Removes every cloud resource that carries the tag of an environment, and its catalog entities. Cannot be undone. Running again resumes.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        environment: z =>
          z.string({ description: 'Name of the environment' }).min(1),
        confirm: z =>
          z.string({
            description:
              'The name typed again, so that nothing goes by mistake',
          }),
        account: fields.account,
        grant: fields.grant,
      },
      output: {
        deleted: z => z.number({ description: 'Number of resources removed' }),
        leftovers: z =>
          z.array(z.string(), {
            description: 'What is still there, and why',
          }),
      },
    },
    async handler(ctx) {
      const { environment, confirm, account, grant } = ctx.input;
      if (confirm !== environment) {
        throw new InputError(
          `confirm = "${confirm}" is not the name of the environment to destroy, "${environment}"; type the name again exactly`,
        );
      }
      const access = await authorizeInitiator(ctx, deps, {
        operation: 'environment.destroy',
        environment,
        grant,
      });
      const cloud = deps.accounts.get(account);
      if (ctx.isDryRun) {
        const { steps, warnings } = await planDestroy(cloud, environment, {
          signal: ctx.signal,
        });
        for (const warning of warnings) ctx.logger.warn(warning);
        for (const { title, id, blocked } of steps) {
          ctx.logger.info(
            blocked
              ? `keep ${title} ${id}: ${blocked}`
              : `delete ${title} ${id}`,
          );
        }
        ctx.output('deleted', 0);
        ctx.output(
          'leftovers',
          steps.map(({ title }) => title),
        );
        return;
      }
      const report = await destroyEnvironment(cloud, environment, {
        signal: ctx.signal,
        onProgress: logProgress(ctx.logger),
        pace: deps.pace,
      });
      for (const warning of report.warnings) ctx.logger.warn(warning);
      const summary = `${tally(report.resources)} in ${formatElapsed(
        report.elapsedMs,
      )}`;
      if (report.status === 'cancelled') {
        throw new Error(
          `Destroying environment ${environment} was cancelled (${summary}); run again to go on`,
        );
      }
      if (report.status === 'failed') {
        throw new Error(
          `Environment ${environment} is not gone (${summary}). Run again after removing the cause:\n${[
            failureLines(report.resources),
            ...report.leftovers.map(item => `- still there: ${item}`),
          ]
            .filter(Boolean)
            .join('\n')}`,
        );
      }
      await deps.meshDr.forgetEnvironment(environment, await access.request());
      fleetChanged();
      const unregistered = await deps.catalog.unregister({ environment });
      if (unregistered.length) {
        ctx.logger.info(`Unregistered ${unregistered.join(', ')}`);
      }
      ctx.logger.info(`Environment ${environment} is gone: ${summary}`);
      ctx.output('deleted', report.resources.length);
      ctx.output('leftovers', report.leftovers);
    },
  });
}
