import {
  cidrsOverlap,
  cidrSize,
  formatCidr,
  parseCidr,
  PRIVATE_RANGES,
  tryParseCidr,
  type Cidr,
} from './cidr';
import { regionById } from './regions';
import type { NetworkPlan } from './types';

/**
 * First free block of the given mask inside `within` (default: the private ranges in order) that overlaps none of
 * `taken`. Malformed entries of `taken` are passed over.
 *
 * @throws RangeError when no such block is left
 */
export function suggestCidr(
  prefix: number,
  taken: string[],
  within: readonly string[] = PRIVATE_RANGES,
): string {
  const used = taken
    .map(tryParseCidr)
    .filter((cidr): cidr is Cidr => cidr !== undefined);
  const size = cidrSize(prefix);
  for (const range of within) {
    const { first, last, prefix: outer } = parseCidr(range);
    let candidate = first;
    while (prefix >= outer && candidate + size - 1 <= last) {
      const block = { first: candidate, last: candidate + size - 1, prefix };
      const clash = used.find(cidr => cidrsOverlap(cidr, block));
      if (!clash) {
        return formatCidr(block);
      }
      // Jump past the clash, to the next multiple of the size.
      candidate = Math.ceil((clash.last + 1) / size) * size;
    }
  }
  throw new RangeError(
    `no free /${prefix} is left in ${within.join(
      ', ',
    )}; choose a longer mask or free a range`,
  );
}

/** What the allocator should plan for. */
export interface AllocateOptions {
  /** Region of ASM; default: the first region. */
  meshRegion?: string;
  networkPlugin?: 'flannel' | 'terway';
  /** Ranges in use already, which the plan avoids. */
  taken?: string[];
  /** vSwitches per cluster VPC, each in a zone of its own as far as known; default 1. */
  vswitches?: number;
  /** Worker nodes per cluster. */
  nodes?: number;
  /** Prepended to every name, e.g. `prod-`. */
  namePrefix?: string;
}

/**
 * A plan without a clash for clusters in the given regions and a mesh in a VPC of its own. All ranges are private:
 * VPCs /16 from 10.0.0.0/8, Pods /16 from the same, Services /20 from 172.16.0.0/12, the mesh's VPC /24 from
 * 192.168.0.0/16 (each falling back to the other private ranges when its own is used up).
 *
 * @throws RangeError for fewer than two different regions or an unknown one, or when address space runs out
 */
export function allocateNetworkPlan(
  regions: string[],
  options: AllocateOptions = {},
): NetworkPlan {
  const wanted = [...new Set(regions)];
  if (wanted.length < 2) {
    throw new RangeError(
      `regions is ${JSON.stringify(
        regions,
      )}, but disaster recovery needs at least two different ones; add a region`,
    );
  }
  const meshRegion = options.meshRegion ?? wanted[0];
  for (const region of [...wanted, meshRegion]) {
    if (!regionById(region)) {
      throw new RangeError(
        `"${region}" is no region of Alibaba Cloud; use an id such as cn-hangzhou`,
      );
    }
  }
  const prefix = options.namePrefix ?? '';
  const networkPlugin = options.networkPlugin ?? 'flannel';
  const count = options.vswitches ?? 1;
  const taken = [...(options.taken ?? [])];
  const take = (mask: number, first: string) => {
    const cidr = suggestCidr(mask, taken, [
      first,
      ...PRIVATE_RANGES.filter(range => range !== first),
    ]);
    taken.push(cidr);
    return cidr;
  };

  const vpcs = wanted.map(region => {
    const cidr = take(16, '10.0.0.0/8');
    const inside: string[] = [];
    const { zones } = regionById(region)!;
    return {
      name: `${prefix}vpc-${region}`,
      region,
      cidr,
      vswitches: Array.from({ length: count }, (_, i) => {
        const part = suggestCidr(20, inside, [cidr]);
        inside.push(part);
        return {
          name: `${prefix}vpc-${region}-switch-${i + 1}`,
          // One switch: let provisioning choose a zone with stock.
          ...(count > 1 && { zone: zones[i % zones.length] }),
          cidr: part,
        };
      }),
    };
  });
  const clusters = wanted.map(region => ({
    name: `${prefix}ack-${region}`,
    region,
    vpc: `${prefix}vpc-${region}`,
    networkPlugin,
    ...(networkPlugin === 'flannel' && { podCidr: take(16, '10.0.0.0/8') }),
    serviceCidr: take(20, '172.16.0.0/12'),
    ...(options.nodes !== undefined && { nodes: options.nodes }),
  }));
  const meshCidr = take(24, '192.168.0.0/16');
  return {
    vpcs: [
      ...vpcs,
      {
        name: `${prefix}vpc-mesh`,
        region: meshRegion,
        cidr: meshCidr,
        vswitches: [
          {
            name: `${prefix}vpc-mesh-switch-1`,
            cidr: suggestCidr(25, [], [meshCidr]),
          },
        ],
      },
    ],
    clusters,
    mesh: {
      name: `${prefix}mesh`,
      region: meshRegion,
      vpc: `${prefix}vpc-mesh`,
    },
  };
}
