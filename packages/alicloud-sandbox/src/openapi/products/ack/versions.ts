/** Versions that CreateCluster accepts, newest first. */
export const VERSIONS = [
  '1.34.1-aliyun.1',
  '1.33.3-aliyun.1',
  '1.32.1-aliyun.1',
  '1.31.9-aliyun.1',
];

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

/** The version that a cluster of this one can be upgraded to: the next newer, if any. */
function upgradable(version: string): string[] {
  const index = VERSIONS.indexOf(version);
  return index > 0 ? [VERSIONS[index - 1]] : [];
}

/** Rows of DescribeKubernetesVersionMetadata; upgrades only when they were asked for. */
export function versionMetadata(
  version: string | undefined,
  withUpgrades: boolean,
): object[] {
  return VERSIONS.filter(item => !version || item === version).map(item => ({
    capabilities: {},
    creatable: true,
    expiration_date: null,
    images: [NODE_IMAGE],
    meta_data: {},
    release_date: null,
    runtimes: [RUNTIME],
    ...(withUpgrades ? { upgradable_versions: upgradable(item) } : {}),
    version: item,
  }));
}
