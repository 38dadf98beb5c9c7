import { ConflictError, InputError } from '@backstage/errors';
import {
  createTemplateAction,
  type ActionContext,
} from '@backstage/plugin-scaffolder-node';
import type {
  Change,
  LintFinding,
  LocalityIntent,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { z as zod } from 'zod/v3';
import { authorizeInitiator } from '../access';
import type { ActionDeps } from '../deps';
import { fields } from '../schemas';
import { waitFor } from '../wait';
import {
  distributionExamples,
  failoverExamples,
} from './localityConfigure.examples';

type Z = typeof zod;

const APPLY_TIMEOUT_MS = 5 * 60_000;

const commonInput = {
  mesh: fields.mesh,
  service: (z: Z) =>
    z
      .union(
        [
          z.string(),
          z.object({
            namespace: z.string().optional(),
            name: z.string(),
          }),
        ],
        {
          description:
            'The service: `reviews.default`, `default/reviews` or an object; left out, the rule is for the whole mesh',
        },
      )
      .optional(),
  reason: (z: Z) =>
    z.string({ description: 'Why; kept in the history' }).min(1),
  outlierDetection: (z: Z) =>
    z
      .object(
        {
          consecutive5xxErrors: z.number().optional(),
          consecutiveGatewayErrors: z.number().optional(),
          interval: z.string().optional(),
          baseEjectionTime: z.string().optional(),
          maxEjectionPercent: z.number().optional(),
          minHealthPercent: z.number().optional(),
        },
        {
          description:
            'When a failing Pod is taken out; without it only vanished Pods cause failover',
        },
      )
      .optional(),
  connectionPool: (z: Z) =>
    z
      .object({
        connectTimeout: z.string().optional(),
        maxRequestsPerConnection: z.number().optional(),
      })
      .optional(),
  environment: fields.environment,
  grant: fields.grant,
};

const commonOutput = {
  changeId: (z: Z) =>
    z.string({ description: 'Id of the change; empty in a dry run' }),
  status: (z: Z) =>
    z.string({
      description: 'applied, or pending-approval: then nothing changed yet',
    }),
  findings: (z: Z) =>
    z.array(
      z.object({
        id: z.string(),
        severity: z.string(),
        message: z.string(),
      }),
    ),
};

/** Refused findings as an error message, each with its fix. */
export function findingLines(findings: LintFinding[]): string {
  return findings
    .map(
      ({ message, evidence, fix }) =>
        `- ${message}${evidence ? ` (${evidence})` : ''}${
          fix ? ` Fix: ${fix.label}.` : ''
        }`,
    )
    .join('\n');
}

interface CommonInput {
  mesh: string;
  service?: string | { namespace?: string; name: string };
  reason: string;
  environment?: string;
  grant?: string;
}

/**
 * A service as the annotation `mesh-dr.io/host` writes it, or as an object.
 *
 * @throws InputError when the text names no service
 */
export function parseService(
  service: string | { namespace?: string; name: string },
): { namespace: string; name: string } {
  if (typeof service !== 'string') {
    return { namespace: service.namespace ?? 'default', name: service.name };
  }
  const slashed = service.match(/^([a-z0-9-]+)\/([a-z0-9-]+)$/);
  if (slashed) return { namespace: slashed[1], name: slashed[2] };
  const dotted = service.match(
    /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc(?:\.[a-z0-9.-]+)?)?)?$/,
  );
  if (!dotted) {
    throw new InputError(
      `service = ${service}: write it as service.namespace, e.g. reviews.default`,
    );
  }
  return { namespace: dotted[2] ?? 'default', name: dotted[1] };
}

