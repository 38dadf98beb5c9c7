import { createHash } from 'node:crypto';
import type { KubeObject } from '../../contract';
import { clone, equal, type Json } from '../json';
import { REPLICA_SETS } from '../kinds';
import { ownerReference, type ControllerContext } from './manager';

const HASH = 'pod-template-hash';
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Counts the templates that a Deployment had; `kubectl rollout undo` names one of them. */
export const REVISION = 'deployment.kubernetes.io/revision';
/** Revisions that a ReplicaSet had before a rollback made it current again. */
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAXIMUM = 'deployment.kubernetes.io/max-replicas';

/** Annotations that belong to one object and are not handed on from a Deployment to its ReplicaSets. */
const OWN = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MAXIMUM,
  'deprecated.deployment.rollback.to',
]);

/** A hash of the pod template that does not depend on key order, in Kubernetes' alphabet. */
function templateHash(template: Json): string {
  const sorted = JSON.stringify(template, (_key, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : value,
  );
  const digest = createHash('sha256').update(sorted).digest();
  return [...digest.subarray(0, 10)]
    .map(b => ALPHABET[b % ALPHABET.length])
    .join('');
}

function withoutHash(template: Json): Json {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

export const revisionOf = (set: KubeObject) =>
  Number(set.metadata.annotations?.[REVISION] ?? 0);

/** The ReplicaSet of the Deployment's present template, if it was made already. */
export function setOfTemplate(
  deployment: KubeObject,
  sets: KubeObject[],
): KubeObject | undefined {
  const wanted = withoutHash(deployment.spec.template);
  return [...sets]
    .sort((a, b) =>
      String(a.metadata.creationTimestamp).localeCompare(
        String(b.metadata.creationTimestamp),
      ),
    )
    .find(s => equal(withoutHash(s.spec.template), wanted));
}

function handedOn(deployment: KubeObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(
      ([key]) => !OWN.has(key),
    ),
  );
}

/** Writes the annotations that `kubectl rollout` and later scaling read from a ReplicaSet. */
export function sizeAnnotations(replicas: number, surge: number) {
  return { [DESIRED]: String(replicas), [MAXIMUM]: String(replicas + surge) };
}

/** Brings the ReplicaSet of the present template to the newest revision. */
export function promote(
  ctx: ControllerContext,
  deployment: KubeObject,
  set: KubeObject,
  sets: KubeObject[],
): KubeObject {
  const newest = Math.max(0, ...sets.map(revisionOf));
  const before = revisionOf(set);
  const next = before === newest && before > 0 ? newest : newest + 1;
  const { namespace, name } = set.metadata;
  return ctx.storage.update(REPLICA_SETS, namespace, name, o => {
    const annotations = { ...o.metadata.annotations, ...handedOn(deployment) };
    if (before > 0 && next !== before) {
      const history = annotations[HISTORY];
      annotations[HISTORY] = history ? `${history},${before}` : String(before);
    }
    annotations[REVISION] = String(next);
    o.metadata.annotations = annotations;
    const { minReadySeconds } = deployment.spec;
    if (minReadySeconds || o.spec.minReadySeconds) {
      o.spec.minReadySeconds = minReadySeconds;
    }
  })!;
}

/** Makes the ReplicaSet of a template that no ReplicaSet has yet, without pods. */
export function makeSet(
  ctx: ControllerContext,
  deployment: KubeObject,
  sets: KubeObject[],
  surge: number,
): KubeObject {
  const hash = templateHash(withoutHash(deployment.spec.template));
  const label = (labels: Json) => ({ ...labels, [HASH]: hash });
  const template = clone(deployment.spec.template);
  template.metadata = {
    ...template.metadata,
    labels: label(template.metadata?.labels),
  };
  const revision = Math.max(0, ...sets.map(revisionOf)) + 1;
  return ctx.storage.create(REPLICA_SETS, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels: template.metadata.labels,
      annotations: {
        ...handedOn(deployment),
        ...sizeAnnotations(deployment.spec.replicas, surge),
        [REVISION]: String(revision),
      },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: 0,
      minReadySeconds: deployment.spec.minReadySeconds,
      selector: {
        ...clone(deployment.spec.selector),
        matchLabels: label(deployment.spec.selector.matchLabels),
      },
      template,
    },
  });
}

/** Deletes the oldest ReplicaSets without pods beyond the limit of the Deployment's history. */
export function forgetOld(
  ctx: ControllerContext,
  deployment: KubeObject,
  old: KubeObject[],
): void {
  const idle = old
    .filter(
      s =>
        s.spec.replicas === 0 &&
        !s.status?.replicas &&
        !s.metadata.deletionTimestamp,
    )
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  const surplus = idle.length - deployment.spec.revisionHistoryLimit;
  for (const { metadata } of idle.slice(0, Math.max(0, surplus))) {
    ctx.storage.delete(REPLICA_SETS, metadata.namespace, metadata.name);
  }
}
