import { attachInterface, releaseInterfaces } from './addresses';
import { Cloud, data, nowIso } from './cloud';
import { globalId, publicIp, regionalId } from './ids';
import type { Eip, LoadBalancer, NatGateway, VSwitch } from './model';

/** Load balancers, EIPs and NAT gateways that ACK and ASM make for themselves. */

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

export function addEip(
  cloud: Cloud,
  target: { regionId: string; vpcId: string },
  options: Pick<Eip, 'name' | 'instanceId' | 'instanceType' | 'ownerId'>,
): Eip {
  const { eips } = data(cloud);
  const record: Eip = {
    allocationId: regionalId('eip', target.regionId),
    ip: publicIp(new Set(Object.values(eips).map(eip => eip.ip))),
    regionId: target.regionId,
    vpcId: target.vpcId,
    creationTime: nowIso(cloud),
    tags: {},
    ...options,
  };
  eips[record.allocationId] = record;
  return record;
}

/** A NAT gateway with an EIP and an SNAT entry for its VPC. */
export function addNatGateway(
  cloud: Cloud,
  vSwitch: VSwitch,
  options: Pick<NatGateway, 'name' | 'ownerId'>,
): NatGateway {
  const networkInterface = attachInterface(cloud, vSwitch, {
    ownerType: 'NatGateway',
    ownerId: options.ownerId,
  });
  const record: NatGateway = {
    natGatewayId: regionalId('ngw', vSwitch.regionId),
    regionId: vSwitch.regionId,
    vpcId: vSwitch.vpcId,
    vSwitchId: vSwitch.vSwitchId,
    snatTableId: globalId('stb'),
    forwardTableId: globalId('ftb'),
    privateIp: networkInterface.ip,
    networkInterfaceId: networkInterface.networkInterfaceId,
    creationTime: nowIso(cloud),
    tags: {},
    ...options,
  };
  data(cloud).natGateways[record.natGatewayId] = record;
  addEip(cloud, vSwitch, {
    name: options.name,
    instanceId: record.natGatewayId,
    instanceType: 'Nat',
    ownerId: options.ownerId,
  });
  return record;
}

/** Removes everything that `ownerId` made, except ids in `keep`. */
export function removeCompanions(
  cloud: Cloud,
  ownerId: string,
  keep: ReadonlySet<string> = new Set(),
): void {
  const all = data(cloud);
  const drop = (records: Record<string, { ownerId: string }>) => {
    for (const [id, record] of Object.entries(records)) {
      if (record.ownerId === ownerId && !keep.has(id)) delete records[id];
    }
  };
  drop(all.loadBalancers);
  drop(all.eips);
  drop(all.natGateways);
  drop(all.securityGroups);
  releaseInterfaces(cloud, ownerId);
}
