import {
  blocksOverlap,
  isPrivateBlock,
  parseCidr,
} from '../../../network/cidr';
import { Cloud, data } from '../../cloud';
import type { Cluster, VSwitch } from '../../model';
import { needText, refuse } from './refuse';

const DEFAULT_SERVICE_CIDR = '172.21.0.0/20';
const NODE_MASKS = [24, 25, 26, 27, 28];
/** Masks of vSwitches from which Terway takes Pod addresses: none is wider than /16, and /25 is the least it accepts. */
const POD_VSWITCH_MASKS = { min: 16, max: 25 };

export interface Blocks {
  containerCidr: string;
  serviceCidr: string;
  nodeCidrMask: number;
}

function checkPrivate(field: string, block: string, min: number, max: number) {
  const cidr = parseCidr(block);
  if (!cidr || !isPrivateBlock(cidr) || cidr.bits < min || cidr.bits > max) {
    throw refuse(
      'ErrorParamsInvalidCIDR',
      `${field} ${block} must be a private block (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) with a mask from ${min} to ${max}.`,
    );
  }
}

function checkFree(
  field: string,
  block: string,
  taken: { name: string; block: string }[],
): void {
  const other = taken.find(item => blocksOverlap(item.block, block));
  if (other) {
    throw refuse(
      'ErrorCIDRConflict',
      `${field} ${block} overlaps with ${other.name} (${other.block}). Choose another block; it cannot be changed later.`,
    );
  }
}

/** What lies in the VPC already: itself and the Pods and Services of its clusters. */
function takenIn(cloud: Cloud, vpcId: string) {
  const all = data(cloud);
  const neighbours = Object.values(all.clusters).filter(
    cluster => cluster.vpcId === vpcId,
  );
  const named = (what: string, pick: (cluster: Cluster) => string) =>
    neighbours.filter(pick).map(cluster => ({
      name: `the ${what} of the cluster ${cluster.name}`,
      block: pick(cluster),
    }));
  return {
    vpc: { name: `the VPC ${vpcId}`, block: all.vpcs[vpcId].cidrBlock },
    pods: named('Pods', cluster => cluster.containerCidr),
    services: named('Services', cluster => cluster.serviceCidr),
  };
}

/**
 * Pod and Service blocks of a CreateCluster body. Services of clusters in one VPC may coincide, since no packet carries
 * their addresses outside a cluster; everything else must not overlap.
 */
export function checkBlocks(
  body: Record<string, any>,
  cloud: Cloud,
  options: {
    vpcId: string;
    networkPlugin: Cluster['networkPlugin'];
  },
): Blocks {
  const { vpcId, networkPlugin } = options;
  const taken = takenIn(cloud, vpcId);
  const serviceCidr = body.service_cidr || DEFAULT_SERVICE_CIDR;
  checkPrivate('service_cidr', serviceCidr, 16, 24);
  checkFree('service_cidr', serviceCidr, [taken.vpc, ...taken.pods]);
  let containerCidr = '';
  if (networkPlugin === 'flannel') {
    containerCidr = needText(body, 'container_cidr');
    checkPrivate('container_cidr', containerCidr, 8, 24);
    checkFree('container_cidr', containerCidr, [
      taken.vpc,
      ...taken.pods,
      ...taken.services,
      { name: 'service_cidr', block: serviceCidr },
    ]);
  }
  const nodeCidrMask = Number(body.node_cidr_mask || 26);
  if (!NODE_MASKS.includes(nodeCidrMask)) {
    throw refuse(
      'ErrorParamsInvalid',
      `node_cidr_mask ${body.node_cidr_mask} must be 24 to 28.`,
    );
  }
  return { containerCidr, serviceCidr, nodeCidrMask };
}

/** Terway: Pods get addresses of vSwitches, which must be in the zones of the nodes. */
export function checkPodVSwitches(
  podVSwitches: VSwitch[],
  nodeVSwitches: VSwitch[],
): void {
  if (!podVSwitches.length) {
    throw refuse('ErrorParamsMissing', 'Terway needs pod_vswitch_ids.');
  }
  const { min, max } = POD_VSWITCH_MASKS;
  for (const { vSwitchId, cidrBlock } of podVSwitches) {
    const bits = parseCidr(cidrBlock)?.bits ?? 0;
    if (bits < min || bits > max) {
      throw refuse(
        'ErrorParamsInvalidCIDR',
        `The vSwitch ${vSwitchId} of pod_vswitch_ids has the mask /${bits}; Pods need /${min} to /${max}.`,
      );
    }
  }
  const zones = new Set(podVSwitches.map(item => item.zoneId));
  const without = nodeVSwitches.find(item => !zones.has(item.zoneId));
  if (without) {
    throw refuse(
      'ErrorParamsInvalid',
      `pod_vswitch_ids has no vSwitch in ${without.zoneId}, where nodes of ${without.vSwitchId} are. Add one in that zone.`,
    );
  }
}
