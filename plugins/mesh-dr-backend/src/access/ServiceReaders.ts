import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import type {
  Page,
  RuleTarget,
  ServiceResource,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ServiceCatalog } from '../catalog/ServiceCatalog';
import type { Fleet } from '../fleet/Fleet';
import type { TopologyService } from '../topology/TopologyService';
import type { EntityReaders } from './EntityReaders';

/** Which services of a mesh a reader may see. */
export interface Visibility {
  /** Set where nothing is hidden from the reader, whatever the service. */
  everything?: true;
  sees(service: { namespace: string; name: string }): boolean;
}

/** Oldest answer of the catalog on which it is decided who sees a service, ms. */
const FRESH_MS = 5_000;
/** Pages that are looked through for one page of what a reader may see. */
const PAGES_AT_MOST = 20;

const EVERYTHING: Visibility = { everything: true, sees: () => true };

/**
 * Who may read which services. A service for which entities of the catalog stand is theirs to read who may read every
 * one of these entities, as the catalog's own permission says; one for which none stands needs no more than the right of
 * this plugin. Every one, because whoever may register a component could open any service otherwise.
 */
export class ServiceReaders {
  constructor(
    private readonly deps: {
      catalog: ServiceCatalog;
      entities: EntityReaders;
      fleet: Fleet;
      topology: TopologyService;
    },
  ) {}

  /** @throws NotAllowedError unless the reader may see the service */
  async assertReads(
    credentials: BackstageCredentials,
    { meshId, ...service }: ServiceResource,
  ): Promise<void> {
    const { sees } = await this.visibleIn(credentials, meshId);
    if (sees(service)) return;
    // Entities that the reader may not read are not named either.
    throw new NotAllowedError(
      `Permission '${catalogEntityReadPermission.name}' is needed for every catalog entity that stands for service ${service.namespace}/${service.name}; ask its owner or the people who run the portal's permission policy`,
    );
  }

  /**
   * As `assertReads`, for a service as it runs now.
   *
   * @throws NotFoundError that lists only what the reader may see
   */
  async assertReadsNow(
    credentials: BackstageCredentials,
    { meshId, ...service }: ServiceResource,
  ): Promise<void> {
    await this.assertReads(credentials, { meshId, ...service });
    const visible = await this.visibleIn(credentials, meshId);
    if (visible.everything) return;
    const mesh = await this.deps.fleet.require(meshId);
    this.deps.topology.assertExists(mesh, service, visible.sees);
  }

  /** Which services of a mesh the reader may see; asks the catalog about all of them at once. */
  async visibleIn(
    credentials: BackstageCredentials,
    meshId: string,
  ): Promise<Visibility> {
    const { catalog, entities } = this.deps;
    if (await entities.readsAll(credentials)) return EVERYTHING;
    await catalog.assertAnswered();
    const claims = await catalog.claims(await this.nameOf(meshId), FRESH_MS);
    const refs = new Set(
      [...claims.values()].flatMap(claimants =>
        claimants.map(({ ref }) => ref),
      ),
    );
    const readable = await entities.readable(credentials, [...refs]);
    return {
      sees: ({ namespace, name }) =>
        (claims.get(`${namespace}/${name}`) ?? []).every(({ ref }) =>
          readable.has(ref),
        ),
    };
  }

  /** What of a list, of whichever meshes, the reader may see. What is about a whole mesh is about no single service. */
  async among<T extends { target: RuleTarget | ServiceResource }>(
    credentials: BackstageCredentials,
    items: T[],
  ): Promise<T[]> {
    const meshIds = [...new Set(items.map(({ target }) => target.meshId))];
    const byMesh = new Map(
      await Promise.all(
        meshIds.map(
          async id => [id, await this.visibleIn(credentials, id)] as const,
        ),
      ),
    );
    return items.filter(
      ({ target }) =>
        !('name' in target) || byMesh.get(target.meshId)!.sees(target),
    );
  }

  /**
   * A page of what the reader may see. Where much is hidden it may be shorter than asked for, even empty, and still have
   * a `nextCursor`: a history is not read to its end for one answer.
   */
  async page<
    T extends { target: RuleTarget | ServiceResource },
    Q extends { limit?: number; cursor?: string },
  >(
    credentials: BackstageCredentials,
    query: Q,
    read: (query: Q) => Promise<Page<T>>,
  ): Promise<Page<T>> {
    let page = await read(query);
    const items = await this.among(credentials, page.items);
    const wanted = page.items.length;
    for (let pages = 1; pages < PAGES_AT_MOST; pages++) {
      if (!page.nextCursor || items.length >= wanted) break;
      const limit = wanted - items.length;
      page = await read({ ...query, limit, cursor: page.nextCursor });
      items.push(...(await this.among(credentials, page.items)));
    }
    return {
      items,
      ...(page.nextCursor && { nextCursor: page.nextCursor }),
    };
  }

  /** An unknown mesh is reported by what is done with it; entities that name no mesh stand for its services, too. */
  private nameOf(meshId: string): Promise<{ id: string; name: string }> {
    return this.deps.fleet.require(meshId).then(
      ({ mesh }) => ({ id: mesh.serviceMeshId, name: mesh.name }),
      () => ({ id: meshId, name: meshId }),
    );
  }
}
