import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { resolve } from 'node:path';
import type {
  LoggerService,
  RootConfigService,
} from '@backstage/backend-plugin-api';
import {
  DefaultNamespaceEntityPolicy,
  EntityPolicies,
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  SchemaValidEntityPolicy,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { ANNOTATION_ENVIRONMENT } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { parse, stringify } from 'yaml';

/**
 * Kinds that may be registered. People, groups, templates and locations are left out: they decide who may do what, and the
 * catalog's own rules do not apply to entity providers.
 */
const ALLOWED_KINDS = ['Component', 'System', 'API', 'Resource', 'Domain'];

const DEFAULT_DIRECTORY = '.mesh-dr/catalog';

const envelope = EntityPolicies.allOf([
  new SchemaValidEntityPolicy(),
  new DefaultNamespaceEntityPolicy(),
  new NoForeignRootFieldsEntityPolicy(),
  new FieldFormatEntityPolicy(),
]);

/** One change notifier per directory, so that writer and provider of one process find each other. */
const notifiers = new Map<string, EventEmitter>();

function notifierFor(directory: string): EventEmitter {
  let notifier = notifiers.get(directory);
  if (!notifier) {
    notifier = new EventEmitter();
    notifiers.set(directory, notifier);
  }
  return notifier;
}

/**
 * Catalog entities as YAML files in a directory, one each: no repository, no network, readable and editable by people, and
 * still there after a restart. Several portal replicas need a shared directory.
 */
export class CatalogDirectory {
  readonly path: string;
  readonly #notifier: EventEmitter;

  constructor(directory: string) {
    this.path = resolve(directory);
    this.#notifier = notifierFor(this.path);
  }

  /** Reads `meshDr.catalog.directory`; relative paths start at the backend's working directory. */
  static fromConfig(config: RootConfigService): CatalogDirectory {
    return new CatalogDirectory(
      config.getOptionalString('meshDr.catalog.directory') ?? DEFAULT_DIRECTORY,
    );
  }

  /**
   * Validates entities and writes them, replacing earlier versions of the same entities.
   *
   * @returns their entity refs
   * @throws InputError naming the entity and the field at fault; then nothing is written
   */
  async register(candidates: unknown[]): Promise<string[]> {
    const entities = await Promise.all(candidates.map(validateEntity));
    await mkdir(this.path, { recursive: true });
    for (const entity of entities) {
      const file = resolve(this.path, fileNameOf(entity));
      const draft = `${file}.${process.pid}.tmp`;
      // Renaming is atomic: the provider never reads half a file.
      await writeFile(draft, stringify(entity));
      await rename(draft, file);
    }
    this.#notifier.emit('change');
    return entities.map(entity => stringifyEntityRef(entity));
  }

  /** Removes the entities of an environment (annotation `mesh-dr.io/environment`); returns their refs. */
  async unregister(filter: { environment: string }): Promise<string[]> {
    const removed: string[] = [];
    for (const { file, entity } of await this.#readAll()) {
      const environment = entity.metadata.annotations?.[ANNOTATION_ENVIRONMENT];
      if (environment !== filter.environment) continue;
      await rm(resolve(this.path, file), { force: true });
      removed.push(stringifyEntityRef(entity));
    }
    if (removed.length) this.#notifier.emit('change');
    return removed;
  }

  /** All entities; files that are no valid entity are reported and left out. */
  async entities(logger?: LoggerService): Promise<Entity[]> {
    return (await this.#readAll(logger)).map(({ entity }) => entity);
  }

  /** Changes whenever the content does. */
  async fingerprint(): Promise<string> {
    const hash = createHash('sha256');
    for (const { file, text } of await this.#readFiles()) {
      hash.update(`${file}\n${text}\n`);
    }
    return hash.digest('hex');
  }

  /** Calls back after every change made in this process; returns the unsubscriber. */
  onChange(listener: () => void): () => void {
    this.#notifier.on('change', listener);
    return () => this.#notifier.off('change', listener);
  }

  async #readFiles(): Promise<{ file: string; text: string }[]> {
    let names: string[];
    try {
      names = await readdir(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    const files = names.filter(name => name.endsWith('.yaml')).sort();
    const read = await Promise.all(
      files.map(async file => ({
        file,
        // A file may be removed between the two calls.
        text: await readFile(resolve(this.path, file), 'utf8').catch(
          () => undefined,
        ),
      })),
    );
    return read.flatMap(({ file, text }) =>
      text === undefined ? [] : [{ file, text }],
    );
  }

  async #readAll(
    logger?: LoggerService,
  ): Promise<{ file: string; entity: Entity }[]> {
    const found: { file: string; entity: Entity }[] = [];
    for (const { file, text } of await this.#readFiles()) {
      try {
        found.push({ file, entity: await validateEntity(parse(text)) });
      } catch (error) {
        logger?.warn(`${file} is left out of the catalog: ${error}`);
      }
    }
    return found;
  }
}

async function validateEntity(candidate: unknown): Promise<Entity> {
  let entity: Entity | undefined;
  try {
    entity = await envelope.enforce(candidate as Entity);
  } catch (error) {
    throw new InputError(
      `The entity is not valid: ${
        error instanceof Error ? error.message : error
      }`,
    );
  }
  if (!entity || !ALLOWED_KINDS.includes(entity.kind)) {
    throw new InputError(
      `kind = ${entity?.kind}: only ${ALLOWED_KINDS.join(
        ', ',
      )} can be registered this way`,
    );
  }
  return entity;
}

function fileNameOf(entity: Entity): string {
  const { name, namespace = 'default' } = entity.metadata;
  return `${[entity.kind, namespace, name]
    .map(part => part.toLocaleLowerCase('en-US'))
    .join('.')}.yaml`;
}
