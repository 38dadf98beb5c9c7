import { Cloud } from '../../cloud';
import type { Cluster, Instance, NodePool } from '../../model';
import type { RoaCall } from '../../operation';
import { refuse } from './refuse';
import { instancesOf, membersOf, nodeLabels, nodeStatus } from './nodes';
import { beijingTime } from './times';
import { NODE_IMAGE, RUNTIME } from './versions';

/** `state` of a node, from the state of its instance, and the filter that finds it. */
const STATES = {
  Pending: { state: 'pending', filter: 'initial' },
  Running: { state: 'running', filter: 'running' },
  Stopping: { state: 'stopping', filter: 'removing' },
} as const;

function nodeShape(cloud: Cloud, instance: Instance) {
  return {
    creation_time: instance.creationTime,
    error_message: '',
    expired_time: '2099-12-31T15:59:00Z',
    host_name: `iZ${instance.instanceId.slice(2)}Z`,
    image_id: NODE_IMAGE.image_id,
    instance_charge_type: 'PostPaid',
    instance_id: instance.instanceId,
    instance_name: instance.name,
    instance_role: 'Worker',
    instance_status: instance.status,
    instance_type: instance.instanceType,
    instance_type_family: instance.instanceType
      .split('.')
      .slice(0, 2)
      .join('.'),
    ip_address: [instance.ip],
    is_aliyun_node: true,
    node_name: instance.nodeName,
    node_status:
      instance.status === 'Pending' ? 'Unknown' : nodeStatus(cloud, instance),
    nodepool_id: instance.nodePoolId,
    source: 'ess',
    spot_strategy: 'NoSpot',
    state: STATES[instance.status].state,
  };
}

const NODE_STATES = ['all', 'running', 'removing', 'initial', 'failed'];

/** Nodes that the filters of DescribeClusterNodes let through; lists are separated by commas. */
export function nodeRows(call: RoaCall, cloud: Cloud, cluster: Cluster) {
  const wanted = (name: string) => {
    const text = call.query.get(name);
    const values = text ? text.split(',').map(item => item.trim()) : undefined;
    return (value: string) => values?.includes(value) ?? true;
  };
  const isInstance = wanted('instanceIds');
  const isName = wanted('nodeNames');
  const isIp = wanted('nodeIps');
  const isPool = wanted('nodepool_id');
  const state = call.query.get('state') || 'all';
  if (!NODE_STATES.includes(state)) {
    throw refuse(
      'ErrorParamsInvalid',
      `state ${state} is none of ${NODE_STATES.join(', ')}.`,
    );
  }
  const labels = (call.query.get('nodeLabels') ?? '')
    .split(',')
    .filter(Boolean)
    .map(pair => pair.split('=', 2));
  return instancesOf(cloud, cluster.clusterId)
    .filter(
      instance =>
        isInstance(instance.instanceId) &&
        isName(instance.nodeName) &&
        isIp(instance.ip) &&
        isPool(instance.nodePoolId) &&
        ['all', STATES[instance.status].filter].includes(state) &&
        (!labels.length ||
          labels.every(
            ([key, value]) => nodeLabels(cloud, instance)[key] === value,
          )),
    )
    .map(instance => nodeShape(cloud, instance));
}

function poolStatus(cloud: Cloud, cluster: Cluster, pool: NodePool) {
  const all = instancesOf(cloud, cluster.clusterId).filter(
    instance => instance.nodePoolId === pool.nodePoolId,
  );
  const members = membersOf(cloud, pool);
  const ready = members.filter(
    instance => nodeStatus(cloud, instance) === 'Ready',
  );
  const booted = members.filter(instance => instance.status === 'Running');
  return {
    failed_nodes: 0,
    healthy_nodes: ready.length,
    initial_nodes: members.length - booted.length,
    offline_nodes: booted.length - ready.length,
    removing_nodes: all.length - members.length,
    serving_nodes: ready.length,
    // No document has a state of its own for a pool that is being made.
    state: pool.state === 'initial' ? 'scaling' : pool.state,
    total_nodes: all.length,
  };
}

/** A row of DescribeClusterNodePools, and the answer of DescribeClusterNodePoolDetail. */
export function poolShape(cloud: Cloud, cluster: Cluster, pool: NodePool) {
  return {
    auto_mode: { enable: false },
    auto_scaling: pool.autoScaling ?? {
      enable: false,
      max_instances: 0,
      min_instances: 0,
      type: 'cpu',
    },
    interconnect_mode: 'basic',
    kubernetes_config: {
      cms_enabled: false,
      cpu_policy: 'none',
      labels: pool.labels ?? [],
      node_name_mode: '',
      runtime: RUNTIME.name,
      runtime_version: RUNTIME.version,
      taints: pool.taints ?? [],
      unschedulable: pool.unschedulable ?? false,
      user_data: '',
    },
    management: { auto_repair: false, auto_upgrade: false, enable: false },
    max_nodes: 0,
    nodepool_info: {
      created: beijingTime(pool.created),
      is_default: pool.isDefault,
      name: pool.name,
      nodepool_id: pool.nodePoolId,
      region_id: cluster.regionId,
      resource_group_id: cluster.settings?.resourceGroupId ?? 'rg-default',
      type: 'ess',
      updated: beijingTime(pool.updated ?? pool.created),
    },
    scaling_group: {
      auto_renew: false,
      data_disks: [],
      desired_size: pool.desiredSize,
      image_id: NODE_IMAGE.image_id,
      image_type: NODE_IMAGE.image_type,
      instance_charge_type: 'PostPaid',
      instance_types: pool.instanceTypes,
      multi_az_policy: 'BALANCE',
      platform: NODE_IMAGE.platform,
      scaling_group_id: `asg-${pool.nodePoolId.slice(2, 22)}`,
      scaling_policy: 'release',
      security_group_id: cluster.securityGroupId,
      security_group_ids: [cluster.securityGroupId],
      spot_strategy: 'NoSpot',
      system_disk_category: pool.systemDiskCategory,
      system_disk_size: pool.systemDiskSize,
      tags: [],
      vswitch_ids: pool.vSwitchIds,
    },
    status: poolStatus(cloud, cluster, pool),
    tee_config: { tee_enable: false },
  };
}
