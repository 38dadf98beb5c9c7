import { EventEmitter } from 'node:events';
import type {
  MeshDrApi,
  RequestOptions,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { fleetEntities } from './fleetEntities';
import {
  RefreshingEntityProvider,
  type EntitySnapshot,
} from './RefreshingEntityProvider';

/** Lets actions tell the provider of the same process that there is news, so that a task's links lead somewhere. */
const news = new EventEmitter();

/** An action has made, joined or removed something: the catalog shall know before the next turn of the schedule. */
export function fleetChanged(): void {
  news.emit('change');
}

/**
 * Provides environments, meshes and clusters to the catalog, as the mesh-dr backend knows them; what is gone there goes
 * here.
 */
export class FleetEntityProvider extends RefreshingEntityProvider {
  readonly #meshDr: Pick<MeshDrApi, 'listEnvironments' | 'listMeshes'>;
  readonly #request: () => Promise<RequestOptions>;
  readonly #defaultOwner: string;

  constructor(
    options: ConstructorParameters<typeof RefreshingEntityProvider>[0] & {
      meshDr: Pick<MeshDrApi, 'listEnvironments' | 'listMeshes'>;
      /** Options of one call: a fresh service token. */
      request: () => Promise<RequestOptions>;
      defaultOwner: string;
    },
  ) {
    super(options);
    this.#meshDr = options.meshDr;
    this.#request = options.request;
    this.#defaultOwner = options.defaultOwner;
  }

  getProviderName(): string {
    return 'mesh-dr-fleet';
  }

  protected onChange(listener: () => void): void {
    news.on('change', listener);
  }

  protected async snapshot(): Promise<EntitySnapshot> {
    const [environments, meshes] = await Promise.all([
      this.#meshDr.listEnvironments(await this.#request()),
      this.#meshDr.listMeshes(await this.#request()),
    ]);
    const entities = fleetEntities(environments, meshes, this.#defaultOwner);
    return {
      fingerprint: JSON.stringify(entities),
      entities: async () => entities,
    };
  }

  protected locationOf(): string {
    return 'mesh-dr:fleet';
  }
}
