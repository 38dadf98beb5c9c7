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

/** Instances of the pool, bought and booted; `joinNodes` makes them nodes. */
export function buyInstances(
  cloud: Cloud,
  cluster: Cluster,
  pool: NodePool,
): void {
  const all = data(cloud);
  const present = Object.values(all.instances).filter(
    instance => instance.nodePoolId === pool.nodePoolId,
  ).length;
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
  instance.status = 'Running';
  const { cpu, memoryGiB } = instanceSize(instance.instanceType);
  const { podCidr } = kube.addNode({
    name: instance.nodeName,
    zone: instance.zoneId,
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    ip: instance.ip,
    cpu: String(cpu),
    memory: `${memoryGiB}Gi`,
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

/** Gives the instance back, with its address and its Pod route. */
export function releaseInstance(cloud: Cloud, instance: Instance): void {
  const all = data(cloud);
  for (const entry of Object.values(all.routeEntries)) {
    if (entry.nextHopId === instance.instanceId) removeRoute(cloud, entry);
  }
  releaseInterfaces(cloud, instance.instanceId);
  delete all.instances[instance.instanceId];
}

export function instancesOf(cloud: Cloud, clusterId: string): Instance[] {
  return Object.values(data(cloud).instances).filter(
    instance => instance.clusterId === clusterId,
  );
}

/** The node's condition as Kubernetes reports it. */
export function nodeStatus(cloud: Cloud, instance: Instance): string {
  const node = cloud.kube
    .get(instance.clusterId)
    ?.storage.get(
      { group: '', version: 'v1', resource: 'nodes' },
      undefined,
      instance.nodeName,
    );
  const ready = node?.status?.conditions?.find(
    (condition: { type: string }) => condition.type === 'Ready',
  );
  if (!ready) return 'Unknown';
  return ready.status === 'True' ? 'Ready' : 'NotReady';
}
