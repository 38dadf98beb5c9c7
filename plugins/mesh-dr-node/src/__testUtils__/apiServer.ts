import type http from 'node:http';
import type { Kubeconfig } from '../alicloud/types';
import { createSessionSource } from '../kubernetes/session';
import { createAddressGuard, type AddressGuard } from '../kubernetes/address';
import { createKubernetesConnection } from '../kubernetes/connection';
import type { WatchTiming } from '../kubernetes/watch';
import type { KubernetesConnection } from '../kubernetes/types';
import { selfSigned } from './certificate';
import { recordingLogger } from './logger';
import {
  json,
  startScriptedServer,
  type Script,
  type ScriptedServer,
} from './scriptedServer';

export const TOKEN = 'secret-token-of-the-cluster';

/** A kubeconfig with a bearer token for the server. */
export function kubeconfigFor(
  server: string,
  cert: string,
  token = TOKEN,
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [
      {
        name: 'k',
        cluster: {
          server,
          'certificate-authority-data': Buffer.from(cert).toString('base64'),
        },
      },
    ],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    users: [{ name: 'u', user: { token } }],
  });
}

export interface ScriptedApi {
  server: ScriptedServer;
  connection: KubernetesConnection;
  /** How often credentials were asked for. */
  fetches: () => number;
  log: string[];
  close(): Promise<void>;
}

/** A scripted TLS server and a connection to it. */
export async function startScriptedApi(
  options: {
    watchTiming?: Partial<WatchTiming>;
    now?: () => number;
    guard?: AddressGuard;
    kubeconfig?: (attempt: number, url: string, cert: string) => Kubeconfig;
  } = {},
): Promise<ScriptedApi> {
  const tls = selfSigned();
  const server = await startScriptedServer(tls);
  const logger = recordingLogger();
  let fetches = 0;
  const connection = createKubernetesConnection({
    id: 'c-test',
    logger,
    watchTiming: options.watchTiming,
    sessions: createSessionSource({
      guard: options.guard ?? createAddressGuard(['127.0.0.1']),
      now: options.now,
      fallbackLifeMs: 3_600_000,
      fetchKubeconfig: async () => {
        fetches++;
        return (
          options.kubeconfig?.(fetches, server.url, tls.cert) ?? {
            yaml: kubeconfigFor(server.url, tls.cert),
          }
        );
      },
    }),
  });
  return {
    server,
    connection,
    fetches: () => fetches,
    log: logger.lines,
    close: () => server.close(),
  };
}

/** A failure as the API server tells it. */
export function status(code: number, reason: string, message: string): Script {
  return json(
    { kind: 'Status', apiVersion: 'v1', code, reason, message },
    code,
  );
}

export const pod = (name: string, resourceVersion: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', resourceVersion },
});

export function podList(
  names: string[],
  resourceVersion: string,
  more?: string,
) {
  return {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: { resourceVersion, continue: more },
    items: names.map(name => ({
      metadata: { name, namespace: 'default', resourceVersion },
    })),
  };
}

/** Opens a watch stream and hands its response over. */
export function openStream(
  use: (response: http.ServerResponse) => void,
): Script {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    use(response);
  };
}

export function sendEvent(
  response: http.ServerResponse,
  type: string,
  object: unknown,
): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}
