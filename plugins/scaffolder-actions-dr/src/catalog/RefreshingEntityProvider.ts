import type {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  type Entity,
} from '@backstage/catalog-model';
import type {
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';

/** What a provider shall hand over. */
export interface EntitySnapshot {
  /** Changes whenever the entities do. */
  fingerprint: string;
  /** Asked only when the fingerprint is another. */
  entities(): Promise<Entity[]>;
}

/**
 * Hands a set of entities over to the catalog whenever it has changed: at once when its source says so, and periodically for
 * what nobody said. While the source does not answer the catalog keeps what it has.
 */
export abstract class RefreshingEntityProvider implements EntityProvider {
  protected readonly logger: LoggerService;
  readonly #schedule: SchedulerServiceTaskRunner;
  #connection?: EntityProviderConnection;
  #fingerprint?: string;
  #running: Promise<void> = Promise.resolve();

  constructor(options: {
    logger: LoggerService;
    schedule: SchedulerServiceTaskRunner;
  }) {
    this.logger = options.logger;
    this.#schedule = options.schedule;
  }

  abstract getProviderName(): string;

  /** Calls back whenever this process has made a change. */
  protected abstract onChange(listener: () => void): void;

  protected abstract snapshot(): Promise<EntitySnapshot>;

  /** Where an entity comes from, for the catalog's location annotations. */
  protected abstract locationOf(entity: Entity): string;

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.#connection = connection;
    // A source may be starting still; the next turn asks again.
    const attempt = () =>
      this.refresh().catch(error =>
        this.logger.warn(
          `The catalog could not be refreshed by ${this.getProviderName()}: ${error}`,
        ),
      );
    this.onChange(attempt);
    await this.#schedule.run({
      id: `${this.getProviderName()}-refresh`,
      fn: attempt,
    });
  }

  /** Reads the source and hands it over when it has changed. Calls are worked off one after the other. */
  refresh(): Promise<void> {
    const next = this.#running
      .catch(() => undefined)
      .then(() => this.#refresh());
    this.#running = next;
    return next;
  }

  async #refresh(): Promise<void> {
    if (!this.#connection) return;
    const snapshot = await this.snapshot();
    if (snapshot.fingerprint === this.#fingerprint) return;
    const entities = await snapshot.entities();
    await this.#connection.applyMutation({
      type: 'full',
      entities: entities.map(entity => this.#deferred(entity)),
    });
    // Only now: a failed mutation is tried again.
    this.#fingerprint = snapshot.fingerprint;
    this.logger.info(
      `The catalog has ${
        entities.length
      } entities of ${this.getProviderName()}`,
    );
  }

  #deferred(entity: Entity) {
    const location = this.locationOf(entity);
    const annotations = {
      ...entity.metadata.annotations,
      [ANNOTATION_LOCATION]: location,
      [ANNOTATION_ORIGIN_LOCATION]: location,
    };
    return {
      locationKey: this.getProviderName(),
      entity: { ...entity, metadata: { ...entity.metadata, annotations } },
    };
  }
}
