import { X509Certificate } from 'node:crypto';
import { InputError } from '@backstage/errors';
import { parse } from 'yaml';
import { z } from 'zod';

/** What is needed to talk to one API server. Holds secrets: never log it. */
export interface ClusterAccess {
  server: URL;
  /** PEM. */
  ca?: string;
  cert?: string;
  key?: string;
  token?: string;
  tlsServerName?: string;
  /** When the client certificate ends, milliseconds since the epoch. */
  certificateEnds?: number;
}

const named = <T extends z.ZodType>(field: string, value: T) =>
  z.array(z.object({ name: z.string(), [field]: value }).loose()).default([]);

const kubeconfigSchema = z.object({
  'current-context': z.string().default(''),
  clusters: named(
    'cluster',
    z
      .object({
        server: z.string(),
        'certificate-authority-data': z.string().optional(),
        'insecure-skip-tls-verify': z.boolean().optional(),
        'tls-server-name': z.string().optional(),
      })
      .loose(),
  ),
  contexts: named(
    'context',
    z.object({ cluster: z.string(), user: z.string() }),
  ),
  users: named('user', z.record(z.string(), z.unknown()).nullish()),
});

/**
 * Reads the current context of a kubeconfig. It comes from the cloud and not from an administrator's disk, so whatever
 * would run a program, read a file of this machine or switch off the check of certificates is refused.
 *
 * @throws InputError that names the field, never its content
 */
export function readKubeconfig(yaml: string): ClusterAccess {
  let document: unknown;
  try {
    document = parse(yaml);
  } catch {
    throw new InputError('the kubeconfig is not valid YAML');
  }
  const parsed = kubeconfigSchema.safeParse(document);
  if (!parsed.success) {
    throw new InputError(
      `the kubeconfig lacks or misspells ${parsed.error.issues
        .map(issue => issue.path.join('.') || 'its content')
        .join(', ')}`,
    );
  }
  const config = parsed.data;
  const context = (
    config.contexts.find(entry => entry.name === config['current-context']) ??
    config.contexts[0]
  )?.context as { cluster: string; user: string } | undefined;
  const cluster = config.clusters.find(entry => entry.name === context?.cluster)
    ?.cluster as Record<string, string | boolean | undefined> | undefined;
  if (!context || !cluster) {
    throw new InputError(
      'the kubeconfig has no context that names one of its clusters',
    );
  }
  const user = (config.users.find(entry => entry.name === context.user)?.user ??
    {}) as Record<string, unknown>;
  for (const field of [
    'exec',
    'auth-provider',
    'client-certificate',
    'client-key',
    'tokenFile',
    'as',
  ]) {
    if (user[field] !== undefined) {
      throw new InputError(
        `the kubeconfig's user has '${field}', which is not accepted from the cloud`,
      );
    }
  }
  if (cluster['insecure-skip-tls-verify']) {
    throw new InputError(
      'the kubeconfig switches off the verification of the API server',
    );
  }
  if (!URL.canParse(String(cluster.server))) {
    throw new InputError("the kubeconfig's clusters.cluster.server is no URL");
  }
  const cert = decoded(user['client-certificate-data']);
  return {
    server: new URL(String(cluster.server)),
    ca: decoded(cluster['certificate-authority-data']),
    cert,
    key: decoded(user['client-key-data']),
    token: typeof user.token === 'string' ? user.token : undefined,
    tlsServerName:
      typeof cluster['tls-server-name'] === 'string'
        ? cluster['tls-server-name']
        : undefined,
    certificateEnds: cert ? endOf(cert) : undefined,
  };
}

function decoded(value: unknown): string | undefined {
  return typeof value === 'string' && value
    ? Buffer.from(value, 'base64').toString('utf8')
    : undefined;
}

function endOf(pem: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    throw new InputError(
      "the kubeconfig's client-certificate-data is no certificate",
    );
  }
}
