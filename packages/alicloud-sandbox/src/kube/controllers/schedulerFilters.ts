import type { KubeObject } from '../../contract';
import type { Json } from '../json';
import { selectorMatches } from '../selectors';
import { isTrue } from './conditions';
import { quantity } from './quantity';
import type { NodeUsage, Requests } from './schedulerUsage';

type Labels = Record<string, string>;

const NOT_READY = 'node.kubernetes.io/not-ready';

export function tolerates(pod: KubeObject, taint: Json): boolean {
  return (pod.spec.tolerations ?? []).some(
    (t: Json) =>
      (!t.effect || t.effect === taint.effect) &&
      (!t.key ? t.operator === 'Exists' : t.key === taint.key) &&
      (t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '')),
  );
}

function expressionFits(expression: Json, labels: Labels): boolean {
  const value = labels[expression.key];
  const values: string[] = expression.values ?? [];
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}

function affine(pod: KubeObject, labels: Labels): boolean {
  const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(
    ([k, v]) => labels[k] === v,
  );
  const terms =
    pod.spec.affinity?.nodeAffinity
      ?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    selected &&
    (!terms ||
      terms.some((t: Json) =>
        (t.matchExpressions ?? []).every((e: Json) =>
          expressionFits(e, labels),
        ),
      ))
  );
}

/** Why a node cannot take a pod whatever else runs there, in the scheduler's words; undefined when it can. */
export function unsuitable(
  pod: KubeObject,
  node: KubeObject,
): string | undefined {
  const taints: Json[] = [...(node.spec.taints ?? [])];
  if (node.spec.unschedulable) return 'node(s) were unschedulable';
  if (!isTrue(node, 'Ready') && taints.length === 0) {
    taints.push({ key: NOT_READY, effect: 'NoSchedule' });
  }
  const taint = taints.find(
    t => t.effect !== 'PreferNoSchedule' && !tolerates(pod, t),
  );
  if (taint)
    return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  return affine(pod, node.metadata.labels ?? {})
    ? undefined
    : "node(s) didn't match Pod's node affinity/selector";
}

/** What a node lacks for a pod, in the scheduler's words. */
export function lacking(
  requests: Requests,
  node: KubeObject,
  usage: NodeUsage,
): string[] {
  const { allocatable = {} } = node.status ?? {};
  const missing: string[] = [];
  if (usage.pods >= Number(allocatable.pods ?? 0)) {
    missing.push('Too many pods');
  }
  for (const resource of ['cpu', 'memory'] as const) {
    const free = quantity(allocatable[resource]) - usage[resource];
    if (requests[resource] > 0 && requests[resource] > free + 1e-9) {
      missing.push(`Insufficient ${resource}`);
    }
  }
  return missing;
}

interface Neighbourhood {
  nodes: KubeObject[];
  /** Pods of the pod's own namespace that are on a node and have not ended. */
  neighbours: KubeObject[];
}

/** Whether a required anti-affinity of the pod keeps it away from the node. */
export function repelled(
  pod: KubeObject,
  node: KubeObject,
  { nodes, neighbours }: Neighbourhood,
): boolean {
  const terms: Json[] =
    pod.spec.affinity?.podAntiAffinity
      ?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.some(term => {
    const domain = node.metadata.labels?.[term.topologyKey];
    if (domain === undefined) return false;
    const inDomain = new Set(
      nodes
        .filter(n => n.metadata.labels?.[term.topologyKey] === domain)
        .map(n => n.metadata.name),
    );
    return neighbours.some(
      p =>
        inDomain.has(p.spec.nodeName) &&
        selectorMatches(term.labelSelector, p.metadata.labels),
    );
  });
}

/** Whether placing the pod on the node would break one of its hard spread constraints. */
export function skews(
  pod: KubeObject,
  node: KubeObject,
  { nodes, neighbours }: Neighbourhood,
): boolean {
  const constraints: Json[] = (pod.spec.topologySpreadConstraints ?? []).filter(
    (c: Json) => c.whenUnsatisfiable === 'DoNotSchedule',
  );
  return constraints.some(({ topologyKey, maxSkew, labelSelector }) => {
    const domainOf = new Map(
      nodes
        .filter(n => affine(pod, n.metadata.labels ?? {}))
        .map(n => [n.metadata.name, n.metadata.labels?.[topologyKey]]),
    );
    const here = node.metadata.labels?.[topologyKey];
    if (here === undefined) return true;
    const counts = new Map<string, number>();
    for (const domain of domainOf.values()) {
      if (domain !== undefined) counts.set(domain, 0);
    }
    for (const p of neighbours) {
      const domain = domainOf.get(p.spec.nodeName);
      if (domain && selectorMatches(labelSelector, p.metadata.labels)) {
        counts.set(domain, (counts.get(domain) ?? 0) + 1);
      }
    }
    return (counts.get(here) ?? 0) + 1 - Math.min(...counts.values()) > maxSkew;
  });
}
