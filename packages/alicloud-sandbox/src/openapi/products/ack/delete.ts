import { removeCompanions } from '../../companions';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import type { Cluster } from '../../model';
import type { RoaCall } from '../../operation';
import { clusterOf } from './find';
import { freeInstance, instancesOf, releaseInstance } from './nodes';
import { queryList } from './json';
import { refuse } from './refuse';
import { serviceLoadBalancers } from './resources';
import { endTask, startTask } from './tasks';

const DELETE_MODES = ['delete', 'retain'];
const DELETE_TYPES = [
  'SLB',
  'ALB',
  'SLS_Data',
  'SLS_ControlPlane',
  'PrivateZone',
];

/** Ids that stay when the cluster goes, of everything that belongs to it. */
function keptIds(call: RoaCall, cloud: Cloud, cluster: Cluster): string[] {
  const services = serviceLoadBalancers(cloud, cluster.clusterId).map(
    item => item.id,
  );
  const { clusterId } = cluster;
  const own = (records: Record<string, { ownerId: string }>) =>
    Object.keys(records).filter(id => records[id].ownerId === clusterId);
  const all = data(cloud);
  if (call.query.get('retain_all_resources') === 'true') {
    return [
      ...services,
      ...own(all.loadBalancers),
      ...own(all.eips),
      ...own(all.natGateways),
      ...own(all.securityGroups),
      ...instancesOf(cloud, clusterId).map(item => item.instanceId),
    ];
  }
  const kept = queryList(call, 'retain_resources');
  const options = queryList<{ resource_type?: string; delete_mode?: string }>(
    call,
    'delete_options',
  );
  for (const { resource_type: type, delete_mode: mode } of options) {
    if (
      !DELETE_TYPES.includes(type ?? '') ||
      !DELETE_MODES.includes(mode ?? '')
    ) {
      throw refuse(
        'ErrorParamsInvalid',
        `delete_options: ${type}: ${mode} is not one of ${DELETE_TYPES.join(
          ', ',
        )} with delete or retain.`,
      );
    }
  }
  const keepsServices =
    call.query.get('keep_slb') === 'true' ||
    options.some(
      item => item.resource_type === 'SLB' && item.delete_mode === 'retain',
    );
  return keepsServices ? [...kept, ...services] : kept;
}

/** @throws ApiError `DependencyViolation.Resource` while another cluster lives in the security group. */
function checkGroupUnused(
  cloud: Cloud,
  cluster: Cluster,
  kept: string[],
): void {
  const { securityGroupId, ownsSecurityGroup } = cluster;
  if (!ownsSecurityGroup || kept.includes(securityGroupId)) return;
  const other = Object.values(data(cloud).clusters).find(
    item => item !== cluster && item.securityGroupId === securityGroupId,
  );
  if (other) {
    throw refuse(
      'DependencyViolation.Resource',
      `The security group ${securityGroupId} of the cluster ${cluster.clusterId} is used by the cluster ${other.name}. Delete that one first, or name the group in retain_resources.`,
    );
  }
}

/** DeleteCluster; asked again it answers with the task that is under way. */
export function deleteCluster(call: RoaCall, cloud: Cloud) {
  const cluster = clusterOf(call, cloud);
  const { clusterId } = cluster;
  if (cluster.deletionProtection) {
    throw refuse(
      'ErrorDeletionProtection',
      `Deletion protection of the cluster ${clusterId} is on. Switch it off with ModifyCluster first.`,
    );
  }
  const answer = (taskId: string) => ({
    cluster_id: clusterId,
    request_id: call.requestId,
    task_id: taskId,
  });
  const running = Object.values(data(cloud).tasks).find(
    task =>
      task.clusterId === clusterId &&
      task.type === 'cluster_delete' &&
      task.state === 'running',
  );
  if (running) return answer(running.taskId);
  const kept = keptIds(call, cloud, cluster);
  checkGroupUnused(cloud, cluster, kept);
  cluster.state = 'deleting';
  cluster.updated = nowIso(cloud);
  const { taskId } = startTask(cloud, clusterId, {
    type: 'cluster_delete',
    stage: 'DeleteResources',
  });
  cloud.transitions.schedule(
    'cluster.deleted',
    { clusterId, taskId, retained: kept.join(',') },
    DURATIONS.clusterDeleted,
  );
  return answer(taskId);
}

/** Load balancers of Services that outlive their cluster become the customer's own. */
function keepServiceLoadBalancers(
  cloud: Cloud,
  cluster: Cluster,
  kept: ReadonlySet<string>,
): void {
  const { loadBalancers } = data(cloud);
  for (const item of serviceLoadBalancers(cloud, cluster.clusterId)) {
    if (!kept.has(item.id)) continue;
    loadBalancers[item.id] = {
      loadBalancerId: item.id,
      name: `${item.namespace}/${item.name}`,
      regionId: cluster.regionId,
      vpcId: cluster.vpcId,
      vSwitchId: cluster.vSwitchIds[0],
      ip: item.ip,
      ownerType: 'Cluster',
      ownerId: '',
      creationTime: nowIso(cloud),
    };
  }
}

/** The end of a deletion: everything is gone but what was to be kept. */
export async function finishDelete(
  cloud: Cloud,
  args: Record<string, string>,
): Promise<void> {
  const { clusterId, taskId, retained } = args;
  const all = data(cloud);
  const kept = new Set(retained.split(','));
  const cluster = all.clusters[clusterId];
  if (cluster) keepServiceLoadBalancers(cloud, cluster, kept);
  await cloud.kube.destroy(clusterId);
  for (const instance of instancesOf(cloud, clusterId)) {
    if (kept.has(instance.instanceId)) freeInstance(cloud, instance);
    else releaseInstance(cloud, instance);
  }
  removeCompanions(cloud, clusterId, kept);
  delete all.clusters[clusterId];
  all.events = all.events.filter(event => event.clusterId !== clusterId);
  endTask(cloud, taskId);
}
