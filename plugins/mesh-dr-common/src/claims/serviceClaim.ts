import {
  ANNOTATION_HOST,
  ANNOTATION_KUBERNETES_CLUSTER,
  ANNOTATION_KUBERNETES_ID,
  ANNOTATION_KUBERNETES_LABEL_SELECTOR,
  ANNOTATION_KUBERNETES_NAMESPACE,
  ANNOTATION_MESH,
  parseHost,
} from '../annotations';
import type { ClusterFacts, ServiceFacts } from '../topology/types';
import {
  labelsMatch,
  parseLabelSelector,
  type LabelRequirement,
} from './labelSelector';

/** How an entity says which services it stands for. */
export type ServiceClaim = {
  /** Id or name of the mesh; without it any mesh is meant. */
  mesh?: string;
} & (
  | { by: 'host'; service: { namespace: string; name: string } }
  | {
      by: 'labels';
      /** The selector as text, e.g. `backstage.io/kubernetes-id=reviews`. */
      selector: string;
      requirements: LabelRequirement[];
      /** Without it every namespace is looked through. */
      namespace?: string;
      /** Id or name of a member cluster; without it every one is looked through. */
      cluster?: string;
    }
);

/** A member cluster as far as claims look at it. */
export type ClusterServices = Pick<ClusterFacts, 'id' | 'name' | 'services'>;

/**
 * What the annotations of an entity claim. `mesh-dr.io/host` names one service and decides alone. Without it Backstage's
 * own Kubernetes annotations are understood as its Kubernetes plugin understands them: the label selector goes before
 * the id, which is a label of that name; namespace and cluster narrow both down.
 *
 * @returns undefined without such an annotation, or where its value is none
 */
export function serviceClaimOf(
  annotations: Record<string, string> = {},
): ServiceClaim | undefined {
  const mesh = annotations[ANNOTATION_MESH]?.trim();
  const meant = mesh ? { mesh } : {};
  if (annotations[ANNOTATION_HOST] !== undefined) {
    const service = parseHost(annotations[ANNOTATION_HOST]);
    return service && { ...meant, by: 'host', service };
  }
  const id = annotations[ANNOTATION_KUBERNETES_ID]?.trim();
  const selector =
    annotations[ANNOTATION_KUBERNETES_LABEL_SELECTOR]?.trim() ||
    (id && `${ANNOTATION_KUBERNETES_ID}=${id}`);
  const requirements = selector && parseLabelSelector(selector);
  if (!requirements) return undefined;
  const namespace = annotations[ANNOTATION_KUBERNETES_NAMESPACE]?.trim();
  const cluster = annotations[ANNOTATION_KUBERNETES_CLUSTER]?.trim();
  return {
    ...meant,
    by: 'labels',
    selector,
    requirements,
    ...(namespace && { namespace }),
    ...(cluster && { cluster }),
  };
}

/** Whether an entity with the claim may mean services of the mesh at all. */
export function claimsMesh(
  { mesh }: ServiceClaim,
  { id, name }: { id: string; name: string },
): boolean {
  return !mesh || mesh === id || mesh === name;
}

/**
 * Whether labels pick a Service of a cluster: its own, or those by which it selects its Pods, since every Pod behind it
 * then carries them. That a Pod lacks a label cannot be told from a selector.
 */
export function picksService(
  claim: Extract<ServiceClaim, { by: 'labels' }>,
  cluster: Pick<ClusterFacts, 'id' | 'name'>,
  { namespace, labels, selector }: ServiceFacts,
): boolean {
  if (claim.namespace && claim.namespace !== namespace) return false;
  if (claim.cluster && ![cluster.id, cluster.name].includes(claim.cluster)) {
    return false;
  }
  const { requirements } = claim;
  return (
    labelsMatch(requirements, labels) ||
    (requirements.every(({ operator }) =>
      ['in', 'exists'].includes(operator),
    ) &&
      labelsMatch(requirements, selector))
  );
}
