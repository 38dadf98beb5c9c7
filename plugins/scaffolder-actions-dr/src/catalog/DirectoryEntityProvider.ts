import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { CatalogDirectory } from './CatalogDirectory';
import {
  RefreshingEntityProvider,
  type EntitySnapshot,
} from './RefreshingEntityProvider';

/**
 * Provides the entities of a `CatalogDirectory` to the catalog: at once when an action of this process writes one, and
 * periodically for what other processes and people write.
 */
export class DirectoryEntityProvider extends RefreshingEntityProvider {
  readonly #directory: CatalogDirectory;

  constructor(
    options: ConstructorParameters<typeof RefreshingEntityProvider>[0] & {
      directory: CatalogDirectory;
    },
  ) {
    super(options);
    this.#directory = options.directory;
  }

  getProviderName(): string {
    return 'mesh-dr-directory';
  }

  protected onChange(listener: () => void): void {
    this.#directory.onChange(listener);
  }

  protected async snapshot(): Promise<EntitySnapshot> {
    return {
      fingerprint: await this.#directory.fingerprint(),
      entities: () => this.#directory.entities(this.logger),
    };
  }

  protected locationOf(entity: Entity): string {
    return `mesh-dr:${stringifyEntityRef(entity)}`;
  }
}
