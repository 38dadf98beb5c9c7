import { NotFoundError } from '@backstage/errors';
import type {
  AckCluster,
  Alicloud,
  Cen,
  KubernetesConnection,
  KubernetesConnector,
  MeshCandidate,
  MeshMember,
  PeerAttachment,
  RouteEntry,
  ServiceMesh,
  TransitRouter,
  VpcAttachment,
  VSwitch,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

/** A CEN with everything attached to it. */
export interface CenFacts {
  cen: Cen;
  routers: TransitRouter[];
  vpcAttachments: VpcAttachment[];
  peers: PeerAttachment[];
}

/** Where one party of the mesh lives: a cluster or ASM itself. */
export interface Party {
  /** Cluster or mesh id. */
  id: string;
  name: string;
  vpcId: string;
  region: string;
}

/**
 * What the checks of one preflight run know, each fact asked for at most once. A failing question fails only the checks
 * that need its answer.
 */
export class PreflightFacts {
  private readonly memo = new Map<string, Promise<unknown>>();

  constructor(
    private readonly cloud: Alicloud,
    private readonly connector: KubernetesConnector,
    readonly mesh: ServiceMesh,
    readonly clusterId: string,
    private readonly signal: AbortSignal,
  ) {}

  private once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    if (!this.memo.has(key)) this.memo.set(key, ask());
    return this.memo.get(key) as Promise<T>;
  }

  private get options() {
    return { signal: this.signal };
  }

  get meshParty(): Party {
    return {
      id: this.mesh.serviceMeshId,
      name: `ASM mesh ${this.mesh.name}`,
      vpcId: this.mesh.vpcId,
      region: this.mesh.regionId,
    };
  }

  members(): Promise<MeshMember[]> {
    return this.once('members', () =>
      this.cloud.asm.describeMembers(
        { serviceMeshId: this.mesh.serviceMeshId },
        this.options,
      ),
    );
  }

  candidates(): Promise<MeshCandidate[]> {
    return this.once('candidates', () =>
      this.cloud.asm.describeCandidates(
        { serviceMeshId: this.mesh.serviceMeshId },
        this.options,
      ),
    );
  }

  /** The cluster in question as ASM lists it, a candidate or a member already. */
  subject(): Promise<MeshMember> {
    return this.once('subject', async () => {
      // ASM may list a member among the candidates or not; either list is enough.
      const [members, candidates] = await Promise.all([
        this.members(),
        this.candidates(),
      ]);
      const known = [...members, ...candidates];
      const found = known.find(({ clusterId }) => clusterId === this.clusterId);
      if (!found) {
        throw new NotFoundError(
          `Cluster '${this.clusterId}' is not known to ASM mesh '${
            this.mesh.name
          }'; it knows ${
            known.map(c => `${c.name} (${c.clusterId})`).join(', ') ||
            'no cluster'
          }`,
        );
      }
      return found;
    });
  }

  /** Details of the cluster in question; throws when ACK does not know it. */
  async cluster(): Promise<AckCluster> {
    const { clusterId, regionId } = await this.subject();
    return this.ackCluster(clusterId, regionId);
  }

  ackCluster(clusterId: string, regionId: string): Promise<AckCluster> {
    return this.once(`ack/${clusterId}`, async () => {
      const found = await this.cloud.ack.describeCluster(
        { clusterId, regionId },
        this.options,
      );
      if (!found) {
        throw new NotFoundError(
          `ACK has no cluster '${clusterId}' in region ${regionId}`,
        );
      }
      return found;
    });
  }

  /** Other clusters that are, or are becoming, members of the mesh. */
  otherMembers(): Promise<AckCluster[]> {
    return this.once('others', async () => {
      const members = await this.members();
      return Promise.all(
        members
          .filter(member => member.clusterId !== this.clusterId)
          .map(member => this.ackCluster(member.clusterId, member.regionId)),
      );
    });
  }

  cens(): Promise<CenFacts[]> {
    return this.once('cens', async () => {
      const cens = await this.cloud.cen.describeCens({}, this.options);
      return Promise.all(
        cens.map(async cen => {
          const { cenId } = cen;
          const [routers, vpcAttachments, peers] = await Promise.all([
            this.cloud.cen.listTransitRouters({ cenId }, this.options),
            this.cloud.cen.listVpcAttachments({ cenId }, this.options),
            this.cloud.cen.listPeerAttachments({ cenId }, this.options),
          ]);
          return { cen, routers, vpcAttachments, peers };
        }),
      );
    });
  }

  /** The CEN that both VPCs are attached to, if any. */
  async commonCen(a: Party, b: Party): Promise<CenFacts | undefined> {
    const attached = (cen: CenFacts, party: Party) =>
      cen.vpcAttachments.some(
        ({ vpcId, status }) => vpcId === party.vpcId && status === 'Attached',
      );
    return (await this.cens()).find(
      cen => attached(cen, a) && attached(cen, b),
    );
  }

  vSwitches(party: Pick<Party, 'vpcId' | 'region'>): Promise<VSwitch[]> {
    return this.once(`vsw/${party.vpcId}`, () =>
      this.cloud.vpc.describeVSwitches(
        { regionId: party.region, vpcId: party.vpcId },
        this.options,
      ),
    );
  }

  /** Entries of the VPC's system route table. */
  vpcRoutes(party: Party): Promise<RouteEntry[]> {
    return this.once(`routes/${party.vpcId}`, async () => {
      const tables = await this.cloud.vpc.describeRouteTables(
        { regionId: party.region, vpcId: party.vpcId },
        this.options,
      );
      const entries = await Promise.all(
        tables.map(({ routeTableId }) =>
          this.cloud.vpc.describeRouteEntries(
            { regionId: party.region, routeTableId },
            this.options,
          ),
        ),
      );
      return entries.flat();
    });
  }

  /** Destinations in the transit router table(s) associated with an attachment; empty when none is. */
  attachmentRoutes(transitRouterAttachmentId: string): Promise<string[]> {
    return this.once(`assoc/${transitRouterAttachmentId}`, async () => {
      const associations = await this.cloud.cen.listAssociations(
        { transitRouterAttachmentId },
        this.options,
      );
      const entries = await Promise.all(
        associations
          .filter(({ status }) => status === 'Active')
          .map(({ transitRouterRouteTableId }) =>
            this.cloud.cen.listRouteEntries(
              { transitRouterRouteTableId },
              this.options,
            ),
          ),
      );
      return entries
        .flat()
        .filter(({ status }) => status === 'Active')
        .map(({ destinationCidrBlock }) => destinationCidrBlock);
    });
  }

  publishedRoutes(p: { cenId: string; vpcId: string; regionId: string }) {
    return this.once(`published/${p.cenId}/${p.vpcId}`, () =>
      this.cloud.cen.describePublishedRouteEntries(p, this.options),
    );
  }

  securityRules(regionId: string, securityGroupId: string) {
    return this.once(`sg/${securityGroupId}`, () =>
      this.cloud.ecs.describeSecurityGroupRules(
        { regionId, securityGroupId },
        this.options,
      ),
    );
  }

  connection(cluster: AckCluster): KubernetesConnection {
    return this.connector.cluster({
      account: this.cloud.account,
      regionId: cluster.regionId,
      clusterId: cluster.clusterId,
    });
  }

  get abort(): AbortSignal {
    return this.signal;
  }
}

/** A cluster as a party of the network. */
export function partyOf(cluster: AckCluster): Party {
  return {
    id: cluster.clusterId,
    name: cluster.name,
    vpcId: cluster.vpcId,
    region: cluster.regionId,
  };
}
