import type { KindRow, KindTable } from '../kinds';

const VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** Named groups, without the core group. */
export function groupsOf(kinds: KindTable): string[] {
  return [...new Set(kinds.rows.map(r => r.group))].filter(g => g !== '');
}

/** Served versions of a group, preferred first. */
export function versionsOf(kinds: KindTable, group: string): string[] {
  return [
    ...new Set(
      kinds.rows.filter(r => r.group === group).flatMap(r => r.versions),
    ),
  ];
}

function apiGroup(kinds: KindTable, name: string) {
  const versions = versionsOf(kinds, name).map(version => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return { name, versions, preferredVersion: versions[0] };
}

/** What is particular to a subresource. */
const SUBRESOURCES: Record<string, Partial<ApiResource>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  log: { verbs: ['get'] },
  eviction: {
    group: 'policy',
    version: 'v1',
    kind: 'Eviction',
    verbs: ['create'],
  },
};

/** What discovery says about a resource or subresource. */
interface ApiResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  group?: string;
  version?: string;
  kind: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
}

/** `APIResource` of a kind, followed by those of its subresources. */
export function resourcesOf(row: KindRow): ApiResource[] {
  const { namespaced } = row;
  const main = {
    name: row.plural,
    singularName: row.singular,
    namespaced,
    kind: row.kind,
    verbs: row.stored ? VERBS : ['create'],
    ...(row.shortNames.length > 0 ? { shortNames: row.shortNames } : {}),
    ...(row.categories ? { categories: row.categories } : {}),
  };
  const subresources = row.subresources.map(name => ({
    name: `${row.plural}/${name}`,
    singularName: '',
    namespaced,
    kind: row.kind,
    verbs: ['get', 'patch', 'update'],
    ...SUBRESOURCES[name],
  }));
  return [main, ...subresources];
}

/**
 * The discovery documents, in their legacy form: every kubectl reads it, while the aggregated form differs between
 * versions. Undefined for a path that is not a discovery path of this cluster.
 */
export function discovery(kinds: KindTable, path: string): object | undefined {
  const parts = path.split('/').filter(Boolean);
  if (path === '/api') {
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [],
    };
  }
  if (path === '/apis') {
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groupsOf(kinds).map(group => apiGroup(kinds, group)),
    };
  }
  const core = parts[0] === 'api';
  const group = core ? '' : parts[1];
  const version = core ? parts[1] : parts[2];
  if (!core && !groupsOf(kinds).includes(group)) return undefined;
  if (!version)
    return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(kinds, group) };
  const rows = kinds.rows.filter(
    r => r.group === group && r.versions.includes(version),
  );
  if (rows.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group ? `${group}/${version}` : version,
    resources: rows.flatMap(resourcesOf),
  };
}

/** `/version`, e.g. of `1.32.1-aliyun.1`. */
export function versionInfo(kubernetesVersion: string) {
  const [major, minor] = kubernetesVersion.replace(/^v/, '').split('.');
  return {
    major,
    minor: `${minor}+`,
    gitVersion: `v${kubernetesVersion.replace(/^v/, '')}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '2025-01-01T00:00:00Z',
    goVersion: 'go1.23.4',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
