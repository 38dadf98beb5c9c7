import {
  addEip,
  addLoadBalancer,
  addNatGateway,
  removeCompanions,
} from '../../companions';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError } from '../../errors';
import {
  clusterId as newClusterId,
  globalId,
  taskId as newTaskId,
} from '../../ids';
import type { Cluster, ClusterEvent, NodePool, Task } from '../../model';
import type { RoaCall } from '../../operation';
import { accept, addRules } from '../ecs/rules';
import { addGroup } from '../ecs/securitygroups';
import { buyInstances, instancesOf, joinNode, releaseInstance } from './nodes';
import { ClusterRequest, checkClusterRequest, poolOf } from './request';

/** The newest this many events are kept for each cluster. */
const EVENTS_KEPT = 200;

/** @throws ApiError `ErrorClusterNotFound`, 404. */
export function findCluster(cloud: Cloud, id: string): Cluster {
  const cluster = data(cloud).clusters[id];
  if (!cluster) {
    throw new ApiError('ErrorClusterNotFound', `cluster ${id} not found`, 404);
  }
  return cluster;
}

function startTask(cloud: Cloud, clusterId: string, type: string): Task {
  const task: Task = {
    taskId: newTaskId(),
    clusterId,
    type,
    state: 'running',
    stage: type,
    created: nowIso(cloud),
    updated: nowIso(cloud),
  };
  data(cloud).tasks[task.taskId] = task;
  return task;
}

function endTask(cloud: Cloud, taskId: string): void {
  const task = data(cloud).tasks[taskId];
  if (!task) return;
  task.state = 'success';
  task.updated = nowIso(cloud);
}

function addEvent(
  cloud: Cloud,
  clusterId: string,
  taskId: string,
  reason: string,
  message: string,
  level: ClusterEvent['level'] = 'info',
): void {
  const all = data(cloud);
  all.events.push({
    eventId: globalId('e'),
    clusterId,
    taskId,
    level,
    reason,
    message,
    time: nowIso(cloud),
  });
  const own = all.events.filter(event => event.clusterId === clusterId);
  if (own.length > EVENTS_KEPT) {
    all.events = all.events.filter(event => event !== own[0]);
  }
}

export function createCluster(call: RoaCall, cloud: Cloud) {
  const request = checkClusterRequest(call.body, cloud);
  const all = data(cloud);
  const clusterId = newClusterId();
  const { body } = call;
  const [first] = request.vSwitches;
  const loadBalancer = addLoadBalancer(cloud, first, {
    name: `ack-${clusterId}-apiserver`,
    ownerType: 'Cluster',
    ownerId: clusterId,
  });
  if (body.endpoint_public_access) {
    addEip(cloud, first, {
      name: `ack-${clusterId}-apiserver`,
      instanceId: loadBalancer.loadBalancerId,
      instanceType: 'SlbInstance',
      ownerId: clusterId,
    });
  }
  const hasNat = Object.values(all.natGateways).some(
    nat => nat.vpcId === request.vpcId,
  );
  if (body.snat_entry && !hasNat) {
    addNatGateway(cloud, first, {
      name: `ack-${clusterId}`,
      ownerId: clusterId,
    });
  }
  const cluster: Cluster = {
    clusterId,
    name: request.name,
    regionId: request.regionId,
    state: 'initial',
    clusterSpec: body.cluster_spec || 'ack.pro.small',
    profile: body.profile || 'Default',
    version: request.version,
    vpcId: request.vpcId,
    vSwitchIds: request.vSwitches.map(item => item.vSwitchId),
    podVSwitchIds: request.podVSwitches.map(item => item.vSwitchId),
    networkPlugin: request.networkPlugin,
    containerCidr: request.containerCidr,
    serviceCidr: request.serviceCidr,
    nodeCidrMask: request.nodeCidrMask,
    proxyMode: body.proxy_mode || 'ipvs',
    securityGroupId:
      request.securityGroupId ?? ownGroup(cloud, clusterId, request, body),
    ownsSecurityGroup: !request.securityGroupId,
    apiServerLoadBalancerId: loadBalancer.loadBalancerId,
    intranetIp: loadBalancer.ip,
    endpointPublicAccess: !!body.endpoint_public_access,
    deletionProtection: !!body.deletion_protection,
    addons: (body.addons ?? []).map(
      ({ name, version }: { name: string; version?: string }) => ({
        name,
        version,
      }),
    ),
    nodePools: request.pools.map((pool, index) =>
      newPool(cloud, pool, index === 0),
    ),
    apiServerUp: false,
    created: nowIso(cloud),
    updated: nowIso(cloud),
    tags: Object.fromEntries(
      (body.tags ?? []).map(
        ({ key, value }: { key: string; value: string }) => [key, value],
      ),
    ),
  };
  all.clusters[clusterId] = cluster;
  const task = startTask(cloud, clusterId, 'cluster_create');
  addEvent(
    cloud,
    clusterId,
    task.taskId,
    'CreateCluster',
    'Start to create the cluster',
  );
  cloud.transitions.schedule(
    'cluster.apiserver',
    { clusterId, taskId: task.taskId },
    DURATIONS.clusterApiServerUp,
  );
  return {
    cluster_id: clusterId,
    request_id: call.requestId,
    task_id: task.taskId,
  };
}

