import type { LookupAddress } from 'node:dns';
import { kubeconfigFor, startScriptedApi } from '../__testUtils__/apiServer';
import { json } from '../__testUtils__/scriptedServer';
import { createAddressGuard } from './address';

const lookup = (
  guard: ReturnType<typeof createAddressGuard>,
  host: string,
): Promise<string | LookupAddress[]> =>
  new Promise((resolve, reject) => {
    guard.lookup(host, { all: true }, (error, address) =>
      error ? reject(error) : resolve(address),
    );
  });

describe('address guard', () => {
  it.each([
    'https://192.168.0.12:6443',
    'https://47.98.1.2:6443',
    'https://c1.cn-hangzhou.cs.aliyuncs.com:6443',
    'https://[2408:4005::1]:6443',
    'https://[64:ff9b::47.98.1.2]:6443',
  ])('lets %s pass', url => {
    expect(() => createAddressGuard([]).checkUrl(new URL(url))).not.toThrow();
  });

  it.each([
    ['http://47.98.1.2:6443', 'not https'],
    ['https://127.0.0.1:6443', 'loopback'],
    ['https://127.9.9.9:6443', 'loopback'],
    ['https://2130706433:6443', 'loopback'],
    ['https://0x7f.1:6443', 'loopback'],
    ['https://[::1]:6443', 'loopback'],
    ['https://[::ffff:127.0.0.1]:6443', 'loopback'],
    ['https://0.0.0.0:6443', 'unspecified'],
    ['https://169.254.1.1', 'linkLocal'],
    ['https://[fe80::1]', 'linkLocal'],
    ['https://224.0.0.1', 'multicast'],
    ['https://100.100.100.200', 'metadata'],
    ['https://169.254.169.254', 'metadata'],
    ['https://[::ffff:100.100.100.200]', 'metadata'],
    ['https://[64:ff9b::100.100.100.200]', 'metadata'],
    ['https://[64:ff9b::127.0.0.1]', 'loopback'],
    ['https://[2002:6464:64c8::1]', 'metadata'],
    ['https://[2002:7f00:1::1]', 'loopback'],
  ])('refuses %s: %s', (url, reason) => {
    expect(() => createAddressGuard([]).checkUrl(new URL(url))).toThrow(
      expect.objectContaining({
        name: 'NotAllowedError',
        message: expect.stringContaining(reason),
      }),
    );
  });

  it.each([[['127.0.0.0/8']], [['127.0.0.1']], [['::1', '127.0.0.1/32']]])(
    'lets loopback pass when %p is allowed',
    allowed => {
      expect(() =>
        createAddressGuard(allowed).checkUrl(new URL('https://127.0.0.1:1')),
      ).not.toThrow();
    },
  );

  it('never lets a metadata service or plain http pass', () => {
    const guard = createAddressGuard([
      '0.0.0.0/0',
      '100.100.100.200',
      'localhost',
    ]);
    expect(() => guard.checkUrl(new URL('https://100.100.100.200'))).toThrow(
      /metadata/,
    );
    expect(() => guard.checkUrl(new URL('http://localhost'))).toThrow(/https/);
  });

  it('checks the address that a name leads to', async () => {
    await expect(lookup(createAddressGuard([]), 'localhost')).rejects.toThrow(
      /loopback/,
    );
    await expect(
      lookup(createAddressGuard(['localhost']), 'localhost'),
    ).resolves.toEqual(
      expect.arrayContaining([
        expect.objectContaining({ address: expect.stringMatching(/127|::1/) }),
      ]),
    );
  });

  it('gives the socket the address that it checked, and none that it refuses', async () => {
    const looked: string[] = [];
    const guard = createAddressGuard([]);
    const api = await startScriptedApi({
      guard: {
        ...guard,
        lookup: (host, options, callback) => {
          looked.push(host);
          guard.lookup(host, options, callback);
        },
      },
      kubeconfig: (_, url, cert) => ({
        yaml: kubeconfigFor(url.replace('127.0.0.1', 'localhost'), cert),
      }),
    });
    try {
      api.server.otherwise(json({ gitVersion: 'v1' }));
      await expect(api.connection.version()).rejects.toThrow(/loopback/);
      // No look-up but the guard's, and nothing was sent.
      expect(looked).toEqual(['localhost']);
      expect(api.server.requests).toEqual([]);
    } finally {
      await api.close();
    }
  });

  it('is not gone around by a redirection', async () => {
    const api = await startScriptedApi();
    const other = await startScriptedApi();
    try {
      api.server.otherwise((_, response) => {
        response.writeHead(302, { location: `${other.server.url}/version` });
        response.end();
      });
      await expect(api.connection.version()).rejects.toThrow(/HTTP 302/);
      expect(other.server.requests).toEqual([]);
    } finally {
      await api.close();
      await other.close();
    }
  });
});
