import { attachInterface, releaseInterfaces } from './addresses';
import { Cloud, data, nowIso } from './cloud';
import { globalId, publicIp, regionalId } from './ids';
import type { Eip, LoadBalancer, NatGateway, VSwitch } from './model';
import { unbindEips } from './products/vpc/eips';
import { addRoute, removeRoute } from './products/vpc/routes';

/** Load balancers, EIPs and NAT gateways, which users and products make. */

const DEFAULT_ROUTE = '0.0.0.0/0';

export function addLoadBalancer(
  cloud: Cloud,
  vSwitch: VSwitch,
  options: {
    name: string;
    ownerType: LoadBalancer['ownerType'];
    ownerId: string;
  },
): LoadBalancer {
  const networkInterface = attachInterface(cloud, vSwitch, {
    ownerType: 'LoadBalancer',
    ownerId: options.ownerId,
  });
  const record: LoadBalancer = {
    loadBalancerId: regionalId('lb', vSwitch.regionId),
    regionId: vSwitch.regionId,
    vpcId: vSwitch.vpcId,
    vSwitchId: vSwitch.vSwitchId,
    ip: networkInterface.ip,
    creationTime: nowIso(cloud),
    ...options,
  };
  data(cloud).loadBalancers[record.loadBalancerId] = record;
  return record;
}

/** An address as products take it for themselves, unless told otherwise. */
export function addEip(
  cloud: Cloud,
  target: { regionId: string; vpcId: string },
  options: Pick<Eip, 'name' | 'instanceId' | 'instanceType' | 'ownerId'> &
    Partial<Eip>,
): Eip {
  const { eips } = data(cloud);
  const record: Eip = {
    allocationId: regionalId('eip', target.regionId),
    ip: publicIp(new Set(Object.values(eips).map(eip => eip.ip))),
    regionId: target.regionId,
    vpcId: target.vpcId,
    description: '',
    bandwidth: '100',
    internetChargeType: 'PayByTraffic',
    chargeType: 'PostPaid',
    isp: 'BGP',
    creationTime: nowIso(cloud),
    tags: {},
    ...options,
  };
  eips[record.allocationId] = record;
  return record;
}

/** A NAT gateway, with an EIP when a product makes it for itself. A VPC without a default route gets one that leads to it, as the cloud adds it. */
export function addNatGateway(
  cloud: Cloud,
  vSwitch: VSwitch,
  options: Pick<NatGateway, 'name' | 'ownerId'> & Partial<NatGateway>,
): NatGateway {
  const all = data(cloud);
  const natGatewayId = regionalId('ngw', vSwitch.regionId);
  const networkInterface = attachInterface(cloud, vSwitch, {
    ownerType: 'NatGateway',
    ownerId: options.ownerId || natGatewayId,
  });
  const record: NatGateway = {
    natGatewayId,
    description: '',
    regionId: vSwitch.regionId,
    status: 'Available',
    networkType: 'internet',
    eipBindMode: 'MULTI_BINDED',
    icmpReplyEnabled: true,
    vpcId: vSwitch.vpcId,
    vSwitchId: vSwitch.vSwitchId,
    snatTableId: globalId('stb'),
    forwardTableId: globalId('ftb'),
    fullNatTableId: globalId('fulltb'),
    privateIp: networkInterface.ip,
    networkInterfaceId: networkInterface.networkInterfaceId,
    creationTime: nowIso(cloud),
    tags: {},
    ...options,
  };
  all.natGateways[natGatewayId] = record;
  if (record.ownerId) {
    addEip(cloud, vSwitch, {
      name: record.name,
      instanceId: natGatewayId,
      instanceType: 'Nat',
      ownerId: record.ownerId,
    });
  }
  const hasDefault = Object.values(all.routeEntries).some(
    entry =>
      entry.vpcId === vSwitch.vpcId &&
      entry.destinationCidrBlock === DEFAULT_ROUTE,
  );
  if (record.networkType === 'internet' && !hasDefault) {
    addRoute(cloud, all.vpcs[vSwitch.vpcId], {
      destinationCidrBlock: DEFAULT_ROUTE,
      nextHopType: 'NatGateway',
      nextHopId: natGatewayId,
      name: '',
      description: '',
    });
  }
  return record;
}

/**
 * Removes everything that `ownerId` made, except ids in `keep`: these stay as the customer's own, with the addresses and
 * EIPs that are bound to them. A customer's EIP on something that goes is free again.
 */
export function removeCompanions(
  cloud: Cloud,
  ownerId: string,
  keep: ReadonlySet<string> = new Set(),
): void {
  const all = data(cloud);
  /** Who holds the addresses of what is kept, from now on. */
  const holders = new Map<string, string>();
  for (const item of Object.values(all.loadBalancers)) {
    if (keep.has(item.loadBalancerId)) holders.set(item.ip, '');
  }
  for (const item of Object.values(all.natGateways)) {
    if (keep.has(item.natGatewayId)) {
      holders.set(item.privateIp, item.natGatewayId);
    }
  }
  const drop = <T extends { ownerId: string }>(
    records: Record<string, T>,
    stays: (id: string, record: T) => boolean,
  ) => {
    for (const [id, record] of Object.entries(records)) {
      if (record.ownerId !== ownerId) continue;
      if (stays(id, record)) record.ownerId = '';
      else delete records[id];
    }
  };
  const isKept = (id: string) => keep.has(id);
  drop(all.loadBalancers, isKept);
  drop(all.eips, (id, eip) => isKept(id) || isKept(eip.instanceId));
  drop(all.natGateways, isKept);
  drop(all.securityGroups, isKept);
  for (const { instanceId } of Object.values(all.eips)) {
    const isThere =
      all.loadBalancers[instanceId] ?? all.natGateways[instanceId];
    if (instanceId && !isThere) unbindEips(cloud, instanceId);
  }
  for (const item of Object.values(all.networkInterfaces)) {
    const holder = holders.get(item.ip);
    if (item.ownerId === ownerId && holder !== undefined) {
      item.ownerId = holder;
    }
  }
  for (const entry of Object.values(all.routeEntries)) {
    const isStranded =
      entry.nextHopType === 'NatGateway' && !all.natGateways[entry.nextHopId];
    if (isStranded) removeRoute(cloud, entry);
  }
  releaseInterfaces(cloud, ownerId);
}
