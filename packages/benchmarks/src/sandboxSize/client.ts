import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';

/** What a kubeconfig of the sandbox holds. */
export interface Access {
  host: string;
  port: number;
  agent: Agent;
}

const field = (yaml: string, name: string) => {
  const value = new RegExp(`${name}: *"?([^"\\s]+)`).exec(yaml)?.[1];
  if (!value) throw new Error(`The kubeconfig has no ${name}`);
  return value;
};
const decoded = (yaml: string, name: string) =>
  Buffer.from(field(yaml, name), 'base64');

/** A client of one API server: TLS with the kubeconfig's certificate, connections kept. */
export function accessOf(kubeconfig: string): Access {
  const url = new URL(field(kubeconfig, 'server'));
  return {
    host: url.hostname,
    port: Number(url.port),
    agent: new Agent({
      keepAlive: true,
      maxSockets: 16,
      ca: decoded(kubeconfig, 'certificate-authority-data'),
      cert: decoded(kubeconfig, 'client-certificate-data'),
      key: decoded(kubeconfig, 'client-key-data'),
    }),
  };
}

function send(
  access: Access,
  method: string,
  path: string,
  body: string | undefined,
  contentType: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: access.host,
        port: access.port,
        agent: access.agent,
        method,
        path,
        headers: body
          ? {
              'content-type': contentType,
              'content-length': Buffer.byteLength(body),
            }
          : {},
      },
      resolve,
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** One call; the body as text. */
export async function call(
  access: Access,
  method: string,
  path: string,
  body?: unknown,
  contentType = 'application/json',
): Promise<string> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await send(access, method, path, text, contentType);
  response.setEncoding('utf8');
  let answer = '';
  for await (const chunk of response) answer += chunk;
  if (response.statusCode! >= 300) {
    throw new Error(
      `${method} ${path}: ${response.statusCode} ${answer.slice(0, 300)}`,
    );
  }
  return answer;
}

/** A watch from now on; `event` gets every event of it. Returns what ends it. */
export async function watch(
  access: Access,
  path: string,
  event: (event: any) => void,
): Promise<() => void> {
  const { metadata } = JSON.parse(await call(access, 'GET', `${path}?limit=1`));
  const response = await send(
    access,
    'GET',
    `${path}?watch=true&resourceVersion=${metadata.resourceVersion}`,
    undefined,
    '',
  );
  response.setEncoding('utf8');
  let rest = '';
  response.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) event(JSON.parse(line));
  });
  response.on('error', () => {});
  return () => response.destroy();
}
