import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  ANNOTATION_ENVIRONMENT,
  type GrantOperation,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { parseAllDocuments } from 'yaml';
import { authorizeInitiator } from '../access';
import type { ActionDeps } from '../deps';
import { fields } from '../schemas';
import { examples } from './catalogRegister.examples';

function withEnvironment(candidate: any, environment?: string): unknown {
  if (!environment || typeof candidate !== 'object' || !candidate) {
    return candidate;
  }
  return {
    ...candidate,
    metadata: {
      ...candidate.metadata,
      annotations: {
        ...candidate.metadata?.annotations,
        [ANNOTATION_ENVIRONMENT]: environment,
      },
    },
  };
}

/** Registers catalog entities without a repository: into the portal's catalog directory. */
export function createCatalogRegisterAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:catalog:register',
    description:
      'Registers catalog entities (Component, System, API, Resource, Domain) without a repository; they survive restarts, and destroying their environment unregisters them.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        entities: z =>
          z.union([z.string(), z.array(z.record(z.any()))], {
            description: 'YAML text with one or more entities, or objects',
          }),
        environment: z =>
          z
            .string({
              description:
                'Environment the entities belong to; becomes their annotation mesh-dr.io/environment',
            })
            .optional(),
        operation: z =>
          z
            .enum(['environment.provision', 'kubernetes.apply'], {
              description:
                'What the entities come from; the right to do it is needed. Default: kubernetes.apply',
            })
            .optional(),
        grant: fields.grant,
      },
      output: {
        entityRefs: z => z.array(z.string()),
      },
    },
    async handler(ctx) {
      const { entities, environment, grant } = ctx.input;
      const operation: GrantOperation =
        ctx.input.operation ?? 'kubernetes.apply';
      await authorizeInitiator(ctx, deps, {
        operation,
        environment: environment || '*',
        grant,
      });
      let candidates: unknown[];
      if (typeof entities === 'string') {
        candidates = [...parseAllDocuments(entities)].map((document, index) => {
          if ('errors' in document && document.errors.length) {
            throw new InputError(
              `entities: document ${index + 1} is not YAML: ${
                document.errors[0].message
              }`,
            );
          }
          return document.toJS();
        });
      } else {
        candidates = entities;
      }
      const prepared = candidates
        .filter(candidate => candidate !== null)
        .map(candidate => withEnvironment(candidate, environment));
      if (ctx.isDryRun) {
        ctx.logger.info(`Would register ${prepared.length} entities`);
        ctx.output('entityRefs', []);
        return;
      }
      const refs = await deps.catalog.register(prepared);
      ctx.logger.info(`Registered ${refs.join(', ')}`);
      ctx.output('entityRefs', refs);
    },
  });
}
