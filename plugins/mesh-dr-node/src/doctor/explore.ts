import type { Alicloud } from '../alicloud/types';

/** How many things of a kind are looked into; enough to see shapes, few enough to spare an account of thousands. */
const SAMPLE = 3;

/** A thing that could not be read by its parser, though the cloud answered. */
export interface ParserFailure {
  what: string;
  message: string;
}

/**
 * Looks at everything that Mesh DR ever reads, with its own parsers: regions and zones with their stock, VPCs, CEN instances with routers,
 * attachments and routes, security groups, clusters with nodes and resources, meshes with members and candidates.
 * Kubeconfigs are left out: asking for one makes a credential. Goes on after failures.
 *
 * @returns what the parsers choked on; refused calls are the recorder's to tell
 */
export async function exploreAccount(
  cloud: Alicloud,
  regions: string[],
  options: { signal?: AbortSignal } = {},
): Promise<ParserFailure[]> {
  const failures: ParserFailure[] = [];
  const look = async <T>(
    what: string,
    read: () => Promise<T>,
  ): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      options.signal?.throwIfAborted();
      // What the cloud or the network refused was recorded as such; anything else is the parser's own.
      if ((error as Error).name !== 'AlicloudError') {
        failures.push({ what, message: (error as Error).message });
      }
      return undefined;
    }
  };

  await look('regions', () => cloud.vpc.describeRegions(options));
  for (const regionId of regions) {
    await exploreRegion(cloud, regionId, look, options);
  }
  await exploreCen(cloud, look, options);
  await exploreClusters(cloud, look, options);
  await exploreMeshes(cloud, look, options);
  return failures;
}

type Look = <T>(what: string, read: () => Promise<T>) => Promise<T | undefined>;
type Call = { signal?: AbortSignal };

async function exploreRegion(
  cloud: Alicloud,
  regionId: string,
  look: Look,
  call: Call,
): Promise<void> {
  await look(`zones of ${regionId}`, () =>
    cloud.vpc.describeZones({ regionId }, call),
  );
  await look(`transit router zones of ${regionId}`, () =>
    cloud.cen.availableZones({ regionId }, call),
  );
  await look(`instance types in stock in ${regionId}`, () =>
    cloud.ecs.availableInstanceTypes({ regionId }, call),
  );
  const vpcs = await look(`VPCs of ${regionId}`, () =>
    cloud.vpc.describeVpcs({ regionId }, call),
  );
  for (const { vpcId } of (vpcs ?? []).slice(0, SAMPLE)) {
    await look(`vSwitches of ${vpcId}`, () =>
      cloud.vpc.describeVSwitches({ regionId, vpcId }, call),
    );
    const tables = await look(`route tables of ${vpcId}`, () =>
      cloud.vpc.describeRouteTables({ regionId, vpcId }, call),
    );
    for (const { routeTableId } of (tables ?? []).slice(0, 1)) {
      await look(`routes of ${vpcId}`, () =>
        cloud.vpc.describeRouteEntries({ regionId, routeTableId }, call),
      );
    }
  }
  await look(`Kubernetes versions in ${regionId}`, () =>
    cloud.ack.kubernetesVersions({ regionId }, call),
  );
}

async function exploreCen(
  cloud: Alicloud,
  look: Look,
  call: Call,
): Promise<void> {
  await look('transit router service', () =>
    cloud.cen.checkTransitRouterService(call),
  );
  const cens = await look('CEN instances', () =>
    cloud.cen.describeCens({}, call),
  );
  for (const { cenId } of (cens ?? []).slice(0, SAMPLE)) {
    const routers = await look(`transit routers of ${cenId}`, () =>
      cloud.cen.listTransitRouters({ cenId }, call),
    );
    for (const { regionId, transitRouterId } of (routers ?? []).slice(
      0,
      SAMPLE,
    )) {
      const attachments = await look(`attachments of ${transitRouterId}`, () =>
        cloud.cen.listVpcAttachments(
          { cenId, regionId, transitRouterId },
          call,
        ),
      );
      await look(`links of ${transitRouterId}`, () =>
        cloud.cen.listPeerAttachments(
          { cenId, regionId, transitRouterId },
          call,
        ),
      );
      const tables = await look(`route tables of ${transitRouterId}`, () =>
        cloud.cen.listRouteTables({ transitRouterId }, call),
      );
      for (const { transitRouterRouteTableId } of (tables ?? []).slice(0, 1)) {
        const table = { transitRouterRouteTableId };
        await look(`associations of ${transitRouterId}`, () =>
          cloud.cen.listAssociations(table, call),
        );
        await look(`propagations of ${transitRouterId}`, () =>
          cloud.cen.listPropagations(table, call),
        );
        await look(`routes of ${transitRouterId}`, () =>
          cloud.cen.listRouteEntries(table, call),
        );
      }
      for (const { vpcId, vpcRegionId } of (attachments ?? []).slice(0, 1)) {
        await look(`published routes of ${vpcId}`, () =>
          cloud.cen.describePublishedRouteEntries(
            { cenId, vpcId, regionId: vpcRegionId },
            call,
          ),
        );
      }
    }
  }
}

async function exploreClusters(
  cloud: Alicloud,
  look: Look,
  call: Call,
): Promise<void> {
  const clusters = await look('ACK clusters', () =>
    cloud.ack.describeClusters({}, call),
  );
  for (const { clusterId, regionId, securityGroupId } of (clusters ?? []).slice(
    0,
    SAMPLE,
  )) {
    const where = { regionId, clusterId };
    await look(`cluster ${clusterId}`, () =>
      cloud.ack.describeCluster(where, call),
    );
    await look(`nodes of ${clusterId}`, () =>
      cloud.ack.describeNodes(where, call),
    );
    await look(`resources of ${clusterId}`, () =>
      cloud.ack.describeResources(where, call),
    );
    if (securityGroupId) {
      await look(`security group ${securityGroupId}`, () =>
        cloud.ecs.describeSecurityGroupRules(
          { regionId, securityGroupId },
          call,
        ),
      );
    }
  }
}

async function exploreMeshes(
  cloud: Alicloud,
  look: Look,
  call: Call,
): Promise<void> {
  await look('ASM versions', () => cloud.asm.describeVersions(call));
  const meshes = await look('meshes', () =>
    cloud.asm.describeServiceMeshes(call),
  );
  for (const { serviceMeshId } of (meshes ?? []).slice(0, SAMPLE)) {
    const mesh = { serviceMeshId };
    await look(`mesh ${serviceMeshId}`, () =>
      cloud.asm.describeServiceMesh(mesh, call),
    );
    await look(`members of ${serviceMeshId}`, () =>
      cloud.asm.describeMembers(mesh, call),
    );
    await look(`candidates of ${serviceMeshId}`, () =>
      cloud.asm.describeCandidates(mesh, call),
    );
  }
}
