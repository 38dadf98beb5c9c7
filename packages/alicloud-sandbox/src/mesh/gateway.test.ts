import http from 'node:http';
import https from 'node:https';
import { YEAR_MS, newKey, signCertificate } from '../certificates';
import { GVR } from './gvr';
import { deployBookinfo, deployGateway } from './__testUtils__/bookinfo';
import { HANGZHOU, waitFor, World } from './__testUtils__/world';

const worlds: World[] = [];

afterEach(async () => {
  await Promise.all(worlds.splice(0).map(world => world.stop()));
});

async function bookinfo(): Promise<World> {
  const world = new World();
  worlds.push(world);
  deployBookinfo(world, 'split');
  await deployGateway(world);
  return world;
}

function address(world: World, servicePort: number): Promise<any> {
  return waitFor(async () => {
    const { loadBalancers } = await world.ask('GET', '/loadbalancers');
    return loadBalancers.find(
      (l: any) => l.clusterId === HANGZHOU && l.servicePort === servicePort,
    );
  });
}

interface Answer {
  status: number;
  location?: string;
  body: string;
}

/** A GET on a connection of its own. */
function get(
  client: typeof http | typeof https,
  options: https.RequestOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client
      .get({ ...options, agent: false }, res => {
        let body = '';
        res.on('data', chunk => {
          body += chunk;
        });
        res.on('end', () =>
          resolve({
            status: res.statusCode!,
            location: res.headers.location,
            body,
          }),
        );
      })
      .on('error', reject);
  });
}

async function plain(world: World, path: string, host = 'any.example') {
  const at = await address(world, 80);
  const where = { host: at.host, port: at.port, path, headers: { host } };
  return get(http, where);
}

const routes = (host: string, gateways: string[]) => ({
  hosts: [host],
  gateways,
  http: [{ directResponse: { status: 200, body: { string: `${host} here` } } }],
});

describe('hosts of a Gateway', () => {
  it('let in the VirtualServices of the namespace that they name', async () => {
    const world = await bookinfo();
    world.applyToMesh(GVR.gateways, 'bookinfo-gateway', {
      selector: { istio: 'ingressgateway' },
      servers: [
        {
          port: { number: 80, name: 'http', protocol: 'HTTP' },
          hosts: ['./a.example', 'team/b.example', '*/*.c.example'],
        },
      ],
    });
    const gateways = ['default/bookinfo-gateway'];
    for (const host of ['a.example', 'b.example', 'x.c.example']) {
      for (const namespace of ['default', 'team']) {
        world.applyToMesh(
          GVR.virtualServices,
          host,
          routes(host, gateways),
          namespace,
        );
      }
    }
    world.fleet
      .get(world.mesh.id)!
      .storage.delete(GVR.virtualServices, 'default', 'b.example');
    world.fleet
      .get(world.mesh.id)!
      .storage.delete(GVR.virtualServices, 'default', 'x.c.example');
    expect((await plain(world, '/', 'a.example')).body).toBe('a.example here');
    expect((await plain(world, '/', 'b.example')).body).toBe('b.example here');
    expect((await plain(world, '/', 'x.c.example')).status).toBe(200);
    expect((await plain(world, '/', 'other.example')).status).toBe(404);
    world.fleet
      .get(world.mesh.id)!
      .storage.delete(GVR.virtualServices, 'default', 'a.example');
    // The team has one for this name, but the server wants it from its own namespace.
    expect((await plain(world, '/', 'a.example')).status).toBe(404);
  });
});

describe('a Gateway with TLS', () => {
  async function secured() {
    const world = await bookinfo();
    const key = await newKey();
    const name = [{ name: 'commonName', value: 'shop.example' }];
    const cert = signCertificate({
      publicKey: key.publicKey,
      subject: name,
      issuer: name,
      signingKey: key.privateKey,
      notBefore: Date.now() - 1000,
      notAfter: Date.now() + YEAR_MS,
      extensions: [
        {
          name: 'subjectAltName',
          altNames: [{ type: 2, value: 'shop.example' }],
        },
      ],
    });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    world.fleet.get(HANGZHOU)!.storage.create(GVR.secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'shop-cert', namespace: 'istio-system' },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(cert), 'tls.key': base64(key.privateKey) },
    });
    world.applyToMesh(GVR.gateways, 'bookinfo-gateway', {
      selector: { istio: 'ingressgateway' },
      servers: [
        {
          port: { number: 80, name: 'http', protocol: 'HTTP' },
          hosts: ['*'],
          tls: { httpsRedirect: true },
        },
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['shop.example'],
          tls: { mode: 'SIMPLE', credentialName: 'shop-cert' },
        },
      ],
    });
    const at = await address(world, 443);
    const secure = (servername: string, path: string) =>
      get(https, {
        host: at.host,
        port: at.port,
        path,
        servername,
        ca: cert,
        headers: { host: servername },
      });
    return { world, at, secure };
  }

  it('shows the certificate of its Secret and serves pages', async () => {
    const { secure } = await secured();
    const page = await secure('shop.example', '/productpage');
    expect(page.status).toBe(200);
    expect(page.body).toContain('The Comedy of Errors');
  });

  it('ends handshakes for other names, and plain requests', async () => {
    const { secure, at } = await secured();
    await expect(secure('other.example', '/')).rejects.toThrow();
    const { host, port } = at;
    await expect(get(http, { host, port, path: '/' })).rejects.toThrow();
  });

  it('sends plain requests to HTTPS where it is told to', async () => {
    const { world } = await secured();
    expect(
      await plain(world, '/productpage?a=1', 'shop.example'),
    ).toMatchObject({
      status: 301,
      location: 'https://shop.example/productpage?a=1',
    });
  });
});
