import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import {
  RELATION_DEPENDS_ON,
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

/**
 * Which service calls which, as the catalog knows it: a component with `mesh-dr.io/host` that depends on another one.
 * The last good answer stays in use while the catalog cannot be asked.
 */
export class CatalogCalls {
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

  /** Calls between services of a mesh; a component that names no mesh counts for every one. */
  async of(mesh: MeshName): Promise<KnownCall[]> {
    if (this.deps.now() - this.readAt > FRESH_MS) await this.read();
    return callsBetween(this.entities, mesh);
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
        `The catalog could not be asked which services call which: ${
          (error as Error).message
        }`,
      );
    }
    // After a failure too: a catalog in trouble is not helped by more questions.
    this.readAt = now();
  }
}

function callsBetween(entities: Entity[], mesh: MeshName): KnownCall[] {
  const services = new Map<string, string>();
  for (const entity of entities) {
    const annotations = entity.metadata.annotations ?? {};
    const meant = annotations[ANNOTATION_MESH];
    const host = parseHost(annotations[ANNOTATION_HOST]);
    if (host && (!meant || meant === mesh.id || meant === mesh.name)) {
      services.set(
        stringifyEntityRef(entity),
        `${host.namespace}/${host.name}`,
      );
    }
  }
  const calls = new Map<string, KnownCall>();
  for (const entity of entities) {
    const from = services.get(stringifyEntityRef(entity));
    for (const { type, targetRef } of entity.relations ?? []) {
      const to = services.get(targetRef);
      if (type === RELATION_DEPENDS_ON && from && to && from !== to) {
        calls.set(`${from} ${to}`, { from, to });
      }
    }
  }
  return [...calls.values()];
}
