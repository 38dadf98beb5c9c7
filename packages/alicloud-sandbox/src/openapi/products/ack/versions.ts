/** Versions that CreateCluster accepts, newest first. */
export const VERSIONS = [
  '1.34.1-aliyun.1',
  '1.33.3-aliyun.1',
  '1.32.1-aliyun.1',
  '1.31.9-aliyun.1',
];

export const DEFAULT_VERSION = '1.32.1-aliyun.1';

/** Rows of DescribeKubernetesVersionMetadata. */
export function versionMetadata(version?: string): object[] {
  return VERSIONS.filter(item => !version || item === version).map(
    (item, index) => ({
      capabilities: {},
      creatable: true,
      expiration_date: null,
      images: [
        {
          image_id: 'aliyun_3_x64_20G_alibase_20250629.vhd',
          image_name: 'Alibaba Cloud Linux 3.2104 LTS 64 bit',
          image_type: 'AliyunLinux3',
          os_type: 'Linux',
          os_version: '3',
          platform: 'AliyunLinux3',
          image_category: 'system',
          architecture: 'x86_64',
        },
      ],
      meta_data: {},
      release_date: null,
      runtimes: [{ name: 'containerd', version: '1.6.36' }],
      upgradable_versions: VERSIONS.slice(Math.max(0, index - 1), index),
      version: item,
    }),
  );
}