/** Preview → change → wait until applied, or end well with `pending-approval`. */
async function configure(
  deps: ActionDeps,
  ctx: Pick<
    ActionContext<any, any>,
    | 'input'
    | 'logger'
    | 'signal'
    | 'isDryRun'
    | 'user'
    | 'getInitiatorCredentials'
    | 'checkpoint'
    | 'output'
  >,
  intent: LocalityIntent,
): Promise<void> {
  const input = ctx.input as CommonInput;
  const service = input.service && parseService(input.service);
  const access = await authorizeInitiator(ctx, deps, {
    operation: 'rule.change',
    environment: input.environment || '*',
    grant: input.grant,
    ...(service && { service: { meshId: input.mesh, ...service } }),
  });
  const mesh = await deps.meshDr.getMesh(input.mesh, await access.request());
  const target: RuleTarget = service
    ? { scope: 'service', meshId: mesh.id, ...service }
    : { scope: 'mesh', meshId: mesh.id };
  const subject =
    target.scope === 'service'
      ? `service ${target.namespace}/${target.name}`
      : `mesh ${mesh.name}`;
  const preview = await deps.meshDr.preview(
    { target, intent },
    await access.request(),
  );
  const refused = preview.findings.filter(
    finding => finding.severity === 'refuse',
  );
  if (!preview.applicable || refused.length) {
    throw new InputError(
      `The rule for ${subject} would not do what it says, so it is refused:\n${findingLines(
        refused,
      )}`,
    );
  }
  for (const { message } of preview.findings) ctx.logger.warn(message);
  for (const step of preview.steps) ctx.logger.info(step);
  ctx.output(
    'findings',
    preview.findings.map(({ id, severity, message }) => ({
      id,
      severity,
      message,
    })),
  );
  if (ctx.isDryRun) {
    ctx.logger.info(`Would change ${subject} to:\n${preview.after}`);
    ctx.output('changeId', '');
    ctx.output('status', 'previewed');
    return;
  }
  const { id } = await ctx.checkpoint({
    key: `change.${mesh.id}.${subject}.${preview.hash}`,
    fn: async () => {
      const created = await deps.meshDr.createChange(
        { target, intent, reason: input.reason, previewHash: preview.hash },
        await access.request(),
      );
      return { id: created.id };
    },
  });
  const change: Change = await waitFor(
    async () => {
      const current = await deps.meshDr.getChange(id, await access.request());
      return current.status === 'applying' ? undefined : current;
    },
    {
      signal: ctx.signal,
      pace: deps.pace,
      timeoutMs: APPLY_TIMEOUT_MS,
      onTimeout: () =>
        `Change ${id} of ${subject} is still being applied after ${
          APPLY_TIMEOUT_MS / 60_000
        } minutes; follow it in the portal`,
    },
  );
  ctx.output('changeId', change.id);
  ctx.output('status', change.status);
  if (['failed', 'rejected', 'expired'].includes(change.status)) {
    throw new ConflictError(
      `Change ${change.id} of ${subject} was ${change.status}: ${
        change.error ??
        change.verified?.detail ??
        'see the change in the portal'
      }`,
    );
  }
  ctx.logger.info(
    change.status === 'pending-approval'
      ? `Change ${change.id} of ${subject} waits for approval by a second person; nothing changed yet`
      : `Change ${change.id} of ${subject}: ${change.status}${
          change.verified ? ` (${change.verified.detail})` : ''
        }`,
  );
}

const optional = <T extends object>(key: string, value?: T) =>
  value && Object.keys(value).length ? { [key]: value } : {};

/** Failover between regions, for a service or a whole mesh; also switches a rule off. */
export function createFailoverConfigureAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:failover:configure',
    description:
      'Sets (or switches off) cross-region failover for a service or a whole mesh, through preview and change history. Ends well when the change waits for approval.',
    examples: failoverExamples,
    supportsDryRun: true,
    schema: {
      input: {
        ...commonInput,
        off: z =>
          z
            .boolean({ description: 'Switch the locality rule off instead' })
            .optional(),
        failover: z =>
          z
            .array(
              z.object({
                from: z.string({ description: 'Region that fails' }),
                to: z.string({ description: 'Region that takes over' }),
              }),
            )
            .optional(),
      },
      output: commonOutput,
    },
    async handler(ctx) {
      const {
        off,
        failover = [],
        outlierDetection,
        connectionPool,
      } = ctx.input;
      if (!off && !failover.length) {
        throw new InputError(
          'failover is missing: give at least one rule {from, to}, or off: true',
        );
      }
      const same = failover.find(rule => rule.from === rule.to);
      if (!off && same) {
        throw new InputError(
          `failover: ${same.from} cannot fail over to itself; name another region in "to"`,
        );
      }
      await configure(
        deps,
        ctx,
        off
          ? { mode: 'off' }
          : {
              mode: 'failover',
              failover,
              ...optional('outlierDetection', outlierDetection),
              ...optional('connectionPool', connectionPool),
            },
      );
    },
  });
}

/** Weighted distribution over regions, for a service or a whole mesh. */
export function createDistributionConfigureAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'dr:distribution:configure',
    description:
      'Sets the shares of traffic per region for a service or a whole mesh (ASM 1.22.6.66 or newer), through preview and change history. Ends well when the change waits for approval.',
    examples: distributionExamples,
    supportsDryRun: true,
    schema: {
      input: {
        ...commonInput,
        distribute: z =>
          z
            .array(
              z.object({
                from: z.string({ description: 'Region of the callers' }),
                to: z.record(z.number(), {
                  description: 'Region → percent; sums to 100',
                }),
              }),
            )
            .min(1),
      },
      output: commonOutput,
    },
    async handler(ctx) {
      const { distribute, outlierDetection, connectionPool } = ctx.input;
      for (const { from, to } of distribute) {
        const sum = Object.values(to).reduce((a, b) => a + b, 0);
        if (sum !== 100) {
          throw new InputError(
            `distribute from ${from}: the shares ${Object.entries(to)
              .map(([region, percent]) => `${region} ${percent} %`)
              .join(', ')} sum to ${sum} %; make them sum to 100`,
          );
        }
      }
      await configure(deps, ctx, {
        mode: 'distribution',
        distribute,
        ...optional('outlierDetection', outlierDetection),
        ...optional('connectionPool', connectionPool),
      });
    },
  });
}
