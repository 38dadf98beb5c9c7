import { InputError } from '@backstage/errors';
import {
  checkNetworkPlan,
  type NetworkFinding,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { z } from 'zod';

const name = (what: string) =>
  z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
      `${what} must be 2 to 63 lower-case letters, digits and dashes, begin with a letter and not end with a dash`,
    );

const region = z
  .string()
  .regex(
    /^[a-z]{2}-[a-z0-9-]+$/,
    'A region is written as in the cloud console, e.g. cn-hangzhou',
  );

const cidr = z
  .string()
  .regex(
    /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
    'A CIDR is an IPv4 network with its mask length, e.g. 20.0.0.0/16',
  );

/** Forms send empty text and 0 for what was left out. */
const blank = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    value =>
      value === '' || value === 0 || value === null ? undefined : value,
    schema.optional(),
  );

/** The id of something that exists already. */
const cloudId = (prefix: string, what: string) =>
  z
    .string()
    .regex(
      new RegExp(`^${prefix}-[a-z0-9-]+$`),
      `The id of an existing ${what} begins with ${prefix}-, as the cloud console shows it`,
    );

const networkPlanSchema = z.strictObject({
  vpcs: z
    .array(
      z.strictObject({
        name: name('A VPC name'),
        vpcId: blank(cloudId('vpc', 'VPC')),
        region,
        cidr,
        vswitches: z
          .array(
            z.strictObject({
              name: name('A vSwitch name'),
              vSwitchId: blank(cloudId('vsw', 'vSwitch')),
              zone: blank(z.string()),
              cidr,
            }),
          )
          .min(1, 'A VPC needs at least one vSwitch'),
      }),
    )
    .min(1),
  clusters: z.array(
    z.strictObject({
      name: name('A cluster name'),
      region,
      vpc: z.string(),
      networkPlugin: z.enum(['flannel', 'terway']),
      podCidr: blank(cidr),
      serviceCidr: cidr,
      nodeCidrMask: blank(z.number().int().min(24).max(28)),
      nodes: blank(z.number().int().min(1).max(1000)),
    }),
  ),
  mesh: z.strictObject({
    name: name('A mesh name'),
    region,
    vpc: z.string(),
  }),
});

/**
 * Everything a multi-region environment consists of. `version` allows stored specs to be migrated.
 * The network plan is the guide's step 0; the rest says how big, how connected and how reachable the parts are.
 */
export const environmentSpecSchema = z.strictObject({
  version: z.literal(1).default(1),
  /** Unique within the account; becomes the tag `mesh-dr:environment` of every resource. */
  name: name('An environment name').max(
    40,
    'An environment name has at most 40 characters',
  ),
  /** One of `meshDr.alicloud.accounts[].name`; default: the first. */
  account: blank(z.string()),
  network: networkPlanSchema,
  cen: z
    .strictObject({
      /** A CEN instance that exists already, with whatever transit routers and links it has. Absent: a new one. */
      cenId: blank(cloudId('cen', 'CEN instance')),
      /** Whether Flannel's Pod routes are published to the CEN; off where something else publishes them. */
      publishPodRoutes: z.boolean().default(true),
      /** Cap of every inter-region link, Mbit/s. Absent: the link carries only the cloud's 1 kbit/s connectivity test. */
      bandwidthMbps: blank(z.number().int().min(1).max(10_000)),
      /** `DataTransfer` bills by traffic and needs no package. */
      bandwidthType: z
        .enum(['DataTransfer', 'BandwidthPackage'])
        .default('DataTransfer'),
      bandwidthPackageId: blank(z.string()),
    })
    .refine(
      cen =>
        cen.bandwidthType !== 'BandwidthPackage' || !!cen.bandwidthPackageId,
      {
        path: ['bandwidthPackageId'],
        message:
          'bandwidthType BandwidthPackage needs the id of a bandwidth package that is bound to the CEN; use DataTransfer to be billed by traffic',
      },
    ),
  clusters: z.strictObject({
    instanceTypes: z.array(z.string().min(1)).min(1),
    /** Worker nodes per cluster; a cluster of the plan may override it. */
    nodes: z.number().int().min(1).max(1000).default(2),
    kubernetesVersion: blank(z.string()),
    clusterSpec: z
      .enum(['ack.pro.small', 'ack.standard'])
      .default('ack.pro.small'),
    /** Gives private nodes a way to the internet (images); ACK makes a NAT gateway for it. */
    snatEntry: z.boolean().default(true),
  }),
  mesh: z.strictObject({
    /** Exact (`v1.22.6.66-g…-aliyun`) or a prefix (`1.22`): the newest that matches. Absent: the cloud's default. */
    istioVersion: blank(z.string()),
    edition: z.enum(['Default', 'Pro']).default('Pro'),
    clusterSpec: z
      .enum(['standard', 'enterprise', 'ultimate'])
      .default('enterprise'),
  }),
  /** `public`: the portal runs outside the CEN and reaches API servers over the internet; `private`: inside. */
  apiServerAccess: z.enum(['public', 'private']),
});

/** A parsed spec with every default filled in. */
export type EnvironmentSpec = z.infer<typeof environmentSpecSchema>;
/** A spec as a person or template writes it. */
export type EnvironmentSpecInput = z.input<typeof environmentSpecSchema>;

/** A finding as one line with its field, its value and what to do. */
export function findingText(finding: NetworkFinding): string {
  const other = finding.otherPath
    ? ` (clashes with ${finding.otherPath} = ${finding.otherValue})`
    : '';
  return `network.${finding.path} = ${finding.value}${other}: ${finding.message} ${finding.remedy}`;
}

/**
 * Validates a spec and its network plan.
 *
 * @returns the spec with defaults, and the plan's warnings as sentences
 * @throws InputError naming every field at fault, its value, the reason and the remedy
 */
export function parseEnvironmentSpec(input: unknown): {
  spec: EnvironmentSpec;
  warnings: string[];
} {
  const parsed = environmentSpecSchema.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      issue => `${issue.path.join('.') || 'spec'}: ${issue.message}`,
    );
    throw new InputError(
      `The environment spec is not valid:\n- ${problems.join('\n- ')}`,
    );
  }
  const spec = parsed.data;
  const findings = checkNetworkPlan(spec.network);
  const errors = findings.filter(finding => finding.severity === 'error');
  if (errors.length) {
    throw new InputError(
      `The network plan of environment ${spec.name} cannot work:\n- ${errors
        .map(findingText)
        .join('\n- ')}`,
    );
  }
  return {
    spec,
    warnings: findings
      .filter(finding => finding.severity === 'warning')
      .map(findingText),
  };
}
