import type { KubeObject } from '../../contract';
import { byOwner } from '../indexes';
import { gvrOf } from '../kinds';
import type { KindTable } from '../kinds';
import type { Controller, ControllerContext } from './manager';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/**
 * Deletes what its owners left behind, and finishes foreground and orphaning deletions.
 */
export function garbageCollector(
  ctx: ControllerContext,
  kinds: KindTable,
): Controller {
  const { storage } = ctx;
  const stored = kinds.rows.filter(row => row.stored).map(gvrOf);

  const dependents = (uid: string) =>
    stored.flatMap(gvr => storage.find(gvr, byOwner(uid)));

  const hasDependents = (uid: string) =>
    stored.some(gvr => storage.count(gvr, byOwner(uid)) > 0);

  function rowOf(object: { apiVersion: string; kind: string }) {
    return kinds.findKind(object.apiVersion, object.kind);
  }

  function current(object: KubeObject): KubeObject | undefined {
    const row = rowOf(object);
    const found =
      row && storage.read(row, object.metadata.namespace, object.metadata.name);
    return found?.metadata.uid === object.metadata.uid ? found : undefined;
  }

  function ownersAlive(object: KubeObject): boolean {
    return object.metadata.ownerReferences!.some(owner => {
      const row = rowOf(owner);
      const found =
        row &&
        storage.read(
          row,
          row.namespaced ? object.metadata.namespace : undefined,
          owner.name,
        );
      // An owner of a kind that is not served here cannot be judged.
      return !row || found?.metadata.uid === owner.uid;
    });
  }

  function deleteDependents(uid: string) {
    for (const seen of dependents(uid)) {
      const object = current(seen);
      if (
        !object?.metadata.ownerReferences?.length ||
        object.metadata.deletionTimestamp
      )
        continue;
      const foreground = object.metadata.ownerReferences.some(
        o => o.uid === uid,
      );
      if (foreground && !ownersAlive(object))
        storage.remove(rowOf(object)!, object, {});
    }
  }

  function orphan(owner: KubeObject) {
    const { uid } = owner.metadata;
    for (const object of dependents(uid!)) {
      storage.update(
        gvrOf(rowOf(object)!),
        object.metadata.namespace,
        object.metadata.name,
        o => {
          o.metadata.ownerReferences = o.metadata.ownerReferences?.filter(
            r => r.uid !== uid,
          );
        },
      );
    }
  }

  function dropFinalizer(object: KubeObject, finalizer: string) {
    storage.update(
      gvrOf(rowOf(object)!),
      object.metadata.namespace,
      object.metadata.name,
      o => {
        o.metadata.finalizers = o.metadata.finalizers?.filter(
          f => f !== finalizer,
        );
      },
    );
  }

  const waiting = new Map<string, KubeObject>();

  return {
    name: 'garbage-collector',
    keys({ object, type }) {
      const {
        uid,
        finalizers = [],
        deletionTimestamp,
        ownerReferences,
      } = object.metadata;
      const keys: string[] = [];
      if (type === 'DELETED' && hasDependents(uid!)) keys.push(`gone ${uid}`);
      if (
        deletionTimestamp &&
        finalizers.some(f => f === FOREGROUND || f === ORPHAN)
      ) {
        waiting.set(uid!, object);
        keys.push(`finalize ${uid}`);
      }
      if (type === 'ADDED' && ownerReferences?.length) {
        waiting.set(uid!, object);
        keys.push(`check ${uid}`);
      }
      for (const owner of ownerReferences ?? []) {
        if (type === 'DELETED' && waiting.has(owner.uid))
          keys.push(`finalize ${owner.uid}`);
      }
      return keys;
    },
    reconcile(key) {
      const [what, uid] = key.split(' ');
      if (what === 'gone') {
        deleteDependents(uid);
        return;
      }
      const seen = waiting.get(uid);
      const object = seen && current(seen);
      if (!object) {
        waiting.delete(uid);
        return;
      }
      if (what === 'check') {
        waiting.delete(uid);
        if (!ownersAlive(object)) storage.remove(rowOf(object)!, object, {});
        return;
      }
      if (object.metadata.finalizers?.includes(ORPHAN)) {
        orphan(object);
        dropFinalizer(object, ORPHAN);
      } else if (object.metadata.finalizers?.includes(FOREGROUND)) {
        for (const seenDependent of dependents(uid)) {
          const dependent = current(seenDependent);
          if (dependent && !dependent.metadata.deletionTimestamp) {
            storage.remove(rowOf(dependent)!, dependent, {
              propagationPolicy: 'Foreground',
            });
          }
        }
        if (!hasDependents(uid)) dropFinalizer(object, FOREGROUND);
      }
    },
  };
}
