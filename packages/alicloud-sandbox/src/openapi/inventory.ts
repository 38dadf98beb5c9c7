import { Cloud, data } from './cloud';
import { serviceLoadBalancers } from './products/ack/resources';

/** One resource of the account. */
export interface InventoryItem {
  product: 'vpc' | 'cen' | 'ecs' | 'slb' | 'ack' | 'asm';
  type: string;
  id: string;
  name: string;
  regionId: string;
}

/** Every resource of every product, made by users or by products for themselves, sorted by product, type and id. */
export function inventory(cloud: Cloud): InventoryItem[] {
  const all = data(cloud);
  const items: InventoryItem[] = [];
  const add = <T>(
    product: InventoryItem['product'],
    type: string,
    records: Record<string, T>,
    describe: (record: T) => { name?: string; regionId?: string },
  ) => {
    for (const [id, record] of Object.entries(records)) {
      const { name = '', regionId = '' } = describe(record);
      items.push({ product, type, id, name, regionId });
    }
  };
  const itself = <T extends { name?: string; regionId?: string }>(record: T) =>
    record;
  add('vpc', 'Vpc', all.vpcs, itself);
  add('vpc', 'VSwitch', all.vSwitches, itself);
  add('vpc', 'RouteEntry', all.routeEntries, entry => ({
    name: entry.destinationCidrBlock,
    regionId: all.vpcs[entry.vpcId]?.regionId,
  }));
  add('vpc', 'NatGateway', all.natGateways, itself);
  add('vpc', 'Eip', all.eips, itself);
  add('ecs', 'NetworkInterface', all.networkInterfaces, item => ({
    name: item.ip,
    regionId: item.regionId,
  }));
  add('ecs', 'SecurityGroup', all.securityGroups, itself);
  add('ecs', 'Instance', all.instances, itself);
  add('slb', 'LoadBalancer', all.loadBalancers, itself);
  for (const cluster of Object.values(all.clusters)) {
    for (const { id, namespace, name } of serviceLoadBalancers(
      cloud,
      cluster.clusterId,
    )) {
      items.push({
        product: 'slb',
        type: 'ServiceLoadBalancer',
        id,
        name: `${namespace}/${name}`,
        regionId: cluster.regionId,
      });
    }
  }
  add('cen', 'Cen', all.cens, itself);
  add('cen', 'TransitRouter', all.transitRouters, itself);
  add('cen', 'VpcAttachment', all.vpcAttachments, itself);
  add('cen', 'PeerAttachment', all.peerAttachments, itself);
  add('cen', 'TransitRouterRouteEntry', all.transitRouterRoutes, itself);
  add('cen', 'BandwidthPackage', all.bandwidthPackages, itself);
  add('ack', 'Cluster', all.clusters, itself);
  add('asm', 'ServiceMesh', all.meshes, itself);
  const key = (item: InventoryItem) =>
    `${item.product}/${item.type}/${item.id}`;
  return items.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