/** What ACK opens in the group it makes: Pods, the VPC, and the API server for private networks. */
function ownGroup(
  cloud: Cloud,
  clusterId: string,
  request: ClusterRequest,
  body: Record<string, any>,
): string {
  const group = addGroup(cloud, {
    name: `alicloud-cs-auto-created-security-group-${clusterId}`,
    description: 'Auto created by ACK',
    regionId: request.regionId,
    vpcId: request.vpcId,
    type: body.is_enterprise_security_group ? 'enterprise' : 'normal',
    ownerId: clusterId,
    tags: { 'ack.aliyun.com': clusterId },
  });
  const apiServer = { protocol: 'TCP' as const, range: '6443/6443' };
  addRules(cloud, group, [
    accept(data(cloud).vpcs[request.vpcId].cidrBlock, 'VPC'),
    ...(request.containerCidr ? [accept(request.containerCidr, 'Pods')] : []),
    accept('10.0.0.0/8', 'API server', apiServer),
    accept('172.16.0.0/12', 'API server', apiServer),
    accept('192.168.0.0/16', 'API server', apiServer),
  ]);
  return group.securityGroupId;
}

function newPool(
  cloud: Cloud,
  pool: ClusterRequest['pools'][number],
  isDefault: boolean,
): NodePool {
  return {
    ...pool,
    nodePoolId: `np${newClusterId().slice(1)}`,
    isDefault,
    state: 'initial',
    created: nowIso(cloud),
  };
}

export function createNodePool(call: RoaCall, cloud: Cloud) {
  const cluster = findCluster(cloud, call.params.clusterId);
  if (cluster.state !== 'running') throw notRunning(cluster);
  const pool = newPool(cloud, poolOf(call.body, cluster.vSwitchIds), false);
  cluster.nodePools.push(pool);
  const task = startTask(cloud, cluster.clusterId, 'nodepool_create');
  buyInstances(cloud, cluster, pool);
  cloud.transitions.schedule(
    'nodepool.active',
    {
      clusterId: cluster.clusterId,
      nodePoolId: pool.nodePoolId,
      taskId: task.taskId,
    },
    DURATIONS.nodePoolScaled,
  );
  return {
    nodepool_id: pool.nodePoolId,
    request_id: call.requestId,
    task_id: task.taskId,
  };
}

function notRunning(cluster: Cluster): ApiError {
  return new ApiError(
    'ErrorClusterState',
    `The cluster ${cluster.clusterId} is ${cluster.state}, not running.`,
  );
}

