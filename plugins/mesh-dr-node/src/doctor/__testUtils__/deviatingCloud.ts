import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Changes the answer of an operation before the client sees it; returns what is sent instead. */
export type Deviation = (answer: any) => unknown;

export interface DeviatingCloud {
  endpoint: string;
  /** By operation name, or by path for ACK. Change them at any time. */
  deviations: Record<string, Deviation>;
  /** Operations that are refused as RAM refuses them. */
  denied: Set<string>;
  stop(): Promise<void>;
}

/**
 * Stands between a client and the local cloud and answers as some other cloud might: other shapes, missing fields, unknown
 * words. Signatures stay valid, because the client's Host header is passed on.
 */
export async function startDeviatingCloud(
  upstream: string,
): Promise<DeviatingCloud> {
  const deviations: Record<string, Deviation> = {};
  const denied = new Set<string>();
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '/', upstream);
    const operation =
      new URLSearchParams(body).get('Action') ??
      url.searchParams.get('Action') ??
      url.pathname;
    const send = (status: number, answer: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    };
    if (denied.has(operation)) {
      send(403, {
        RequestId: 'R-1',
        HostId: 'test',
        Code: 'Forbidden.RAM',
        Message: 'User not authorized to operate on the specified resource.',
      });
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers)
        .filter(([name]) => name !== 'connection' && name !== 'content-length')
        .map(([name, value]) => [name, String(value)]),
    );
    const answered = await fetch(url, {
      method: request.method,
      headers,
      body: request.method === 'GET' ? undefined : body,
    });
    const answer = await answered.json();
    const key = Object.keys(deviations).find(
      name => name === operation || new RegExp(`^${name}$`).test(operation),
    );
    send(answered.status, key ? deviations[key](answer) : answer);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deviations,
    denied,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
