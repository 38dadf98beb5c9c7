import fc from 'fast-check';
import {
  compareAsmVersions,
  DISTRIBUTION_MIN_VERSION,
  modelVersions,
  parseAsmVersion,
  versionGates,
} from './versions';

describe('ASM versions', () => {
  it.each([
    ['v1.22.6.66-g1a2b3c4-aliyun', [1, 22, 6, 66]],
    ['1.22.6.66', [1, 22, 6, 66]],
    ['v1.8.6', [1, 8, 6, 0]],
    ['1.22.6.112-gdeadbee-aliyun', [1, 22, 6, 112]],
    ['1.22', undefined],
    ['latest', undefined],
    ['', undefined],
    ['1.22.6.66.1', undefined],
  ])('parses %s', (text, expected) => {
    expect(parseAsmVersion(text)).toEqual(expected);
  });

  it('compares numbers, not text, and ignores the build', () => {
    expect(compareAsmVersions('1.22.6.7', '1.22.6.66')).toBeLessThan(0);
    expect(compareAsmVersions('1.9.0.0', '1.22.0.0')).toBeLessThan(0);
    expect(
      compareAsmVersions('v1.22.6.66-g1-aliyun', 'v1.22.6.66-g2-aliyun'),
    ).toBe(0);
    expect(compareAsmVersions('junk', '0.0.0.1')).toBeLessThan(0);
  });

  it('orders totally', () => {
    const version = fc
      .tuple(fc.nat(2), fc.nat(30), fc.nat(9), fc.nat(120))
      .map(parts => parts.join('.'));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareAsmVersions(a, b))).toBe(
          -Math.sign(compareAsmVersions(b, a)) + 0,
        );
        const sorted = [a, b, c].sort(compareAsmVersions);
        expect(compareAsmVersions(sorted[0], sorted[2])).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('gates distribution at its version', () => {
    expect(versionGates('v1.22.6.66-g1-aliyun').distribution).toEqual({
      allowed: true,
      requires: DISTRIBUTION_MIN_VERSION,
    });
    expect(versionGates('v1.22.6.65-g1-aliyun').distribution.allowed).toBe(
      false,
    );
    expect(versionGates('unknown').distribution.allowed).toBe(false);
  });

  it.each([
    ['v1.18.2.10-g1-aliyun', { strictEjection: false, retry503: true }],
    ['v1.22.6.66-g1-aliyun', { strictEjection: true, mergeByExportTo: false }],
    ['v1.23.0.1-g1-aliyun', { retry503: true, trafficDistribution: false }],
    ['v1.24.0.1-g1-aliyun', { retry503: false, mergeByExportTo: true }],
    ['v1.25.0.1-g1-aliyun', { trafficDistribution: 'close' }],
    ['v1.27.0.1-g1-aliyun', { trafficDistribution: 'same-zone-and-node' }],
    ['v1.30.0.1-g1-aliyun', { sendUnready: false, zoneAware: false }],
    ['v1.31.0.1-g1-aliyun', { sendUnready: true, zoneAware: true }],
  ])('knows the behaviour of %s', (version, expected) => {
    expect(modelVersions(version)).toMatchObject(expected);
  });

  it('takes an unreadable version for 1.22', () => {
    expect(modelVersions('?')).toEqual(modelVersions('v1.22.6.66-g1-aliyun'));
  });
});
