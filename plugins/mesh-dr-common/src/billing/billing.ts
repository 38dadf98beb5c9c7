import type { NetworkPlan } from '../network/types';

/** How the cloud charges for something. */
export type PricingModel =
  | 'hour'
  | 'hour-and-gigabyte'
  | 'gigabyte'
  | 'prepaid';

/** What is billed; texts are in the reader's language by this key. */
export const BILLED_ITEMS = [
  'ack-cluster',
  'worker-node',
  'api-server-load-balancer',
  'api-server-eip',
  'nat-gateway',
  'nat-eip',
  'asm-mesh',
  'asm-load-balancer',
  'asm-eip',
  'transit-router-attachment',
  'inter-region-traffic',
  'inter-region-bandwidth',
  'gateway-load-balancer',
] as const;
export type BilledItemId = (typeof BILLED_ITEMS)[number];

/** One kind of billed thing of an environment. Prices are the cloud's: they differ by region, contract and day. */
export interface BilledItem {
  id: BilledItemId;
  quantity: number;
  pricing: PricingModel;
  /** Size or type that decides the price, e.g. `ecs.g7.xlarge`. */
  detail?: string;
}

/** The part of an environment's spec that decides what is billed. */
export interface BillableEnvironment {
  network: NetworkPlan;
  cen: {
    bandwidthMbps?: number;
    bandwidthType?: 'DataTransfer' | 'BandwidthPackage';
  };
  clusters: {
    instanceTypes: string[];
    nodes?: number;
    clusterSpec?: string;
    snatEntry?: boolean;
  };
  mesh: { edition?: string; clusterSpec?: string };
  apiServerAccess: 'public' | 'private';
}

/**
 * Everything of an environment that the cloud charges for while it exists, with its quantity and pricing model; free
 * things (VPCs, vSwitches, security groups, CEN instances) are left out. From the products' pricing pages; the free tier
 * of ACK's standard edition is respected.
 *
 * @param gateway - whether an ingress gateway is made in every cluster
 */
export function billedItems(
  environment: BillableEnvironment,
  gateway = true,
): BilledItem[] {
  const { network, cen, clusters, mesh, apiServerAccess } = environment;
  const count = network.clusters.length;
  const nodes = network.clusters.reduce(
    (sum, cluster) => sum + (cluster.nodes ?? clusters.nodes ?? 2),
    0,
  );
  const regions = new Set(network.vpcs.map(vpc => vpc.region)).size;
  const links = (regions * (regions - 1)) / 2;
  const pro = (clusters.clusterSpec ?? 'ack.pro.small') !== 'ack.standard';
  const isPublic = apiServerAccess === 'public';
  const snat = clusters.snatEntry ?? true;
  const items: (BilledItem | false)[] = [
    pro && {
      id: 'ack-cluster',
      quantity: count,
      pricing: 'hour',
      detail: clusters.clusterSpec ?? 'ack.pro.small',
    },
    {
      id: 'worker-node',
      quantity: nodes,
      pricing: 'hour',
      detail: clusters.instanceTypes[0],
    },
    { id: 'api-server-load-balancer', quantity: count, pricing: 'hour' },
    isPublic && {
      id: 'api-server-eip',
      quantity: count,
      pricing: 'hour-and-gigabyte',
    },
    snat && { id: 'nat-gateway', quantity: count, pricing: 'hour' },
    snat && { id: 'nat-eip', quantity: count, pricing: 'hour-and-gigabyte' },
    {
      id: 'asm-mesh',
      quantity: 1,
      pricing: 'hour',
      detail: [mesh.edition ?? 'Pro', mesh.clusterSpec ?? 'enterprise'].join(
        ' ',
      ),
    },
    { id: 'asm-load-balancer', quantity: 2, pricing: 'hour' },
    isPublic && { id: 'asm-eip', quantity: 1, pricing: 'hour-and-gigabyte' },
    {
      id: 'transit-router-attachment',
      quantity: network.vpcs.length,
      pricing: 'hour-and-gigabyte',
    },
    links > 0 &&
      !!cen.bandwidthMbps &&
      (cen.bandwidthType === 'BandwidthPackage'
        ? {
            id: 'inter-region-bandwidth',
            quantity: links,
            pricing: 'prepaid',
            detail: `${cen.bandwidthMbps} Mbit/s`,
          }
        : {
            id: 'inter-region-traffic',
            quantity: links,
            pricing: 'gigabyte',
            detail: `≤ ${cen.bandwidthMbps} Mbit/s`,
          }),
    gateway && {
      id: 'gateway-load-balancer',
      quantity: count,
      pricing: 'hour-and-gigabyte',
    },
  ];
  return items.filter(
    (item): item is BilledItem => item !== false && item.quantity > 0,
  );
}
