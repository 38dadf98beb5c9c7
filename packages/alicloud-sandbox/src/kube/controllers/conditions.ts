import type { KubeObject } from '../../contract';
import { timestamp, type Json } from '../json';

export function conditionOf(
  object: KubeObject,
  type: string,
): Json | undefined {
  return object.status?.conditions?.find((c: Json) => c.type === type);
}

export function isTrue(object: KubeObject, type: string): boolean {
  return conditionOf(object, type)?.status === 'True';
}

interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
}

/** Sets a condition; its transition time moves only when the status does. Edits `object`. */
export function setCondition(
  object: KubeObject,
  condition: Condition,
  now: number,
  extra: Record<string, Json> = {},
): void {
  object.status ??= {};
  const conditions: Json[] = (object.status.conditions ??= []);
  const at = conditions.findIndex(c => c.type === condition.type);
  const before = conditions[at];
  const next = {
    ...extra,
    ...condition,
    lastTransitionTime:
      before?.status === condition.status
        ? before.lastTransitionTime
        : timestamp(now),
  };
  if (at < 0) conditions.push(next);
  else conditions[at] = { ...before, ...next };
}

/** Takes a condition away. Edits `object`. */
export function clearCondition(object: KubeObject, type: string): void {
  const left = object.status?.conditions?.filter((c: Json) => c.type !== type);
  if (!left) return;
  object.status.conditions = left.length > 0 ? left : undefined;
}

export const isPodReady = (pod: KubeObject) => isTrue(pod, 'Ready');

/** A pod that has neither ended nor begun to end. */
export const isActive = (pod: KubeObject) =>
  !pod.metadata.deletionTimestamp &&
  !['Succeeded', 'Failed'].includes(pod.status?.phase);
