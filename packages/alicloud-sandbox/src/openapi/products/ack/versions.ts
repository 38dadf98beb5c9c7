/** When a version came out and until when it is maintained. */
const CALENDAR: Record<string, { release: string; expiration: string }> = {
  '1.34.1-aliyun.1': { release: '2025-11-20', expiration: '2027-11-20' },
  '1.33.3-aliyun.1': { release: '2025-07-31', expiration: '2027-07-31' },
  '1.32.1-aliyun.1': { release: '2025-02-28', expiration: '2027-02-28' },
  '1.31.9-aliyun.1': { release: '2024-10-30', expiration: '2026-10-30' },
};

/** Versions that CreateCluster accepts, newest first. */
export const VERSIONS = Object.keys(CALENDAR);

export const DEFAULT_VERSION = '1.32.1-aliyun.1';

/** What nodes boot from. */
export const NODE_IMAGE = {
  image_id: 'aliyun_3_x64_20G_alibase_20250629.vhd',
  image_name: 'Alibaba Cloud Linux 3.2104 LTS 64 bit',
  image_type: 'AliyunLinux3',
  os_type: 'Linux',
  os_version: '3',
  platform: 'AliyunLinux3',
  image_category: 'system',
  architecture: 'x86_64',
};

export const RUNTIME = { name: 'containerd', version: '1.6.36' };

/** The versions that a cluster of this one can be upgraded to: the next newer, if any. */
export function upgradable(version: string): string[] {
  const index = VERSIONS.indexOf(version);
  return index > 0 ? [VERSIONS[index - 1]] : [];
}

/** Rows of DescribeKubernetesVersionMetadata; upgrades only when asked for, and for one version. */
export function versionMetadata(
  version: string | undefined,
  withUpgrades: boolean,
): object[] {
  return VERSIONS.filter(item => !version || item === version).map(item => ({
    capabilities: {},
    creatable: true,
    expiration_date: `${CALENDAR[item].expiration}T00:00:00Z`,
    images: [NODE_IMAGE],
    meta_data: {},
    release_date: `${CALENDAR[item].release}T00:00:00Z`,
    runtimes: [RUNTIME],
    ...(version && withUpgrades
      ? { upgradable_versions: upgradable(item) }
      : {}),
    version: item,
  }));
}
