import type {
  CloudView,
  KubeClusterSpec,
  KubeObject,
  PodInjector,
} from '../../contract';
import type { Registry } from '../registry';
import { injects, webhookFor } from './decide';
import { sidecar, STATUS } from './template';

/** Thrown when the API server cannot reach the injector: the pod is not made. */
export class InjectorUnreachable extends Error {
  constructor(webhook: string) {
    super(
      `failed calling webhook "${webhook}.sidecar-injector.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/inject?timeout=10s": context deadline exceeded`,
    );
    this.name = 'InjectorUnreachable';
  }
}

/** `web` of `web-5d8f9c7b6d-x2x4z`: Deployment or Job behind the pod's ReplicaSet, or whatever made it. */
function workloadOf(pod: KubeObject): string {
  const owner = pod.metadata.ownerReferences?.find(o => o.controller);
  if (!owner) {
    return pod.metadata.name || String(pod.metadata.generateName ?? '');
  }
  return owner.kind === 'ReplicaSet'
    ? owner.name.replace(/-[a-z0-9]+$/, '')
    : owner.name;
}

/**
 * The mutating webhook of a mesh at the API servers of its member clusters. It sees pods when they are made: labels that
 * change later change nothing until a pod is made again, and pods from before the join have no sidecar.
 */
export function createInjector(
  cloud: CloudView,
  registry: Registry,
): PodInjector {
  return {
    inject(spec: KubeClusterSpec, namespace, pod) {
      const mesh = cloud.meshes().find(m => m.members.includes(spec.id));
      if (!mesh || pod.metadata.annotations?.[STATUS]) return;
      const labels = pod.metadata.labels ?? {};
      const webhook = webhookFor(mesh, namespace, labels);
      if (!webhook) return;
      // The injector runs with the mesh's control plane; `failurePolicy: Fail` is Istio's default.
      if (registry.isRegionLost(mesh.region)) {
        throw new InjectorUnreachable(webhook);
      }
      if (!injects(pod, namespace.name)) return;
      const added = sidecar({
        mesh,
        clusterId: spec.id,
        region: spec.region,
        workload: workloadOf(pod),
        labels,
        containers: pod.spec.containers.map((c: any) => c.name),
      });
      pod.metadata.labels = { ...labels, ...added.labels };
      pod.metadata.annotations = {
        ...added.annotations,
        ...pod.metadata.annotations,
      };
      const { spec: podSpec } = pod;
      podSpec.initContainers = [
        ...(podSpec.initContainers ?? []),
        added.initContainer,
      ];
      podSpec.containers = [...podSpec.containers, added.container];
      podSpec.volumes = [...added.volumes, ...(podSpec.volumes ?? [])];
    },
  };
}
