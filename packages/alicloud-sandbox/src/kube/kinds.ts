import type { GroupVersionResource, KubeClusterSpec } from '../contract';
import { builtinSchema } from './schema/builtin';
import { ISTIO_SCHEMAS } from './schema/istio';
import { object, string, type ObjectSchema } from './schema/schema';

/** One served kind. */
export interface KindRow {
  group: string;
  /** Served versions, preferred first; all share one storage. */
  versions: string[];
  kind: string;
  plural: string;
  singular: string;
  shortNames: string[];
  categories?: string[];
  namespaced: boolean;
  /** `status` makes the status writable only through `/status`. */
  subresources: ('status' | 'scale' | 'log' | 'eviction')[];
  schema: ObjectSchema;
  /** A custom resource: merge patches instead of strategic ones, as CRDs have it. */
  custom: boolean;
  /** `false`: only `create` is served (reviews). */
  stored: boolean;
}

type Extra = Partial<
  Pick<KindRow, 'shortNames' | 'categories' | 'subresources' | 'stored'>
> & { cluster?: boolean; model?: string };

function builtin(
  group: string,
  version: string,
  kind: string,
  plural: string,
  extra: Extra = {},
): KindRow {
  return {
    group,
    versions: [version],
    kind,
    plural,
    singular: kind.toLocaleLowerCase('en-US'),
    shortNames: extra.shortNames ?? [],
    categories: extra.categories,
    namespaced: !extra.cluster,
    subresources: extra.subresources ?? [],
    schema: builtinSchema(
      extra.model ??
        `${version[0].toLocaleUpperCase('en-US')}${version.slice(1)}${kind}`,
    ),
    custom: false,
    stored: extra.stored ?? true,
  };
}

function custom(
  group: string,
  versions: string[],
  kind: string,
  plural: string,
  shortNames: string[] = [],
  extra: { cluster?: boolean; status?: boolean } = {},
): KindRow {
  const known = ISTIO_SCHEMAS[kind];
  return {
    group,
    versions,
    kind,
    plural,
    singular: kind.toLocaleLowerCase('en-US'),
    shortNames,
    categories: group.endsWith('istio.io')
      ? ['istio-io', `${group.split('.')[0]}-istio-io`]
      : undefined,
    namespaced: !extra.cluster,
    subresources: ['status'],
    schema: object(
      {
        apiVersion: string,
        kind: string,
        metadata: builtinSchema('V1ObjectMeta'),
        spec: known,
        status: object({}, { open: true }),
      },
      { required: known.required?.length ? ['spec'] : [] },
    ),
    custom: true,
    stored: true,
  };
}

const NAMESPACE = builtin('', 'v1', 'Namespace', 'namespaces', {
  cluster: true,
  shortNames: ['ns'],
  subresources: ['status'],
});
const CONFIG_MAP = builtin('', 'v1', 'ConfigMap', 'configmaps', {
  shortNames: ['cm'],
});
const SECRET = builtin('', 'v1', 'Secret', 'secrets');
const EVENT = builtin('', 'v1', 'Event', 'events', {
  shortNames: ['ev'],
  model: 'CoreV1Event',
});
const review = (group: string, kind: string) =>
  builtin(group, 'v1', kind, `${kind.toLocaleLowerCase('en-US')}s`, {
    cluster: true,
    stored: false,
  });

