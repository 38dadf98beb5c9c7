import type { KubeObject } from '../../contract';
import { isTrue } from './conditions';

const ZONE = 'topology.kubernetes.io/zone';
/** A zone with this share of lost nodes is disrupted: more likely the control plane cannot see than they are gone. */
const DISRUPTED = 0.55;
/** Disrupted zones up to this size are not evicted at all, larger ones slowly. */
const LARGE = 50;
/** Simulated milliseconds between two nodes of a zone: 0.1 a second, and 0.01 in large disrupted zones. */
const PACE = { normal: 10_000, disrupted: 100_000 };

export const zoneOf = (node: KubeObject): string =>
  node.metadata.labels?.[ZONE] ?? '';

/**
 * How long after one node of a zone the next may be evicted, in simulated milliseconds; undefined when none may: when
 * the whole cluster is lost, or too much of a small zone but not all of it. Source: kube-controller-manager's node
 * lifecycle with its default flags.
 */
export function evictionPace(
  node: KubeObject,
  nodes: KubeObject[],
): number | undefined {
  if (!nodes.some(n => isTrue(n, 'Ready'))) return undefined;
  const zone = nodes.filter(n => zoneOf(n) === zoneOf(node));
  const lost = zone.filter(n => !isTrue(n, 'Ready')).length;
  const partly =
    lost > 2 && lost < zone.length && lost / zone.length >= DISRUPTED;
  if (!partly) return PACE.normal;
  return zone.length > LARGE ? PACE.disrupted : undefined;
}
