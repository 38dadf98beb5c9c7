import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';

/** How long an answer about a reader is used again, ms; never beyond the end of the reader's own credentials. */
const KEPT_MS = 5_000;
/** Readers that are remembered at once. */
const READERS_KEPT = 1_000;
/** Refs that the catalog is asked about in one question. */
const REFS_AT_ONCE = 500;

interface Reader {
  until: number;
  decision: Promise<AuthorizeResult>;
  /** What the catalog said, or is about to say, about single entities. */
  readable: Map<string, Promise<boolean>>;
}

/**
 * Who may read which entities of the catalog. The permission policy is asked first; where it leaves the answer to
 * conditions the catalog, which has the entities, applies them: it is asked for them with the reader's own credentials.
 */
export class EntityReaders {
  private readonly readers = new Map<string, Reader>();

  constructor(
    private readonly deps: {
      catalog: CatalogService;
      permissions: PermissionsService;
      now: () => number;
    },
  ) {}

  /** Whether the reader may read every entity there is. */
  async readsAll(credentials: BackstageCredentials): Promise<boolean> {
    const { decision } = this.reader(credentials);
    return (await decision) === AuthorizeResult.ALLOW;
  }

  /** Those of the entities that the reader may read. */
  async readable(
    credentials: BackstageCredentials,
    refs: string[],
  ): Promise<Set<string>> {
    const reader = this.reader(credentials);
    const result = await reader.decision;
    if (result !== AuthorizeResult.CONDITIONAL) {
      return new Set(result === AuthorizeResult.ALLOW ? refs : []);
    }
    const unknown = refs.filter(ref => !reader.readable.has(ref));
    for (let first = 0; first < unknown.length; first += REFS_AT_ONCE) {
      const asked = unknown.slice(first, first + REFS_AT_ONCE);
      const answer = this.ask(credentials, asked);
      for (const ref of asked) {
        const said = answer.then(found => found.has(ref));
        // Whoever awaits it hears of a failure; nobody is to be told the same one later.
        said.catch(() => reader.readable.delete(ref));
        reader.readable.set(ref, said);
      }
    }
    const answers = await Promise.all(
      refs.map(async ref => ((await reader.readable.get(ref)) ? [ref] : [])),
    );
    return new Set(answers.flat());
  }

  private async ask(
    credentials: BackstageCredentials,
    entityRefs: string[],
  ): Promise<Set<string>> {
    const { items } = await this.deps.catalog.getEntitiesByRefs(
      { entityRefs, fields: ['kind', 'metadata.name', 'metadata.namespace'] },
      { credentials },
    );
    return new Set(
      items.flatMap(item => (item ? stringifyEntityRef(item) : [])),
    );
  }

  private reader(credentials: BackstageCredentials): Reader {
    const { now, permissions } = this.deps;
    const { expiresAt, principal } = credentials;
    const key = JSON.stringify([principal, expiresAt]);
    const known = this.readers.get(key);
    if (known && known.until > now()) return known;
    const decision = permissions
      .authorizeConditional([{ permission: catalogEntityReadPermission }], {
        credentials,
      })
      .then(([{ result }]) => result);
    decision.catch(() => this.readers.delete(key));
    const reader: Reader = {
      until: Math.min(now() + KEPT_MS, expiresAt?.getTime() ?? Infinity),
      decision,
      readable: new Map(),
    };
    // The longest remembered go first.
    this.readers.delete(key);
    this.readers.set(key, reader);
    for (const oldest of this.readers.keys()) {
      if (this.readers.size <= READERS_KEPT) break;
      this.readers.delete(oldest);
    }
    return reader;
  }
}
