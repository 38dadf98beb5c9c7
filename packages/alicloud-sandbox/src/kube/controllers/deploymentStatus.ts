import type { KubeObject } from '../../contract';
import { timestamp } from '../json';
import { DEPLOYMENTS } from '../kinds';
import { clearCondition, conditionOf, setCondition } from './conditions';
import type { ControllerContext } from './manager';
import { REVISION } from './revisions';
import { bounds } from './rollout';

const total = (
  sets: KubeObject[],
  read: (status: any) => number | undefined,
): number => sets.reduce((sum, set) => sum + (read(set.status) ?? 0), 0);

/** Numbers of a Deployment's pods over all its ReplicaSets. */
export interface Tally {
  replicas: number;
  updated: number;
  ready: number;
  available: number;
}

export function tally(current: KubeObject | undefined, all: KubeObject[]) {
  return {
    replicas: total(all, s => s?.replicas),
    updated: current?.status?.replicas ?? 0,
    ready: total(all, s => s?.readyReplicas),
    available: total(all, s => s?.availableReplicas),
  };
}

/** Every pod is of the new template, available, and nothing else is left. */
export function isComplete(deployment: KubeObject, now: Tally): boolean {
  const wanted = deployment.spec.replicas;
  return (
    now.updated === wanted &&
    now.replicas === wanted &&
    now.available === wanted
  );
}

/** Whether a rollout came further than the status that was written last says. */
export function cameFurther(deployment: KubeObject, now: Tally): boolean {
  const s = deployment.status ?? {};
  const old = (s.replicas ?? 0) - (s.updatedReplicas ?? 0);
  return (
    now.updated > (s.updatedReplicas ?? 0) ||
    now.ready > (s.readyReplicas ?? 0) ||
    now.available > (s.availableReplicas ?? 0) ||
    now.replicas - now.updated < old
  );
}

/** What the condition `Progressing` is to say; undefined leaves it as it is. */
export type Progress =
  | 'made'
  | 'found'
  | 'updated'
  | 'complete'
  | 'late'
  | 'paused'
  | 'resumed'
  | undefined;

function progressing(progress: Progress, name: string) {
  const said = {
    made: ['True', 'NewReplicaSetCreated', `Created new replica set "${name}"`],
    found: ['True', 'FoundNewReplicaSet', `Found new replica set "${name}"`],
    updated: [
      'True',
      'ReplicaSetUpdated',
      `ReplicaSet "${name}" is progressing.`,
    ],
    complete: [
      'True',
      'NewReplicaSetAvailable',
      `ReplicaSet "${name}" has successfully progressed.`,
    ],
    late: [
      'False',
      'ProgressDeadlineExceeded',
      `ReplicaSet "${name}" has timed out progressing.`,
    ],
    paused: ['Unknown', 'DeploymentPaused', 'Deployment is paused'],
    resumed: ['Unknown', 'DeploymentResumed', 'Deployment is resumed'],
  }[progress!];
  const [status, reason, message] = said;
  return {
    type: 'Progressing',
    status: status as 'True' | 'False' | 'Unknown',
    reason,
    message,
  };
}

/** Writes the status: numbers, and the conditions that `kubectl rollout status` and others read. */
export function writeDeploymentStatus(
  ctx: ControllerContext,
  deployment: KubeObject,
  current: KubeObject | undefined,
  all: KubeObject[],
  progress: Progress,
): void {
  const { namespace, name } = deployment.metadata;
  const wanted = deployment.spec.replicas;
  const now = tally(current, all);
  const enough = now.available >= wanted - bounds(deployment).unavailable;
  const failure = [...(current ? [current] : []), ...all]
    .map(set => conditionOf(set, 'ReplicaFailure'))
    .find(Boolean);
  ctx.storage.update(DEPLOYMENTS, namespace, name, o => {
    o.status = {
      ...(o.status?.collisionCount
        ? { collisionCount: o.status.collisionCount }
        : {}),
      observedGeneration: deployment.metadata.generation,
      replicas: now.replicas || undefined,
      updatedReplicas: now.updated || undefined,
      readyReplicas: now.ready || undefined,
      availableReplicas: now.available || undefined,
      unavailableReplicas:
        Math.max(0, Math.max(wanted, now.replicas) - now.available) ||
        undefined,
      conditions: o.status?.conditions,
    };
    say(ctx, o, {
      type: 'Available',
      status: enough ? 'True' : 'False',
      reason: enough
        ? 'MinimumReplicasAvailable'
        : 'MinimumReplicasUnavailable',
      message: enough
        ? 'Deployment has minimum availability.'
        : 'Deployment does not have minimum availability.',
    });
    if (progress)
      say(ctx, o, progressing(progress, current?.metadata.name ?? ''));
    if (failure) {
      const { type, status, reason, message } = failure;
      say(ctx, o, { type, status, reason, message });
    } else clearCondition(o, 'ReplicaFailure');
    const revision = current?.metadata.annotations?.[REVISION];
    if (revision) {
      o.metadata.annotations = {
        ...o.metadata.annotations,
        [REVISION]: revision,
      };
    }
  });
}

/** A Deployment's conditions carry the time of their last change of any kind. */
function say(
  ctx: ControllerContext,
  object: KubeObject,
  condition: Parameters<typeof setCondition>[1],
): void {
  const now = ctx.now();
  const before = conditionOf(object, condition.type);
  const same =
    before?.status === condition.status && before.reason === condition.reason;
  setCondition(object, condition, now, {
    lastUpdateTime: same ? before.lastUpdateTime : timestamp(now),
  });
}
