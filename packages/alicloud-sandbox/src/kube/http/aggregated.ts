import type { KindRow, KindTable } from '../kinds';
import { acceptable } from './accept';
import { groupsOf, resourcesOf, versionsOf } from './discovery';

const VERSIONS = ['v2', 'v2beta1'];

/**
 * The version of aggregated discovery that a client asks for: only one that it names, since clients of other versions
 * fail over an answer that they did not ask for. Undefined: it wants the legacy documents.
 */
export function aggregatedVersion(
  accept: string | undefined,
): string | undefined {
  for (const { type, parameters } of acceptable(accept)) {
    if (type !== 'application/json') continue;
    if (parameters.as === undefined) return undefined;
    if (
      parameters.as === 'APIGroupDiscoveryList' &&
      parameters.g === 'apidiscovery.k8s.io' &&
      VERSIONS.includes(parameters.v)
    ) {
      return parameters.v;
    }
  }
  return undefined;
}

function resourceOf(row: KindRow, version: string) {
  const [main, ...subresources] = resourcesOf(row);
  const kindOf = (entry: {
    kind: string;
    group?: string;
    version?: string;
  }) => ({
    group: entry.group ?? row.group,
    version: entry.version ?? version,
    kind: entry.kind,
  });
  return {
    resource: row.plural,
    responseKind: kindOf(main),
    scope: row.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: row.singular,
    verbs: main.verbs,
    shortNames: main.shortNames,
    categories: main.categories,
    ...(subresources.length > 0
      ? {
          subresources: subresources.map(entry => ({
            subresource: entry.name.split('/')[1],
            responseKind: kindOf(entry),
            verbs: entry.verbs,
          })),
        }
      : {}),
  };
}

/** `APIGroupDiscoveryList`: all resources of `/api` or of `/apis` in one document. */
export function aggregatedDiscovery(
  kinds: KindTable,
  path: '/api' | '/apis',
  version: string,
) {
  const groups = path === '/api' ? [''] : groupsOf(kinds);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(group => ({
      metadata: { ...(group ? { name: group } : {}), creationTimestamp: null },
      versions: versionsOf(kinds, group).map(groupVersion => ({
        version: groupVersion,
        resources: kinds.rows
          .filter(r => r.group === group && r.versions.includes(groupVersion))
          .map(row => resourceOf(row, groupVersion)),
        freshness: 'Current',
      })),
    })),
  };
}
