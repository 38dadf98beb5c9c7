import { InputError } from '@backstage/errors';
import {
  CHANGE_STATUSES,
  MAX_BANDWIDTH_MBPS,
  parseLabelSelector,
  SHIFT_STATUSES,
  type PutEnvironmentRequest,
  type RepairRequest,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { z } from 'zod';

/** Checks a body or query; throws InputError whose message names every field, its value, the reason and the remedy. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw new InputError(
    result.error.issues.map(issue => describeIssue(issue, value)).join('; '),
  );
}

function describeIssue(issue: z.core.$ZodIssue, root: unknown): string {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return `${path ? `${path}: ` : ''}unknown field ${issue.keys
      .map(key => `'${key}'`)
      .join(', ')}; leave it out`;
  }
  // Messages of our own schemas name field, value and remedy already.
  if (issue.code === 'custom' || mentionsField(issue.message, issue.path)) {
    return path && !mentionsField(issue.message, issue.path)
      ? `${path}: ${issue.message}`
      : issue.message;
  }
  const value = issue.path.reduce<unknown>(
    (node, key) =>
      node && typeof node === 'object'
        ? (node as Record<PropertyKey, unknown>)[key]
        : undefined,
    root,
  );
  return `${path || 'the body'} is ${
    value === undefined ? 'missing' : JSON.stringify(value)
  }: ${issue.message}`;
}

function mentionsField(message: string, path: PropertyKey[]): boolean {
  const names = path.filter(part => typeof part === 'string');
  const field = names[names.length - 1];
  return field !== undefined && message.includes(field);
}

const limit = (max: number) =>
  z.coerce
    .number()
    .int(`limit must be a whole number from 1 to ${max}`)
    .min(1, `limit must be from 1 to ${max}`)
    .max(max, `limit must be from 1 to ${max}`)
    .optional();

/** Query of `GET /v1/meshes/:mesh/services`; `labelSelector`, `namespace` and `cluster` become `labels`. */
export const servicesQuerySchema = z
  .object({
    search: z.string().max(253).optional(),
    labelSelector: z.string().max(1000).optional(),
    namespace: z.string().max(253).optional(),
    cluster: z.string().max(253).optional(),
    limit: limit(500),
    cursor: z.string().max(1000).optional(),
  })
  .transform(({ labelSelector, namespace, cluster, ...query }, context) => {
    const requirements = labelSelector ? parseLabelSelector(labelSelector) : [];
    if (!requirements) {
      context.addIssue(
        `labelSelector is ${JSON.stringify(
          labelSelector,
        )}, but has to be a Kubernetes label selector, e.g. app=reviews,tier in (web,api)`,
      );
      return z.NEVER;
    }
    const asked = labelSelector || namespace || cluster;
    const labels = {
      by: 'labels' as const,
      selector: labelSelector ?? '',
      requirements,
      namespace,
      cluster,
    };
    return { ...query, ...(asked && { labels }) };
  });

/** Query of `GET /v1/changes`. */
export const changesQuerySchema = z.object({
  mesh: z.string().max(253).optional(),
  namespace: z.string().max(253).optional(),
  name: z.string().max(253).optional(),
  meshWide: z
    .enum(['true', 'false'], {
      error: issue =>
        `meshWide is ${JSON.stringify(
          issue.input,
        )}, but has to be true or false`,
    })
    .transform(text => text === 'true')
    .optional(),
  status: z
    .enum(CHANGE_STATUSES, {
      error: issue =>
        `status is ${JSON.stringify(
          issue.input,
        )}, but has to be one of ${CHANGE_STATUSES.join(', ')}`,
    })
    .optional(),
  limit: limit(200),
  cursor: z.string().max(1000).optional(),
});

const moment = (field: string) =>
  z.iso
    .datetime({
      offset: true,
      error: issue =>
        `${field} is ${JSON.stringify(
          issue.input,
        )}, but has to be a moment, e.g. 2026-12-01T08:00:00Z`,
    })
    .transform(text => new Date(text).toISOString())
    .optional();

/** Query of `GET /v1/audit`. */
export const auditQuerySchema = z.object({
  mesh: z.string().max(253).optional(),
  since: moment('since'),
  until: moment('until'),
  format: z
    .enum(['ndjson', 'csv'], {
      error: issue =>
        `format is ${JSON.stringify(issue.input)}, but has to be ndjson or csv`,
    })
    .optional(),
});

/** Query of `GET /v1/shifts`. */
export const shiftsQuerySchema = z.object({
  mesh: z.string().max(253).optional(),
  namespace: z.string().max(253).optional(),
  name: z.string().max(253).optional(),
  status: z
    .enum(SHIFT_STATUSES, {
      error: issue =>
        `status is ${JSON.stringify(
          issue.input,
        )}, but has to be one of ${SHIFT_STATUSES.join(', ')}`,
    })
    .optional(),
  limit: limit(200),
  cursor: z.string().max(1000).optional(),
});

/** Body of rejecting a change and aborting a shift. */
export const reasonSchema = z.strictObject({
  reason: z
    .string({
      error: 'reason is missing, but the history needs one; say why',
    })
    .trim()
    .min(1, 'reason is empty; say why')
    .max(2000, 'reason is longer than 2000 characters; shorten it'),
});

/** Body of redeeming a grant. */
export const redeemSchema = z.strictObject({
  operation: z.enum([
    'environment.provision',
    'environment.destroy',
    'kubernetes.apply',
    'cluster.join',
    'rule.change',
    'traffic.verify',
  ]),
  environment: z.string().min(1).max(253),
});

const partSchema = z.strictObject({
  id: z.string().max(128),
  name: z.string().max(128),
  region: z.string().max(64),
});

/** Body of `PUT /v1/environments/:name`; the spec itself is checked by the provisioning engine. */
export const putEnvironmentSchema: z.ZodType<PutEnvironmentRequest> =
  z.strictObject({
    account: z.string().min(1).max(255),
    owner: z.string().max(512).optional(),
    status: z.enum(['provisioning', 'ready', 'incomplete'], {
      error: issue =>
        `status is ${JSON.stringify(
          issue.input,
        )}, but has to be provisioning, ready or incomplete`,
    }),
    spec: z.record(z.string(), z.unknown()),
    parts: z
      .strictObject({
        cenId: z.string().max(128).optional(),
        mesh: partSchema.extend({ version: z.string().max(128) }).optional(),
        clusters: z.array(partSchema).max(500),
        vpcs: z.array(partSchema).max(500),
      })
      .optional(),
  });

const bandwidthError = `bandwidthMbps has to be a whole number of Mbit/s from 1 to ${MAX_BANDWIDTH_MBPS}`;

/** Body of `POST /v1/meshes/:mesh/clusters/:clusterId/fixes`. */
export const repairSchema: z.ZodType<RepairRequest> = z.discriminatedUnion(
  'check',
  [
    z.strictObject({
      check: z.literal('cross-region-bandwidth'),
      bandwidthMbps: z
        .int(bandwidthError)
        .min(1, bandwidthError)
        .max(MAX_BANDWIDTH_MBPS, bandwidthError),
    }),
    z.strictObject({ check: z.literal('security-groups') }),
  ],
  {
    error:
      'check has to be cross-region-bandwidth or security-groups: the portal repairs nothing else',
  },
);

/** Query of what is asked of an account. */
export const accountQuerySchema = z.object({
  account: z.string().min(1).max(255).optional(),
});

/** Query of `GET /v1/vpcs`. */
export const vpcsQuerySchema = z.object({
  region: z
    .string({ error: 'region is missing; name one, e.g. cn-hangzhou' })
    .regex(
      /^[a-z]{2}-[a-z0-9-]+$/,
      'region is no region id; cn-hangzhou is one',
    ),
  account: z.string().min(1).max(255).optional(),
});

/** Body of `POST /v1/environment-previews`; the spec itself is checked by the provisioning engine. */
export const environmentPreviewSchema = z.strictObject({
  spec: z.record(z.string(), z.unknown()),
});
