import { InputError, NotAllowedError } from '@backstage/errors';
import pLimit from 'p-limit';
import { parseAllDocuments } from 'yaml';
import { objectName, pluralOf } from './paths';
import type {
  KubernetesConnection,
  KubernetesObject,
  KubernetesRequestOptions,
  ResourceType,
} from './types';

/** Objects of one cluster applied at the same time. */
const CONCURRENCY = 6;

export interface ApplyOptions {
  /** Owner of the applied fields, e.g. `mesh-dr`. */
  fieldManager: string;
  signal?: AbortSignal;
  /** Takes fields over from other managers instead of failing. */
  force?: boolean;
  /** The API server validates and answers, and stores nothing. */
  dryRun?: boolean;
  /** Namespace of namespaced objects that name none; default `default`. */
  namespace?: string;
  /**
   * What may be applied; everything when absent. A kind is `Deployment` (of Kubernetes or Istio) or, for any other API
   * group, `example.io/Widget`. Namespaces are compared after defaulting; where they are limited, an object outside
   * all namespaces needs its kind listed.
   */
  allow?: { kinds?: string[]; namespaces?: string[] };
  /** Called once for every object that was applied or failed. */
  onProgress?: (progress: ApplyProgress) => void;
}

export interface ApplyProgress {
  cluster: string;
  /** e.g. `Deployment default/reviews-v1`. */
  object: string;
  /** Absent when the object was applied. */
  error?: string;
}

/** What happened in one cluster. */
export type ApplyResult =
  | { cluster: string; ok: true; applied: KubernetesObject[] }
  | {
      cluster: string;
      ok: false;
      applied: KubernetesObject[];
      /** The first error. */
      error: Error;
    };

/**
 * Applies manifests to several clusters in parallel with server-side apply; in each cluster Namespaces first. A
 * cluster that fails does not hold up the others: its error is in its result.
 *
 * @throws InputError or NotAllowedError before anything is sent, when a manifest is malformed or not allowed
 */
export async function applyManifests(
  connections: readonly KubernetesConnection[],
  manifests: readonly KubernetesObject[],
  options: ApplyOptions,
): Promise<ApplyResult[]> {
  manifests.forEach(checkShape);
  const defaultNamespace = options.namespace ?? 'default';
  checkAllowed(manifests, defaultNamespace, options.allow);
  return Promise.all(
    connections.map(connection =>
      applyToCluster(connection, manifests, defaultNamespace, options),
    ),
  );
}

async function applyToCluster(
  connection: KubernetesConnection,
  manifests: readonly KubernetesObject[],
  defaultNamespace: string,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const applied: KubernetesObject[] = [];
  const errors: Error[] = [];
  const limit = pLimit(CONCURRENCY);

  const applyOne = async (manifest: KubernetesObject): Promise<void> => {
    let object = manifest;
    try {
      // After the first failure the rest of this cluster is left alone.
      if (errors.length > 0) return;
      options.signal?.throwIfAborted();
      const { type, namespaced } = await resourceTypeOf(
        connection,
        manifest.apiVersion,
        manifest.kind,
        { signal: options.signal },
      );
      if (!namespaced) {
        // Only the cluster could tell that a kind unknown to us is cluster-scoped.
        const reason = clusterScopeReason(
          options.allow,
          manifest.apiVersion,
          manifest.kind,
        );
        if (reason) throw new NotAllowedError(reason);
      }
      object = placed(manifest, namespaced, defaultNamespace);
      applied.push(
        await connection.apply(type, object, {
          fieldManager: options.fieldManager,
          force: options.force,
          dryRun: options.dryRun,
          signal: options.signal,
        }),
      );
      options.onProgress?.({
        cluster: connection.id,
        object: objectName(object),
      });
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      errors.push(failure);
      options.onProgress?.({
        cluster: connection.id,
        object: objectName(object),
        error: failure.message,
      });
    }
  };

  const isNamespace = (manifest: KubernetesObject) =>
    manifest.kind === 'Namespace' && manifest.apiVersion === 'v1';
  for (const stage of [
    manifests.filter(isNamespace),
    manifests.filter(manifest => !isNamespace(manifest)),
  ]) {
    await Promise.all(stage.map(manifest => limit(() => applyOne(manifest))));
  }
  options.signal?.throwIfAborted();
  return errors.length > 0
    ? { cluster: connection.id, ok: false, applied, error: errors[0] }
    : { cluster: connection.id, ok: true, applied };
}

function placed(
  manifest: KubernetesObject,
  namespaced: boolean,
  defaultNamespace: string,
): KubernetesObject {
  const { namespace, ...metadata } = manifest.metadata;
  return {
    ...manifest,
    metadata: namespaced
      ? { ...metadata, namespace: namespace ?? defaultNamespace }
      : metadata,
  };
}

