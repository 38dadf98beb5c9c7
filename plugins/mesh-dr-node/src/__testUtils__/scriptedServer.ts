import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** Parameters of the query and of a form body together. */
  params: Record<string, string>;
  /** Tells connections apart. */
  clientPort: number | undefined;
}

/** What the server does with one request. */
export type Script = (
  request: SeenRequest,
  response: http.ServerResponse,
) => void | Promise<void>;

export interface ScriptedServer {
  url: string;
  port: number;
  requests: SeenRequest[];
  /** The next requests are answered by these scripts, in order. */
  next(...scripts: Script[]): void;
  /** Every other request. */
  otherwise(script: Script): void;
  /** Breaks all open connections. */
  reset(): void;
  close(): Promise<void>;
}

/** A local server that does what a test tells it, including all the impolite things. */
export async function startScriptedServer(
  tls?: { cert: string; key: string },
  port = 0,
): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const queue: Script[] = [];
  let fallback: Script = (request, response) => {
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ Code: 'NotScripted', Message: `${request.url}` }),
    );
  };
  const listener = async (
    incoming: http.IncomingMessage,
    response: http.ServerResponse,
  ) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const form =
      incoming.headers['content-type'] === 'application/x-www-form-urlencoded'
        ? new URLSearchParams(body)
        : new URLSearchParams();
    const request: SeenRequest = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body,
      clientPort: incoming.socket.remotePort,
      params: {
        ...Object.fromEntries(
          new URL(incoming.url ?? '', 'http://x').searchParams,
        ),
        ...Object.fromEntries(form),
      },
    };
    requests.push(request);
    await (queue.shift() ?? fallback)(request, response);
  };
  const server = tls
    ? https.createServer(tls, listener)
    : http.createServer(listener);
  await new Promise<void>(resolve => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    next: (...scripts) => {
      queue.push(...scripts);
    },
    otherwise: script => {
      fallback = script;
    },
    reset: () => server.closeAllConnections(),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON; text is sent as it is, so that numbers keep all their digits. */
export function json(body: unknown, status = 200): Script {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export function raw(body: string, status: number, contentType: string): Script {
  return (_, response) => {
    response.writeHead(status, { 'content-type': contentType });
    response.end(body);
  };
}

/** Reads the request and never answers. */
export const hang: Script = () => {};

/** Breaks the connection instead of answering. */
export const reset: Script = (_, response) => {
  response.destroy();
};
