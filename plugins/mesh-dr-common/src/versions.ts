import type { VersionGates } from './api/types';
import type { ModelVersions } from './locality/types';

/** First ASM version whose console and API offer cross-region traffic distribution. */
export const DISTRIBUTION_MIN_VERSION = '1.22.6.66';

/**
 * Parses an ASM version such as `v1.22.6.66-g1a2b3c4-aliyun` into its four numbers. Three parts are accepted (the fourth
 * is then 0). Returns undefined for text that is no version. General-purpose comparators do not fit: semver drops the
 * fourth part and others read the `-g…-aliyun` suffix as a pre-release.
 */
export function parseAsmVersion(text: string): number[] | undefined {
  const match = /^\s*v?(\d+)\.(\d+)\.(\d+)(?:\.(\d+))?(?:[-+].*)?\s*$/.exec(
    text ?? '',
  );
  if (!match) {
    return undefined;
  }
  return [match[1], match[2], match[3], match[4] ?? '0'].map(Number);
}

/**
 * Compares two ASM versions: negative when `a` is older, 0 when equal, positive when newer. The build suffix does not
 * count. Text that is no version is older than every version.
 */
export function compareAsmVersions(a: string, b: string): number {
  const left = parseAsmVersion(a);
  const right = parseAsmVersion(b);
  if (!left || !right) {
    return Number(Boolean(left)) - Number(Boolean(right));
  }
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i]) {
      return left[i] - right[i];
    }
  }
  return 0;
}

/** What this ASM version allows. A version that cannot be read allows nothing that needs a gate. */
export function versionGates(version: string): VersionGates {
  return {
    distribution: {
      allowed: compareAsmVersions(version, DISTRIBUTION_MIN_VERSION) >= 0,
      requires: DISTRIBUTION_MIN_VERSION,
    },
  };
}

/**
 * Behaviour of the Istio and Envoy behind an ASM version: Istio 1.20 brought Envoy 1.28 (strict ejection cap), 1.24 no
 * longer retries a 503 by default and merges DestinationRules by `exportTo`, 1.25 and 1.27 heed `trafficDistribution`,
 * 1.31 sends not-ready endpoints and knows zone-aware balancing. An unreadable version is treated like ASM 1.22.
 */
export function modelVersions(asmVersion: string): ModelVersions {
  const [major, minor] = parseAsmVersion(asmVersion) ?? [1, 22];
  const atLeast = (wanted: number) =>
    major > 1 || (major === 1 && minor >= wanted);
  const distribution = atLeast(27) ? 'same-zone-and-node' : 'close';
  return {
    sendUnready: atLeast(31),
    strictEjection: atLeast(20),
    retry503: !atLeast(24),
    mergeByExportTo: atLeast(24),
    trafficDistribution: atLeast(25) ? distribution : false,
    zoneAware: atLeast(31),
  };
}
