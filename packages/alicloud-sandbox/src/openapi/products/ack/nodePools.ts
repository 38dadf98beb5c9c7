import { Cloud, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import type { Cluster, Instance, NodePool } from '../../model';
import type { RoaCall } from '../../operation';
import { newPool } from './create';
import { poolInPath, runningCluster } from './find';
import { queryList } from './json';
import { buyInstances, instancesOf, membersOf, retire } from './nodes';
import { checkAddresses, checkNodeCount, poolOf } from './pools';
import { refuse } from './refuse';
import { startTask } from './tasks';

/** Types of tasks with the one stage that each has. */
const STAGES = {
  nodepool_create: 'CreateNodePool',
  nodepool_update: 'UpdateNodePool',
  nodepool_delete: 'DeleteNodePool',
  cluster_scaleout: 'ScaleOut',
  cluster_node_delete: 'DrainNodes',
} as const;

function startPoolTask(
  cloud: Cloud,
  cluster: Cluster,
  pool: NodePool,
  type: keyof typeof STAGES,
  end: { transition: string; after: number },
): string {
  pool.updated = nowIso(cloud);
  const { taskId } = startTask(cloud, cluster.clusterId, {
    type,
    stage: STAGES[type],
    target: { id: pool.nodePoolId, type: 'nodepool' },
  });
  cloud.transitions.schedule(
    end.transition,
    { clusterId: cluster.clusterId, nodePoolId: pool.nodePoolId, taskId },
    end.after,
  );
  return taskId;
}

const SCALED = {
  transition: 'nodepool.active',
  after: DURATIONS.nodePoolScaled,
};

/** Whether the cluster has room for this pool to grow. */
function checkGrowth(
  cloud: Cloud,
  cluster: Cluster,
  pool: Pick<NodePool, 'vSwitchIds'>,
  size: { from: number; to: number },
): void {
  const more = Math.max(0, size.to - size.from);
  const present = instancesOf(cloud, cluster.clusterId).length;
  if (more) checkNodeCount(present + more, cluster);
  checkAddresses(cloud, cluster.vpcId, [{ pool, from: size.from, more }]);
}

/** Buys or retires until the pool has the nodes that it is to have. */
function resize(cloud: Cloud, cluster: Cluster, pool: NodePool): void {
  const members = membersOf(cloud, pool);
  // The newest go first, as with the scaling group's default policy here.
  retire(cloud, members.slice(pool.desiredSize));
  buyInstances(cloud, cluster, pool);
}

/** CreateClusterNodePool. */
export function createNodePool(call: RoaCall, cloud: Cloud) {
  const cluster = runningCluster(call, cloud);
  const request = poolOf(call.body, cluster.vSwitchIds);
  if (cluster.nodePools.some(item => item.name === request.name)) {
    throw refuse(
      'ErrorNodePoolNameAlreadyExist',
      `The cluster ${cluster.clusterId} has a node pool named ${request.name} already.`,
    );
  }
  checkGrowth(cloud, cluster, request, { from: 0, to: request.desiredSize });
  const pool = newPool(cloud, request, false);
  cluster.nodePools.push(pool);
  buyInstances(cloud, cluster, pool);
  const taskId = startPoolTask(cloud, cluster, pool, 'nodepool_create', SCALED);
  return {
    nodepool_id: pool.nodePoolId,
    request_id: call.requestId,
    task_id: taskId,
  };
}

/** ModifyClusterNodePool: what the body does not name stays. */
export function modifyNodePool(call: RoaCall, cloud: Cloud) {
  const cluster = runningCluster(call, cloud);
  const pool = poolInPath(call, cluster);
  const { body } = call;
  const group = body.scaling_group ?? {};
  const wanted = poolOf(
    {
      nodepool_info: { name: body.nodepool_info?.name || pool.name },
      auto_scaling: body.auto_scaling ?? pool.autoScaling,
      kubernetes_config: {
        labels: pool.labels,
        taints: pool.taints,
        unschedulable: pool.unschedulable,
        ...body.kubernetes_config,
      },
      scaling_group: {
        vswitch_ids: pool.vSwitchIds,
        instance_types: pool.instanceTypes,
        desired_size: pool.desiredSize,
        system_disk_category: pool.systemDiskCategory,
        system_disk_size: pool.systemDiskSize,
        ...group,
      },
    },
    cluster.vSwitchIds,
  );
  const members = membersOf(cloud, pool).length;
  checkGrowth(cloud, cluster, wanted, {
    from: members,
    to: wanted.desiredSize,
  });
  Object.assign(pool, wanted);
  if (wanted.desiredSize === members) pool.state = 'updating';
  else pool.state = wanted.desiredSize > members ? 'scaling' : 'removing';
  resize(cloud, cluster, pool);
  const taskId = startPoolTask(cloud, cluster, pool, 'nodepool_update', SCALED);
  return {
    nodepool_id: pool.nodePoolId,
    request_id: call.requestId,
    task_id: taskId,
  };
}

/** ScaleClusterNodePool: adds `count` nodes. */
export function scaleNodePool(call: RoaCall, cloud: Cloud) {
  const cluster = runningCluster(call, cloud);
  const pool = poolInPath(call, cluster);
  const count = Number(call.body.count);
  if (!Number.isInteger(count) || count < 1) {
    throw refuse(
      'ErrorParamsInvalid',
      `count ${call.body.count} must be the number of nodes to add, at least 1.`,
    );
  }
  const from = membersOf(cloud, pool).length;
  checkGrowth(cloud, cluster, pool, { from, to: from + count });
  pool.desiredSize = from + count;
  pool.state = 'scaling';
  resize(cloud, cluster, pool);
  return {
    task_id: startPoolTask(cloud, cluster, pool, 'cluster_scaleout', SCALED),
  };
}

/** RemoveNodePoolNodes: `nodes` (names) or `instance_ids`, JSON arrays in the query; instances go with `release_node`. */
export function removePoolNodes(call: RoaCall, cloud: Cloud) {
  const cluster = runningCluster(call, cloud);
  const pool = poolInPath(call, cluster);
  const names = [
    ...queryList(call, 'nodes'),
    ...queryList(call, 'instance_ids'),
  ];
  const members = membersOf(cloud, pool);
  const gone = names.map(name => {
    const found = members.find(
      item => item.nodeName === name || item.instanceId === name,
    );
    if (!found) {
      throw refuse(
        'ErrorNodeNotFound',
        `The node ${name} is not in the node pool ${pool.nodePoolId}.`,
        404,
      );
    }
    return found;
  });
  if (!gone.length) {
    throw refuse(
      'ErrorParamsMissing',
      'Neither nodes nor instance_ids is given.',
    );
  }
  const distinct: Instance[] = [...new Set(gone)];
  pool.desiredSize = members.length - distinct.length;
  pool.state = 'removing';
  retire(cloud, distinct, call.query.get('release_node') !== 'true');
  return {
    request_id: call.requestId,
    task_id: startPoolTask(cloud, cluster, pool, 'cluster_node_delete', SCALED),
  };
}

/** DeleteClusterNodepool: with nodes in it only by force. */
export function deleteNodePool(call: RoaCall, cloud: Cloud) {
  const cluster = runningCluster(call, cloud);
  const pool = poolInPath(call, cluster);
  const members = membersOf(cloud, pool);
  if (members.length && call.query.get('force') !== 'true') {
    throw refuse(
      'ErrorNodePoolNotEmpty',
      `The node pool ${pool.nodePoolId} has ${members.length} nodes. Remove them first or set force.`,
    );
  }
  pool.state = 'deleting';
  pool.desiredSize = 0;
  retire(cloud, members);
  return {
    request_id: call.requestId,
    task_id: startPoolTask(cloud, cluster, pool, 'nodepool_delete', {
      transition: 'nodepool.deleted',
      after: DURATIONS.nodePoolScaled,
    }),
  };
}
