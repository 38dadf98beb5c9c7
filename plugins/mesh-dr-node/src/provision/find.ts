import {
  TAG_ENVIRONMENT,
  TAG_RESOURCE,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  AckCluster,
  Alicloud,
  CallOptions,
  Cen,
  PeerAttachment,
  ServiceMesh,
  Tags,
  TransitRouter,
  Vpc,
  VpcAttachment,
  VSwitch,
} from '../alicloud/types';
import { describeError, isPassing } from './cloudErrors';
import { carriesEnvironment, TAG_UID } from './tags';

/** An environment as its tags show it, without its spec. */
export interface FoundEnvironment {
  name: string;
  uid?: string;
  vpcs: Vpc[];
  vswitches: (VSwitch & { regionId: string })[];
  cens: Cen[];
  transitRouters: TransitRouter[];
  vpcAttachments: VpcAttachment[];
  peerAttachments: PeerAttachment[];
  clusters: AckCluster[];
  meshes: ServiceMesh[];
  /** Meshes of others that clusters of this environment are members of. */
  foreignMeshes: ServiceMesh[];
  /** Things of others that hang on resources of this environment. */
  foreign: string[];
  /** What could not be looked at, e.g. a region that is down or that the account must not read; sentences. */
  warnings: string[];
  /** Those of the warnings that may hide something of this environment: the place did not answer, and may soon. */
  unsearched: string[];
}

/** Whether nothing carries the environment's tag, as far as could be searched. */
export function isEmpty(found: FoundEnvironment): boolean {
  return ![
    found.vpcs,
    found.vswitches,
    found.cens,
    found.transitRouters,
    found.vpcAttachments,
    found.peerAttachments,
    found.clusters,
    found.meshes,
  ].some(list => list.length);
}

const keyOf = (tags: Tags) => tags[TAG_RESOURCE];

const NO_PARTS = {
  transitRouters: [],
  vpcAttachments: [],
  peerAttachments: [],
  foreign: [],
};

async function findCenParts(
  cloud: Alicloud,
  cen: Cen,
  name: string,
  call: CallOptions,
): Promise<
  Pick<
    FoundEnvironment,
    'transitRouters' | 'vpcAttachments' | 'peerAttachments' | 'foreign'
  >
> {
  const { cenId } = cen;
  const routers = await cloud.cen.listTransitRouters({ cenId }, call);
  const perRegion = await Promise.all(
    routers.map(async ({ regionId, transitRouterId }) => ({
      vpcs: await cloud.cen.listVpcAttachments(
        { cenId, regionId, transitRouterId },
        call,
      ),
      peers: await cloud.cen.listPeerAttachments(
        { cenId, regionId, transitRouterId },
        call,
      ),
    })),
  );
  const unique = <T extends { transitRouterAttachmentId: string }>(
    items: T[],
  ) => [
    ...new Map(
      items.map(item => [item.transitRouterAttachmentId, item]),
    ).values(),
  ];
  const vpcs = unique(perRegion.flatMap(region => region.vpcs)).filter(
    item => item.status !== 'Detached',
  );
  const peers = unique(perRegion.flatMap(region => region.peers)).filter(
    item => item.status !== 'Detached',
  );
  const ours = (item: { tags: Tags }) => carriesEnvironment(item.tags, name);
  return {
    transitRouters: routers.filter(ours),
    vpcAttachments: vpcs.filter(ours),
    peerAttachments: peers.filter(ours),
    foreign: [
      ...routers
        .filter(item => !ours(item))
        .map(item => `transit router ${item.transitRouterId} in CEN ${cenId}`),
      ...vpcs
        .filter(item => !ours(item))
        .map(
          item =>
            `attachment ${item.transitRouterAttachmentId} of VPC ${item.vpcId} to CEN ${cenId}`,
        ),
      ...peers
        .filter(item => !ours(item))
        .map(
          item =>
            `inter-region link ${item.transitRouterAttachmentId} in CEN ${cenId}`,
        ),
    ],
  };
}

