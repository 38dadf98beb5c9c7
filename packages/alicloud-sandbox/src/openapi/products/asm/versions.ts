/** ASM versions that CreateServiceMesh accepts, newest first. */
export const VERSIONS = [
  'v1.22.6.72-g5d2a1f80-aliyun',
  'v1.22.6.66-g1a2b3c4d-aliyun',
  'v1.22.6.28-g0c9e7a51-aliyun',
  'v1.21.6.97-g7f3d20be-aliyun',
  'v1.20.8.60-g44f1c8aa-aliyun',
];

export const DEFAULT_VERSION = VERSIONS[0];

/** Since this version traffic can be distributed over regions. */
const DISTRIBUTE_SINCE = [1, 22, 6, 66];

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
  const parts = version.replace(/^v/, '').split(/[.-]/).slice(0, 4).map(Number);
  for (let i = 0; i < DISTRIBUTE_SINCE.length; i++) {
    const part = parts[i] || 0;
    if (part !== DISTRIBUTE_SINCE[i]) return part > DISTRIBUTE_SINCE[i];
  }
  return true;
}
