import { parseCidr } from '../../../network/cidr';
import { availableAddresses } from '../../addresses';
import { Cloud, data } from '../../cloud';
import type { NodePool, VSwitch } from '../../model';
import { oneOf, refuse } from './refuse';

const DEFAULT_POOL = 'default-nodepool';
const DEFAULT_TYPE = 'ecs.g7.xlarge';
/** Nodes of a cluster, by default quota. */
const MOST_NODES = 100;
const DISK_CATEGORIES = [
  'cloud_essd',
  'cloud_auto',
  'cloud_essd_entry',
  'cloud_ssd',
  'cloud_efficiency',
  'cloud',
];
const EFFECTS = ['NoSchedule', 'NoExecute', 'PreferNoSchedule'];

/** What a request says about a node pool, with defaults. */
export type PoolRequest = Pick<
  NodePool,
  | 'name'
  | 'vSwitchIds'
  | 'instanceTypes'
  | 'desiredSize'
  | 'systemDiskCategory'
  | 'systemDiskSize'
  | 'labels'
  | 'taints'
  | 'unschedulable'
  | 'autoScaling'
>;

/** `nodepools[]` of CreateCluster, or the flat worker fields of old. */
export function poolsOf(
  body: Record<string, any>,
  vSwitches: VSwitch[],
): PoolRequest[] {
  const all = vSwitches.map(item => item.vSwitchId);
  const given: any[] = body.nodepools ?? [
    {
      nodepool_info: { name: DEFAULT_POOL },
      scaling_group: {
        vswitch_ids: body.worker_vswitch_ids,
        instance_types: body.worker_instance_types,
        system_disk_category: body.worker_system_disk_category,
        system_disk_size: body.worker_system_disk_size,
        desired_size: body.num_of_nodes,
      },
      kubernetes_config: { taints: body.taints },
    },
  ];
  const pools = given.map(pool => poolOf(pool, all));
  const names = pools.map(pool => pool.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw refuse(
      'ErrorParamsInvalid',
      `nodepools names ${twice} twice. Give each pool a name of its own.`,
    );
  }
  return pools;
}

function sizeOf(value: unknown): number {
  const size = Number(value ?? 0);
  if (!Number.isInteger(size) || size < 0 || size > MOST_NODES) {
    throw refuse(
      'ErrorParamsInvalid',
      `desired_size ${value} must be 0 to ${MOST_NODES}.`,
    );
  }
  return size;
}

function instanceTypes(given: unknown): string[] {
  if (!Array.isArray(given) || !given.length) return [DEFAULT_TYPE];
  const wrong = given.find(
    type => !/^ecs\.[a-z0-9-]+\.([0-9]*x?large|small|medium)$/.test(type),
  );
  if (wrong !== undefined) {
    throw refuse(
      'ErrorParamsInvalid',
      `instance_types: ${wrong} is no instance type such as ecs.g7.xlarge.`,
    );
  }
  return given;
}

function autoScaling(given: any): NodePool['autoScaling'] {
  if (!given) return undefined;
  const min = Number(given.min_instances ?? 0);
  const max = Number(given.max_instances ?? 0);
  if (given.enable && (min < 0 || max < min || max > MOST_NODES)) {
    throw refuse(
      'ErrorParamsInvalid',
      `auto_scaling from ${min} to ${max} instances: 0 to ${MOST_NODES}, the lower first.`,
    );
  }
  return {
    enable: !!given.enable,
    min_instances: min,
    max_instances: max,
    type: given.type || 'cpu',
  };
}

function taintsOf(given: any[] | undefined): NodePool['taints'] {
  for (const { effect } of given ?? []) {
    if (!EFFECTS.includes(effect)) {
      throw refuse(
        'ErrorParamsInvalid',
        `taints: the effect ${effect} is none of ${EFFECTS.join(', ')}.`,
      );
    }
  }
  return given ?? undefined;
}

/** One node pool of a request, with defaults. */
export function poolOf(pool: any, vSwitchIds: string[]): PoolRequest {
  const group = pool.scaling_group ?? {};
  const kubernetes = pool.kubernetes_config ?? {};
  const systemDiskSize = Number(group.system_disk_size || 120);
  if (systemDiskSize < 20 || systemDiskSize > 2048) {
    throw refuse(
      'ErrorParamsInvalid',
      `system_disk_size ${group.system_disk_size} must be 20 to 2048 GiB.`,
    );
  }
  const scaling = autoScaling(pool.auto_scaling);
  const asked = sizeOf(group.desired_size ?? pool.count);
  return {
    name: pool.nodepool_info?.name || DEFAULT_POOL,
    vSwitchIds: group.vswitch_ids?.length ? group.vswitch_ids : vSwitchIds,
    instanceTypes: instanceTypes(group.instance_types),
    desiredSize: scaling?.enable
      ? Math.max(asked, scaling.min_instances)
      : asked,
    systemDiskCategory: oneOf(
      group,
      'system_disk_category',
      DISK_CATEGORIES,
      'cloud_essd',
    ),
    systemDiskSize,
    labels: kubernetes.labels ?? undefined,
    taints: taintsOf(kubernetes.taints),
    unschedulable: kubernetes.unschedulable ?? undefined,
    autoScaling: scaling,
  };
}

/** Whether so many nodes fit into the Pod block and the quota. */
export function checkNodeCount(
  nodes: number,
  blocks: { containerCidr: string; nodeCidrMask: number },
): void {
  if (nodes > MOST_NODES) {
    throw refuse(
      'ErrorQuotaExceeded',
      `${nodes} nodes are wanted; the quota of nodes in a cluster is ${MOST_NODES}.`,
    );
  }
  const pods = parseCidr(blocks.containerCidr);
  if (!pods) return;
  const most = 2 ** (blocks.nodeCidrMask - pods.bits);
  if (nodes > most) {
    throw refuse(
      'ErrorParamsInvalid',
      `container_cidr ${blocks.containerCidr} with node_cidr_mask ${blocks.nodeCidrMask} has room for ${most} nodes, ${nodes} are wanted.`,
    );
  }
}

/**
 * Whether the vSwitches have an address for every new node.
 * @param pools - how many nodes each pool grows by; `from` are there already, which decides where the next one goes
 * @param extra - further addresses, by vSwitch
 */
export function checkAddresses(
  cloud: Cloud,
  vpcId: string,
  pools: { pool: Pick<NodePool, 'vSwitchIds'>; from: number; more: number }[],
  extra: Record<string, number> = {},
): void {
  const needed = new Map(Object.entries(extra));
  for (const { pool, from, more } of pools) {
    for (const id of pool.vSwitchIds) needed.set(id, needed.get(id) ?? 0);
    for (let i = from; i < from + more; i++) {
      const id = pool.vSwitchIds[i % pool.vSwitchIds.length];
      needed.set(id, (needed.get(id) ?? 0) + 1);
    }
  }
  const all = data(cloud);
  for (const [id, count] of needed) {
    const vSwitch = all.vSwitches[id];
    if (vSwitch?.vpcId !== vpcId) {
      throw refuse(
        'ErrorVSwitchNotFound',
        `The vSwitch ${id} of a node pool does not exist in ${vpcId}.`,
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
