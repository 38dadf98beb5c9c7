/** A region of Alibaba Cloud. */
export interface Region {
  id: string;
  /** Chinese name, as the console shows it. */
  zh: string;
  /** English name. */
  en: string;
  /** Zones known here; the cloud may have more, ask DescribeZones when provisioning. */
  zones: string[];
}

function region(id: string, zh: string, en: string, letters: string): Region {
  // Mainland and Hong Kong zones are `cn-hangzhou-h`, others `ap-southeast-1a`.
  const separator = id.startsWith('cn-') ? '-' : '';
  return {
    id,
    zh,
    en,
    zones: letters.split(',').map(letter => `${id}${separator}${letter}`),
  };
}

/** Regions of the public cloud, as of 2025. */
export const REGIONS: readonly Region[] = [
  region('cn-hangzhou', '华东1（杭州）', 'China (Hangzhou)', 'b,g,h,i,j,k'),
  region('cn-shanghai', '华东2（上海）', 'China (Shanghai)', 'b,e,f,g,l,m,n'),
  region(
    'cn-nanjing',
    '华东5（南京-本地地域）',
    'China (Nanjing - Local Region)',
    'a',
  ),
  region(
    'cn-fuzhou',
    '华东6（福州-本地地域）',
    'China (Fuzhou - Local Region)',
    'a',
  ),
  region('cn-qingdao', '华北1（青岛）', 'China (Qingdao)', 'b,c'),
  region('cn-beijing', '华北2（北京）', 'China (Beijing)', 'c,d,f,g,h,i,j,k,l'),
  region('cn-zhangjiakou', '华北3（张家口）', 'China (Zhangjiakou)', 'a,b,c'),
  region('cn-huhehaote', '华北5（呼和浩特）', 'China (Hohhot)', 'a,b'),
  region('cn-wulanchabu', '华北6（乌兰察布）', 'China (Ulanqab)', 'a,b,c'),
  region('cn-shenzhen', '华南1（深圳）', 'China (Shenzhen)', 'c,d,e,f'),
  region('cn-heyuan', '华南2（河源）', 'China (Heyuan)', 'a,b'),
  region('cn-guangzhou', '华南3（广州）', 'China (Guangzhou)', 'a,b'),
  region('cn-chengdu', '西南1（成都）', 'China (Chengdu)', 'a,b'),
  region('cn-hongkong', '中国香港', 'China (Hong Kong)', 'b,c,d'),
  region('ap-southeast-1', '新加坡', 'Singapore', 'a,b,c'),
  region(
    'ap-southeast-3',
    '马来西亚（吉隆坡）',
    'Malaysia (Kuala Lumpur)',
    'a,b',
  ),
  region(
    'ap-southeast-5',
    '印度尼西亚（雅加达）',
    'Indonesia (Jakarta)',
    'a,b,c',
  ),
  region('ap-southeast-6', '菲律宾（马尼拉）', 'Philippines (Manila)', 'a'),
  region('ap-southeast-7', '泰国（曼谷）', 'Thailand (Bangkok)', 'a'),
  region('ap-northeast-1', '日本（东京）', 'Japan (Tokyo)', 'a,b,c'),
  region('ap-northeast-2', '韩国（首尔）', 'South Korea (Seoul)', 'a'),
  region('us-west-1', '美国（硅谷）', 'US (Silicon Valley)', 'a,b'),
  region('us-east-1', '美国（弗吉尼亚）', 'US (Virginia)', 'a,b'),
  region('eu-central-1', '德国（法兰克福）', 'Germany (Frankfurt)', 'a,b,c'),
  region('eu-west-1', '英国（伦敦）', 'UK (London)', 'a,b'),
  region('me-east-1', '阿联酋（迪拜）', 'UAE (Dubai)', 'a'),
];

/** Region by id. */
export function regionById(id: string): Region | undefined {
  return REGIONS.find(candidate => candidate.id === id);
}

/** Name of a region in a language, the id itself when it is not known. */
export function regionName(id: string, language: 'zh' | 'en' = 'en'): string {
  return regionById(id)?.[language] ?? id;
}

/** Region a zone id belongs to: `cn-hangzhou-h` and `ap-southeast-1a`. */
export function regionOfZone(zone: string): string {
  return zone.startsWith('cn-')
    ? zone.replace(/-[a-z]$/, '')
    : zone.replace(/[a-z]$/, '');
}

/** Known region most like a mistyped one, at most two edits away. */
export function similarRegion(
  id: string,
  known: readonly string[] = REGIONS.map(candidate => candidate.id),
): string | undefined {
  const ranked = known
    .map(candidate => ({ candidate, distance: editDistance(id, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.distance <= 2 ? ranked[0].candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      current[j] = Math.min(
        previous[j] + 1,
        current[j - 1] + 1,
        previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    previous = current;
  }
  return previous[b.length];
}
