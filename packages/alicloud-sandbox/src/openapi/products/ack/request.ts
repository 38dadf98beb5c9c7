import {
  blocksOverlap,
  isPrivateBlock,
  parseCidr,
} from '../../../network/cidr';
import { REGIONS } from '../../../network/regions';
import { availableAddresses } from '../../addresses';
import { Cloud, data } from '../../cloud';
import { ApiError } from '../../errors';
import type { Cluster, VSwitch } from '../../model';
import { DEFAULT_VERSION, VERSIONS } from './versions';

/** CreateCluster's body after all checks. */
export interface ClusterRequest {
  name: string;
  regionId: string;
  vpcId: string;
  vSwitches: VSwitch[];
  podVSwitches: VSwitch[];
  version: string;
  networkPlugin: Cluster['networkPlugin'];
  containerCidr: string;
  serviceCidr: string;
  nodeCidrMask: number;
  securityGroupId?: string;
  pools: {
    name: string;
    vSwitchIds: string[];
    instanceTypes: string[];
    desiredSize: number;
    systemDiskCategory: string;
    systemDiskSize: number;
  }[];
}

function refuse(code: string, message: string, status = 400): ApiError {
  return new ApiError(code, message, status);
}

function needText(body: Record<string, any>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || !value) {
    throw refuse(
      'ErrorParamsMissing',
      `The parameter ${name} is mandatory and must be a string.`,
    );
  }
  return value;
}

function vSwitchesOf(
  cloud: Cloud,
  body: Record<string, any>,
  name: string,
  vpcId: string,
): VSwitch[] {
  const ids: unknown = body[name] ?? [];
  if (!Array.isArray(ids)) {
    throw refuse('ErrorParamsInvalid', `${name} must be an array of ids.`);
  }
  return ids.map(id => {
    const vSwitch = data(cloud).vSwitches[id];
    if (!vSwitch || vSwitch.vpcId !== vpcId) {
      throw refuse(
        'ErrorVSwitchNotFound',
        `The vSwitch ${id} named in ${name} does not exist in ${vpcId}.`,
      );
    }
    if (vSwitch.status !== 'Available') {
      throw refuse(
        'ErrorVSwitchNotAvailable',
        `The vSwitch ${id} is ${vSwitch.status}.`,
      );
    }
    return vSwitch;
  });
}

/** @throws ApiError with the Container Service's `Error…` codes, naming the field. */
export function checkClusterRequest(
  body: Record<string, any>,
  cloud: Cloud,
): ClusterRequest {
  const all = data(cloud);
  const name = needText(body, 'name');
  if (
    !/^[0-9a-zA-Z\u4e00-\u9fa5][-_0-9a-zA-Z\u4e00-\u9fa5]{0,62}$/.test(name)
  ) {
    throw refuse(
      'ErrorParamsInvalid',
      `name '${name}' must be 1 to 63 letters, digits, Chinese characters, hyphens or underscores and start with none of the last two.`,
    );
  }
  if (Object.values(all.clusters).some(cluster => cluster.name === name)) {
    throw refuse(
      'ErrorClusterNameAlreadyExist',
      `A cluster named ${name} already exists.`,
    );
  }
  const regionId = needText(body, 'region_id');
  if (!REGIONS.has(regionId)) {
    throw refuse('ErrorParamsInvalid', `region_id ${regionId} is unknown.`);
  }
  if (needText(body, 'cluster_type') !== 'ManagedKubernetes') {
    throw refuse(
      'ErrorParamsInvalid',
      `cluster_type ${body.cluster_type} is not supported: ManagedKubernetes.`,
    );
  }
  const version = body.kubernetes_version || DEFAULT_VERSION;
  if (!VERSIONS.includes(version)) {
    throw refuse(
      'ErrorParamsInvalid',
      `kubernetes_version ${version} is none of ${VERSIONS.join(', ')}.`,
    );
  }
  const vpcId = needText(body, 'vpcid');
  const vpc = all.vpcs[vpcId];
  if (!vpc || vpc.regionId !== regionId) {
    throw refuse(
      'ErrorVpcNotFound',
      `The VPC ${vpcId} does not exist in ${regionId}.`,
    );
  }
  const vSwitches = vSwitchesOf(cloud, body, 'vswitch_ids', vpcId);
  if (!vSwitches.length) {
    throw refuse('ErrorParamsMissing', 'vswitch_ids names no vSwitch.');
  }
  const podVSwitches = vSwitchesOf(cloud, body, 'pod_vswitch_ids', vpcId);
  const addons: { name?: string }[] = body.addons ?? [];
  const networkPlugin = addons.some(addon => addon.name?.startsWith('terway'))
    ? 'terway'
    : 'flannel';
  const { containerCidr, serviceCidr, nodeCidrMask } = checkBlocks(
    body,
    cloud,
    {
      vpcId,
      networkPlugin,
      podVSwitches,
    },
  );
  const securityGroupId: string | undefined =
    body.security_group_id || undefined;
  if (securityGroupId && all.securityGroups[securityGroupId]?.vpcId !== vpcId) {
    throw refuse(
      'ErrorSecurityGroupNotFound',
      `The security group ${securityGroupId} does not exist in ${vpcId}.`,
    );
  }
  const request: ClusterRequest = {
    name,
    regionId,
    vpcId,
    vSwitches,
    podVSwitches,
    version,
    networkPlugin,
    containerCidr,
    serviceCidr,
    nodeCidrMask,
    securityGroupId,
    pools: poolsOf(body, vSwitches),
  };
  checkSize(request);
  checkAddresses(cloud, request);
  return request;
}

