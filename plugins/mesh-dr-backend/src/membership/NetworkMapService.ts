import type { NetworkMap } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  AlicloudAccounts,
  VSwitch,
  Vpc,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { Fleet, FleetMesh } from '../fleet/Fleet';
import {
  LastKnownReader,
  type LastKnown,
  type Patience,
} from '../util/lastKnown';
import { cenOf, readCens, type CenRead } from './cens';

const PATIENCE: Patience = { freshMs: 5_000, firstMs: 4_000, laterMs: 1_500 };

const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);

interface RegionRead {
  vpcs: Vpc[];
  vSwitches: VSwitch[];
}

/**
 * The CEN network around a mesh, from memory. CEN and every region are read apart: one that does not answer in time is
 * drawn as it was last seen, or as far as the others know of it, and holds up nothing else.
 */
export class NetworkMapService {
  private cens = new Map<string, LastKnownReader<CenRead[]>>();
  private regions = new Map<string, LastKnownReader<RegionRead>>();

  constructor(
    private readonly accounts: AlicloudAccounts,
    private readonly fleet: Fleet,
    private readonly patience: Patience = PATIENCE,
  ) {}

  /** @throws NotFoundError when there is no such mesh */
  async get(nameOrId: string): Promise<NetworkMap> {
    const { account, mesh, members } = await this.fleet.require(nameOrId);
    const own = new Map([[mesh.vpcId, mesh.regionId]]);
    for (const member of members) own.set(member.vpcId, member.regionId);
    // The mesh's own regions are known at once; CEN may name more.
    const [cen, near] = await Promise.all([
      this.censOf(account).look(),
      this.look(account, own.values()),
    ]);
    const around = (cen.value ?? []).filter(({ attachments }) =>
      attachments.some(({ vpcId }) => own.has(vpcId)),
    );
    const vpcs = new Map(own);
    for (const { vpcId, vpcRegionId } of around.flatMap(
      ({ attachments }) => attachments,
    )) {
      vpcs.set(vpcId, vpcRegionId);
    }
    const further = [...vpcs.values()].filter(region => !near.has(region));
    const regions = new Map([...near, ...(await this.look(account, further))]);
    return {
      cen: cen.freshness,
      cens: around.map(cenOf).sort(byId),
      regions: [...regions]
        .map(([region, { freshness }]) => ({ region, freshness }))
        .sort((a, b) => a.region.localeCompare(b.region)),
      vpcs: [...vpcs]
        .flatMap(([id, region]) => vpcOf(id, region, regions.get(region)!))
        .sort(byId),
    };
  }

  /** Links of all CENs of the mesh's account as last read, at once; none when CEN was never read. */
  linksKnown({ account }: FleetMesh): NetworkMap['cens'][number]['links'] {
    return (this.censOf(account).peek() ?? []).flatMap(cen => cenOf(cen).links);
  }

  /** Forgets what was read, e.g. after the network was changed. */
  invalidate(): void {
    this.cens = new Map();
    this.regions = new Map();
  }

  private async look(
    account: string,
    names: Iterable<string>,
  ): Promise<Map<string, LastKnown<RegionRead>>> {
    return new Map(
      await Promise.all(
        [...new Set(names)].map(
          async (region): Promise<[string, LastKnown<RegionRead>]> => [
            region,
            await this.regionOf(account, region).look(),
          ],
        ),
      ),
    );
  }

  private censOf(account: string): LastKnownReader<CenRead[]> {
    return remembered(
      this.cens,
      account,
      () =>
        new LastKnownReader(
          () => readCens(this.accounts.get(account)),
          this.patience,
        ),
    );
  }

  private regionOf(account: string, regionId: string) {
    return remembered(
      this.regions,
      `${account}/${regionId}`,
      () =>
        new LastKnownReader<RegionRead>(async () => {
          const { vpc } = this.accounts.get(account);
          const [vpcs, vSwitches] = await Promise.all([
            vpc.describeVpcs({ regionId }),
            vpc.describeVSwitches({ regionId }),
          ]);
          return { vpcs, vSwitches };
        }, this.patience),
    );
  }
}

function remembered<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (!value) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** A VPC as its region describes it; where the region never answered, what is known of it elsewhere: that it exists. */
function vpcOf(
  id: string,
  region: string,
  { value }: LastKnown<RegionRead>,
): NetworkMap['vpcs'] {
  if (!value) return [{ id, name: '', region, vswitches: [] }];
  return value.vpcs
    .filter(({ vpcId }) => vpcId === id)
    .map(vpc => ({
      id,
      name: vpc.vpcName,
      region,
      cidr: vpc.cidrBlock,
      vswitches: value.vSwitches
        .filter(({ vpcId }) => vpcId === id)
        .map(vsw => ({
          id: vsw.vSwitchId,
          name: vsw.vSwitchName,
          zone: vsw.zoneId,
          cidr: vsw.cidrBlock,
        })),
    }));
}
