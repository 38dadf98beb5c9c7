import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import type { Cluster } from '../../model';
import { outageMode } from '../../outage';
import { finishDelete } from './delete';
import { buyInstances, joinNode, membersOf, removeNode } from './nodes';
import { endTask, enterStage, taskError } from './tasks';

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
  const outage = outageMode(cloud, cluster.regionId);
  if (outage) cloud.kube.get(cluster.clusterId)?.suspend(outage);
}

/** The cluster, if it is still what the step was scheduled for. */
function still(cloud: Cloud, id: string, state: Cluster['state']) {
  const cluster = data(cloud).clusters[id];
  return cluster?.state === state ? cluster : undefined;
}

function fail(
  cloud: Cloud,
  cluster: Cluster,
  taskId: string,
  error: unknown,
): void {
  cluster.state = 'failed';
  cluster.updated = nowIso(cloud);
  endTask(cloud, taskId, taskError(error));
}

/** Control plane, then nodes, then running; a step that fails ends the task with its reason. */
function handleCreation(cloud: Cloud): void {
  const { transitions } = cloud;
  transitions.handle('cluster.apiserver', async ({ clusterId, taskId }) => {
    const cluster = still(cloud, clusterId, 'initial');
    if (!cluster) return;
    await openApiServer(cloud, cluster);
    enterStage(cloud, taskId, 'CreateNodePools');
    transitions.schedule(
      'cluster.nodes',
      { clusterId, taskId },
      DURATIONS.clusterNodesAdded,
    );
  });
  transitions.handle('cluster.nodes', ({ clusterId, taskId }) => {
    const cluster = still(cloud, clusterId, 'initial');
    if (!cluster) return;
    try {
      for (const pool of cluster.nodePools) {
        buyInstances(cloud, cluster, pool);
        pool.state = 'active';
      }
    } catch (error) {
      fail(cloud, cluster, taskId, error);
      return;
    }
    enterStage(cloud, taskId, 'InstallAddons');
    transitions.schedule(
      'cluster.running',
      { clusterId, taskId },
      DURATIONS.clusterRunning,
    );
  });
  transitions.handle('cluster.running', ({ clusterId, taskId }) => {
    const cluster = still(cloud, clusterId, 'initial');
    if (!cluster) return;
    cluster.state = 'running';
    cluster.updated = nowIso(cloud);
    endTask(cloud, taskId);
  });
}

function handleNodes(cloud: Cloud): void {
  const { transitions } = cloud;
  transitions.handle('node.join', ({ instanceId }) => {
    const instance = data(cloud).instances[instanceId];
    if (instance) joinNode(cloud, instance);
  });
  transitions.handle('node.left', ({ instanceId, keeps }) => {
    const instance = data(cloud).instances[instanceId];
    if (instance) removeNode(cloud, instance, keeps === 'true');
  });
  transitions.handle('nodepool.active', ({ clusterId, nodePoolId, taskId }) => {
    const pool = data(cloud).clusters[clusterId]?.nodePools.find(
      item => item.nodePoolId === nodePoolId,
    );
    if (pool && pool.state !== 'deleting') pool.state = 'active';
    endTask(cloud, taskId);
  });
  transitions.handle(
    'nodepool.deleted',
    ({ clusterId, nodePoolId, taskId }) => {
      const cluster = data(cloud).clusters[clusterId];
      const pool = cluster?.nodePools.find(
        item => item.nodePoolId === nodePoolId,
      );
      if (pool) {
        for (const instance of membersOf(cloud, pool)) {
          removeNode(cloud, instance);
        }
        cluster.nodePools = cluster.nodePools.filter(item => item !== pool);
      }
      endTask(cloud, taskId);
    },
  );
}

export function handleClusterTransitions(cloud: Cloud): void {
  handleCreation(cloud);
  handleNodes(cloud);
  cloud.transitions.handle('cluster.modified', ({ taskId }) =>
    endTask(cloud, taskId),
  );
  cloud.transitions.handle('cluster.deleted', args =>
    finishDelete(cloud, args),
  );
}
