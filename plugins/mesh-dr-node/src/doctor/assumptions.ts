import {
  asObject,
  embedded,
  list,
  objects,
  text,
  type Json,
  type JsonObject,
} from '../alicloud/shape';
import {
  knownWords,
  present,
  total,
  values,
  type Assumption,
  type AssumptionResult,
} from './assumptionKinds';
import type { Answers } from './recorder';

const kindOf = (value: Json | undefined): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'string') return 'JSON text';
  return value && typeof value === 'object' ? 'object' : 'absent';
};

/** The mesh-wide rules of all meshes, as they stand in the answers. */
function localitySettings(answers: Answers): JsonObject[] {
  return answers('servicemesh.DescribeServiceMeshDetail').map(answer => {
    const spec = asObject(asObject(answer.ServiceMesh).Spec);
    return asObject(asObject(spec.MeshConfig).LocalityLB as Json);
  });
}

const localityShape: Assumption = {
  id: 'locality-shape',
  assumption:
    'MeshConfig.LocalityLB.Failover and .Distribute are arrays, objects that wrap an array, or JSON text of either',
  check(answers) {
    const settings = localitySettings(answers).flatMap(setting =>
      (['Failover', 'Distribute'] as const)
        .filter(name => setting[name] !== undefined && setting[name] !== null)
        .map(name => ({ name, value: setting[name] })),
    );
    if (!settings.length) return undefined;
    const strange = settings.filter(({ name, value }) => {
      const parsed = embedded(value);
      if (Array.isArray(parsed)) return false;
      const wrapper = asObject(parsed);
      const keys = Object.keys(wrapper);
      return (
        keys.length > 0 &&
        !(name.toLowerCase() in wrapper) &&
        !(name in wrapper) &&
        !('from' in wrapper)
      );
    });
    return {
      ok: strange.length === 0,
      evidence: strange.length
        ? strange
            .map(
              ({ name, value }) =>
                `${name} is an ${kindOf(value)} with the keys ${Object.keys(
                  asObject(embedded(value)),
                ).join(', ')}`,
            )
            .join('; ')
        : settings
            .map(({ name, value }) => `${name}: ${kindOf(value)}`)
            .join('; '),
    };
  },
};

const localityContradiction: Assumption = {
  id: 'locality-enabled',
  assumption: 'LocalityLB.Enabled and EnableLocalityLB say the same',
  check(answers) {
    const pairs = answers('servicemesh.DescribeServiceMeshDetail').flatMap(
      answer => {
        const config = asObject(
          asObject(asObject(answer.ServiceMesh).Spec).MeshConfig,
        );
        const inner = asObject(config.LocalityLB).Enabled;
        return typeof inner === 'boolean' &&
          typeof config.EnableLocalityLB === 'boolean'
          ? [[inner, config.EnableLocalityLB]]
          : [];
      },
    );
    if (!pairs.length) return undefined;
    const contradicting = pairs.filter(([a, b]) => a !== b).length;
    return {
      ok: contradicting === 0,
      evidence: contradicting
        ? `${contradicting} of ${pairs.length} meshes contradict themselves`
        : `${pairs.length} seen`,
    };
  },
};

const meshVersion: Assumption = {
  id: 'mesh-version',
  assumption: 'ASM versions have four numbers, with a suffix or without',
  check(answers) {
    const seen = answers('servicemesh.DescribeServiceMeshes')
      .flatMap(answer => objects(answer.ServiceMeshes))
      .map(item => text(asObject(item.ServiceMeshInfo).Version))
      .filter(Boolean);
    if (!seen.length) return undefined;
    const strange = seen.filter(
      version => !/^v?\d+\.\d+\.\d+\.\d+(-.*)?$/.test(version),
    );
    return {
      ok: strange.length === 0,
      evidence: (strange.length ? strange : seen).join(', '),
    };
  },
};

const clusterDetail: Assumption = {
  id: 'cluster-json',
  assumption:
    'a cluster\'s master_url and meta_data are JSON text, master_url with "api_server_endpoint" or "intranet_api_server_endpoint"',
  check(answers) {
    const details = answers('cs.DescribeClusterDetail');
    if (!details.length) return undefined;
    const strange = details.flatMap(detail => {
      const urls = Object.keys(asObject(embedded(detail.master_url)));
      const meta = embedded(detail.meta_data);
      return [
        ...(urls.some(key => key.endsWith('api_server_endpoint'))
          ? []
          : [`master_url has the keys ${urls.join(', ') || 'none'}`]),
        ...(meta && typeof meta === 'object'
          ? []
          : ['meta_data is no JSON object']),
      ];
    });
    return {
      ok: strange.length === 0,
      evidence: strange.length ? strange.join('; ') : `${details.length} seen`,
    };
  },
};

const attachmentRoutes: Assumption = {
  id: 'attachment-next-hop',
  assumption:
    "routes that a transit router puts into a VPC have a next hop whose type contains 'attachment' or 'transitrouter'",
  check(answers) {
    const types = answers('vpc.DescribeRouteEntryList')
      .flatMap(answer => objects(answer.RouteEntrys))
      .filter(
        entry =>
          text(entry.ServiceType) === 'TR' || text(entry.Origin) === 'TR',
      )
      .flatMap(entry => objects(list(entry.NextHops)))
      .map(hop => text(hop.NextHopType));
    if (!types.length) return undefined;
    const strange = types.filter(
      type => !/attachment|transitrouter/i.test(type),
    );
    return {
      ok: strange.length === 0,
      evidence: [...new Set(strange.length ? strange : types)].join(', '),
    };
  },
};

