/** ASM versions that CreateServiceMesh accepts, newest first. */
export const VERSIONS = [
  'v1.25.6.84-g3b9d6e17-aliyun',
  'v1.24.6.64-g8e2f40ab-aliyun',
  'v1.23.6.31-gd47a9c05-aliyun',
  'v1.22.6.72-g5d2a1f80-aliyun',
  'v1.22.6.66-g1a2b3c4d-aliyun',
  'v1.22.6.28-g0c9e7a51-aliyun',
  'v1.21.6.97-g7f3d20be-aliyun',
  'v1.20.8.60-g44f1c8aa-aliyun',
];

/** The release that the guide is written for. */
export const DEFAULT_VERSION = 'v1.22.6.72-g5d2a1f80-aliyun';

/** Kubernetes API version of the control plane's API server. */
export const CONTROL_PLANE_VERSION = '1.32.1-aliyun.1';

/** Since this version traffic can be distributed over regions. */
const DISTRIBUTE_SINCE = [1, 22, 6, 66];

function parts(version: string): number[] {
  return version.replace(/^v/, '').split(/[.-]/).slice(0, 4).map(Number);
}

/** Negative when `a` is older than `b`; missing parts count as 0. */
function compare(a: number[], b: number[]): number {
  for (let i = 0; i < 4; i++) {
    const difference = (a[i] || 0) - (b[i] || 0);
    if (difference) return difference;
  }
  return 0;
}

/** The listed version that equals `wanted` or starts with its parts (`v1.21`, `v1.21.6`); undefined when none does. */
export function resolveVersion(wanted: string): string | undefined {
  return VERSIONS.find(
    version =>
      version === wanted ||
      version.startsWith(`${wanted}.`) ||
      version.startsWith(`${wanted}-`),
  );
}

export function supportsDistribute(version: string): boolean {
  return compare(parts(version), DISTRIBUTE_SINCE) >= 0;
}

/**
 * The version that an upgrade in place leads to: the newest patch of the same minor release, and from there the newest
 * of the next one, since ASM goes to the adjacent version only. Undefined on the newest.
 */
export function nextVersion(version: string): string | undefined {
  const from = parts(version);
  const newer = VERSIONS.filter(item => compare(parts(item), from) > 0);
  const minor = (item: string) => parts(item)[0] * 1000 + parts(item)[1];
  const nearest = Math.min(...newer.map(minor));
  return newer.find(item => minor(item) === nearest);
}