export function deleteCluster(call: RoaCall, cloud: Cloud) {
  const cluster = findCluster(cloud, call.params.clusterId);
  if (cluster.deletionProtection) {
    throw new ApiError(
      'ErrorDeletionProtection',
      `Deletion protection of the cluster ${cluster.clusterId} is on.`,
    );
  }
  const running = Object.values(data(cloud).tasks).find(
    task =>
      task.clusterId === cluster.clusterId &&
      task.type === 'cluster_delete' &&
      task.state === 'running',
  );
  const retained = parseList(call.query.get('retain_resources'));
  const task = running ?? startTask(cloud, cluster.clusterId, 'cluster_delete');
  if (!running) {
    cluster.state = 'deleting';
    cluster.updated = nowIso(cloud);
    addEvent(
      cloud,
      cluster.clusterId,
      task.taskId,
      'DeleteCluster',
      'Start to delete the cluster',
    );
    cloud.transitions.schedule(
      'cluster.deleted',
      {
        clusterId: cluster.clusterId,
        taskId: task.taskId,
        retained: retained.join(','),
      },
      DURATIONS.clusterDeleted,
    );
  }
  return {
    cluster_id: cluster.clusterId,
    request_id: call.requestId,
    task_id: task.taskId,
  };
}

/** A JSON array in the query, or names separated by commas. */
function parseList(text: string | null): string[] {
  if (!text) return [];
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.map(String);
  } catch {
    // Not JSON: the official SDKs also send plain lists.
  }
  return text.split(',').filter(Boolean);
}

/** Starts the cluster's API server, or finds it running. */
export async function openApiServer(
  cloud: Cloud,
  cluster: Cluster,
): Promise<void> {
  const podVSwitch = data(cloud).vSwitches[cluster.podVSwitchIds[0]];
  await cloud.kube.open({
    id: cluster.clusterId,
    kind: 'ack',
    name: cluster.name,
    region: cluster.regionId,
    kubernetesVersion: cluster.version,
    podCidr: cluster.containerCidr || podVSwitch?.cidrBlock,
    serviceCidr: cluster.serviceCidr,
    networkPlugin: cluster.networkPlugin,
    nodeCidrMask: cluster.nodeCidrMask,
  });
  cluster.apiServerUp = true;
  if (data(cloud).regionsDown.includes(cluster.regionId)) {
    cloud.kube.get(cluster.clusterId)?.suspend();
  }
}

export function handleClusterTransitions(cloud: Cloud): void {
  const { transitions } = cloud;
  const still = (id: string, state: Cluster['state']) => {
    const cluster = data(cloud).clusters[id];
    return cluster?.state === state ? cluster : undefined;
  };
  transitions.handle('cluster.apiserver', async ({ clusterId, taskId }) => {
    const cluster = still(clusterId, 'initial');
    if (!cluster) return;
    await openApiServer(cloud, cluster);
    transitions.schedule(
      'cluster.nodes',
      { clusterId, taskId },
      DURATIONS.clusterNodesAdded,
    );
  });
  transitions.handle('cluster.nodes', ({ clusterId, taskId }) => {
    const cluster = still(clusterId, 'initial');
    if (!cluster) return;
    for (const pool of cluster.nodePools) {
      buyInstances(cloud, cluster, pool);
      pool.state = 'active';
    }
    transitions.schedule(
      'cluster.running',
      { clusterId, taskId },
      DURATIONS.clusterRunning,
    );
  });
  transitions.handle('node.join', ({ instanceId }) => {
    const instance = data(cloud).instances[instanceId];
    if (instance) joinNode(cloud, instance);
  });
  transitions.handle('cluster.running', ({ clusterId, taskId }) => {
    const cluster = still(clusterId, 'initial');
    if (!cluster) return;
    cluster.state = 'running';
    cluster.updated = nowIso(cloud);
    endTask(cloud, taskId);
    addEvent(
      cloud,
      clusterId,
      taskId,
      'CreateCluster',
      'The cluster is running',
    );
  });
  transitions.handle('nodepool.active', ({ clusterId, nodePoolId, taskId }) => {
    const pool = still(clusterId, 'running')?.nodePools.find(
      item => item.nodePoolId === nodePoolId,
    );
    if (pool) pool.state = 'active';
    endTask(cloud, taskId);
  });
  transitions.handle(
    'cluster.deleted',
    async ({ clusterId, taskId, retained }) => {
      const all = data(cloud);
      await cloud.kube.destroy(clusterId);
      for (const instance of instancesOf(cloud, clusterId)) {
        releaseInstance(cloud, instance);
      }
      removeCompanions(cloud, clusterId, new Set(retained.split(',')));
      delete all.clusters[clusterId];
      endTask(cloud, taskId);
    },
  );
}
