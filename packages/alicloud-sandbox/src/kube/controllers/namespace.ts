import type { KindTable } from '../kinds';
import { gvrOf, NAMESPACES, SERVICE_ACCOUNTS, CONFIG_MAPS } from '../kinds';
import type { Controller, ControllerContext } from './manager';

/** Gives namespaces their default contents, and empties them before they go. */
export function namespaceController(
  ctx: ControllerContext,
  kinds: KindTable,
  caCert: string,
): Controller {
  const { storage } = ctx;
  const namespaced = kinds.rows.filter(r => r.namespaced && r.stored);

  function furnish(namespace: string) {
    const serves = kinds.find(SERVICE_ACCOUNTS);
    if (serves && !storage.get(SERVICE_ACCOUNTS, namespace, 'default')) {
      storage.create(SERVICE_ACCOUNTS, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace },
      });
    }
    if (!storage.get(CONFIG_MAPS, namespace, 'kube-root-ca.crt')) {
      storage.create(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kube-root-ca.crt', namespace },
        data: { 'ca.crt': caCert },
      });
    }
  }

  return {
    name: 'namespace-controller',
    keys({ object, type }) {
      if (object.kind === 'Namespace')
        return type === 'DELETED' ? [] : [object.metadata.name];
      return type === 'DELETED' && object.metadata.namespace
        ? [object.metadata.namespace]
        : [];
    },
    reconcile(name) {
      const namespace = storage.get(NAMESPACES, undefined, name);
      if (!namespace) return;
      if (!namespace.metadata.deletionTimestamp) {
        furnish(name);
        return;
      }
      let left = 0;
      for (const row of namespaced) {
        for (const object of storage.readAll(row, name)) {
          const { gone } = storage.remove(row, object, {});
          if (!gone) left += 1;
        }
      }
      if (left > 0) return;
      storage.update(gvrOf(kinds.find(NAMESPACES)!), undefined, name, o => {
        o.spec.finalizers = [];
      });
    },
  };
}
