import type { KubeCluster } from '@mesh-dr/alicloud-sandbox';
import { Agent, request } from 'node:https';

type Json = any;

/** Requests that are under way at once. */
const AT_ONCE = 8;

export interface Answer {
  status: number;
  body: Json;
}

/** POSTs a body of a media type to a path. */
export type Call = (
  path: string,
  type: string,
  body: string | Buffer,
) => Promise<Answer>;

/** A client with the credentials of the cluster's kubeconfig. */
export function clientOf(cluster: KubeCluster): Call {
  const { yaml } = cluster.kubeconfig({ ttlMs: 3_600_000 });
  const decoded = (name: string) =>
    Buffer.from(
      new RegExp(`${name}: "?([A-Za-z0-9+/=]+)"?`).exec(yaml)![1],
      'base64',
    );
  const agent = new Agent({
    keepAlive: true,
    maxSockets: AT_ONCE,
    ca: decoded('certificate-authority-data'),
    cert: decoded('client-certificate-data'),
    key: decoded('client-key-data'),
  });
  return (path, type, body) =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        `${cluster.url}${path}`,
        { agent, method: 'POST', headers: { 'content-type': type } },
        response => {
          const chunks: Buffer[] = [];
          response.on('data', chunk => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode!,
              body: JSON.parse(Buffer.concat(chunks).toString()),
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}

/** Runs `task` for all, some at once; the results are in order. */
export async function forAll<T, R>(
  items: T[],
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next;
      next += 1;
      results[at] = await task(items[at]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
