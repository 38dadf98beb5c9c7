import type { LookupAddress } from 'node:dns';
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
});
