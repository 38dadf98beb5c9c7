import type { KubeObject } from '../contract';
import { apiVersionOf, type KindRow } from './kinds';

const versioned = new WeakMap<KubeObject, Map<string, KubeObject>>();

/** The same object under another served version; only `apiVersion` differs between versions here. */
export function inVersion(
  row: KindRow,
  object: KubeObject,
  version: string,
): KubeObject {
  const apiVersion = apiVersionOf(row, version);
  if (object.apiVersion === apiVersion) return object;
  const known = versioned.get(object)?.get(version);
  if (known) return known;
  const made = Object.freeze({ ...object, apiVersion });
  if (!versioned.has(object)) versioned.set(object, new Map());
  versioned.get(object)!.set(version, made);
  return made;
}

/** What counts for `metadata.generation`: everything but metadata and status. */
export function body(object: KubeObject) {
  const {
    apiVersion: _a,
    kind: _k,
    metadata: _m,
    status: _s,
    ...rest
  } = object;
  return rest;
}

const WITHOUT_GENERATION = new Set([
  'ConfigMap',
  'Secret',
  'Event',
  'Endpoints',
  'Namespace',
  'Node',
  'ServiceAccount',
  'Service',
  'Lease',
]);

export function hasGeneration(row: KindRow): boolean {
  return !WITHOUT_GENERATION.has(row.kind);
}

/** Seconds that a deletion waits for somebody (the kubelet) to finish; 0 for all but running pods. */
export function gracePeriod(
  row: KindRow,
  object: KubeObject,
  asked?: number,
): number {
  if (row.kind !== 'Pod' || !object.spec?.nodeName) return 0;
  if (['Succeeded', 'Failed'].includes(object.status?.phase)) return 0;
  return asked ?? object.spec.terminationGracePeriodSeconds ?? 30;
}
