import { EventEmitter } from 'node:events';
import type {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
} from '@backstage/catalog-model';
import type {
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import type {
  MeshDrApi,
  RequestOptions,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { fleetEntities } from './fleetEntities';

const LOCATION = 'mesh-dr:fleet';

/** Lets actions tell the provider of the same process that there is news, so that a task's links lead somewhere. */
const news = new EventEmitter();

/** An action has made, joined or removed something: the catalog shall know before the next turn of the schedule. */
export function fleetChanged(): void {
  news.emit('change');
}

/**
 * Provides environments, meshes and clusters to the catalog, as the mesh-dr backend knows them; what is gone there goes
 * here. While the backend does not answer the catalog keeps what it has.
 */
export class FleetEntityProvider implements EntityProvider {
  readonly #meshDr: Pick<MeshDrApi, 'listEnvironments' | 'listMeshes'>;
  readonly #request: () => Promise<RequestOptions>;
  readonly #defaultOwner: string;
  readonly #logger: LoggerService;
  readonly #schedule: SchedulerServiceTaskRunner;
  #connection?: EntityProviderConnection;
  #last?: string;
  #running: Promise<void> = Promise.resolve();

  constructor(options: {
    meshDr: Pick<MeshDrApi, 'listEnvironments' | 'listMeshes'>;
    /** Options of one call: a fresh service token. */
    request: () => Promise<RequestOptions>;
    defaultOwner: string;
    logger: LoggerService;
    schedule: SchedulerServiceTaskRunner;
  }) {
    this.#meshDr = options.meshDr;
    this.#request = options.request;
    this.#defaultOwner = options.defaultOwner;
    this.#logger = options.logger;
    this.#schedule = options.schedule;
  }

  getProviderName(): string {
    return 'mesh-dr-fleet';
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.#connection = connection;
    news.on('change', () => {
      this.refresh().catch(error =>
        this.#logger.warn(`The catalog could not be refreshed: ${error}`),
      );
    });
    await this.#schedule.run({
      id: 'mesh-dr-fleet-refresh',
      fn: async () => {
        try {
          await this.refresh();
        } catch (error) {
          // The backend may be starting still; the next turn asks again.
          this.#logger.warn(`The fleet could not be read: ${error}`);
        }
      },
    });
  }

  /** Reads the fleet and hands it over when it has changed. Calls are worked off one after the other. */
  refresh(): Promise<void> {
    const next = this.#running
      .catch(() => undefined)
      .then(() => this.#refresh());
    this.#running = next;
    return next;
  }

  async #refresh(): Promise<void> {
    if (!this.#connection) return;
    const [environments, meshes] = await Promise.all([
      this.#meshDr.listEnvironments(await this.#request()),
      this.#meshDr.listMeshes(await this.#request()),
    ]);
    const entities = fleetEntities(environments, meshes, this.#defaultOwner);
    const fingerprint = JSON.stringify(entities);
    if (fingerprint === this.#last) return;
    await this.#connection.applyMutation({
      type: 'full',
      entities: entities.map(entity => ({
        locationKey: this.getProviderName(),
        entity: {
          ...entity,
          metadata: {
            ...entity.metadata,
            annotations: {
              ...entity.metadata.annotations,
              [ANNOTATION_LOCATION]: LOCATION,
              [ANNOTATION_ORIGIN_LOCATION]: LOCATION,
            },
          },
        },
      })),
    });
    // Only now: a failed mutation is tried again.
    this.#last = fingerprint;
  }
}
