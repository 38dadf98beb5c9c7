/** A region of the modelled cloud; the table follows the published region list. */
export interface Region {
  id: string;
  zh: string;
  en: string;
  /** Zone letters. */
  zones: string;
  /** Letters inside resource ids, as in `vpc-bp1…`. */
  infix: string;
  /** CEN area (`GeographicRegionId`). */
  area: 'China' | 'Asia-Pacific' | 'North-America' | 'Europe' | 'Middle-East';
  latitude: number;
  longitude: number;
}

type Row = [
  id: string,
  zh: string,
  en: string,
  zones: string,
  infix: string,
  area: Region['area'],
  latitude: number,
  longitude: number,
];

const ROWS: Row[] = [
  [
    'cn-hangzhou',
    '华东1（杭州）',
    'China (Hangzhou)',
    'bghijk',
    'bp1',
    'China',
    30.3,
    120.2,
  ],
  [
    'cn-shanghai',
    '华东2（上海）',
    'China (Shanghai)',
    'befglmn',
    'uf6',
    'China',
    31.2,
    121.5,
  ],
  [
    'cn-nanjing',
    '华东5（南京-本地地域）',
    'China (Nanjing - Local Region)',
    'a',
    'gc7',
    'China',
    32.1,
    118.8,
  ],
  [
    'cn-fuzhou',
    '华东6（福州-本地地域）',
    'China (Fuzhou - Local Region)',
    'a',
    'gw0',
    'China',
    26.1,
    119.3,
  ],
  [
    'cn-qingdao',
    '华北1（青岛）',
    'China (Qingdao)',
    'bc',
    'm5e',
    'China',
    36.1,
    120.4,
  ],
  [
    'cn-beijing',
    '华北2（北京）',
    'China (Beijing)',
    'cdfghijkl',
    '2ze',
    'China',
    39.9,
    116.4,
  ],
  [
    'cn-zhangjiakou',
    '华北3（张家口）',
    'China (Zhangjiakou)',
    'abc',
    '8vb',
    'China',
    40.8,
    114.9,
  ],
  [
    'cn-huhehaote',
    '华北5（呼和浩特）',
    'China (Hohhot)',
    'ab',
    'hp3',
    'China',
    40.8,
    111.7,
  ],
  [
    'cn-wulanchabu',
    '华北6（乌兰察布）',
    'China (Ulanqab)',
    'abc',
    '0jl',
    'China',
    41.0,
    113.1,
  ],
  [
    'cn-shenzhen',
    '华南1（深圳）',
    'China (Shenzhen)',
    'cdef',
    'wz9',
    'China',
    22.5,
    114.1,
  ],
  [
    'cn-heyuan',
    '华南2（河源）',
    'China (Heyuan)',
    'ab',
    'f8z',
    'China',
    23.7,
    114.7,
  ],
  [
    'cn-guangzhou',
    '华南3（广州）',
    'China (Guangzhou)',
    'ab',
    '7xv',
    'China',
    23.1,
    113.3,
  ],
  [
    'cn-chengdu',
    '西南1（成都）',
    'China (Chengdu)',
    'ab',
    '2vc',
    'China',
    30.6,
    104.1,
  ],
  [
    'cn-hongkong',
    '中国香港',
    'China (Hong Kong)',
    'bcd',
    'j6c',
    'Asia-Pacific',
    22.3,
    114.2,
  ],
  [
    'ap-southeast-1',
    '新加坡',
    'Singapore',
    'abc',
    't4n',
    'Asia-Pacific',
    1.35,
    103.8,
  ],
  [
    'ap-southeast-3',
    '马来西亚（吉隆坡）',
    'Malaysia (Kuala Lumpur)',
    'ab',
    '8ps',
    'Asia-Pacific',
    3.1,
    101.7,
  ],
  [
    'ap-southeast-5',
    '印度尼西亚（雅加达）',
    'Indonesia (Jakarta)',
    'abc',
    'k1a',
    'Asia-Pacific',
    -6.2,
    106.8,
  ],
  [
    'ap-southeast-6',
    '菲律宾（马尼拉）',
    'Philippines (Manila)',
    'a',
    '5ts',
    'Asia-Pacific',
    14.6,
    121.0,
  ],
  [
    'ap-southeast-7',
    '泰国（曼谷）',
    'Thailand (Bangkok)',
    'a',
    '0jo',
    'Asia-Pacific',
    13.8,
    100.5,
  ],
  [
    'ap-northeast-1',
    '日本（东京）',
    'Japan (Tokyo)',
    'abc',
    '6we',
    'Asia-Pacific',
    35.7,
    139.7,
  ],
  [
    'ap-northeast-2',
    '韩国（首尔）',
    'South Korea (Seoul)',
    'a',
    'mj7',
    'Asia-Pacific',
    37.6,
    127.0,
  ],
  [
    'us-west-1',
    '美国（硅谷）',
    'US (Silicon Valley)',
    'ab',
    'rj9',
    'North-America',
    37.4,
    -122.0,
  ],
  [
    'us-east-1',
    '美国（弗吉尼亚）',
    'US (Virginia)',
    'ab',
    '0xi',
    'North-America',
    38.9,
    -77.5,
  ],
  [
    'eu-central-1',
    '德国（法兰克福）',
    'Germany (Frankfurt)',
    'abc',
    'gw8',
    'Europe',
    50.1,
    8.7,
  ],
  [
    'eu-west-1',
    '英国（伦敦）',
    'UK (London)',
    'ab',
    'd7o',
    'Europe',
    51.5,
    -0.1,
  ],
  [
    'me-east-1',
    '阿联酋（迪拜）',
    'UAE (Dubai)',
    'a',
    'eb3',
    'Middle-East',
    25.2,
    55.3,
  ],
];

export const REGIONS: ReadonlyMap<string, Region> = new Map(
  ROWS.map(([id, zh, en, zones, infix, area, latitude, longitude]) => [
    id,
    { id, zh, en, zones, infix, area, latitude, longitude },
  ]),
);

/** Zone ids: `cn-hangzhou-b` in China, `ap-southeast-1a` elsewhere. */
export function zonesOf(region: Region): string[] {
  const dash = region.id.startsWith('cn-') ? '-' : '';
  return [...region.zones].map(letter => `${region.id}${dash}${letter}`);
}

/** Light in fibre covers about 200 km a millisecond; cables are about half as long again as the great circle. */
const FIBRE_KM_PER_MS = 200;
const DETOUR = 1.5;
/** Routers and encapsulation on both ends. */
const HANDLING_MS = 2;
const SAME_REGION_MS = 0.6;

/** Typical round trip between two regions in milliseconds, from their distance. */
export function roundTripMs(from: string, to: string): number {
  if (from === to) return SAME_REGION_MS;
  const a = REGIONS.get(from);
  const b = REGIONS.get(to);
  if (!a || !b) return HANDLING_MS;
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const dLat = radians(b.latitude - a.latitude);
  const dLon = radians(b.longitude - a.longitude);
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(radians(a.latitude)) *
      Math.cos(radians(b.latitude)) *
      Math.sin(dLon / 2) ** 2;
  const km = 2 * 6371 * Math.asin(Math.sqrt(h));
  return (
    Math.round(((2 * km * DETOUR) / FIBRE_KM_PER_MS + HANDLING_MS) * 10) / 10
  );
}
