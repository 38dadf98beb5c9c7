import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import {
  RELATION_DEPENDS_ON,
  RELATION_OWNED_BY,
  type Entity,
} from '@backstage/catalog-model';
import { ServiceUnavailableError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  ANNOTATION_HOST,
  ANNOTATION_KUBERNETES_ID,
  ANNOTATION_KUBERNETES_LABEL_SELECTOR,
  type ClusterServices,
  type KnownCall,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { ClaimIndex, type Claimant, type ClaimedMesh } from './ClaimIndex';

/** How long the catalog's answer is good for, ms: relations change with people, not with traffic. */
const FRESH_MS = 60_000;

/** Annotations by which a component says which services it stands for. */
const CLAIMING = [
  ANNOTATION_HOST,
  ANNOTATION_KUBERNETES_ID,
  ANNOTATION_KUBERNETES_LABEL_SELECTOR,
];

interface MeshName {
  id: string;
  name: string;
}

interface MadeClaims {
  of: [ClaimIndex, ...ClusterServices['services'][]];
  claims: Map<string, Claimant[]>;
}

/**
 * What the catalog knows about services: components that stand for them, by `mesh-dr.io/host` or by the annotations of
 * Backstage's Kubernetes plugin, who owns them, and which depends on which. A component that names no mesh counts for every
 * one. The last good answer stays in use while the catalog cannot be asked.
 */
export class ServiceCatalog {
  private index = new ClaimIndex([]);
  /** By mesh, to be used again while neither the catalog's answer nor the mesh's Services are others. */
  private readonly made = new Map<string, MadeClaims>();
  private answered = false;
  private readAt = -Infinity;
  private reading?: Promise<void>;

  constructor(
    private readonly deps: {
      auth: AuthService;
      catalog: CatalogService;
      logger: LoggerService;
      /** The member clusters of a mesh as last seen; none for an unknown one. */
      clustersOf(meshId: string): Promise<ClusterServices[]>;
      now: () => number;
    },
  ) {}

  /** Which service calls which. */
  async calls(mesh: MeshName): Promise<KnownCall[]> {
    const claims = await this.claims(mesh);
    const servicesOf = new Map<string, string[]>();
    for (const [service, claimants] of claims) {
      for (const { ref } of claimants) {
        servicesOf.set(ref, [...(servicesOf.get(ref) ?? []), service]);
      }
    }
    const calls = new Map<string, KnownCall>();
    for (const [from, claimants] of claims) {
      for (const { entity } of claimants) {
        for (const ref of related(entity, RELATION_DEPENDS_ON)) {
          for (const to of servicesOf.get(ref) ?? []) {
            if (from !== to) calls.set(`${from} ${to}`, { from, to });
          }
        }
      }
    }
    return [...calls.values()];
  }

  /** Components of one service, or of all services of a mesh, as the catalog knew them at most `freshMs` ago. */
  async components(
    mesh: MeshName,
    service?: { namespace: string; name: string },
    freshMs?: number,
  ): Promise<Entity[]> {
    if (service) {
      await this.update(freshMs);
      return this.index
        .of(await this.claimed(mesh), service)
        .map(({ entity }) => entity);
    }
    const claims = await this.claims(mesh, freshMs);
    const claimants = new Set([...claims.values()].flat());
    return [...claimants].map(({ entity }) => entity);
  }

  /** Every service of a mesh for which components stand, as `namespace/name`, with these. */
  async claims(
    mesh: MeshName,
    freshMs?: number,
  ): Promise<Map<string, Claimant[]>> {
    await this.update(freshMs);
    const claimed = await this.claimed(mesh);
    const of: MadeClaims['of'] = [
      this.index,
      ...claimed.clusters.map(({ services }) => services),
    ];
    const made = this.made.get(mesh.id);
    if (
      made?.of.length === of.length &&
      made.of.every((part, i) => part === of[i])
    ) {
      return made.claims;
    }
    const claims = this.index.all(claimed);
    this.made.set(mesh.id, { of, claims });
    return claims;
  }

  /** @throws ServiceUnavailableError until the catalog has answered once: before, whose a service is cannot be told */
  async assertAnswered(): Promise<void> {
    await this.update(FRESH_MS);
    if (this.answered) return;
    throw new ServiceUnavailableError(
      'The catalog could not be asked yet which entities stand for services, so it cannot be told who may read them; try again when the catalog answers',
    );
  }

  private async claimed(mesh: MeshName): Promise<ClaimedMesh> {
    return { ...mesh, clusters: await this.deps.clustersOf(mesh.id) };
  }

  private async update(freshMs = FRESH_MS): Promise<void> {
    if (this.deps.now() - this.readAt > freshMs) await this.read();
  }

  private read(): Promise<void> {
    this.reading ??= this.ask().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async ask(): Promise<void> {
    const { auth, catalog, logger, now } = this.deps;
    try {
      const { items } = await catalog.getEntities(
        {
          filter: CLAIMING.map(annotation => ({
            kind: 'Component',
            [`metadata.annotations.${annotation}`]: CATALOG_FILTER_EXISTS,
          })),
          fields: ['kind', 'metadata', 'relations'],
        },
        { credentials: await auth.getOwnServiceCredentials() },
      );
      this.index = new ClaimIndex(items);
      this.answered = true;
    } catch (error) {
      logger.warn(
        `The catalog could not be asked for the services of meshes: ${
          (error as Error).message
        }`,
      );
    }
    // After a failure too: a catalog in trouble is not helped by more questions.
    this.readAt = now();
  }
}

/** Refs of the owners of components, each once. */
export function ownersOf(components: Entity[]): string[] {
  return [
    ...new Set(
      components.flatMap(entity => related(entity, RELATION_OWNED_BY)),
    ),
  ].sort();
}

function related(entity: Entity, relation: string): string[] {
  return (entity.relations ?? [])
    .filter(({ type }) => type === relation)
    .map(({ targetRef }) => targetRef);
}
