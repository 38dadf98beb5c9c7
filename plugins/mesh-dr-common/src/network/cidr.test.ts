import fc from 'fast-check';
import {
  cidrContains,
  cidrsOverlap,
  cidrSize,
  formatAddress,
  formatCidr,
  isPrivate,
  parseCidr,
  reservedRangeOf,
  tryParseCidr,
  type Cidr,
} from './cidr';

/** Blocks of a /24, small enough to compare address by address. */
const small = fc
  .tuple(fc.integer({ min: 24, max: 32 }), fc.nat(255))
  .map(([prefix, offset]) => {
    const size = cidrSize(prefix);
    const first = parseCidr('10.0.0.0/24').first + offset - (offset % size);
    return { first, last: first + size - 1, prefix };
  });

const addresses = ({ first, last }: Cidr) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('CIDR', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
    ['172.16.0.0/12', '172.16.0.0', '172.31.255.255'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['1.2.3.4/32', '1.2.3.4', '1.2.3.4'],
  ])('parses %s', (text, first, last) => {
    const cidr = parseCidr(text);
    expect(formatAddress(cidr.first)).toBe(first);
    expect(formatAddress(cidr.last)).toBe(last);
  });

  it.each([
    ['10.0.0.0', /no IPv4 block/],
    ['10.0.0/16', /no IPv4 block/],
    ['10.0.0.256/24', /no IPv4 block/],
    ['010.0.0.0/8', /no IPv4 block/],
    ['10.0.0.0/33', /mask length 33/],
    ['10.0.0.0/08', /mask length 08/],
    ['10.0.0.0/-1', /no IPv4 block/],
    ['fd00::/8', /no IPv4 block/],
    ['10.0.0.1/16', /the block would be 10\.0\.0\.0\/16/],
    ['', /no IPv4 block/],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseCidr(text)).toThrow(message);
    expect(tryParseCidr(text)).toBeUndefined();
  });

  it('formats what it parses', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        fc.integer({ min: 0, max: 32 }),
        (address, prefix) => {
          const first = address - (address % cidrSize(prefix));
          const text = formatCidr({ first, prefix });
          expect(parseCidr(text)).toEqual({
            first,
            last: first + cidrSize(prefix) - 1,
            prefix,
          });
        },
      ),
    );
  });

  it('overlaps and contains as the addresses do', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const inB = new Set(addresses(b));
        expect(cidrsOverlap(a, b)).toBe(addresses(a).some(x => inB.has(x)));
        expect(cidrContains(b, a)).toBe(addresses(a).every(x => inB.has(x)));
      }),
    );
  });

  it('knows private and reserved ranges', () => {
    expect(isPrivate(parseCidr('172.31.0.0/16'))).toBe(true);
    expect(isPrivate(parseCidr('172.32.0.0/16'))).toBe(false);
    expect(reservedRangeOf(parseCidr('100.100.0.0/16'))?.cidr).toBe(
      '100.64.0.0/10',
    );
    expect(reservedRangeOf(parseCidr('100.0.0.0/8'))?.cidr).toBe(
      '100.64.0.0/10',
    );
    expect(reservedRangeOf(parseCidr('20.0.0.0/8'))).toBeUndefined();
  });
});
