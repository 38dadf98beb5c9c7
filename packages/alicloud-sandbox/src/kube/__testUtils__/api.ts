import { request } from 'node:https';
import { parse } from 'yaml';
import type { KubeCluster } from '../../contract';

/** Credentials out of a kubeconfig, decoded. */
export function credentialsOf(yaml: string) {
  const config = parse(yaml);
  const decode = (text: string) => Buffer.from(text, 'base64').toString();
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  return {
    server: cluster.server as string,
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  };
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: any;
  text: string;
  /** The body as it came, for a call that asks for it. */
  bytes?: Buffer;
}

/** What a call may say beside its path. */
export interface Call {
  method?: string;
  body?: unknown;
  type?: string;
  accept?: string;
  /** Called with each event of a watch; the call resolves when the server ends the stream. */
  onEvent?: (event: { type: string; object: any }) => void;
  signal?: AbortSignal;
  /** The body is no text. */
  binary?: boolean;
}

/** A plain HTTPS client of one cluster, with the credentials of a fresh kubeconfig. */
export function apiOf(cluster: KubeCluster, yaml?: string) {
  const tls = credentialsOf(
    yaml ?? cluster.kubeconfig({ ttlMs: 600_000 }).yaml,
  );
  return function call(path: string, options: Call = {}): Promise<Answer> {
    const { server, ...credentials } = tls;
    const payload =
      typeof options.body === 'string' ||
      Buffer.isBuffer(options.body) ||
      options.body === undefined
        ? options.body
        : JSON.stringify(options.body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${server}${path}`,
        {
          ...credentials,
          agent: false,
          method: options.method ?? 'GET',
          signal: options.signal,
          headers: {
            accept: options.accept ?? 'application/json',
            'user-agent': 'test/1',
            ...(payload === undefined
              ? {}
              : { 'content-type': options.type ?? 'application/json' }),
          },
        },
        response => {
          let text = '';
          let seen = 0;
          const chunks: Buffer[] = [];
          if (!options.binary) response.setEncoding('utf8');
          response.on('data', chunk => {
            if (options.binary) chunks.push(chunk);
            else text += chunk;
            if (!options.onEvent) return;
            for (
              let end = text.indexOf('\n', seen);
              end >= 0;
              end = text.indexOf('\n', seen)
            ) {
              options.onEvent(JSON.parse(text.slice(seen, end)));
              seen = end + 1;
            }
          });
          response.on('error', reject);
          response.on('end', () => {
            const json =
              /json/.test(response.headers['content-type'] ?? '') &&
              !options.onEvent;
            resolve({
              status: response.statusCode!,
              headers: response.headers,
              body: json ? JSON.parse(text) : undefined,
              text,
              bytes: options.binary ? Buffer.concat(chunks) : undefined,
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  };
}

/** A Deployment with one container. */
export function deployment(
  name: string,
  replicas = 1,
  labels: Record<string, string> = { app: name },
) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'example/app:1',
              ports: [{ name: 'http', containerPort: 9080 }],
            },
          ],
        },
      },
    } as any,
  };
}

export function service(
  name: string,
  selector: Record<string, string> = { app: name },
  extra: object = {},
) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: {
      selector,
      ports: [{ name: 'http', port: 9080, targetPort: 'http' }],
      ...extra,
    },
  };
}

export function configMap(name: string, data: Record<string, string> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data,
  };
}

export function destinationRule(name: string, spec: object = { host: name }) {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name, namespace: 'default' } as any,
    spec: spec as any,
  };
}
