import type { Alicloud, CallOptions } from '../alicloud/types';
import { TAG_RESOURCE } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { labelOf, type FoundEnvironment } from './find';
import type { GraphNode } from './graph';
import { podRouteRemovals } from './podRouteRemovals';
import { ruleMark } from './resources/common';

/** One thing to take away, and how to see that it is gone. */
export interface Removal extends GraphNode {
  readonly kind: string;
  readonly id: string;
  readonly title: string;
  /** Key of the resource in the environment's graph, where the thing carries a tag. */
  readonly resource?: string;
  /** Why it has to stay, when something of somebody else hangs on it. */
  blocked?: string;
  remove(): Promise<void>;
  gone(): Promise<boolean>;
}

/** The cloud, the environment and the options that all removals share. */
export interface RemovalScope {
  cloud: Alicloud;
  found: FoundEnvironment;
  call: CallOptions;
}

function memberRemovals({ cloud, found, call }: RemovalScope): Removal[] {
  const own = found.clusters.map(cluster => cluster.clusterId);
  const nameOf = (id: string) =>
    found.clusters.find(cluster => cluster.clusterId === id)?.name ?? id;
  return [...found.meshes, ...found.foreignMeshes].flatMap(
    ({ serviceMeshId, name, clusterIds }) =>
      clusterIds
        .filter(clusterId => own.includes(clusterId))
        .map(clusterId => ({
          key: `member/${serviceMeshId}/${clusterId}`,
          kind: 'member',
          id: clusterId,
          dependencies: [],
          title: `membership of ${nameOf(clusterId)} in mesh ${name}`,
          remove: () =>
            cloud.asm.removeCluster({ serviceMeshId, clusterId }, call),
          gone: async () => {
            const members = await cloud.asm.describeMembers(
              { serviceMeshId },
              call,
            );
            return !members.some(member => member.clusterId === clusterId);
          },
        })),
  );
}

function meshRemovals({ cloud, found, call }: RemovalScope): Removal[] {
  const own = found.clusters.map(cluster => cluster.clusterId);
  return found.meshes.map(mesh => {
    const { serviceMeshId } = mesh;
    const others = mesh.clusterIds.filter(id => !own.includes(id));
    return {
      key: `mesh/${serviceMeshId}`,
      resource: mesh.tags[TAG_RESOURCE],
      kind: 'mesh',
      id: serviceMeshId,
      dependencies: mesh.clusterIds
        .filter(id => own.includes(id))
        .map(id => `member/${serviceMeshId}/${id}`),
      title: `ASM mesh ${mesh.name} in ${mesh.regionId}`,
      blocked: others.length
        ? `clusters that do not belong to environment ${
            found.name
          } are members: ${others.join(
            ', ',
          )}. Remove them from the mesh, then run again.`
        : undefined,
      remove: () => cloud.asm.deleteServiceMesh({ serviceMeshId }, call),
      gone: async () =>
        (await cloud.asm.describeServiceMesh(
          { serviceMeshId, untagged: true },
          call,
        )) === undefined,
    };
  });
}

function ruleRemovals({ cloud, found, call }: RemovalScope): Removal[] {
  return found.clusters
    .filter(cluster => cluster.securityGroupId)
    .map(({ clusterId, name, regionId, securityGroupId }) => {
      const marked = async () => {
        const rules = await cloud.ecs.describeSecurityGroupRules(
          { regionId, securityGroupId },
          call,
        );
        return rules.filter(rule => rule.description === ruleMark(found.name));
      };
      return {
        key: `security-group/${clusterId}`,
        kind: 'security-group',
        id: securityGroupId,
        dependencies: [],
        title: `security group rules of ${name}`,
        remove: async () => {
          const rules = await marked();
          await cloud.ecs.revokeIngress(
            { regionId, securityGroupId, rules },
            call,
          );
        },
        gone: async () => (await marked()).length === 0,
      };
    });
}

