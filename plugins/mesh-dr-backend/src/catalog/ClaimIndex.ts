import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import {
  claimsMesh,
  picksService,
  serviceClaimOf,
  serviceIn,
  type ClusterServices,
  type ServiceClaim,
  type ServiceFacts,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** A mesh as claims look at it. */
export interface ClaimedMesh {
  id: string;
  name: string;
  /** Its member clusters as last seen; claims by labels are told by their Services. */
  clusters: ClusterServices[];
}

/** An entity of the catalog that stands for services. */
export interface Claimant {
  entity: Entity;
  /** Entity ref. */
  ref: string;
  claim: ServiceClaim;
}

type LabelClaimant = Claimant & { claim: { by: 'labels' } };

/** Which entities stand for which services; made once per answer of the catalog. */
export class ClaimIndex {
  private readonly byHost = new Map<string, Claimant[]>();
  /** By a label that the Service, or its selector, has to have: most claims name one. */
  private readonly byLabel = new Map<string, LabelClaimant[]>();
  private readonly others: LabelClaimant[] = [];

  constructor(entities: Entity[]) {
    for (const entity of entities) {
      const claim = serviceClaimOf(entity.metadata.annotations);
      if (claim) this.add({ entity, ref: stringifyEntityRef(entity), claim });
    }
  }

  /** The entities that stand for a service, whether or not there is such a one. */
  of(
    mesh: ClaimedMesh,
    service: { namespace: string; name: string },
  ): Claimant[] {
    const found = new Set(this.byHost.get(keyOf(service)));
    for (const cluster of mesh.clusters) {
      const facts = serviceIn(cluster, service);
      if (facts) this.addByLabels(found, cluster, facts);
    }
    return [...found].filter(({ claim }) => claimsMesh(claim, mesh));
  }

  /** Every service of a mesh that some entity stands for, as `namespace/name`. */
  all(mesh: ClaimedMesh): Map<string, Claimant[]> {
    const found = new Map<string, Set<Claimant>>();
    for (const [key, claimants] of this.byHost) {
      found.set(key, new Set(claimants));
    }
    if (this.byLabel.size > 0 || this.others.length > 0) {
      for (const cluster of mesh.clusters) {
        for (const service of cluster.services) {
          const key = keyOf(service);
          const claimants = found.get(key) ?? new Set();
          this.addByLabels(claimants, cluster, service);
          if (claimants.size > 0) found.set(key, claimants);
        }
      }
    }
    return new Map(
      [...found].flatMap(([key, set]): [string, Claimant[]][] => {
        const claimants = [...set].filter(({ claim }) =>
          claimsMesh(claim, mesh),
        );
        return claimants.length > 0 ? [[key, claimants]] : [];
      }),
    );
  }

  private add(claimant: Claimant): void {
    const { claim } = claimant;
    if (claim.by === 'host') {
      push(this.byHost, keyOf(claim.service), claimant);
      return;
    }
    const required = claim.requirements.find(
      ({ operator, values }) => operator === 'in' && values.length === 1,
    );
    if (required) {
      const label = `${required.key}=${required.values[0]}`;
      push(this.byLabel, label, claimant as LabelClaimant);
    } else {
      this.others.push(claimant as LabelClaimant);
    }
  }

  private addByLabels(
    found: Set<Claimant>,
    cluster: ClusterServices,
    service: ServiceFacts,
  ): void {
    const { labels, selector } = service;
    const candidates = [labels, selector].flatMap(map =>
      Object.entries(map ?? {}).flatMap(
        ([key, value]) => this.byLabel.get(`${key}=${value}`) ?? [],
      ),
    );
    for (const claimant of [...candidates, ...this.others]) {
      if (picksService(claimant.claim, cluster, service)) found.add(claimant);
    }
  }
}

function keyOf({ namespace, name }: { namespace: string; name: string }) {
  return `${namespace}/${name}`;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
