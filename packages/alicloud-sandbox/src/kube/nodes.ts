import type { KubeClusterSpec, KubeNodeSpec, KubeObject } from '../contract';
import { addressAt } from './admission/services';
import { timestamp } from './json';
import { conflict, KubeStatusError } from './status';

/** Flannel's share of a node in ACK: 64 addresses. */
const NODE_MASK = 26;
const TERWAY_PODS = 40;

/** First network of the mask inside the Pod CIDR that no node has; 409 when all are given away. */
export function allocatePodCidr(
  spec: KubeClusterSpec,
  taken: Set<string>,
): string | undefined {
  if (!spec.podCidr || spec.networkPlugin === 'terway') return undefined;
  const mask = spec.nodeCidrMask ?? NODE_MASK;
  const size = 2 ** (32 - mask);
  const count = 2 ** (mask - Number(spec.podCidr.split('/')[1]));
  for (let i = 0; i < count; i += 1) {
    const cidr = `${addressAt(spec.podCidr, i * size)}/${mask}`;
    if (!taken.has(cidr)) return cidr;
  }
  throw conflict(
    { group: '', resource: 'nodes' },
    spec.name,
    `no /${mask} network is left in the Pod CIDR ${spec.podCidr}`,
  );
}

/** A node as it registers itself: labelled, tainted, not ready yet. */
export function nodeObject(
  cluster: KubeClusterSpec,
  node: KubeNodeSpec,
  podCidr: string | undefined,
  now: number,
): KubeObject {
  if (cluster.kind !== 'ack') {
    throw new KubeStatusError(
      400,
      'BadRequest',
      `cluster ${cluster.id} is a mesh control plane and takes no nodes`,
    );
  }
  const pods = podCidr
    ? 2 ** (32 - Number(podCidr.split('/')[1])) - 3
    : TERWAY_PODS;
  const capacity = {
    cpu: node.cpu,
    memory: node.memory,
    pods: String(pods),
    'ephemeral-storage': '41152812Ki',
  };
  const time = timestamp(now);
  const condition = (type: string, status: string, reason: string) => ({
    type,
    status,
    reason,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'beta.kubernetes.io/instance-type': node.instanceType,
        'failure-domain.beta.kubernetes.io/region': cluster.region,
        'failure-domain.beta.kubernetes.io/zone': node.zone,
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': node.name,
        'node.kubernetes.io/instance-type': node.instanceType,
        'topology.kubernetes.io/region': cluster.region,
        'topology.kubernetes.io/zone': node.zone,
        ...node.labels,
      },
    },
    spec: {
      ...(podCidr ? { podCIDR: podCidr, podCIDRs: [podCidr] } : {}),
      providerID: `${cluster.region}.${node.instanceId}`,
      ...(node.unschedulable ? { unschedulable: true } : {}),
      taints: [
        { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
        ...(node.unschedulable
          ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]
          : []),
        ...(node.taints ?? []),
      ],
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: node.ip },
        { type: 'Hostname', address: node.name },
      ],
      capacity,
      allocatable: capacity,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'False', 'KubeletNotReady'),
      ],
      nodeInfo: {
        architecture: 'amd64',
        operatingSystem: 'linux',
        osImage: 'Alibaba Cloud Linux 3.2104 U11 (OpenAnolis Edition)',
        kernelVersion: '5.10.134-18.al8.x86_64',
        containerRuntimeVersion: 'containerd://1.6.36',
        kubeletVersion: `v${cluster.kubernetesVersion}`,
        kubeProxyVersion: `v${cluster.kubernetesVersion}`,
        machineID: node.instanceId,
        systemUUID: node.instanceId,
        bootID: node.instanceId,
      },
    },
  };
}