function clusterRemovals({ cloud, found, call }: RemovalScope): Removal[] {
  return found.clusters.map(({ clusterId, name, regionId, state, tags }) => ({
    key: `cluster/${clusterId}`,
    resource: tags[TAG_RESOURCE],
    kind: 'cluster',
    id: clusterId,
    dependencies: [],
    title: `ACK cluster ${name} in ${regionId}`,
    remove: async () => {
      if (state !== 'deleting') {
        await cloud.ack.deleteCluster({ regionId, clusterId }, call);
      }
    },
    gone: async () => {
      const cluster = await cloud.ack.describeCluster(
        { regionId, clusterId },
        call,
      );
      if (cluster?.state === 'delete_failed') {
        throw new Error(
          `ACK could not delete cluster ${name} (${clusterId}); see its event log in the ACK console, then run again`,
        );
      }
      return !cluster || cluster.state === 'deleted';
    },
  }));
}

function cenRemovals({ cloud, found, call }: RemovalScope): Removal[] {
  const blocked = found.foreign.length
    ? `others have attached to it: ${found.foreign.join(
        '; ',
      )}. Remove these, then run again.`
    : undefined;
  const attachmentKeys = [
    ...found.vpcAttachments,
    ...found.peerAttachments,
  ].map(item => `attachment/${item.transitRouterAttachmentId}`);
  return [
    ...found.vpcAttachments.map(
      ({ transitRouterAttachmentId, vpcId, vpcRegionId, cenId, tags }) => ({
        key: `attachment/${transitRouterAttachmentId}`,
        resource: tags[TAG_RESOURCE],
        kind: 'vpc-attachment',
        id: transitRouterAttachmentId,
        dependencies: [] as string[],
        title: `attachment of VPC ${vpcId} in ${vpcRegionId}`,
        remove: () =>
          cloud.cen.deleteVpcAttachment(
            { transitRouterAttachmentId, force: true },
            call,
          ),
        gone: async () => {
          const left = await cloud.cen.listVpcAttachments(
            { cenId, regionId: vpcRegionId, transitRouterAttachmentId },
            call,
          );
          return left.every(item => item.status === 'Detached');
        },
      }),
    ),
    ...found.peerAttachments.map(
      ({
        transitRouterAttachmentId,
        regionId,
        peerTransitRouterRegionId,
        tags,
      }) => ({
        key: `attachment/${transitRouterAttachmentId}`,
        resource: tags[TAG_RESOURCE],
        kind: 'peer-attachment',
        id: transitRouterAttachmentId,
        dependencies: [] as string[],
        title: `link ${regionId} – ${peerTransitRouterRegionId}`,
        remove: () =>
          cloud.cen.deletePeerAttachment(
            { transitRouterAttachmentId, force: true },
            call,
          ),
        gone: async () => {
          const left = await cloud.cen.listPeerAttachments(
            { regionId, transitRouterAttachmentId },
            call,
          );
          return left.every(item => item.status === 'Detached');
        },
      }),
    ),
    ...found.transitRouters.map(
      ({ transitRouterId, regionId, cenId, tags }) => ({
        key: `transit-router/${transitRouterId}`,
        resource: tags[TAG_RESOURCE],
        kind: 'transit-router',
        id: transitRouterId,
        dependencies: attachmentKeys,
        title: `transit router in ${regionId}`,
        blocked,
        remove: () => cloud.cen.deleteTransitRouter({ transitRouterId }, call),
        gone: async () => {
          const left = await cloud.cen.listTransitRouters(
            { cenId, regionId },
            call,
          );
          return !left.some(item => item.transitRouterId === transitRouterId);
        },
      }),
    ),
    ...found.cens.map(({ cenId, name, tags }) => ({
      key: `cen/${cenId}`,
      resource: tags[TAG_RESOURCE],
      kind: 'cen',
      id: cenId,
      dependencies: [
        ...found.transitRouters
          .filter(router => router.cenId === cenId)
          .map(router => `transit-router/${router.transitRouterId}`),
      ],
      title: `CEN instance ${name}`,
      blocked,
      remove: () => cloud.cen.deleteCen({ cenId }, call),
      gone: async () => {
        const left = await cloud.cen.describeCens({ cenId }, call);
        return !left.some(item => item.cenId === cenId);
      },
    })),
  ];
}

