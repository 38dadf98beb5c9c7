/** Entity annotation: the mesh service of a component, `<service>.<namespace>` (or `namespace/service`). */
export const ANNOTATION_HOST = 'mesh-dr.io/host';
/** Entity annotation: id or name of the ASM mesh; needed when the portal sees several. */
export const ANNOTATION_MESH = 'mesh-dr.io/mesh';
/** Entity annotation: id of an ACK cluster. */
export const ANNOTATION_CLUSTER = 'mesh-dr.io/cluster';
/** Entity annotation of Backstage's Kubernetes plugin: value of the label of the same name on the entity's objects. */
export const ANNOTATION_KUBERNETES_ID = 'backstage.io/kubernetes-id';
/** Entity annotation of Backstage's Kubernetes plugin: selects the entity's objects by labels; goes before the id. */
export const ANNOTATION_KUBERNETES_LABEL_SELECTOR =
  'backstage.io/kubernetes-label-selector';
/** Entity annotation of Backstage's Kubernetes plugin: the one namespace of the entity's objects. */
export const ANNOTATION_KUBERNETES_NAMESPACE =
  'backstage.io/kubernetes-namespace';
/** Entity annotation of Backstage's Kubernetes plugin: the one cluster of the entity's objects. */
export const ANNOTATION_KUBERNETES_CLUSTER = 'backstage.io/kubernetes-cluster';
/** Entity annotation on Resources made from cloud objects: the environment's name. */
export const ANNOTATION_ENVIRONMENT = 'mesh-dr.io/environment';
/**
 * Entity annotation: what takes clients outside the mesh to another region when their gateway is lost, in a few words (e.g.
 * `Alibaba Cloud GTM`); `none`: nothing does.
 */
export const ANNOTATION_ENTRY_FAILOVER = 'mesh-dr.io/entry-failover';
/** Cloud tag naming the environment a resource belongs to. */
export const TAG_ENVIRONMENT = 'mesh-dr:environment';
/** Cloud tag naming the resource inside its environment, e.g. `vpc/hangzhou`. */
export const TAG_RESOURCE = 'mesh-dr:resource';

/**
 * Reads `mesh-dr.io/host`: `reviews.default`, `reviews.default.svc.cluster.local`, `default/reviews`, or `reviews` alone
 * for the namespace `default`.
 */
export function parseHost(
  host: string | undefined,
): { namespace: string; name: string } | undefined {
  const text = host?.trim();
  if (!text) {
    return undefined;
  }
  if (text.includes('/')) {
    const [namespace, name] = text.split('/');
    return namespace && name ? { namespace, name } : undefined;
  }
  const [name, namespace = 'default'] = text.split('.');
  return name && namespace ? { namespace, name } : undefined;
}
