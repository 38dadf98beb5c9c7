import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { mesh, network, servicesPage, topology } from './answers';

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

export const ENTITY = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    uid: 'reviews',
    etag: '1',
    name: 'reviews',
    namespace: 'default',
    annotations: { 'mesh-dr.io/host': 'reviews.default' },
  },
  spec: { type: 'service', lifecycle: 'production', owner: 'guests' },
  relations: [],
};

const token = () => {
  const part = (value: unknown) =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({
    sub: 'user:default/guest',
    exp: Math.floor(Date.now() / 1000) + 36000,
  })}.`;
};

/** What the pages under measurement ask for, by path; everything else of a portal is empty. */
function answer(url: URL, body: any): unknown {
  const { pathname, searchParams } = url;
  if (pathname.endsWith('/refresh')) {
    return {
      profile: {},
      backstageIdentity: {
        token: token(),
        expiresInSeconds: 36000,
        identity: {
          type: 'user',
          userEntityRef: 'user:default/guest',
          ownershipEntityRefs: [],
        },
      },
    };
  }
  if (pathname === '/api/permission/authorize') {
    return {
      items: body.items.map(({ id }: { id: string }) => ({
        id,
        result: 'ALLOW',
      })),
    };
  }
  if (pathname.startsWith('/api/catalog/entities/by-name/')) return ENTITY;
  if (pathname.startsWith('/api/catalog/')) {
    return pathname.endsWith('/entities') ? [] : { items: [], totalItems: 0 };
  }
  if (pathname.endsWith('/network')) return network;
  if (pathname.endsWith('/topology')) return topology;
  if (pathname.endsWith('/services')) return servicesPage(searchParams);
  if (pathname === '/api/mesh-dr/v1/meshes') return { items: [mesh] };
  if (pathname === '/api/mesh-dr/v1/meshes/mesh') return mesh;
  return { items: [] };
}

/** The built portal for the browser, on canned answers, at a free port. */
export async function servePortal(
  dist: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const send = (
    response: ServerResponse,
    type: string,
    data: string | Buffer,
  ) => response.writeHead(200, { 'content-type': type }).end(data);
  let origin = '';
  const page = () => {
    const config = [
      {
        context: 'benchmark',
        deprecatedKeys: [],
        data: {
          app: {
            title: 'Mesh DR',
            baseUrl: origin,
            packages: 'all',
            extensions: [{ 'page:catalog': { config: { path: '/' } } }],
          },
          backend: { baseUrl: origin },
          permission: { enabled: true },
        },
      },
    ];
    return readFileSync(path.join(dist, 'index.html'), 'utf8').replace(
      /(<script type="backstage.io\/config">)[^]*?(<\/script>)/,
      (_, open, close) => `${open}${JSON.stringify(config)}${close}`,
    );
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, origin);
    if (url.pathname.startsWith('/api/')) {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const body = text.startsWith('{') ? JSON.parse(text) : undefined;
      send(response, 'application/json', JSON.stringify(answer(url, body)));
      return;
    }
    const type = TYPES[path.extname(url.pathname)];
    if (!type) {
      send(response, 'text/html', page());
      return;
    }
    try {
      send(response, type, readFileSync(path.join(dist, url.pathname)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>(done => {
    server.listen(0, '127.0.0.1', done);
  });
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: origin,
    stop: () =>
      new Promise(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
