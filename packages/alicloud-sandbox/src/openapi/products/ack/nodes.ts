import { attachInterface, releaseInterfaces } from '../../addresses';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { regionalId } from '../../ids';
import type { Cluster, Instance, NodePool } from '../../model';
import { addRoute, removeRoute } from '../vpc/routes';

/** vCPUs and memory from the name: `ecs.g7.2xlarge` → 8 vCPUs, 32 GiB. */
export function instanceSize(type: string): { cpu: number; memoryGiB: number } {
  const [, family = 'g', size = 'xlarge'] = type.split('.');
  const factor = Number(/^(\d+)xlarge$/.exec(size)?.[1] ?? 1);
  const cpu = size === 'large' ? 2 : 4 * factor;
  const perCpu = { c: 2, g: 4, r: 8 }[family[0]] ?? 4;
  return { cpu, memoryGiB: cpu * perCpu };
}

/** Instances of the pool that are there to stay. */
export function membersOf(cloud: Cloud, pool: NodePool): Instance[] {
  return Object.values(data(cloud).instances).filter(
    instance =>
      instance.nodePoolId === pool.nodePoolId && instance.status !== 'Stopping',
  );
}

/** Buys what the pool lacks; `joinNode` makes nodes of them once they are booted. */
export function buyInstances(
  cloud: Cloud,
  cluster: Cluster,
  pool: NodePool,
): void {
  const all = data(cloud);
  const present = membersOf(cloud, pool).length;
  for (let i = present; i < pool.desiredSize; i++) {
    const vSwitch = all.vSwitches[pool.vSwitchIds[i % pool.vSwitchIds.length]];
    const instanceId = regionalId('i', cluster.regionId);
    const networkInterface = attachInterface(cloud, vSwitch, {
      ownerType: 'Instance',
      ownerId: instanceId,
      securityGroupId: cluster.securityGroupId,
    });
    all.instances[instanceId] = {
      instanceId,
      name: `worker-k8s-for-cs-${cluster.clusterId}`,
      regionId: cluster.regionId,
      zoneId: vSwitch.zoneId,
      instanceType: pool.instanceTypes[i % pool.instanceTypes.length],
      vpcId: cluster.vpcId,
      vSwitchId: vSwitch.vSwitchId,
      securityGroupId: cluster.securityGroupId,
      networkInterfaceId: networkInterface.networkInterfaceId,
      ip: networkInterface.ip,
      clusterId: cluster.clusterId,
      nodePoolId: pool.nodePoolId,
      nodeName: `${cluster.regionId}.${networkInterface.ip}`,
      status: 'Pending',
      creationTime: nowIso(cloud),
    };
    cloud.transitions.schedule(
      'node.join',
      { instanceId },
      DURATIONS.nodeInstanceRunning,
    );
  }
}

/** Registers a booted instance with the cluster; under Flannel the cloud controller writes its Pod route. */
export function joinNode(cloud: Cloud, instance: Instance): void {
  const all = data(cloud);
  const cluster = all.clusters[instance.clusterId];
  const kube = cloud.kube.get(instance.clusterId);
  if (!cluster || !kube || cluster.state === 'deleting') return;
  if (instance.status === 'Stopping') return;
  instance.status = 'Running';
  const pool = cluster.nodePools.find(
    item => item.nodePoolId === instance.nodePoolId,
  );
  const { cpu, memoryGiB } = instanceSize(instance.instanceType);
  const { podCidr } = kube.addNode({
    name: instance.nodeName,
    zone: instance.zoneId,
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    ip: instance.ip,
    cpu: String(cpu),
    memory: `${memoryGiB}Gi`,
    labels: {
      'alibabacloud.com/nodepool-id': instance.nodePoolId,
      'ack.aliyun.com': cluster.clusterId,
      ...Object.fromEntries(
        (pool?.labels ?? []).map(({ key, value }) => [key, value ?? '']),
      ),
    },
    taints: pool?.taints,
    unschedulable: pool?.unschedulable,
  });
  const routed = Object.values(all.routeEntries).some(
    entry => entry.nextHopId === instance.instanceId,
  );
  if (cluster.networkPlugin === 'flannel' && podCidr && !routed) {
    addRoute(cloud, all.vpcs[cluster.vpcId], {
      destinationCidrBlock: podCidr,
      nextHopType: 'Instance',
      nextHopId: instance.instanceId,
      name: '',
      description: `Pod CIDR of node ${instance.nodeName}`,
    });
  }
}

/**
 * Takes nodes out of the cluster over time: marked now, gone when `node.left` runs.
 * @param keeps - leave the instances to the customer instead of releasing them
 */
export function retire(
  cloud: Cloud,
  instances: Instance[],
  keeps = false,
): void {
  for (const instance of instances) {
    if (instance.status === 'Stopping') continue;
    instance.status = 'Stopping';
    cloud.transitions.schedule(
      'node.left',
      { instanceId: instance.instanceId, keeps: String(keeps) },
      DURATIONS.nodeLeft,
    );
  }
}

/** Ends a node's life: the Kubernetes node with its Pods, then the instance unless that is kept. */
export function removeNode(
  cloud: Cloud,
  instance: Instance,
  keeps = false,
): void {
  cloud.kube.get(instance.clusterId)?.removeNode(instance.nodeName);
  if (keeps) freeInstance(cloud, instance);
  else releaseInstance(cloud, instance);
}

/** The instance lives on as the customer's own, without its cluster. */
export function freeInstance(cloud: Cloud, instance: Instance): void {
  removePodRoute(cloud, instance);
  instance.status = 'Running';
  instance.clusterId = '';
  instance.nodePoolId = '';
}

function removePodRoute(cloud: Cloud, instance: Instance): void {
  for (const entry of Object.values(data(cloud).routeEntries)) {
    if (entry.nextHopId === instance.instanceId) removeRoute(cloud, entry);
  }
}

/** Gives the instance back, with its address and its Pod route. */
export function releaseInstance(cloud: Cloud, instance: Instance): void {
  removePodRoute(cloud, instance);
  releaseInterfaces(cloud, instance.instanceId);
  delete data(cloud).instances[instance.instanceId];
}

export function instancesOf(cloud: Cloud, clusterId: string): Instance[] {
  return Object.values(data(cloud).instances).filter(
    instance => instance.clusterId === clusterId,
  );
}

function nodeObject(cloud: Cloud, instance: Instance) {
  return cloud.kube
    .get(instance.clusterId)
    ?.storage.get(
      { group: '', version: 'v1', resource: 'nodes' },
      undefined,
      instance.nodeName,
    );
}

/** The node's condition as Kubernetes reports it. */
export function nodeStatus(
  cloud: Cloud,
  instance: Instance,
): 'Ready' | 'NotReady' | 'Unknown' {
  const ready = nodeObject(cloud, instance)?.status?.conditions?.find(
    (condition: { type: string }) => condition.type === 'Ready',
  );
  if (!ready) return 'Unknown';
  return ready.status === 'True' ? 'Ready' : 'NotReady';
}

/** The node's labels; none before it has joined. */
export function nodeLabels(
  cloud: Cloud,
  instance: Instance,
): Record<string, string> {
  return nodeObject(cloud, instance)?.metadata.labels ?? {};
}
