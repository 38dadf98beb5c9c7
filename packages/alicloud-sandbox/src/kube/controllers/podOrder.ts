import type { KubeObject } from '../../contract';
import type { Json } from '../json';
import { conditionOf, isPodReady } from './conditions';

const COST = 'controller.kubernetes.io/pod-deletion-cost';

const PHASES: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

const cost = (pod: KubeObject) => Number(pod.metadata.annotations?.[COST] ?? 0);

const restarts = (pod: KubeObject) =>
  Math.max(
    0,
    ...(pod.status?.containerStatuses ?? []).map((c: Json) => c.restartCount),
  );

const readySince = (pod: KubeObject) =>
  Date.parse(conditionOf(pod, 'Ready')?.lastTransitionTime ?? 0) || 0;

/** Times are compared by the order of magnitude of their age, as Kubernetes does, so that rollouts stay balanced. */
const ageRank = (time: number, now: number) =>
  Math.floor(Math.log2(Math.max(1, (now - time) / 1000)));

/**
 * Orders the pods of a ReplicaSet by which goes first when it shrinks: not placed, not running, not ready, cheapest by
 * the annotation `pod-deletion-cost`, on the node with most siblings, ready for the shortest time, restarted most,
 * youngest.
 */
export function byExpendability(
  pods: KubeObject[],
  now: number,
): (a: KubeObject, b: KubeObject) => number {
  const together = new Map<string, number>();
  for (const { spec } of pods) {
    together.set(spec.nodeName, (together.get(spec.nodeName) ?? 0) + 1);
  }
  const ranks: ((pod: KubeObject) => number)[] = [
    pod => (pod.spec.nodeName ? 1 : 0),
    pod => PHASES[pod.status?.phase] ?? 1,
    pod => (isPodReady(pod) ? 1 : 0),
    cost,
    pod => -(together.get(pod.spec.nodeName) ?? 0),
    pod => (isPodReady(pod) ? ageRank(readySince(pod), now) : 0),
    pod => -restarts(pod),
    pod => ageRank(Date.parse(pod.metadata.creationTimestamp ?? ''), now),
  ];
  return (a, b) => {
    for (const rank of ranks) {
      const difference = rank(a) - rank(b);
      if (difference) return difference;
    }
    return a.metadata.name < b.metadata.name ? -1 : 1;
  };
}
