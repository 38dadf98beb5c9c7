import { cidrOf, formatIp, size } from '../network/cidr';
import { Cloud, data } from './cloud';
import { ApiError } from './errors';
import { regionalId } from './ids';
import type { CloudData } from './data';
import type { NetworkInterface, VSwitch } from './model';

/** The first address and the last three of a vSwitch belong to the cloud. */
const RESERVED_LAST = 3;

export function takenIn(all: CloudData, vSwitchId: string): Set<string> {
  return new Set(
    Object.values(all.networkInterfaces)
      .filter(item => item.vSwitchId === vSwitchId)
      .map(item => item.ip),
  );
}

export function availableAddresses(all: CloudData, vSwitch: VSwitch): number {
  return (
    size(cidrOf(vSwitch.cidrBlock)) -
    1 -
    RESERVED_LAST -
    takenIn(all, vSwitch.vSwitchId).size
  );
}

/** Takes the lowest free address of the vSwitch for a new network interface. */
export function attachInterface(
  cloud: Cloud,
  vSwitch: VSwitch,
  owner: Pick<NetworkInterface, 'ownerType' | 'ownerId' | 'securityGroupId'>,
): NetworkInterface {
  const all = data(cloud);
  const block = cidrOf(vSwitch.cidrBlock);
  const taken = takenIn(all, vSwitch.vSwitchId);
  const last = block.first + size(block) - 1 - RESERVED_LAST;
  for (let ip = block.first + 1; ip <= last; ip++) {
    const text = formatIp(ip);
    if (taken.has(text)) continue;
    const networkInterface: NetworkInterface = {
      networkInterfaceId: regionalId('eni', vSwitch.regionId),
      vSwitchId: vSwitch.vSwitchId,
      vpcId: vSwitch.vpcId,
      regionId: vSwitch.regionId,
      ip: text,
      ...owner,
    };
    all.networkInterfaces[networkInterface.networkInterfaceId] =
      networkInterface;
    return networkInterface;
  }
  throw new ApiError(
    'InvalidVSwitchId.IpNotEnough',
    `The vSwitch ${vSwitch.vSwitchId} (${vSwitch.cidrBlock}) has no free address left.`,
  );
}

/** Gives back every address that `ownerId` holds. */
export function releaseInterfaces(cloud: Cloud, ownerId: string): void {
  const { networkInterfaces } = data(cloud);
  for (const item of Object.values(networkInterfaces)) {
    if (item.ownerId === ownerId) {
      delete networkInterfaces[item.networkInterfaceId];
    }
  }
}