/** Everything that an account can confirm or deny by being looked at. */
export const ASSUMPTIONS: Assumption[] = [
  present('vpc-fields', 'vpc.DescribeVpcs', 'Vpcs', [
    'VpcId',
    'CidrBlock',
    'Status',
    'Tags',
  ]),
  present('vswitch-fields', 'vpc.DescribeVSwitches', 'VSwitches', [
    'VSwitchId',
    'VpcId',
    'CidrBlock',
    'ZoneId',
    'Tags',
  ]),
  knownWords(
    'vpc-states',
    'states of a VPC',
    answers => values(answers, 'vpc.DescribeVpcs', 'Vpcs', 'Status'),
    ['Pending', 'Available'],
  ),
  present('stock-fields', 'ecs.DescribeAvailableResource', 'AvailableZones', [
    'ZoneId',
    'StatusCategory',
    'AvailableResources',
  ]),
  knownWords(
    'stock-categories',
    'stock of an instance type',
    answers =>
      answers('ecs.DescribeAvailableResource')
        .flatMap(answer => objects(answer.AvailableZones))
        .flatMap(zone => objects(zone.AvailableResources))
        .flatMap(resource => objects(resource.SupportedResources))
        .map(item => text(item.StatusCategory)),
    ['WithStock', 'ClosedWithStock', 'WithoutStock', 'ClosedWithoutStock'],
  ),
  knownWords(
    'cen-states',
    'states of a CEN instance',
    answers => values(answers, 'cbn.DescribeCens', 'Cens', 'Status'),
    ['Creating', 'Active', 'Deleting'],
  ),
  present('router-tags', 'cbn.ListTransitRouters', 'TransitRouters', [
    'TransitRouterId',
    'RegionId',
    'Status',
    'Tags',
  ]),
  present(
    'attachment-tags',
    'cbn.ListTransitRouterVpcAttachments',
    'TransitRouterAttachments',
    ['TransitRouterAttachmentId', 'VpcId', 'Status', 'Tags'],
  ),
  present(
    'link-fields',
    'cbn.ListTransitRouterPeerAttachments',
    'TransitRouterAttachments',
    ['TransitRouterAttachmentId', 'PeerTransitRouterId', 'Bandwidth', 'Tags'],
  ),
  knownWords(
    'attachment-states',
    'states of an attachment',
    answers =>
      values(
        answers,
        'cbn.ListTransitRouterVpcAttachments',
        'TransitRouterAttachments',
        'Status',
      ),
    ['Attaching', 'Attached', 'Detaching', 'Detached', 'Modifying'],
  ),
  knownWords(
    'association-states',
    'states of an association',
    answers =>
      values(
        answers,
        'cbn.ListTransitRouterRouteTableAssociations',
        'TransitRouterAssociations',
        'Status',
      ),
    ['Associating', 'Active', 'Dissociating', 'Deleted'],
  ),
  knownWords(
    'propagation-states',
    'states of a propagation',
    answers =>
      values(
        answers,
        'cbn.ListTransitRouterRouteTablePropagations',
        'TransitRouterPropagations',
        'Status',
      ),
    ['Enabling', 'Active', 'Disabling'],
  ),
  knownWords(
    'publish-states',
    'states of a published route',
    answers =>
      values(
        answers,
        'cbn.DescribePublishedRouteEntries',
        'PublishedRouteEntries',
        'PublishStatus',
      ),
    ['Published', 'NonPublished'],
  ),
  attachmentRoutes,
  total(
    'cluster-total',
    'cs.DescribeClustersV1',
    answer => asObject(answer.page_info).total_count,
    'page_info.total_count',
  ),
  present('cluster-fields', 'cs.DescribeClustersV1', 'clusters', [
    'cluster_id',
    'region_id',
    'state',
    'vpc_id',
    'tags',
  ]),
  knownWords(
    'cluster-states',
    'states of a cluster',
    answers => values(answers, 'cs.DescribeClustersV1', 'clusters', 'state'),
    [
      'initial',
      'running',
      'failed',
      'updating',
      'updating_failed',
      'upgrading',
      'scaling',
      'waiting',
      'removing',
      'draining',
      'drained',
      'deleting',
      'delete_failed',
      'deleted',
      'inactive',
      'unavailable',
      'disconnected',
    ],
  ),
  clusterDetail,
  meshVersion,
  knownWords(
    'mesh-states',
    'states of a mesh',
    answers =>
      answers('servicemesh.DescribeServiceMeshes')
        .flatMap(answer => objects(answer.ServiceMeshes))
        .map(item => text(asObject(item.ServiceMeshInfo).State)),
    ['initial', 'running', 'failed', 'upgrading', 'deleting'],
  ),
  knownWords(
    'member-states',
    "states of a mesh's member",
    answers =>
      values(
        answers,
        'servicemesh.DescribeClustersInServiceMesh',
        'Clusters',
        'State',
      ),
    ['running', 'starting', 'stopping', 'stopped', 'failed', 'initializing'],
  ),
  total(
    'candidate-total',
    'servicemesh.DescribeServiceMeshClusters',
    answer => answer.NumberOfClusters,
    'NumberOfClusters',
  ),
  localityShape,
  localityContradiction,
];

/** Holds the answers against every assumption. */
export function checkAssumptions(answers: Answers): AssumptionResult[] {
  return ASSUMPTIONS.map(({ id, assumption, check }) => {
    const found = check(answers);
    if (!found) {
      return {
        id,
        assumption,
        result: 'unseen',
        evidence: 'nothing in the account tells',
      };
    }
    return {
      id,
      assumption,
      result: found.ok ? 'held' : 'failed',
      evidence: found.evidence,
    };
  });
}
