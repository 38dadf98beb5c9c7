import type { Endpoint } from '../types';
import { requestHash } from './hashPolicy';
import { HashRing, ringShares } from './ringHash';
import { xxHash64 } from './xxhash';

const host = (ip: string, healthy = true): Endpoint => ({
  key: ip,
  clusterId: 'c',
  namespace: 'default',
  ip,
  port: 80,
  locality: { region: '', zone: '', subzone: '' },
  labels: {},
  weight: 1,
  healthy,
});
const group = (weight: number, ...ips: string[]) => ({
  locality: { region: ips[0], zone: '', subzone: '' },
  priority: 0,
  weight,
  endpoints: ips.map(ip => host(ip)),
});

describe('xxHash64', () => {
  it.each([
    ['', 0xef46db3751d8e999n],
    ['a', 0xd24ec4f1a98c6e5bn],
    ['abc', 0x44bc2cf5ad770999n],
  ])('of %j', (text, expected) => {
    expect(xxHash64(text)).toBe(expected);
  });
});

describe('HashRing', () => {
  const keys = Array.from({ length: 3000 }, (_, i) => xxHash64(`key-${i}`));

  it('gives every host its share, and a host that left gives its keys to all others', () => {
    const three = group(3, '10.0.0.1', '10.0.0.2', '10.0.0.3');
    const all = new HashRing(
      ringShares([three], () => true, false),
      1024,
    );
    const two = new HashRing(
      ringShares([three], e => e.ip !== '10.0.0.3', false),
      1024,
    );
    const share = (ring: HashRing, ip: string) =>
      keys.filter(k => ring.host(k, 0)!.ip === ip).length / 30;
    for (const { ip } of three.endpoints) {
      expect(Math.abs(share(all, ip) - 33)).toBeLessThan(8);
    }
    expect(Math.abs(share(two, '10.0.0.1') - 50)).toBeLessThan(8);
    expect(share(two, '10.0.0.3')).toBe(0);
    const stayed = keys.filter(k => all.host(k, 0) === two.host(k, 0));
    expect(stayed.length / 30).toBeGreaterThan(50);
  });

  it('follows the weights of localities', () => {
    const groups = [group(90, '10.0.0.1'), group(10, '10.0.0.2')];
    const ring = new HashRing(
      ringShares(groups, () => true, true),
      1024,
    );
    const far = keys.filter(k => ring.host(k, 0)!.ip === '10.0.0.2');
    expect(Math.abs(far.length / 30 - 10)).toBeLessThan(4);
  });

  it('goes on around the ring for a retry', () => {
    const two = group(2, '10.0.0.1', '10.0.0.2');
    const ring = new HashRing(
      ringShares([two], () => true, false),
      64,
    );
    const seen = Array.from(
      { length: 20 },
      (_, attempt) => ring.host(keys[0], attempt)!.ip,
    );
    expect(new Set(seen).size).toBe(2);
  });
});

describe('requestHash', () => {
  const ask = (headers: Record<string, string>, path = '/') => ({
    method: 'GET',
    path,
    headers,
  });
  const a = xxHash64('a');

  it('takes a header, a query parameter or the source', () => {
    const header = { on: 'header', name: 'X-User' } as const;
    expect(requestHash(header, ask({ 'x-user': 'a' })).hash).toBe(a);
    expect(requestHash(header, ask({})).hash).toBeUndefined();
    const query = { on: 'query', name: 'u' } as const;
    expect(requestHash(query, ask({}, '/?u=a')).hash).toBe(a);
    expect(requestHash(query, ask({}, '/')).hash).toBeUndefined();
    const from = ask({ 'x-forwarded-for': 'a' });
    expect(requestHash({ on: 'source' }, from).hash).toBe(a);
  });

  it('takes a cookie, and sets it where it is missing if it may', () => {
    const cookie = { on: 'cookie', name: 'u', path: '/x', ttlS: 60 } as const;
    const known = ask({ cookie: 'b=1; u="a"' });
    expect(requestHash(cookie, known)).toEqual({ hash: a });
    const { hash, setCookie } = requestHash(cookie, ask({}));
    const value = /^u="([0-9a-f]{16})"; Max-Age=60; Path=\/x; HttpOnly$/.exec(
      setCookie!,
    )![1];
    expect(hash).toBe(xxHash64(value));
    expect(requestHash({ on: 'cookie', name: 'u' }, ask({}))).toEqual({});
  });
});
