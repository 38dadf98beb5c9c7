import type { ListSchema } from './schema';

type Rule = Pick<ListSchema, 'list' | 'keys' | 'patchKey'>;

const by = (key: string): Rule => ({ list: 'map', keys: [key], patchKey: key });

const CONDITIONS = [
  'V1PodStatus',
  'V1NodeStatus',
  'V1NamespaceStatus',
  'V1ServiceStatus',
  'V1DeploymentStatus',
  'V1ReplicaSetStatus',
  'V2HorizontalPodAutoscalerStatus',
];

/**
 * How lists of built-in types merge, from the `x-kubernetes-list-*` and `x-kubernetes-patch-*` markers of the
 * Kubernetes API (v1.32). Lists that are absent here are replaced as a whole.
 */
export const MERGE_RULES: Record<string, Rule> = {
  ...Object.fromEntries(CONDITIONS.map(t => [`${t}.conditions`, by('type')])),
  // A strategic merge patch merges a Job's conditions, server-side apply takes them whole.
  'V1JobStatus.conditions': { list: 'atomic', patchKey: 'type' },
  'V1ObjectMeta.ownerReferences': by('uid'),
  'V1ObjectMeta.finalizers': { list: 'set', patchKey: '' },
  'V1PodSpec.containers': by('name'),
  'V1PodSpec.initContainers': by('name'),
  'V1PodSpec.ephemeralContainers': by('name'),
  'V1PodSpec.volumes': by('name'),
  'V1PodSpec.imagePullSecrets': by('name'),
  'V1PodSpec.hostAliases': by('ip'),
  'V1PodSpec.schedulingGates': by('name'),
  'V1PodSpec.resourceClaims': by('name'),
  'V1PodSpec.topologySpreadConstraints': {
    list: 'map',
    keys: ['topologyKey', 'whenUnsatisfiable'],
    patchKey: 'topologyKey',
  },
  'V1PodStatus.podIPs': by('ip'),
  'V1PodStatus.hostIPs': { list: 'atomic', patchKey: 'ip' },
  'V1Container.env': by('name'),
  'V1Container.ports': {
    list: 'map',
    keys: ['containerPort', 'protocol'],
    patchKey: 'containerPort',
  },
  'V1Container.volumeMounts': by('mountPath'),
  'V1Container.volumeDevices': by('devicePath'),
  'V1ResourceRequirements.claims': by('name'),
  'V1ServiceSpec.ports': {
    list: 'map',
    keys: ['port', 'protocol'],
    patchKey: 'port',
  },
  'V1ServiceAccount.secrets': by('name'),
  'V1NodeSpec.taints': { list: 'atomic', patchKey: 'key' },
  'V1NodeSpec.podCIDRs': { list: 'set', patchKey: '' },
  'V1NodeStatus.addresses': by('type'),
  'V1EndpointSlice.endpoints': { list: 'atomic' },
};

/** Types that server-side apply owns as a whole (`x-kubernetes-map-type: atomic`). */
export const ATOMIC_TYPES = new Set([
  'V1LabelSelector',
  'V1LocalObjectReference',
  'V1ObjectReference',
  'V1OwnerReference',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1ObjectFieldSelector',
  'V1ResourceFieldSelector',
  'V1SecretKeySelector',
  'V1ConfigMapKeySelector',
  'V1SecretReference',
  'V1TypedLocalObjectReference',
]);

/** Maps that server-side apply owns as a whole. */
export const ATOMIC_MAPS = new Set([
  'V1PodSpec.nodeSelector',
  'V1ServiceSpec.selector',
]);

/** Fields without which an object is refused. */
export const REQUIRED: Record<string, string[]> = {
  V1Deployment: ['spec'],
  V1DeploymentSpec: ['selector', 'template'],
  V1ReplicaSetSpec: ['selector'],
  V1JobSpec: ['template'],
  V1PodSpec: ['containers'],
  V1Container: ['name'],
  V1ContainerPort: ['containerPort'],
  V1EnvVar: ['name'],
  V1Volume: ['name'],
  V1VolumeMount: ['name', 'mountPath'],
  V1ServicePort: ['port'],
  V1EndpointSlice: ['addressType', 'endpoints'],
  V1Endpoint: ['addresses'],
  V2HorizontalPodAutoscalerSpec: ['scaleTargetRef', 'maxReplicas'],
  V1SelfSubjectAccessReview: ['spec'],
};
