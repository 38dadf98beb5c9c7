import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  parseEnvironmentSpec,
  type EnvironmentSpec,
  type EnvironmentSpecInput,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

export const CLUSTERS_PER_REGION = 3;
export const REGIONS = [
  'cn-hangzhou',
  'cn-shanghai',
  'cn-beijing',
  'cn-shenzhen',
  'cn-zhangjiakou',
  'cn-chengdu',
  'cn-qingdao',
  'cn-huhehaote',
  'cn-wulanchabu',
  'cn-guangzhou',
];

const spec = (name: string, network: EnvironmentSpecInput['network']) =>
  parseEnvironmentSpec({
    name,
    network,
    cen: { bandwidthMbps: 100 },
    clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 2 },
    mesh: {},
    apiServerAccess: 'public',
  }).spec;

/** The environment of the guide: two regions with a cluster each, and a mesh in a VPC of its own. */
export const guide = (name: string): EnvironmentSpec => spec(name, GUIDE_PLAN);

/** A VPC with several clusters in each of many regions, every region linked with every other. */
export function large(name: string): EnvironmentSpec {
  const clusters = REGIONS.flatMap((region, i) =>
    Array.from({ length: CLUSTERS_PER_REGION }, (_, j) => {
      const n = i * CLUSTERS_PER_REGION + j;
      return {
        name: `ack-${region}-${j + 1}`,
        region,
        vpc: `vpc-${region}`,
        networkPlugin: 'flannel' as const,
        podCidr: `10.${100 + n}.0.0/16`,
        serviceCidr: `172.${16 + Math.floor(n / 16)}.${(n % 16) * 16}.0/20`,
      };
    }),
  );
  return spec(name, {
    vpcs: [
      ...REGIONS.map((region, i) => ({
        name: `vpc-${region}`,
        region,
        cidr: `10.${i}.0.0/16`,
        vswitches: [{ name: `vsw-${region}`, cidr: `10.${i}.0.0/20` }],
      })),
      {
        name: 'vpc-mesh',
        region: REGIONS[0],
        cidr: '192.168.0.0/16',
        vswitches: [{ name: 'vsw-mesh', cidr: '192.168.0.0/24' }],
      },
    ],
    clusters,
    mesh: { name: 'mesh', region: REGIONS[0], vpc: 'vpc-mesh' },
  });
}
