import type { KubeObject, MeshView } from '../../contract';

type Labels = Record<string, string>;

/** Set on namespaces: `enabled` or `disabled`. */
export const NAMESPACE_LABEL = 'istio-injection';
/** Set on namespaces and pods: which control plane injects. */
export const REVISION_LABEL = 'istio.io/rev';
/** Set on pods, as a label or (before Istio 1.10) as an annotation. */
export const POD_LABEL = 'sidecar.istio.io/inject';

/** Istio injects nothing here, whatever the labels say. */
const SYSTEM = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
]);

const YES = new Set(['y', 'yes', 'true', 'on']);

/**
 * The webhook of Istio's injector that a new pod is sent to; undefined when none wants it. The API server decides this
 * by labels alone: `istio-injection` on the namespace goes before `istio.io/rev`, and a pod can opt in by itself only
 * where its namespace says nothing.
 */
export function webhookFor(
  mesh: MeshView,
  namespace: { name: string; labels: Labels },
  podLabels: Labels,
): string | undefined {
  const own = podLabels[POD_LABEL];
  if (own === 'false') return undefined;
  const revisions = revisionsOf(mesh);
  const injection = namespace.labels[NAMESPACE_LABEL];
  if (injection !== undefined) {
    return injection === 'enabled' ? 'namespace' : undefined;
  }
  const revision = namespace.labels[REVISION_LABEL];
  if (revision !== undefined) {
    return revisions.includes(revision) ? 'rev.namespace' : undefined;
  }
  const podRevision = podLabels[REVISION_LABEL];
  if (podRevision !== undefined) {
    return revisions.includes(podRevision) ? 'rev.object' : undefined;
  }
  if (own === 'true') return 'object';
  const byDefault =
    mesh.injectByDefault &&
    own === undefined &&
    !SYSTEM.has(namespace.name) &&
    namespace.name !== 'istio-system';
  return byDefault ? 'auto' : undefined;
}

/** What the injector itself still refuses of what its webhooks are sent. */
export function injects(pod: KubeObject, namespace: string): boolean {
  if (pod.spec?.hostNetwork || SYSTEM.has(namespace)) return false;
  const wish =
    pod.metadata.labels?.[POD_LABEL] ?? pod.metadata.annotations?.[POD_LABEL];
  return wish === undefined || wish === '' || YES.has(wish.toLowerCase());
}

/** Names under which a mesh's control plane answers: `default`, and its version's, such as `1-22-6`. */
function revisionsOf(mesh: MeshView): string[] {
  const numbers = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(mesh.version)?.slice(1);
  const parts = (numbers ?? []).filter(Boolean);
  return ['default', parts.slice(0, 2).join('-'), parts.join('-')];
}
