import { createHash } from 'node:crypto';
import type { KubeObject } from '../../contract';
import { clone, equal, timestamp, type Json } from '../json';
import { DEPLOYMENTS, REPLICA_SETS } from '../kinds';
import { conditionOf, setCondition } from './conditions';
import {
  controllerOf,
  keyOf,
  ownedBy,
  ownerReference,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';

const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

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

/** `25%` of the replicas, or a plain number. */
export function share(
  value: number | string,
  total: number,
  up: boolean,
): number {
  if (typeof value === 'number') return value;
  const exact = (parseInt(value, 10) * total) / 100;
  return up ? Math.ceil(exact) : Math.floor(exact);
}

function withoutHash(template: Json): Json {
  const copy = clone(template);
  if (copy.metadata?.labels) delete copy.metadata.labels[HASH];
  return copy;
}

const sum = (
  sets: KubeObject[],
  read: (set: KubeObject) => number | undefined,
) => sets.reduce((total, set) => total + (read(set) ?? 0), 0);

/** Turns a Deployment into ReplicaSets and rolls from one template to the next. */
export function deploymentController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const name = 'deployment-controller';

  function scale(deployment: KubeObject, set: KubeObject, replicas: number) {
    if (set.spec.replicas === replicas) return;
    const direction = replicas > set.spec.replicas ? 'up' : 'down';
    storage.update(
      REPLICA_SETS,
      set.metadata.namespace,
      set.metadata.name,
      o => {
        o.spec.replicas = replicas;
      },
    );
    ctx.event(
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${direction} replica set ${set.metadata.name} from ${set.spec.replicas} to ${replicas}`,
      name,
    );
  }

  function currentSet(deployment: KubeObject, sets: KubeObject[]): KubeObject {
    const wanted = withoutHash(deployment.spec.template);
    const found = sets.find(s => equal(withoutHash(s.spec.template), wanted));
    const revision = (s: KubeObject) =>
      Number(s.metadata.annotations?.[REVISION] ?? 0);
    const newest = Math.max(0, ...sets.map(revision));
    if (found) {
      const next = revision(found) === newest ? newest : newest + 1;
      return storage.update(
        REPLICA_SETS,
        found.metadata.namespace,
        found.metadata.name,
        o => {
          o.metadata.annotations = {
            ...o.metadata.annotations,
            [REVISION]: String(next),
          };
        },
      )!;
    }
    const hash = templateHash(wanted);
    const label = (labels: Json) => ({ ...labels, [HASH]: hash });
    const template = clone(deployment.spec.template);
    template.metadata = {
      ...template.metadata,
      labels: label(template.metadata?.labels),
    };
    return storage.create(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${deployment.metadata.name}-${hash}`,
        namespace: deployment.metadata.namespace,
        labels: template.metadata.labels,
        annotations: { [REVISION]: String(newest + 1) },
        ownerReferences: [ownerReference(deployment)],
      },
      spec: {
        replicas: 0,
        selector: {
          ...clone(deployment.spec.selector),
          matchLabels: label(deployment.spec.selector.matchLabels),
        },
        template,
      },
    });
  }

  function roll(deployment: KubeObject, set: KubeObject, old: KubeObject[]) {
    const { replicas: wanted, strategy } = deployment.spec;
    const running = old.filter(s => s.spec.replicas > 0);
    if (strategy.type === 'Recreate') {
      for (const s of running) scale(deployment, s, 0);
      if (sum(old, s => s.status?.replicas) === 0)
        scale(deployment, set, wanted);
      return;
    }
    const surge = share(strategy.rollingUpdate.maxSurge, wanted, true);
    let unavailable = share(
      strategy.rollingUpdate.maxUnavailable,
      wanted,
      false,
    );
    if (surge === 0 && unavailable === 0) unavailable = 1;
    const total = set.spec.replicas + sum(running, s => s.spec.replicas);
    if (set.spec.replicas > wanted) scale(deployment, set, wanted);
    else if (set.spec.replicas < wanted) {
      const room = Math.max(0, wanted + surge - total);
      scale(deployment, set, Math.min(wanted, set.spec.replicas + room));
    }
    const fresh = storage.get(
      REPLICA_SETS,
      set.metadata.namespace,
      set.metadata.name,
    )!;
    const minimum = wanted - unavailable;
    // Both bounds are needed: the planned one holds even while the reported numbers lag behind.
    const newUnavailable =
      fresh.spec.replicas - (fresh.status?.availableReplicas ?? 0);
    const planned = fresh.spec.replicas + sum(running, s => s.spec.replicas);
    let spare = planned - minimum - newUnavailable;
    // Old pods that serve nobody go first, then as many as availability allows.
    for (const s of running) {
      const idle = s.spec.replicas - (s.status?.availableReplicas ?? 0);
      const down = Math.max(0, Math.min(idle, spare));
      spare -= down;
      scale(deployment, s, s.spec.replicas - down);
    }
    const available =
      (fresh.status?.availableReplicas ?? 0) +
      sum(running, s => s.status?.availableReplicas);
    let surplus = Math.min(spare, available - minimum);
    for (const { metadata } of running) {
      const s = storage.get(REPLICA_SETS, metadata.namespace, metadata.name)!;
      const down = Math.max(0, Math.min(s.spec.replicas, surplus));
      surplus -= down;
      scale(deployment, s, s.spec.replicas - down);
    }
  }

  function forgetOld(deployment: KubeObject, old: KubeObject[]) {
    const idle = old
      .filter(s => s.spec.replicas === 0 && !s.status?.replicas)
      .sort(
        (a, b) =>
          Number(a.metadata.annotations?.[REVISION]) -
          Number(b.metadata.annotations?.[REVISION]),
      );
    const surplus = Math.max(
      0,
      idle.length - deployment.spec.revisionHistoryLimit,
    );
    for (const s of idle.slice(0, surplus)) {
      storage.delete(REPLICA_SETS, s.metadata.namespace, s.metadata.name);
    }
  }

  function writeStatus(
    deployment: KubeObject,
    set: KubeObject | undefined,
    all: KubeObject[],
  ) {
    const { namespace, name: at } = deployment.metadata;
    const wanted = deployment.spec.replicas;
    const replicas = sum(all, s => s.status?.replicas);
    const available = sum(all, s => s.status?.availableReplicas);
    const updated = set?.status?.replicas ?? 0;
    const maximum = deployment.spec.strategy.rollingUpdate?.maxUnavailable ?? 0;
    const enough = available >= wanted - share(maximum, wanted, false);
    const complete =
      updated === wanted && replicas === wanted && available === wanted;
    storage.update(DEPLOYMENTS, namespace, at, o => {
      o.status = {
        observedGeneration: deployment.metadata.generation,
        replicas: replicas || undefined,
        updatedReplicas: updated || undefined,
        readyReplicas: sum(all, s => s.status?.readyReplicas) || undefined,
        availableReplicas: available || undefined,
        unavailableReplicas:
          Math.max(0, Math.max(wanted, replicas) - available) || undefined,
        conditions: o.status?.conditions,
      };
      const now = ctx.now();
      setCondition(
        o,
        {
          type: 'Available',
          status: enough ? 'True' : 'False',
          reason: enough
            ? 'MinimumReplicasAvailable'
            : 'MinimumReplicasUnavailable',
          message: enough
            ? 'Deployment has minimum availability.'
            : 'Deployment does not have minimum availability.',
        },
        now,
        stampOf(o, 'Available', enough ? 'True' : 'False', now),
      );
      const reason = complete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated';
      setCondition(
        o,
        {
          type: 'Progressing',
          status: 'True',
          reason,
          message: complete
            ? `ReplicaSet "${set?.metadata.name}" has successfully progressed.`
            : `ReplicaSet "${set?.metadata.name}" is progressing.`,
        },
        now,
        stampOf(o, 'Progressing', 'True', now, reason),
      );
      o.metadata.annotations = {
        ...o.metadata.annotations,
        [REVISION]: set?.metadata.annotations?.[REVISION] ?? '1',
      };
    });
  }

  return {
    name,
    keys(event) {
      if (event.object.kind === 'Deployment') return [keyOf(event.object)];
      const owner =
        event.object.kind === 'ReplicaSet'
          ? controllerOf(event.object)
          : undefined;
      return owner?.kind === 'Deployment'
        ? [`${event.object.metadata.namespace}/${owner.name}`]
        : [];
    },
    reconcile(key) {
      const [namespace, at] = splitKey(key);
      const deployment = storage.get(DEPLOYMENTS, namespace, at);
      if (!deployment || deployment.metadata.deletionTimestamp) return;
      const owned = () =>
        storage
          .list(REPLICA_SETS, namespace)
          .filter(s => ownedBy(s, deployment));
      let set: KubeObject | undefined;
      if (deployment.spec.paused) {
        set = owned().find(s =>
          equal(
            withoutHash(s.spec.template),
            withoutHash(deployment.spec.template),
          ),
        );
      } else {
        set = currentSet(deployment, owned());
        const { uid } = set.metadata;
        const old = owned().filter(s => s.metadata.uid !== uid);
        roll(deployment, set, old);
        forgetOld(deployment, old);
      }
      const all = owned();
      writeStatus(
        deployment,
        all.find(s => s.metadata.uid === set?.metadata.uid),
        all,
      );
    },
  };
}

/** A Deployment's conditions carry the time of their last change of any kind. */
function stampOf(
  object: KubeObject,
  type: string,
  status: string,
  now: number,
  reason?: string,
) {
  const before = conditionOf(object, type);
  const same =
    before?.status === status &&
    (reason === undefined || before.reason === reason);
  return { lastUpdateTime: same ? before.lastUpdateTime : timestamp(now) };
}
