import type { KubeObject } from '../contract';

/** Name of a cluster's table in the durable state. */
export function clusterTable(clusterId: string): string {
  return `kube/${clusterId}`;
}

/** Key of an object in its cluster's table. */
export function objectKey(object: KubeObject): string {
  const { namespace = '', name } = object.metadata;
  return `object/${object.apiVersion}/${object.kind}/${namespace}/${name}`;
}

/** Key of the version that the cluster's last change got; deletions leave no other trace of theirs. */
export const VERSION_KEY = 'version';

/** Key of what the containers of a pod wrote. */
export function logKey(podUid: string): string {
  return `log/${podUid}`;
}

/**
 * Makes records durable before a change is acknowledged: objects and logs under their keys, and the cluster's version
 * where no object shows it; without a value, the key is gone. What it throws refuses the change.
 */
export type Keep = (records: { key: string; value?: unknown }[]) => void;

/** The objects among a cluster's records, and the version of its last change. */
export function objectsOf(records: ReadonlyMap<string, unknown>): {
  version: number;
  objects: KubeObject[];
} {
  const objects = [...records]
    .filter(([key]) => key.startsWith('object/'))
    .map(([, value]) => value as KubeObject);
  const version = objects.reduce(
    (latest, o) => Math.max(latest, Number(o.metadata.resourceVersion)),
    Number(records.get(VERSION_KEY) ?? 0),
  );
  return { version, objects };
}
