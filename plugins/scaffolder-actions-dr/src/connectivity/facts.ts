import type {
  Alicloud,
  CallOptions,
  PeerAttachment,
  TransitRouter,
  VpcAttachment,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

/** A CEN with everything that hangs on it. */
export interface CenFacts {
  cenId: string;
  routers: TransitRouter[];
  vpcs: VpcAttachment[];
  /** Each link once, whichever side listed it. */
  links: PeerAttachment[];
}

/** A row of a route table, reduced to what forwarding needs. */
export interface Route {
  destination: string;
  nextHopId: string;
  /** As the cloud spells it, e.g. `Instance`, `Attachment`, `BlackHole`, `local`. */
  nextHopType: string;
}

/**
 * What the cloud shows of the network between clusters, each fact asked for at most once: the paths of all pairs of
 * clusters run through the same tables.
 */
export class NetworkFacts {
  private readonly memo = new Map<string, Promise<unknown>>();

  constructor(
    private readonly cloud: Alicloud,
    private readonly call: CallOptions,
  ) {}

  private once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    if (!this.memo.has(key)) this.memo.set(key, ask());
    return this.memo.get(key) as Promise<T>;
  }

  cens(): Promise<CenFacts[]> {
    return this.once('cens', async () => {
      const cens = await this.cloud.cen.describeCens({}, this.call);
      return Promise.all(cens.map(({ cenId }) => this.cen(cenId)));
    });
  }

  private async cen(cenId: string): Promise<CenFacts> {
    const { cen } = this.cloud;
    const [routers, vpcs] = await Promise.all([
      cen.listTransitRouters({ cenId }, this.call),
      cen.listVpcAttachments({ cenId }, this.call),
    ]);
    // Links are listed by the region of either end.
    const sides = await Promise.all(
      routers.map(({ regionId }) =>
        cen.listPeerAttachments({ cenId, regionId }, this.call),
      ),
    );
    const links = new Map(
      sides.flat().map(link => [link.transitRouterAttachmentId, link]),
    );
    return { cenId, routers, vpcs, links: [...links.values()] };
  }

  /** Rows in force of all route tables of a VPC. */
  vpcRoutes(vpcId: string, regionId: string): Promise<Route[]> {
    return this.once(`vpc/${vpcId}`, async () => {
      const tables = await this.cloud.vpc.describeRouteTables(
        { regionId, vpcId },
        this.call,
      );
      const entries = await Promise.all(
        tables.map(({ routeTableId }) =>
          this.cloud.vpc.describeRouteEntries(
            { regionId, routeTableId },
            this.call,
          ),
        ),
      );
      return entries
        .flat()
        .filter(({ status }) => status === 'Available')
        .map(({ destinationCidrBlock, nextHops: [hop] }) => ({
          destination: destinationCidrBlock,
          nextHopId: hop?.nextHopId ?? '',
          nextHopType: hop?.nextHopType ?? '',
        }));
    });
  }

  /** The route tables of a transit router, the system's first. */
  routerTables(transitRouterId: string): Promise<string[]> {
    return this.once(`tables/${transitRouterId}`, async () => {
      const tables = await this.cloud.cen.listRouteTables(
        { transitRouterId },
        this.call,
      );
      const rank = ({ type }: { type: string }) =>
        /system/i.test(type) ? 0 : 1;
      return [...tables]
        .sort((a, b) => rank(a) - rank(b))
        .map(({ transitRouterRouteTableId }) => transitRouterRouteTableId);
    });
  }

  /** Rows in force of a transit router's table. */
  routerRoutes(transitRouterRouteTableId: string): Promise<Route[]> {
    return this.once(`table/${transitRouterRouteTableId}`, async () => {
      const entries = await this.cloud.cen.listRouteEntries(
        { transitRouterRouteTableId },
        this.call,
      );
      return entries
        .filter(({ status }) => status === 'Active')
        .map(({ destinationCidrBlock, nextHopId, nextHopType }) => ({
          destination: destinationCidrBlock,
          nextHopId,
          nextHopType,
        }));
    });
  }

  /** Ids of the attachments that look a table up. */
  associated(transitRouterRouteTableId: string): Promise<string[]> {
    return this.once(`associated/${transitRouterRouteTableId}`, async () =>
      activeAttachments(
        await this.cloud.cen.listAssociations(
          { transitRouterRouteTableId },
          this.call,
        ),
      ),
    );
  }

  /** Ids of the attachments whose routes a table learns. */
  propagating(transitRouterRouteTableId: string): Promise<string[]> {
    return this.once(`propagating/${transitRouterRouteTableId}`, async () =>
      activeAttachments(
        await this.cloud.cen.listPropagations(
          { transitRouterRouteTableId },
          this.call,
        ),
      ),
    );
  }

  published(cenId: string, vpcId: string, regionId: string) {
    return this.once(`published/${cenId}/${vpcId}`, () =>
      this.cloud.cen.describePublishedRouteEntries(
        { cenId, vpcId, regionId },
        this.call,
      ),
    );
  }

  /** A security group's rules and kind; a group that does not exist has neither. */
  securityGroup(regionId: string, securityGroupId: string) {
    return this.once(`group/${securityGroupId}`, async () => {
      const query = { regionId, securityGroupId };
      const [rules, [group]] = await Promise.all([
        this.cloud.ecs.describeSecurityGroupRules(query, this.call),
        this.cloud.ecs.describeSecurityGroups(query, this.call),
      ]);
      return { rules, type: group?.type || 'normal' };
    });
  }
}

function activeAttachments(
  links: { transitRouterAttachmentId: string; status: string }[],
): string[] {
  return links
    .filter(({ status }) => status === 'Active')
    .map(({ transitRouterAttachmentId }) => transitRouterAttachmentId);
}
