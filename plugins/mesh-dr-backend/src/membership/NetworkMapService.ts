import type { NetworkMap } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  Alicloud,
  AlicloudAccounts,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { Fleet, FleetMesh } from '../fleet/Fleet';

/** A map older than this is renewed. */
const FRESH_MS = 5_000;
/** How long a question waits for a renewal before it is answered with the last map. */
const PATIENCE_MS = 1_500;

interface Entry {
  map: NetworkMap;
  readAt: number;
  renewing?: Promise<void>;
}

/** The CEN network around a mesh, from memory; only the first question waits for the cloud as long as it takes. */
export class NetworkMapService {
  private readonly entries = new Map<string, Entry>();
  private readonly first = new Map<string, Promise<Entry>>();

  constructor(
    private readonly accounts: AlicloudAccounts,
    private readonly fleet: Fleet,
  ) {}

  async get(nameOrId: string): Promise<NetworkMap> {
    const mesh = await this.fleet.require(nameOrId);
    const id = mesh.mesh.serviceMeshId;
    const entry = this.entries.get(id);
    if (!entry) {
      return (await this.readFirst(id, mesh)).map;
    }
    if (Date.now() - entry.readAt > FRESH_MS && !entry.renewing) {
      entry.renewing = this.read(mesh)
        .then(map => {
          this.entries.set(id, { map, readAt: Date.now() });
        })
        .catch(() => {
          // The last map stays; the next question tries again.
          entry.renewing = undefined;
        });
    }
    if (entry.renewing) {
      await settledWithin(entry.renewing, PATIENCE_MS);
    }
    return (this.entries.get(id) ?? entry).map;
  }

  /** Forgets what was read, e.g. after the network was changed. */
  invalidate(): void {
    this.entries.clear();
  }

  private readFirst(id: string, mesh: FleetMesh): Promise<Entry> {
    const running = this.first.get(id);
    if (running) return running;
    const reading = this.read(mesh)
      .then(map => {
        const entry = { map, readAt: Date.now() };
        this.entries.set(id, entry);
        return entry;
      })
      .finally(() => this.first.delete(id));
    this.first.set(id, reading);
    return reading;
  }

  private read(mesh: FleetMesh): Promise<NetworkMap> {
    const own = new Map([[mesh.mesh.vpcId, mesh.mesh.regionId]]);
    for (const member of mesh.members) own.set(member.vpcId, member.regionId);
    return readNetworkMap(this.accounts.get(mesh.account), own);
  }
}

async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}

/** Reads the CENs that the given VPCs (id → region) are attached to, and every VPC on them. */
export async function readNetworkMap(
  cloud: Alicloud,
  own: Map<string, string>,
): Promise<NetworkMap> {
  const vpcs = new Map(own);
  const cens: NetworkMap['cens'] = [];
  await Promise.all(
    (
      await cloud.cen.describeCens({})
    ).map(async ({ cenId, name }) => {
      const [routers, attachments, peers] = await Promise.all([
        cloud.cen.listTransitRouters({ cenId }),
        cloud.cen.listVpcAttachments({ cenId }),
        cloud.cen.listPeerAttachments({ cenId }),
      ]);
      if (!attachments.some(({ vpcId }) => own.has(vpcId))) return;
      for (const { vpcId, vpcRegionId } of attachments) {
        vpcs.set(vpcId, vpcRegionId);
      }
      const links = new Map(
        // Each side of a link lists it.
        peers.map(peer => [peer.transitRouterAttachmentId, peer]),
      );
      cens.push({
        id: cenId,
        name,
        transitRouters: routers.map(router => ({
          id: router.transitRouterId,
          name: router.transitRouterName,
          region: router.regionId,
          vpcAttachments: attachments
            .filter(
              ({ transitRouterId, vpcRegionId }) =>
                transitRouterId === router.transitRouterId ||
                (!transitRouterId && vpcRegionId === router.regionId),
            )
            .map(attachment => ({
              id: attachment.transitRouterAttachmentId,
              vpcId: attachment.vpcId,
              status: attachment.status,
              autoPublishRoutes: attachment.autoPublishRouteEnabled,
            })),
        })),
        links: [...links.values()].map(peer => ({
          id: peer.transitRouterAttachmentId,
          regions: [peer.regionId, peer.peerTransitRouterRegionId],
          status: peer.status,
          bandwidthMbps: peer.bandwidth ?? 0,
          bandwidthType: peer.bandwidthType,
        })),
      });
    }),
  );
  const regions = [...new Set(vpcs.values())];
  const described = await Promise.all(
    regions.map(async regionId => {
      const [all, vSwitches] = await Promise.all([
        cloud.vpc.describeVpcs({ regionId }),
        cloud.vpc.describeVSwitches({ regionId }),
      ]);
      return all
        .filter(({ vpcId }) => vpcs.has(vpcId))
        .map(vpc => ({
          id: vpc.vpcId,
          name: vpc.vpcName,
          region: regionId,
          cidr: vpc.cidrBlock,
          vswitches: vSwitches
            .filter(({ vpcId }) => vpcId === vpc.vpcId)
            .map(vsw => ({
              id: vsw.vSwitchId,
              name: vsw.vSwitchName,
              zone: vsw.zoneId,
              cidr: vsw.cidrBlock,
            })),
        }));
    }),
  );
  const byId = (a: { id: string }, b: { id: string }) =>
    a.id.localeCompare(b.id);
  return { cens: cens.sort(byId), vpcs: described.flat().sort(byId) };
}
