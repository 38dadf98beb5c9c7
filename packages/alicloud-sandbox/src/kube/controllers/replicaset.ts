import type { KubeObject, StorageEvent } from '../../contract';
import { clone } from '../json';
import { PODS, REPLICA_SETS } from '../kinds';
import { isActive, isPodReady } from './conditions';
import {
  controllerOf,
  keyOf,
  ownedBy,
  ownerReference,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';

/** The order in which pods are given up: not placed, not running, not ready, youngest. */
function expendability(pod: KubeObject): number {
  if (!pod.spec.nodeName) return 0;
  if (pod.status?.phase !== 'Running') return 1;
  return isPodReady(pod) ? 3 : 2;
}

export function byExpendability(a: KubeObject, b: KubeObject): number {
  return (
    expendability(a) - expendability(b) ||
    (b.metadata.creationTimestamp ?? '').localeCompare(
      a.metadata.creationTimestamp ?? '',
    ) ||
    a.metadata.name.localeCompare(b.metadata.name)
  );
}

/** Keeps as many pods as a ReplicaSet wants. */
export function replicaSetController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const name = 'replicaset-controller';

  function podFor(set: KubeObject): KubeObject {
    const template = clone(set.spec.template);
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

  return {
    name,
    keys(event: StorageEvent) {
      if (event.object.kind === 'ReplicaSet') return [keyOf(event.object)];
      const owner =
        event.object.kind === 'Pod' ? controllerOf(event.object) : undefined;
      return owner?.kind === 'ReplicaSet'
        ? [`${event.object.metadata.namespace}/${owner.name}`]
        : [];
    },
    reconcile(key) {
      const [namespace, setName] = splitKey(key);
      const set = storage.get(REPLICA_SETS, namespace, setName);
      if (!set) return;
      const pods = () =>
        storage
          .list(PODS, namespace)
          .filter(p => ownedBy(p, set) && isActive(p));
      const current = pods();
      if (!set.metadata.deletionTimestamp) {
        for (
          let missing = set.spec.replicas - current.length;
          missing > 0;
          missing -= 1
        ) {
          const pod = storage.create(PODS, podFor(set));
          ctx.event(
            set,
            'Normal',
            'SuccessfulCreate',
            `Created pod: ${pod.metadata.name}`,
            name,
          );
        }
        const surplus = Math.max(0, current.length - set.spec.replicas);
        for (const pod of [...current]
          .sort(byExpendability)
          .slice(0, surplus)) {
          storage.delete(PODS, namespace, pod.metadata.name);
          ctx.event(
            set,
            'Normal',
            'SuccessfulDelete',
            `Deleted pod: ${pod.metadata.name}`,
            name,
          );
        }
      }
      const now = pods();
      const ready = now.filter(isPodReady).length;
      storage.update(REPLICA_SETS, namespace, setName, object => {
        object.status = {
          replicas: now.length,
          fullyLabeledReplicas: now.length,
          readyReplicas: ready || undefined,
          availableReplicas: ready || undefined,
          observedGeneration: set.metadata.generation,
          conditions: object.status?.conditions,
        };
      });
    },
  };
}