/**
 * Reconstructs an environment from its tags alone: all regions of the account are looked at, so that nothing is missed
 * that an interrupted run left anywhere.
 */
export async function findEnvironment(
  cloud: Alicloud,
  name: string,
  options: CallOptions = {},
): Promise<FoundEnvironment> {
  const tags = { [TAG_ENVIRONMENT]: name };
  const warnings: string[] = [];
  const unsearched: string[] = [];
  const warn = (place: string, error: unknown) => {
    const warning = `${place} could not be searched: ${describeError(error)}`;
    warnings.push(warning);
    if (isPassing(error)) unsearched.push(warning);
  };
  const ours = (item: { tags: Tags }) => carriesEnvironment(item.tags, name);

  const sweep = async () => {
    const regions = await cloud.vpc.describeRegions(options);
    return await Promise.all(
      regions.map(async ({ regionId }) => {
        try {
          const [vpcs, vswitches] = await Promise.all([
            cloud.vpc.describeVpcs({ regionId, tags }, options),
            cloud.vpc.describeVSwitches({ regionId, tags }, options),
          ]);
          return {
            vpcs: vpcs.filter(ours),
            vswitches: vswitches
              .filter(ours)
              .map(vswitch => ({ ...vswitch, regionId })),
          };
        } catch (error) {
          options.signal?.throwIfAborted();
          warn(`Region ${regionId}`, error);
          return { vpcs: [], vswitches: [] };
        }
      }),
    );
  };

  const [regions, allCens, allClusters, allMeshes] = await Promise.all([
    sweep(),
    // All of them: the environment's routers and attachments may hang on a CEN that it adopted.
    cloud.cen.describeCens({}, options),
    cloud.ack.describeClusters({}, options),
    cloud.asm.describeServiceMeshes(options),
  ]);
  const ownCens = allCens.filter(ours);
  const parts = await Promise.all(
    allCens.map(async cen => {
      try {
        const found = await findCenParts(cloud, cen, name, options);
        // What hangs on a CEN of somebody else is none of this environment's business.
        return ours(cen) ? found : { ...found, foreign: [] };
      } catch (error) {
        options.signal?.throwIfAborted();
        if (ours(cen)) throw error;
        warn(`CEN instance ${cen.cenId}`, error);
        return NO_PARTS;
      }
    }),
  );
  const clusters = allClusters.filter(
    cluster => ours(cluster) && cluster.state !== 'deleted',
  );
  const clusterIds = clusters.map(cluster => cluster.clusterId);
  const meshes = allMeshes.filter(ours);
  const found: FoundEnvironment = {
    name,
    vpcs: regions.flatMap(region => region.vpcs),
    vswitches: regions.flatMap(region => region.vswitches),
    cens: ownCens,
    transitRouters: parts.flatMap(part => part.transitRouters),
    vpcAttachments: parts.flatMap(part => part.vpcAttachments),
    peerAttachments: parts.flatMap(part => part.peerAttachments),
    clusters,
    meshes,
    foreignMeshes: allMeshes.filter(
      mesh =>
        !ours(mesh) && mesh.clusterIds.some(id => clusterIds.includes(id)),
    ),
    foreign: parts.flatMap(part => part.foreign),
    warnings,
    unsearched,
  };
  found.uid = taggedParts(found)
    .map(item => item.tags[TAG_UID])
    .filter(Boolean)
    .sort()[0];
  return found;
}

/** Everything of an environment that carries tags. */
export function taggedParts(found: FoundEnvironment): { tags: Tags }[] {
  return [
    ...found.cens,
    ...found.vpcs,
    ...found.vswitches,
    ...found.transitRouters,
    ...found.vpcAttachments,
    ...found.peerAttachments,
    ...found.clusters,
    ...found.meshes,
  ];
}

/** `mesh-dr:resource` of something found, or its id when the tag is missing. */
export function labelOf(tags: Tags, id: string): string {
  return keyOf(tags) ?? id;
}
