import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { authorizeInitiator } from '../access';
import type { ActionDeps } from '../deps';
import { examples } from './changesExport.examples';

/** Writes what a change does into the workspace, for a publish action to make a pull request of. */
export function createChangesExportAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:changes:export',
    description:
      'Writes a change of a locality rule into the workspace as files: the DestinationRule of a service, or the calls of the ASM API for a mesh-wide rule. A publish action makes a pull request of them.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        change: z =>
          z.string({ description: 'Id of the change, from its page' }).min(1),
        targetPath: z =>
          z
            .string({
              description:
                'Folder of the workspace to write to; default: its top',
            })
            .optional(),
      },
      output: {
        files: z =>
          z.array(z.string(), {
            description: 'Paths written, relative to the folder',
          }),
        commands: z =>
          z.array(z.string(), {
            description: 'Command lines that carry the change out by hand',
          }),
        description: z =>
          z.string({ description: 'Markdown for a pull request' }),
      },
    },
    async handler(ctx) {
      const { change: id, targetPath = '.' } = ctx.input;
      const access = await authorizeInitiator(ctx, deps, {
        operation: 'service.read',
      });
      const change = await deps.meshDr.getChange(id, await access.request());
      const { files, removed, commands } = await deps.meshDr.exportChange(
        id,
        await access.request(),
      );
      const folder = resolveSafeChildPath(ctx.workspacePath, targetPath);
      for (const path of removed) {
        await rm(resolveSafeChildPath(folder, path), { force: true });
        ctx.logger.info(`${path} is removed: the rule is no more`);
      }
      for (const { path, content } of files) {
        const file = resolveSafeChildPath(folder, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
        ctx.logger.info(`${path} is written`);
      }
      ctx.output(
        'files',
        files.map(({ path }) => path),
      );
      ctx.output('commands', commands);
      ctx.output(
        'description',
        [
          change.reason,
          '',
          `Change \`${change.id}\` (${change.status}) by ${change.requestedBy}.`,
          ...(change.approvedBy ? [`Approved by ${change.approvedBy}.`] : []),
          '',
          'Without the portal:',
          '',
          '```sh',
          ...commands,
          '```',
          '',
        ].join('\n'),
      );
    },
  });
}