/**
 * Resource type of a kind: known kinds at once, others by asking the cluster.
 *
 * @throws InputError when the cluster does not know the kind
 */
export async function resourceTypeOf(
  connection: KubernetesConnection,
  apiVersion: string,
  kind: string,
  options?: KubernetesRequestOptions,
): Promise<{ type: ResourceType; namespaced: boolean }> {
  const known = pluralOf(apiVersion, kind);
  if (known) {
    return {
      type: { apiVersion, plural: known.plural },
      namespaced: known.namespaced,
    };
  }
  const found = (await connection.resources?.(apiVersion, options))?.find(
    resource => resource.kind === kind,
  );
  if (!found) {
    throw new InputError(
      `${connection.id} does not know the kind ${kind} of ${apiVersion}; check its spelling, or install what brings it`,
    );
  }
  return {
    type: { apiVersion, plural: found.plural },
    namespaced: found.namespaced,
  };
}

/**
 * Reads one or many YAML documents; a `List` is taken apart, empty documents are skipped.
 *
 * @throws InputError naming the document (counted from 1) and what is wrong with it
 */
export function parseManifests(yaml: string): KubernetesObject[] {
  const objects: KubernetesObject[] = [];
  const documents = parseAllDocuments(yaml);
  for (const [index, document] of [...documents].entries()) {
    if ('errors' in document && document.errors.length > 0) {
      throw new InputError(
        `Manifest document ${index + 1} is not valid YAML: ${
          document.errors[0].message.split('\n')[0]
        }`,
      );
    }
    const value = document.toJS() as unknown;
    if (value === null || value === undefined) continue;
    const candidate = value as KubernetesObject & { items?: unknown };
    const items =
      candidate.kind === 'List' && Array.isArray(candidate.items)
        ? (candidate.items as KubernetesObject[])
        : [candidate];
    for (const item of items) {
      try {
        checkShape(item);
      } catch (error) {
        throw new InputError(
          `Manifest document ${index + 1}: ${(error as Error).message}`,
        );
      }
      objects.push(item);
    }
  }
  return objects;
}

function checkShape(object: KubernetesObject): void {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw new InputError('it is not an object');
  }
  for (const field of ['apiVersion', 'kind'] as const) {
    if (typeof object[field] !== 'string' || !object[field]) {
      throw new InputError(`${field} is missing`);
    }
  }
  if (typeof object.metadata?.name !== 'string' || !object.metadata.name) {
    throw new InputError(`${object.kind}: metadata.name is missing`);
  }
}

function checkAllowed(
  manifests: readonly KubernetesObject[],
  defaultNamespace: string,
  allow: ApplyOptions['allow'],
): void {
  const refused = manifests.flatMap(manifest => {
    const reason = reasonAgainst(manifest, defaultNamespace, allow);
    return reason ? [`${objectName(manifest)}: ${reason}`] : [];
  });
  if (refused.length > 0) {
    throw new NotAllowedError(`Nothing was applied. ${refused.join('; ')}`);
  }
}

function reasonAgainst(
  manifest: KubernetesObject,
  defaultNamespace: string,
  allow: ApplyOptions['allow'],
): string | undefined {
  const { apiVersion, kind } = manifest;
  const known = pluralOf(apiVersion, kind);
  if (allow?.kinds && !listsKind(allow, apiVersion, kind)) {
    return `kind ${kind} of ${apiVersion} is not allowed (allowed: ${allow.kinds.join(
      ', ',
    )})`;
  }
  if (!allow?.namespaces) return undefined;
  if (known && !known.namespaced && kind !== 'Namespace') {
    return clusterScopeReason(allow, apiVersion, kind);
  }
  // A Namespace is created as itself.
  const namespace =
    kind === 'Namespace'
      ? manifest.metadata.name
      : manifest.metadata.namespace ?? defaultNamespace;
  return allow.namespaces.includes(namespace)
    ? undefined
    : `namespace ${namespace} is not allowed (allowed: ${allow.namespaces.join(
        ', ',
      )})`;
}

/** Against an object outside all namespaces. */
function clusterScopeReason(
  allow: ApplyOptions['allow'],
  apiVersion: string,
  kind: string,
): string | undefined {
  if (!allow?.namespaces || kind === 'Namespace') return undefined;
  return allow.kinds && listsKind(allow, apiVersion, kind)
    ? undefined
    : `kind ${kind} belongs to no namespace and is not among the allowed kinds`;
}

function listsKind(
  allow: { kinds?: string[] },
  apiVersion: string,
  kind: string,
): boolean {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return (
    (allow.kinds ?? []).includes(`${group}/${kind}`) ||
    // A bare name must not let another group's kind of the same name pass.
    ((allow.kinds ?? []).includes(kind) &&
      pluralOf(apiVersion, kind) !== undefined)
  );
}
