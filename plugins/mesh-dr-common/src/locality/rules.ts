import { z } from 'zod';
import { OVERRIDABLE_GUARDRAILS } from '../guardrails/types';
import type {
  CreateChangeRequest,
  CreateGrantRequest,
  PreviewRequest,
  RollbackRequest,
  RuleTarget,
  VerificationRequest,
} from '../api/types';
import type { LocalityIntent } from './types';

const DURATION = /^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/;
const UNIT_MS: Record<string, number> = {
  h: 3600000,
  m: 60000,
  s: 1000,
  ms: 1,
};

/**
 * Milliseconds of an Istio duration (`30s`, `1m30s`, `500ms`).
 *
 * @throws RangeError when the text is no duration or not at least 1 ms
 */
export function parseDuration(text: string): number {
  if (typeof text !== 'string' || !DURATION.test(text)) {
    throw new RangeError(
      `"${text}" is no duration; write a number with a unit, e.g. 30s, 1m or 500ms`,
    );
  }
  let milliseconds = 0;
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    milliseconds += Number(value) * UNIT_MS[unit];
  }
  if (milliseconds < 1) {
    throw new RangeError(
      `duration "${text}" is shorter than 1 ms, which Istio refuses; use at least 1ms`,
    );
  }
  return milliseconds;
}

