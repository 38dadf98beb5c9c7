import type {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import type {
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import type { CatalogDirectory } from './CatalogDirectory';

/**
 * Provides the entities of a `CatalogDirectory` to the catalog: at once when an action of this process writes one, and
 * periodically for what other processes and people write.
 */
export class DirectoryEntityProvider implements EntityProvider {
  readonly #directory: CatalogDirectory;
  readonly #logger: LoggerService;
  readonly #schedule: SchedulerServiceTaskRunner;
  #connection?: EntityProviderConnection;
  #fingerprint?: string;
  #running: Promise<void> = Promise.resolve();

  constructor(options: {
    directory: CatalogDirectory;
    logger: LoggerService;
    schedule: SchedulerServiceTaskRunner;
  }) {
    this.#directory = options.directory;
    this.#logger = options.logger;
    this.#schedule = options.schedule;
  }

  getProviderName(): string {
    return 'mesh-dr-directory';
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.#connection = connection;
    this.#directory.onChange(() => {
      this.refresh().catch(error =>
        this.#logger.error(`The catalog could not be refreshed: ${error}`),
      );
    });
    await this.#schedule.run({
      id: 'mesh-dr-directory-refresh',
      fn: () => this.refresh(),
    });
  }

  /** Hands the directory's entities over when they have changed. Calls are worked off one after the other. */
  refresh(): Promise<void> {
    const next = this.#running
      .catch(() => undefined)
      .then(() => this.#refresh());
    this.#running = next;
    return next;
  }

  async #refresh(): Promise<void> {
    if (!this.#connection) return;
    const fingerprint = await this.#directory.fingerprint();
    if (fingerprint === this.#fingerprint) return;
    const entities = await this.#directory.entities(this.#logger);
    await this.#connection.applyMutation({
      type: 'full',
      entities: entities.map(entity => {
        const location = `mesh-dr:${stringifyEntityRef(entity)}`;
        return {
          locationKey: this.getProviderName(),
          entity: {
            ...entity,
            metadata: {
              ...entity.metadata,
              annotations: {
                ...entity.metadata.annotations,
                [ANNOTATION_LOCATION]: location,
                [ANNOTATION_ORIGIN_LOCATION]: location,
              },
            },
          },
        };
      }),
    });
    // Only now: a failed mutation is tried again.
    this.#fingerprint = fingerprint;
    this.#logger.info(
      `The catalog has ${entities.length} entities of ${this.#directory.path}`,
    );
  }
}
