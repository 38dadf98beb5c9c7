import { Agent, request } from 'node:http';
import { mockCredentials } from '@backstage/backend-test-utils';
import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { MESH_ID, NAMESPACE, SERVICE } from './protocol';

export interface Page {
  status: number;
  bytes: number;
  etag?: string;
  text: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const authorization = mockCredentials.user.header();

/** One request to a backend. `body` makes it a POST. Rejects when nothing came within `patienceMs`. */
export function read(
  port: number,
  path: string,
  options: { body?: object; etag?: string; patienceMs?: number } = {},
): Promise<Page> {
  const body = options.body && JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        port,
        host: 'localhost',
        path,
        method: body ? 'POST' : 'GET',
        headers: {
          authorization,
          ...(options.etag && { 'if-none-match': options.etag }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(options.patienceMs && {
          signal: AbortSignal.timeout(options.patienceMs),
        }),
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          resolve({
            status: response.statusCode!,
            bytes: whole.length,
            etag: response.headers.etag,
            text: whole.toString('utf8'),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The topology of a service, as the page asks for it. */
export const readOurs = (
  port: number,
  options: { service?: string; etag?: string } = {},
) =>
  read(
    port,
    `/api/mesh-dr/v1/meshes/${MESH_ID}/services/${NAMESPACE}/${
      options.service ?? SERVICE
    }/topology`,
    options,
  );

/** The objects of the entity, as the Kubernetes page asks for them. */
export const readPeer = (port: number, options: { patienceMs?: number } = {}) =>
  read(port, '/api/kubernetes/resources/workloads/query', {
    ...options,
    body: { entityRef: `component:default/${SERVICE}`, auth: {} },
  });

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Reads the service's topology until it is as wanted. */
export async function untilOurs(
  port: number,
  what: string,
  wanted: (topology: ServiceTopology) => boolean,
  patienceMs = 120_000,
): Promise<ServiceTopology> {
  const giveUpAt = Date.now() + patienceMs;
  let last = '';
  while (Date.now() < giveUpAt) {
    const page = await readOurs(port);
    last = page.text;
    if (page.status === 200) {
      const topology = JSON.parse(page.text) as ServiceTopology;
      if (wanted(topology)) return topology;
    }
    await pause(20);
  }
  throw new Error(`never happened: ${what}; last: ${last.slice(0, 500)}`);
}

/** Pods of the service that clusters in these states show. */
export const podsSeen = (topology: ServiceTopology) =>
  topology.regions.reduce((sum, { total }) => sum + total, 0);

export const isComplete = (topology: ServiceTopology, pods: number) =>
  podsSeen(topology) === pods &&
  topology.regions.every(({ freshness }) => freshness.state === 'ok');
