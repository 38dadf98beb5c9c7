import { Agent, request } from 'node:http';

/** One answer, as far as counting needs it. */
export interface ProbeAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface ProbeTarget {
  /** What is asked for: goes into the Host header. */
  host: string;
  port: number;
  path: string;
  /** Where the connection really goes. */
  connect: { host: string; port: number };
}

const MAX_BODY = 512 * 1024;

/** Sends one GET. Rejects on network errors, after the deadline, and on answers beyond 512 KiB. */
export function probe(
  target: ProbeTarget,
  options: { agent: Agent; deadlineMs: number; signal: AbortSignal },
): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.any([
      options.signal,
      AbortSignal.timeout(options.deadlineMs),
    ]);
    const outgoing = request(
      {
        agent: options.agent,
        host: target.connect.host,
        port: target.connect.port,
        path: target.path,
        method: 'GET',
        headers: {
          host:
            target.port === 80 ? target.host : `${target.host}:${target.port}`,
          accept: 'application/json, text/html;q=0.9',
          'user-agent': 'mesh-dr-verification',
        },
        signal,
      },
      incoming => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_BODY) {
            outgoing.destroy(new Error(`answer exceeds ${MAX_BODY} bytes`));
          } else {
            chunks.push(chunk);
          }
        });
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
