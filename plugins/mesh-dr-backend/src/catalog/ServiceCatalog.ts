import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import {
  RELATION_DEPENDS_ON,
  RELATION_OWNED_BY,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  ANNOTATION_HOST,
  ANNOTATION_MESH,
  parseHost,
  type KnownCall,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** How long the catalog's answer is good for, ms: relations change with people, not with traffic. */
const FRESH_MS = 60_000;

interface MeshName {
  id: string;
  name: string;
}

/** A component of the catalog that is a service of a mesh. */
interface ServiceEntity {
  /** `namespace/name` of the service. */
  service: string;
  entity: Entity;
}

/**
 * What the catalog knows about services: components with `mesh-dr.io/host`, who owns them, and which depends on which. A
 * component that names no mesh counts for every one. The last good answer stays in use while the catalog cannot be asked.
 */
export class ServiceCatalog {
  private entities: Entity[] = [];
  private readAt = -Infinity;
  private reading?: Promise<void>;

  constructor(
    private readonly deps: {
      auth: AuthService;
      catalog: CatalogService;
      logger: LoggerService;
      now: () => number;
    },
  ) {}

  /** Which service calls which. */
  async calls(mesh: MeshName): Promise<KnownCall[]> {
    const services = await this.services(mesh);
    const byRef = new Map(
      services.map(({ entity, service }) => [
        stringifyEntityRef(entity),
        service,
      ]),
    );
    const calls = new Map<string, KnownCall>();
    for (const { service: from, entity } of services) {
      for (const targetRef of related(entity, RELATION_DEPENDS_ON)) {
        const to = byRef.get(targetRef);
        if (to && from !== to) calls.set(`${from} ${to}`, { from, to });
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
    const wanted = service && `${service.namespace}/${service.name}`;
    return (await this.services(mesh, freshMs))
      .filter(item => !wanted || item.service === wanted)
      .map(({ entity }) => entity);
  }

  private async services(
    mesh: MeshName,
    freshMs = FRESH_MS,
  ): Promise<ServiceEntity[]> {
    if (this.deps.now() - this.readAt > freshMs) await this.read();
    return this.entities.flatMap((entity): ServiceEntity[] => {
      const annotations = entity.metadata.annotations ?? {};
      const meant = annotations[ANNOTATION_MESH];
      const host = parseHost(annotations[ANNOTATION_HOST]);
      return host && (!meant || meant === mesh.id || meant === mesh.name)
        ? [{ service: `${host.namespace}/${host.name}`, entity }]
        : [];
    });
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
          filter: {
            kind: 'Component',
            [`metadata.annotations.${ANNOTATION_HOST}`]: CATALOG_FILTER_EXISTS,
          },
          fields: ['kind', 'metadata', 'relations'],
        },
        { credentials: await auth.getOwnServiceCredentials() },
      );
      this.entities = items;
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