function checkBlocks(
  body: Record<string, any>,
  cloud: Cloud,
  options: {
    vpcId: string;
    networkPlugin: Cluster['networkPlugin'];
    podVSwitches: VSwitch[];
  },
) {
  const all = data(cloud);
  const { vpcId, networkPlugin, podVSwitches } = options;
  const vpcBlock = all.vpcs[vpcId].cidrBlock;
  const check = (field: string, block: string, min: number, max: number) => {
    const cidr = parseCidr(block);
    if (!cidr || !isPrivateBlock(cidr) || cidr.bits < min || cidr.bits > max) {
      throw refuse(
        'ErrorParamsInvalidCIDR',
        `${field} ${block} must be a private block (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) with a mask from ${min} to ${max}.`,
      );
    }
    if (blocksOverlap(block, vpcBlock)) {
      throw refuse(
        'ErrorCIDRConflict',
        `${field} ${block} overlaps with the VPC ${vpcId} (${vpcBlock}).`,
      );
    }
    const neighbour = Object.values(all.clusters).find(
      cluster =>
        cluster.vpcId === vpcId &&
        [cluster.containerCidr, cluster.serviceCidr].some(
          other => other && blocksOverlap(other, block),
        ),
    );
    if (neighbour) {
      throw refuse(
        'ErrorCIDRConflict',
        `${field} ${block} overlaps with the cluster ${neighbour.name} in the same VPC.`,
      );
    }
  };
  const serviceCidr = body.service_cidr || '172.21.0.0/20';
  check('service_cidr', serviceCidr, 16, 24);
  let containerCidr = '';
  if (networkPlugin === 'flannel') {
    containerCidr = needText(body, 'container_cidr');
    check('container_cidr', containerCidr, 8, 24);
    if (blocksOverlap(containerCidr, serviceCidr)) {
      throw refuse(
        'ErrorCIDRConflict',
        `container_cidr ${containerCidr} overlaps with service_cidr ${serviceCidr}.`,
      );
    }
  } else if (!podVSwitches.length) {
    throw refuse('ErrorParamsMissing', 'Terway needs pod_vswitch_ids.');
  }
  const nodeCidrMask = Number(body.node_cidr_mask || 26);
  if (![24, 25, 26, 27, 28].includes(nodeCidrMask)) {
    throw refuse(
      'ErrorParamsInvalid',
      `node_cidr_mask ${body.node_cidr_mask} must be 24 to 28.`,
    );
  }
  return { containerCidr, serviceCidr, nodeCidrMask };
}

/** `nodepools[]`, or the flat worker fields of old. */
function poolsOf(
  body: Record<string, any>,
  vSwitches: VSwitch[],
): ClusterRequest['pools'] {
  const all = vSwitches.map(item => item.vSwitchId);
  const given: any[] = body.nodepools ?? [
    {
      nodepool_info: { name: 'default-nodepool' },
      scaling_group: {
        vswitch_ids: body.worker_vswitch_ids,
        instance_types: body.worker_instance_types,
        desired_size: body.num_of_nodes,
      },
    },
  ];
  return given.map(pool => poolOf(pool, all));
}

/** One node pool of a request, with defaults. */
export function poolOf(
  pool: any,
  vSwitchIds: string[],
): ClusterRequest['pools'][number] {
  const group = pool.scaling_group ?? {};
  const desiredSize = Number(group.desired_size ?? pool.count ?? 0);
  if (!Number.isInteger(desiredSize) || desiredSize < 0 || desiredSize > 100) {
    throw refuse(
      'ErrorParamsInvalid',
      `desired_size ${group.desired_size} must be 0 to 100.`,
    );
  }
  return {
    name: pool.nodepool_info?.name || 'default-nodepool',
    vSwitchIds: group.vswitch_ids?.length ? group.vswitch_ids : vSwitchIds,
    instanceTypes: group.instance_types?.length
      ? group.instance_types
      : ['ecs.g7.xlarge'],
    desiredSize,
    systemDiskCategory: group.system_disk_category || 'cloud_essd',
    systemDiskSize: Number(group.system_disk_size || 120),
  };
}

function checkSize(request: ClusterRequest): void {
  const nodes = request.pools.reduce((sum, pool) => sum + pool.desiredSize, 0);
  const pods = parseCidr(request.containerCidr);
  if (!pods) return;
  const most = 2 ** (request.nodeCidrMask - pods.bits);
  if (nodes > most) {
    throw refuse(
      'ErrorParamsInvalid',
      `container_cidr ${request.containerCidr} with node_cidr_mask ${request.nodeCidrMask} has room for ${most} nodes, ${nodes} are wanted.`,
    );
  }
}

/** The API server's load balancer, a NAT gateway and every node need an address. */
function checkAddresses(cloud: Cloud, request: ClusterRequest): void {
  const needed = new Map([[request.vSwitches[0].vSwitchId, 2]]);
  for (const pool of request.pools) {
    for (let i = 0; i < pool.desiredSize; i++) {
      const id = pool.vSwitchIds[i % pool.vSwitchIds.length];
      needed.set(id, (needed.get(id) ?? 0) + 1);
    }
  }
  const all = data(cloud);
  for (const [id, count] of needed) {
    const vSwitch = all.vSwitches[id];
    if (vSwitch?.vpcId !== request.vpcId) {
      throw refuse(
        'ErrorVSwitchNotFound',
        `The vSwitch ${id} of a node pool does not exist in ${request.vpcId}.`,
      );
    }
    const free = availableAddresses(all, vSwitch);
    if (free < count) {
      throw refuse(
        'ErrorVSwitchIpNotEnough',
        `The vSwitch ${id} (${vSwitch.cidrBlock}) has ${free} free addresses, the cluster needs ${count}.`,
      );
    }
  }
}
