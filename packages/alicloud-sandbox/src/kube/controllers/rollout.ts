import type { KubeObject } from '../../contract';

/** `25%` of the replicas, or a plain number. */
export function share(
  value: number | string | undefined,
  total: number,
  up: boolean,
): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) return parseInt(value, 10);
  const exact = (parseInt(value, 10) * total) / 100;
  return up ? Math.ceil(exact) : Math.floor(exact);
}

/** How far a rolling update may leave the wanted number, upwards and downwards; never both 0. */
export function bounds(deployment: KubeObject): {
  surge: number;
  unavailable: number;
} {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const { maxSurge, maxUnavailable } = strategy.rollingUpdate ?? {};
  const surge = share(maxSurge, replicas, true);
  const unavailable = share(maxUnavailable, replicas, false);
  return {
    surge,
    unavailable: Math.min(
      replicas,
      surge === 0 && unavailable === 0 ? 1 : unavailable,
    ),
  };
}

const planned = (sets: KubeObject[]) =>
  sets.reduce((sum, set) => sum + set.spec.replicas, 0);

const available = (set: KubeObject) => set.status?.availableReplicas ?? 0;

const oldestFirst = (a: KubeObject, b: KubeObject) =>
  String(a.metadata.creationTimestamp).localeCompare(
    String(b.metadata.creationTimestamp),
  );

/** A size for a ReplicaSet. */
export interface Resize {
  set: KubeObject;
  replicas: number;
}

/** The next step up of a rolling update, as far as the surge lets it; undefined when there is none. */
export function stepUp(
  deployment: KubeObject,
  current: KubeObject,
  old: KubeObject[],
): Resize | undefined {
  const wanted = deployment.spec.replicas;
  const have = current.spec.replicas;
  if (have > wanted) return { set: current, replicas: wanted };
  const limit = wanted + bounds(deployment).surge;
  const room = Math.max(0, limit - have - planned(old));
  const replicas = Math.min(wanted, have + room);
  return replicas === have ? undefined : { set: current, replicas };
}

/** The next steps down of a rolling update: old pods that serve nobody, then as many as availability allows. */
export function stepsDown(
  deployment: KubeObject,
  current: KubeObject,
  old: KubeObject[],
): Resize[] {
  const running = old.filter(s => s.spec.replicas > 0).sort(oldestFirst);
  if (running.length === 0) return [];
  const minimum = deployment.spec.replicas - bounds(deployment).unavailable;
  const sizes = new Map(running.map(s => [s, s.spec.replicas as number]));
  const total = current.spec.replicas + planned(running);
  // Planned pods of the new template that are not available yet count as missing.
  let spare =
    total - minimum - Math.max(0, current.spec.replicas - available(current));
  for (const set of running) {
    const idle = set.spec.replicas - available(set);
    const down = Math.max(0, Math.min(idle, spare));
    spare -= down;
    sizes.set(set, set.spec.replicas - down);
  }
  const serving =
    available(current) + running.reduce((n, s) => n + available(s), 0);
  let surplus = Math.min(spare, serving - minimum);
  for (const set of running) {
    const down = Math.max(0, Math.min(sizes.get(set)!, surplus));
    surplus -= down;
    sizes.set(set, sizes.get(set)! - down);
  }
  return [...sizes]
    .filter(([set, replicas]) => replicas !== set.spec.replicas)
    .map(([set, replicas]) => ({ set, replicas }));
}

/**
 * Sizes after a Deployment was scaled: its only active ReplicaSet takes all; in the middle of a rollout (or while that
 * is paused) every ReplicaSet grows or shrinks in proportion, so that the rollout goes on where it was.
 */
export function proportional(
  deployment: KubeObject,
  sets: KubeObject[],
): Resize[] {
  const active = sets.filter(s => s.spec.replicas > 0);
  const wanted = deployment.spec.replicas as number;
  if (active.length === 1) return [{ set: active[0], replicas: wanted }];
  const total = planned(active);
  const allowed = wanted === 0 ? 0 : wanted + bounds(deployment).surge;
  const factor = allowed / total;
  let left = allowed - total;
  const resizes = active
    .sort((a, b) => b.spec.replicas - a.spec.replicas || oldestFirst(a, b))
    .map(set => {
      const exact = Math.round(set.spec.replicas * factor) - set.spec.replicas;
      const change =
        left > 0
          ? Math.min(left, Math.max(0, exact))
          : Math.max(left, Math.min(0, exact));
      left -= change;
      return { set, replicas: set.spec.replicas + change };
    });
  if (resizes.length > 0) {
    resizes[0].replicas = Math.max(0, resizes[0].replicas + left);
  }
  return resizes;
}