function vpcRemovals({ cloud, found, call }: RemovalScope): Removal[] {
  const usersOf = (vpcId: string) => [
    ...found.clusters
      .filter(cluster => cluster.vpcId === vpcId)
      .map(cluster => `cluster/${cluster.clusterId}`),
    ...found.meshes
      .filter(mesh => mesh.vpcId === vpcId)
      .map(mesh => `mesh/${mesh.serviceMeshId}`),
    ...found.vpcAttachments
      .filter(item => item.vpcId === vpcId)
      .map(item => `attachment/${item.transitRouterAttachmentId}`),
  ];
  return [
    ...found.vswitches.map(
      ({ vSwitchId, vSwitchName, vpcId, regionId, tags }) => ({
        key: `vswitch/${vSwitchId}`,
        resource: tags[TAG_RESOURCE],
        kind: 'vswitch',
        id: vSwitchId,
        dependencies: usersOf(vpcId),
        title: `vSwitch ${vSwitchName || labelOf(tags, vSwitchId)}`,
        remove: () => cloud.vpc.deleteVSwitch({ regionId, vSwitchId }, call),
        gone: async () => {
          const left = await cloud.vpc.describeVSwitches(
            { regionId, vSwitchId },
            call,
          );
          return !left.some(item => item.vSwitchId === vSwitchId);
        },
      }),
    ),
    ...found.vpcs.map(({ vpcId, vpcName, regionId, vSwitchIds, tags }) => {
      const own = found.vswitches.map(vswitch => vswitch.vSwitchId);
      const others = vSwitchIds.filter(id => !own.includes(id));
      return {
        key: `vpc/${vpcId}`,
        resource: tags[TAG_RESOURCE],
        kind: 'vpc',
        id: vpcId,
        dependencies: [
          ...usersOf(vpcId),
          ...found.vswitches
            .filter(vswitch => vswitch.vpcId === vpcId)
            .map(vswitch => `vswitch/${vswitch.vSwitchId}`),
        ],
        title: `VPC ${vpcName || labelOf(tags, vpcId)} in ${regionId}`,
        blocked: others.length
          ? `it has vSwitches that environment ${
              found.name
            } did not make: ${others.join(', ')}. Remove these, then run again.`
          : undefined,
        remove: () => cloud.vpc.deleteVpc({ regionId, vpcId }, call),
        gone: async () => {
          const left = await cloud.vpc.describeVpcs({ regionId, vpcId }, call);
          return !left.some(item => item.vpcId === vpcId);
        },
      };
    }),
  ];
}

/**
 * Everything to take away, ordered by dependence: clusters leave their meshes while the network to their API servers
 * stands, which Pod routes are no part of; rules and routes are taken back before what carries them, and each thing goes
 * after everything that uses it.
 */
export function environmentRemovals(
  cloud: Alicloud,
  found: FoundEnvironment,
  call: CallOptions,
): Removal[] {
  const scope: RemovalScope = { cloud, found, call };
  const members = memberRemovals(scope);
  const rules = ruleRemovals(scope);
  const routes = podRouteRemovals(scope);
  const memberKeys = members.map(member => member.key);
  const after = (removals: Removal[], keysOf: (removal: Removal) => string[]) =>
    removals.map(removal => ({
      ...removal,
      dependencies: [...removal.dependencies, ...keysOf(removal)],
    }));
  return [
    ...members,
    ...meshRemovals(scope),
    ...after(rules, () => memberKeys),
    ...routes,
    ...after(clusterRemovals(scope), ({ id }) => [
      ...memberKeys.filter(key => key.endsWith(`/${id}`)),
      ...[...rules, ...routes]
        .map(removal => removal.key)
        .filter(key => key.endsWith(`/${id}`)),
    ]),
    ...after(cenRemovals(scope), ({ kind }) =>
      kind.endsWith('-attachment')
        ? [...memberKeys, ...routes.map(route => route.key)]
        : [],
    ),
    ...vpcRemovals(scope),
  ];
}