/** Kinds that are answered and not kept: what may be done, and by whom. */
const REVIEWS = [
  review('authentication.k8s.io', 'SelfSubjectReview'),
  review('authentication.k8s.io', 'TokenReview'),
  review('authorization.k8s.io', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview'),
  review('authorization.k8s.io', 'SubjectAccessReview'),
];

/** Kinds of an ACK cluster's API server. */
export const ACK_KINDS: KindRow[] = [
  NAMESPACE,
  builtin('', 'v1', 'Node', 'nodes', {
    cluster: true,
    shortNames: ['no'],
    subresources: ['status'],
  }),
  builtin('', 'v1', 'Pod', 'pods', {
    shortNames: ['po'],
    categories: ['all'],
    subresources: ['status', 'log', 'eviction'],
  }),
  builtin('', 'v1', 'Service', 'services', {
    shortNames: ['svc'],
    categories: ['all'],
    subresources: ['status'],
  }),
  builtin('', 'v1', 'Endpoints', 'endpoints', { shortNames: ['ep'] }),
  CONFIG_MAP,
  SECRET,
  builtin('', 'v1', 'ServiceAccount', 'serviceaccounts', {
    shortNames: ['sa'],
  }),
  EVENT,
  builtin('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices'),
  builtin('apps', 'v1', 'Deployment', 'deployments', {
    shortNames: ['deploy'],
    categories: ['all'],
    subresources: ['status', 'scale'],
  }),
  builtin('apps', 'v1', 'ReplicaSet', 'replicasets', {
    shortNames: ['rs'],
    categories: ['all'],
    subresources: ['status', 'scale'],
  }),
  builtin('batch', 'v1', 'Job', 'jobs', {
    categories: ['all'],
    subresources: ['status'],
  }),
  builtin('coordination.k8s.io', 'v1', 'Lease', 'leases'),
  ...REVIEWS,
];

const ISTIO = ['v1', 'v1beta1', 'v1alpha3'];

/** Kinds of a mesh's control-plane API server: no workloads, but the Istio and gateway resources. */
export const ASM_KINDS: KindRow[] = [
  NAMESPACE,
  CONFIG_MAP,
  SECRET,
  EVENT,
  ...REVIEWS,
  custom('networking.istio.io', ISTIO, 'DestinationRule', 'destinationrules', [
    'dr',
  ]),
  custom('networking.istio.io', ISTIO, 'VirtualService', 'virtualservices', [
    'vs',
  ]),
  custom('networking.istio.io', ISTIO, 'Gateway', 'gateways', ['gw']),
  custom('networking.istio.io', ISTIO, 'ServiceEntry', 'serviceentries', [
    'se',
  ]),
  custom('networking.istio.io', ISTIO, 'Sidecar', 'sidecars'),
  custom('networking.istio.io', ISTIO, 'WorkloadEntry', 'workloadentries', [
    'we',
  ]),
  custom('networking.istio.io', ['v1alpha3'], 'EnvoyFilter', 'envoyfilters'),
  custom(
    'security.istio.io',
    ['v1', 'v1beta1'],
    'PeerAuthentication',
    'peerauthentications',
    ['pa'],
  ),
  custom(
    'security.istio.io',
    ['v1', 'v1beta1'],
    'AuthorizationPolicy',
    'authorizationpolicies',
    ['ap'],
  ),
  custom(
    'istio.alibabacloud.com',
    ['v1beta1'],
    'IstioGateway',
    'istiogateways',
  ),
  custom(
    'istio.alibabacloud.com',
    ['v1beta1'],
    'ASMMeshConfig',
    'asmmeshconfigs',
    [],
    { cluster: true },
  ),
];

/** Looks kinds up the ways that URLs and objects name them. */
export class KindTable {
  readonly rows: KindRow[];
  private readonly byResource = new Map<string, KindRow>();
  private readonly byKind = new Map<string, KindRow>();

  constructor(kind: KubeClusterSpec['kind']) {
    this.rows = kind === 'ack' ? ACK_KINDS : ASM_KINDS;
    for (const row of this.rows) {
      this.byResource.set(`${row.group}/${row.plural}`, row);
      this.byKind.set(`${row.group}/${row.kind}`, row);
    }
  }

  /** Undefined when the resource, or that version of it, is not served. */
  find(gvr: GroupVersionResource): KindRow | undefined {
    const row = this.byResource.get(`${gvr.group}/${gvr.resource}`);
    return row?.versions.includes(gvr.version) ? row : undefined;
  }

  findKind(apiVersion: string, kind: string): KindRow | undefined {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    return this.byKind.get(`${group}/${kind}`);
  }
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(row: KindRow, version = row.versions[0]): string {
  return row.group ? `${row.group}/${version}` : version;
}

/** The resource as `StorageEvent.gvr` names it: the preferred version. */
export function gvrOf(row: KindRow): GroupVersionResource {
  return { group: row.group, version: row.versions[0], resource: row.plural };
}

export const NODES = { group: '', version: 'v1', resource: 'nodes' };
export const NAMESPACES = { group: '', version: 'v1', resource: 'namespaces' };
export const PODS = { group: '', version: 'v1', resource: 'pods' };
export const SERVICES = { group: '', version: 'v1', resource: 'services' };
export const ENDPOINTS = { group: '', version: 'v1', resource: 'endpoints' };
export const EVENTS = { group: '', version: 'v1', resource: 'events' };
export const SERVICE_ACCOUNTS = {
  group: '',
  version: 'v1',
  resource: 'serviceaccounts',
};
export const CONFIG_MAPS = { group: '', version: 'v1', resource: 'configmaps' };
export const ENDPOINT_SLICES = {
  group: 'discovery.k8s.io',
  version: 'v1',
  resource: 'endpointslices',
};
export const DEPLOYMENTS = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
};
export const REPLICA_SETS = {
  group: 'apps',
  version: 'v1',
  resource: 'replicasets',
};
export const JOBS = { group: 'batch', version: 'v1', resource: 'jobs' };