const durationSchema = z.string().superRefine((value, ctx) => {
  try {
    parseDuration(value);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const shown = (value: unknown) =>
  value === undefined ? 'missing' : JSON.stringify(value);

/** Whole number in a range, with a message that says what came, what is allowed and why. */
export function whole(field: string, min: number, max: number, why: string) {
  return z
    .number({
      error: issue =>
        `${field} is ${shown(
          issue.input,
        )}, but must be a whole number from ${min} to ${max}: ${why}`,
    })
    .refine(value => Number.isInteger(value) && value >= min && value <= max, {
      error: issue =>
        `${field} is ${shown(
          issue.input,
        )}, but must be a whole number from ${min} to ${max}: ${why}`,
    });
}

export function textField(field: string, example: string) {
  return z
    .string({
      error: issue =>
        `${field} is ${shown(issue.input)}, but must be text, e.g. ${example}`,
    })
    .trim()
    .min(1, `${field} is empty; give it a value, e.g. ${example}`)
    .max(253, `${field} is longer than 253 characters; shorten it`);
}

/** A region id. Failover and weights work on regions; a zone or wildcard there would be refused by Istio. */
export function region(field: string) {
  return textField(field, 'cn-hangzhou').refine(
    value => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value),
    {
      error: issue =>
        `${field} is ${shown(
          issue.input,
        )}, but only a region name fits here; leave out zones, "/" and "*"`,
    },
  );
}

export function kubernetesName(field: string, example: string) {
  return textField(field, example).refine(
    value => /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(value),
    {
      error: issue =>
        `${field} is ${shown(
          issue.input,
        )}, which is no Kubernetes name; use lower-case letters, digits and "-", e.g. ${example}`,
    },
  );
}

const errorCount = (field: string) =>
  whole(field, 0, 4294967295, '0 switches this counter off').optional();

export const outlierDetectionSchema = z.strictObject({
  consecutive5xxErrors: errorCount('outlierDetection.consecutive5xxErrors'),
  consecutiveGatewayErrors: errorCount(
    'outlierDetection.consecutiveGatewayErrors',
  ),
  interval: durationSchema.optional(),
  baseEjectionTime: durationSchema.optional(),
  maxEjectionPercent: whole(
    'outlierDetection.maxEjectionPercent',
    0,
    100,
    'it is the percentage of all endpoints that may be ejected; 100 allows a whole region to be left',
  ).optional(),
  minHealthPercent: whole(
    'outlierDetection.minHealthPercent',
    0,
    100,
    'it is the percentage of healthy endpoints below which ejection is ignored; 0 keeps ejection in force',
  ).optional(),
});

export const connectionPoolSchema = z.strictObject({
  connectTimeout: durationSchema.optional(),
  maxRequestsPerConnection: whole(
    'connectionPool.maxRequestsPerConnection',
    0,
    2147483647,
    '1 opens a connection per request, 0 sets no limit',
  ).optional(),
});

const common = {
  outlierDetection: outlierDetectionSchema.optional(),
  connectionPool: connectionPoolSchema.optional(),
};

const failoverRuleSchema = z
  .strictObject({ from: region('failover.from'), to: region('failover.to') })
  .superRefine(({ from, to }, ctx) => {
    if (from === to) {
      ctx.addIssue({
        code: 'custom',
        path: ['to'],
        message: `failover.to is "${to}", the same region as failover.from; a region cannot take over for itself, choose another one`,
      });
    }
  });

const weightsSchema = z
  .record(
    region('distribute.to'),
    whole(
      'distribute.to weight',
      1,
      100,
      'Istio refuses 0; leave a region out that must get nothing',
    ),
  )
  .superRefine((to, ctx) => {
    const total = Object.values(to).reduce((a, b) => a + b, 0);
    if (total !== 100) {
      ctx.addIssue({
        code: 'custom',
        message: `weights sum to ${total}, but Istio accepts only exactly 100; change one of ${Object.entries(
          to,
        )
          .map(([name, weight]) => `${name} ${weight}`)
          .join(', ')}`,
      });
    }
  });

const distributionRuleSchema = z.strictObject({
  from: region('distribute.from'),
  to: weightsSchema,
});

/** Adds an issue for the second rule of one `from`: the first one wins, the second would never apply. */
function uniqueFrom(field: string) {
  return (rules: { from: string }[], ctx: z.RefinementCtx) => {
    rules.forEach(({ from }, index) => {
      if (rules.findIndex(rule => rule.from === from) < index) {
        ctx.addIssue({
          code: 'custom',
          path: [index, 'from'],
          message: `${field}[${index}].from is "${from}", which an earlier entry names already; only the first would apply, remove one`,
        });
      }
    });
  };
}

/** What a person may ask for. Refuses what Istio would refuse, with the reason and the remedy. */
export const localityIntentSchema: z.ZodType<LocalityIntent> =
  z.discriminatedUnion(
    'mode',
    [
      z.strictObject({ mode: z.literal('off') }),
      z.strictObject({
        mode: z.literal('failover'),
        failover: z
          .array(failoverRuleSchema)
          .min(1, 'failover is empty; name at least one pair from → to')
          .max(50, 'failover has more than 50 entries; keep one per region')
          .superRefine(uniqueFrom('failover')),
        ...common,
      }),
      z.strictObject({
        mode: z.literal('distribution'),
        distribute: z
          .array(distributionRuleSchema)
          .min(1, 'distribute is empty; add one entry per caller region')
          .max(50, 'distribute has more than 50 entries; keep one per region')
          .superRefine(uniqueFrom('distribute')),
        ...common,
      }),
      z
        .strictObject({
          mode: z.literal('evacuation'),
          from: region('from'),
          to: region('to'),
          ...common,
        })
        .superRefine(({ from, to }, ctx) => {
          if (from === to) {
            ctx.addIssue({
              code: 'custom',
              path: ['to'],
              message: `to is "${to}", the region that is to be emptied; name another one`,
            });
          }
        }),
    ],
    {
      error: issue =>
        `intent is ${shown(
          issue.input,
        )}, but needs a mode: "off", "failover", "distribution" or "evacuation"`,
    },
  );

/** One service of a mesh, or the mesh as a whole. */
export const ruleTargetSchema: z.ZodType<RuleTarget> = z.discriminatedUnion(
  'scope',
  [
    z.strictObject({
      scope: z.literal('mesh'),
      meshId: textField('target.meshId', 'c1234567890abcdef'),
    }),
    z.strictObject({
      scope: z.literal('service'),
      meshId: textField('target.meshId', 'c1234567890abcdef'),
      namespace: kubernetesName('target.namespace', 'default'),
      name: kubernetesName('target.name', 'reviews'),
    }),
  ],
  {
    error: issue =>
      `target is ${shown(issue.input)}, but needs a scope: "mesh" or "service"`,
  },
);

/** Body of `POST /v1/previews`. */
export const previewRequestSchema: z.ZodType<PreviewRequest> = z.strictObject({
  target: ruleTargetSchema,
  intent: localityIntentSchema,
});

export const reasonSchema = z
  .string({
    error: issue =>
      `reason is ${shown(
        issue.input,
      )}, but the history needs one; say why the rule changes`,
  })
  .trim()
  .min(1, 'reason is empty; say why the rule changes')
  .max(2000, 'reason is longer than 2000 characters; shorten it');

export const overridesSchema = z
  .array(
    z.enum(OVERRIDABLE_GUARDRAILS, {
      error: issue =>
        `overrides has ${shown(
          issue.input,
        )}, which cannot be overridden; use some of ${OVERRIDABLE_GUARDRAILS.join(
          ', ',
        )}`,
    }),
  )
  .max(20, 'overrides has more than 20 entries; name each once')
  .transform(names => [...new Set(names)].sort());

/** Body of `POST /v1/changes`. */
export const createChangeRequestSchema: z.ZodType<CreateChangeRequest> =
  z.strictObject({
    target: ruleTargetSchema,
    intent: localityIntentSchema,
    reason: reasonSchema,
    previewHash: z.string().max(200).optional(),
    expiresAt: z.iso
      .datetime({
        offset: true,
        error: issue =>
          `expiresAt is ${shown(
            issue.input,
          )}, but must be a moment, e.g. 2026-12-01T08:00:00Z`,
      })
      .optional(),
    needsApproval: z.boolean().optional(),
    overrides: overridesSchema.optional(),
  });

/** Body of `POST /v1/changes/:id/rollback`. */
export const rollbackRequestSchema: z.ZodType<RollbackRequest> = z.strictObject(
  { reason: reasonSchema, overrides: overridesSchema.optional() },
);

/** Body of `POST /v1/verifications`. */
export const verificationRequestSchema: z.ZodType<VerificationRequest> =
  z.strictObject({
    meshId: textField('meshId', 'c1234567890abcdef'),
    namespace: kubernetesName('namespace', 'default'),
    name: kubernetesName('name', 'reviews'),
    requests: whole(
      'requests',
      1,
      2000,
      'more would be a load test; 385 tell 10 % within ±3 points',
    ),
    gatewayRegion: region('gatewayRegion').optional(),
    path: z
      .string()
      .max(2000, 'path is longer than 2000 characters; shorten it')
      .refine(value => /^\/(?![/\\])[\x21-\x7e]*$/.test(value), {
        error: issue =>
          `path is ${shown(
            issue.input,
          )}, but must be a path on the gateway that begins with one "/", e.g. /productpage`,
      })
      .optional(),
  });

/** Body of `POST /v1/grants`. */
export const createGrantRequestSchema: z.ZodType<CreateGrantRequest> =
  z.strictObject({
    environment: textField('environment', 'guide, or * for none'),
    operations: z
      .array(
        z.enum(
          [
            'environment.provision',
            'environment.destroy',
            'kubernetes.apply',
            'cluster.join',
            'rule.change',
            'traffic.verify',
          ],
          {
            error: issue =>
              `operations has ${shown(
                issue.input,
              )}, which is no operation a grant covers; use e.g. environment.provision`,
          },
        ),
      )
      .min(1, 'operations is empty; name what the task will do')
      .max(6, 'operations names more than there are; name each once'),
    durationMinutes: whole(
      'durationMinutes',
      5,
      1440,
      'a grant lasts between five minutes and a day',
    ).optional(),
  });
