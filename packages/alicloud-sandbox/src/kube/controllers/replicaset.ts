import type { KubeObject, StorageEvent } from '../../contract';
import { byLabel, byOwner } from '../indexes';
import { PODS, REPLICA_SETS } from '../kinds';
import { selectorMatches } from '../selectors';
import {
  clearCondition,
  isActive,
  isPodReady,
  setCondition,
} from './conditions';
import {
  controllerOf,
  keyOf,
  ownedBy,
  ownerReference,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';
import { byExpendability } from './podOrder';
import { ReadySince } from './readySince';
import { Timers } from './timers';

/** So many pods are made or deleted before others get their turn. */
const BATCH = 50;
/** After a pod could not be made, in simulated milliseconds. */
const RETRY = 5_000;

/** Keeps as many pods as a ReplicaSet wants. */
export function replicaSetController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const name = 'replicaset-controller';
  const timers = new Timers(ctx);
  const ready = new ReadySince(ctx);

  function podFor(set: KubeObject): KubeObject {
    const { template } = set.spec;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...template.metadata,
        name: '',
        generateName: `${set.metadata.name}-`,
        namespace: set.metadata.namespace,
        ownerReferences: [ownerReference(set)],
      },
      spec: template.spec,
    };
  }

  /** Pods of the set that are alive; strays that it selects are taken in, pods that left its selector are let go. */
  function claim(set: KubeObject): KubeObject[] {
    const { selector } = set.spec;
    const fits = (pod: KubeObject) =>
      selectorMatches(selector, pod.metadata.labels);
    const owned = storage
      .find(PODS, byOwner(set.metadata.uid!))
      .filter(p => ownedBy(p, set) && isActive(p));
    for (const pod of owned.filter(p => !fits(p))) {
      edit(pod, o => {
        o.metadata.ownerReferences = o.metadata.ownerReferences?.filter(
          r => r.uid !== set.metadata.uid,
        );
      });
    }
    const mine = owned.filter(fits);
    if (set.metadata.deletionTimestamp) return mine;
    return [
      ...mine,
      ...strays(set)
        .filter(fits)
        .map(pod => adopt(pod, set)),
    ];
  }

  function strays(set: KubeObject): KubeObject[] {
    const { namespace = '' } = set.metadata;
    const [pair] = Object.entries<string>(set.spec.selector.matchLabels ?? {});
    const near = pair
      ? storage.find(PODS, byLabel(namespace, pair[0], pair[1]))
      : storage.list(PODS, namespace);
    return near.filter(p => !controllerOf(p) && isActive(p));
  }

  function adopt(pod: KubeObject, set: KubeObject): KubeObject {
    return edit(pod, o => {
      o.metadata.ownerReferences = [
        ...(o.metadata.ownerReferences ?? []),
        ownerReference(set),
      ];
    })!;
  }

  function edit(pod: KubeObject, mutate: (pod: KubeObject) => void) {
    const { namespace, name: at } = pod.metadata;
    return storage.update(PODS, namespace, at, mutate);
  }

  /** Makes missing pods; what stops it, if something does. */
  function grow(set: KubeObject, missing: number): string | undefined {
    for (let made = 0; made < missing; made += 1) {
      try {
        const pod = storage.create(PODS, podFor(set));
        ctx.event(
          set,
          'Normal',
          'SuccessfulCreate',
          `Created pod: ${pod.metadata.name}`,
          name,
        );
      } catch (error) {
        const { message } = error as Error;
        ctx.event(
          set,
          'Warning',
          'FailedCreate',
          `Error creating: ${message}`,
          name,
        );
        return message;
      }
    }
    return undefined;
  }

  function shrink(set: KubeObject, pods: KubeObject[], surplus: number) {
    const order = byExpendability(pods, ctx.now());
    for (const pod of [...pods].sort(order).slice(0, surplus)) {
      storage.delete(PODS, pod.metadata.namespace, pod.metadata.name);
      ctx.event(
        set,
        'Normal',
        'SuccessfulDelete',
        `Deleted pod: ${pod.metadata.name}`,
        name,
      );
    }
  }

  function writeStatus(set: KubeObject, pods: KubeObject[], failure?: string) {
    const { namespace, name: at } = set.metadata;
    const wait = pods.map(p => ready.missing(p, set.spec.minReadySeconds ?? 0));
    const available = wait.filter(ms => ms === 0).length;
    const soonest = Math.min(...wait.filter(ms => ms).map(Number));
    if (Number.isFinite(soonest)) {
      timers.later(`available ${keyOf(set)}`, soonest + 1, () =>
        reconcile(keyOf(set)),
      );
    }
    const labels = Object.entries(set.spec.template.metadata?.labels ?? {});
    storage.update(REPLICA_SETS, namespace, at, o => {
      o.status = {
        replicas: pods.length,
        fullyLabeledReplicas:
          pods.filter(p =>
            labels.every(([k, v]) => p.metadata.labels?.[k] === v),
          ).length || undefined,
        readyReplicas: pods.filter(isPodReady).length || undefined,
        availableReplicas: available || undefined,
        observedGeneration: set.metadata.generation,
        conditions: o.status?.conditions,
      };
      if (!failure) clearCondition(o, 'ReplicaFailure');
      else {
        setCondition(
          o,
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: 'FailedCreate',
            message: failure,
          },
          ctx.now(),
        );
      }
    });
  }

  function reconcile(key: string): string[] {
    const [namespace, at] = splitKey(key);
    const set = storage.get(REPLICA_SETS, namespace, at);
    if (!set) return [];
    let pods = claim(set);
    const missing = set.metadata.deletionTimestamp
      ? 0
      : set.spec.replicas - pods.length;
    let failure: string | undefined;
    if (missing > 0) failure = grow(set, Math.min(BATCH, missing));
    if (missing < 0) shrink(set, pods, Math.min(BATCH, -missing));
    if (missing !== 0) pods = claim(set);
    writeStatus(set, pods, failure);
    if (failure) {
      timers.later(`retry ${key}`, RETRY, () => reconcile(key));
      return [];
    }
    return Math.abs(missing) > BATCH ? [key] : [];
  }

  /** ReplicaSets that a pod without a controller might belong to. */
  function suitors(pod: KubeObject): string[] {
    return storage
      .list(REPLICA_SETS, pod.metadata.namespace)
      .filter(s => selectorMatches(s.spec.selector, pod.metadata.labels))
      .map(keyOf);
  }

  return {
    name,
    keys(event: StorageEvent) {
      const { object } = event;
      if (object.kind === 'ReplicaSet') return [keyOf(object)];
      if (object.kind !== 'Pod') return [];
      ready.apply(event);
      const owner = controllerOf(object);
      if (!owner) return suitors(object);
      return owner.kind === 'ReplicaSet'
        ? [`${object.metadata.namespace}/${owner.name}`]
        : [];
    },
    reconcile,
    stop: () => timers.stop(),
  };
}
