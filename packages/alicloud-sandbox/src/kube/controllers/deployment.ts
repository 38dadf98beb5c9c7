import type { KubeObject } from '../../contract';
import { byOwner } from '../indexes';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../kinds';
import { selectorMatches } from '../selectors';
import { conditionOf } from './conditions';
import {
  cameFurther,
  isComplete,
  tally,
  writeDeploymentStatus,
  type Progress,
} from './deploymentStatus';
import {
  controllerOf,
  keyOf,
  ownedBy,
  ownerReference,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';
import {
  forgetOld,
  makeSet,
  promote,
  revisionOf,
  setOfTemplate,
  sizeAnnotations,
} from './revisions';
import {
  bounds,
  proportional,
  stepsDown,
  stepUp,
  type Resize,
} from './rollout';
import { Timers } from './timers';

const DESIRED = 'deployment.kubernetes.io/desired-replicas';

/** Turns a Deployment into ReplicaSets and rolls from one template to the next. */
export function deploymentController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const name = 'deployment-controller';
  const timers = new Timers(ctx);
  /** How many ReplicaSets of a namespace have no controller: mostly none, then nobody needs to look for them. */
  const orphans = new Map<string, number>();
  /** Deployments whose deadline passed without progress, by uid. */
  const late = new Set<string>();

  function resize(deployment: KubeObject, { set, replicas }: Resize) {
    const { surge } = bounds(deployment);
    const { namespace, name: at } = set.metadata;
    const before = set.spec.replicas;
    storage.update(REPLICA_SETS, namespace, at, o => {
      o.spec.replicas = replicas;
      Object.assign(
        (o.metadata.annotations ??= {}),
        sizeAnnotations(deployment.spec.replicas, surge),
      );
    });
    if (before === replicas) return;
    ctx.event(
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${
        replicas > before ? 'up' : 'down'
      } replica set ${at} from ${before} to ${replicas}`,
      name,
    );
  }

  /** The Deployment's ReplicaSets as they are now; orphans that it selects are taken in. */
  function claim(deployment: KubeObject): KubeObject[] {
    const { namespace, uid } = deployment.metadata;
    const owned = storage
      .find(REPLICA_SETS, byOwner(uid!))
      .filter(s => ownedBy(s, deployment));
    if (!orphans.get(namespace ?? '')) return owned;
    const adopted = storage
      .list(REPLICA_SETS, namespace)
      .filter(
        s =>
          !controllerOf(s) &&
          !s.metadata.deletionTimestamp &&
          selectorMatches(deployment.spec.selector, s.metadata.labels),
      )
      .map(
        s =>
          storage.update(REPLICA_SETS, namespace, s.metadata.name, o => {
            o.metadata.ownerReferences = [
              ...(o.metadata.ownerReferences ?? []),
              ownerReference(deployment),
            ];
          })!,
      );
    return [...owned, ...adopted];
  }

  function countOrphans(set: KubeObject, change: number) {
    if (controllerOf(set)) return;
    const { namespace = '' } = set.metadata;
    orphans.set(namespace, (orphans.get(namespace) ?? 0) + change);
  }

  function recreate(
    deployment: KubeObject,
    current: KubeObject,
    old: KubeObject[],
  ) {
    for (const set of old.filter(s => s.spec.replicas > 0)) {
      resize(deployment, { set, replicas: 0 });
    }
    // Pods that still shut down hold on to what the new ones would need.
    const left = old.some(s =>
      storage
        .find(PODS, byOwner(s.metadata.uid!))
        .some(p => !['Succeeded', 'Failed'].includes(p.status?.phase)),
    );
    const { replicas } = deployment.spec;
    if (!left && current.spec.replicas !== replicas) {
      resize(deployment, { set: current, replicas });
    }
  }

  function roll(
    deployment: KubeObject,
    current: KubeObject,
    old: KubeObject[],
  ) {
    if (deployment.spec.strategy.type === 'Recreate') {
      recreate(deployment, current, old);
      return;
    }
    const up = stepUp(deployment, current, old);
    if (up) resize(deployment, up);
    const { namespace, name: at } = current.metadata;
    const grown = storage.get(REPLICA_SETS, namespace, at)!;
    for (const down of stepsDown(deployment, grown, old)) {
      resize(deployment, down);
    }
  }

  /** Whether the wanted number changed since the ReplicaSets were sized. */
  const scaled = (deployment: KubeObject, sets: KubeObject[]) =>
    sets.some(
      s =>
        s.spec.replicas > 0 &&
        s.metadata.annotations?.[DESIRED] !== undefined &&
        Number(s.metadata.annotations[DESIRED]) !== deployment.spec.replicas,
    );

  /** Watches over `progressDeadlineSeconds`: the timer starts with a rollout and again with every step of it. */
  function deadline(deployment: KubeObject, moved: boolean, done: boolean) {
    const uid = deployment.metadata.uid!;
    if (moved || done) {
      timers.cancel(uid);
      late.delete(uid);
    }
    const { progressDeadlineSeconds: seconds } = deployment.spec;
    // The largest int32 means none.
    if (done || late.has(uid) || !(seconds < 2 ** 31 - 1)) return;
    timers.later(uid, seconds * 1000, () => {
      late.add(uid);
      reconcile(keyOf(deployment));
    });
  }

  function progressOf(
    deployment: KubeObject,
    current: KubeObject | undefined,
    all: KubeObject[],
    start: 'made' | 'found' | undefined,
  ): Progress {
    const before = conditionOf(deployment, 'Progressing');
    if (deployment.spec.paused) {
      timers.cancel(deployment.metadata.uid!);
      return 'paused';
    }
    const now = tally(current, all);
    const done = isComplete(deployment, now);
    const scaling =
      before?.reason === 'NewReplicaSetAvailable' &&
      now.replicas === now.updated;
    const moved = start !== undefined || cameFurther(deployment, now);
    deadline(deployment, moved, done || (scaling && !start));
    if (done) return 'complete';
    if (start) return start;
    // What was complete stays it while its pods come and go.
    if (scaling) return undefined;
    if (moved) return 'updated';
    if (late.has(deployment.metadata.uid!)) return 'late';
    if (before?.reason === 'DeploymentPaused') return 'resumed';
    return before ? undefined : 'updated';
  }

  function reconcile(key: string): void {
    const [namespace, at] = splitKey(key);
    const deployment = storage.get(DEPLOYMENTS, namespace, at);
    if (!deployment || deployment.metadata.deletionTimestamp) return;
    const sets = claim(deployment);
    let current = setOfTemplate(deployment, sets);
    let start: 'made' | 'found' | undefined;
    if (scaled(deployment, sets)) {
      proportional(deployment, sets).forEach(r => resize(deployment, r));
    } else if (!deployment.spec.paused) {
      if (current) {
        const before = revisionOf(current);
        current = promote(ctx, deployment, current, sets);
        if (before && revisionOf(current) !== before) start = 'found';
      } else {
        start = 'made';
        current = makeSet(ctx, deployment, sets, bounds(deployment).surge);
      }
      const { uid } = current.metadata;
      const old = sets.filter(s => s.metadata.uid !== uid);
      roll(deployment, current, old);
      forgetOld(ctx, deployment, old);
    }
    const all = claim(deployment);
    current = all.find(s => s.metadata.uid === current?.metadata.uid);
    writeDeploymentStatus(
      ctx,
      deployment,
      current,
      all,
      progressOf(deployment, current, all, start),
    );
  }

  return {
    name,
    keys({ object, previous, type }) {
      const { namespace } = object.metadata;
      if (object.kind === 'Deployment') {
        if (type === 'DELETED') timers.cancel(object.metadata.uid!);
        return [keyOf(object)];
      }
      const owner = controllerOf(object);
      if (object.kind === 'ReplicaSet') {
        if (previous) countOrphans(previous, -1);
        if (type !== 'DELETED') countOrphans(object, 1);
        if (owner) {
          return owner.kind === 'Deployment'
            ? [`${namespace}/${owner.name}`]
            : [];
        }
        return storage
          .list(DEPLOYMENTS, namespace)
          .filter(d => selectorMatches(d.spec.selector, object.metadata.labels))
          .map(keyOf);
      }
      // The last old pod of a Deployment that recreates may be gone.
      if (object.kind !== 'Pod' || type !== 'DELETED') return [];
      return recreating(object, owner?.name);
    },
    reconcile,
    stop: () => timers.stop(),
  };

  function recreating(pod: KubeObject, setName?: string): string[] {
    const { namespace } = pod.metadata;
    const set = setName && storage.get(REPLICA_SETS, namespace, setName);
    const owner = set ? controllerOf(set) : undefined;
    const deployment = owner && storage.get(DEPLOYMENTS, namespace, owner.name);
    return deployment?.spec.strategy.type === 'Recreate'
      ? [keyOf(deployment)]
      : [];
  }
}
