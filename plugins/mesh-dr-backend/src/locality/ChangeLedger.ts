import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  Change,
  ChangeStatus,
  Page,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  ChangePatch,
  ChangeQuery,
  ChangeStore,
  StoredChange,
} from '../database/ChangeStore';

/** The history of changes, through which every one of their steps goes, and which tells others of each. */
export class ChangeLedger {
  private readonly listeners = new Set<(change: StoredChange) => void>();

  constructor(readonly store: ChangeStore) {}

  /** Called after a change was stored or moved on, with its state then. */
  onMove(listener: (change: StoredChange) => void): void {
    this.listeners.add(listener);
  }

  async add(change: StoredChange): Promise<void> {
    await this.store.insert(change);
    this.tell(change);
  }

  /** Throws NotFoundError. */
  async get(id: string): Promise<StoredChange> {
    const change = await this.store.get(id);
    if (!change) throw new NotFoundError(`No change has the id '${id}'`);
    return change;
  }

  async list(query: ChangeQuery): Promise<Page<StoredChange>> {
    return this.store.list(query);
  }

  /** Moves a change on and returns its new state. Throws ConflictError when another request was faster. */
  async move(
    change: StoredChange,
    from: ChangeStatus,
    to: ChangeStatus,
    fields: ChangePatch = {},
  ): Promise<StoredChange> {
    const moved = await this.tryMove(change, from, to, fields);
    if (moved) return moved;
    const { status } = await this.get(change.id);
    throw new ConflictError(
      `Change ${change.id} is ${status} meanwhile, not ${from}`,
    );
  }

  /** As `move`, but returns undefined when another request was faster. */
  async tryMove(
    change: StoredChange,
    from: ChangeStatus,
    to: ChangeStatus,
    fields: ChangePatch = {},
  ): Promise<StoredChange | undefined> {
    if (!(await this.store.transition(change.id, from, to, fields))) {
      return undefined;
    }
    const moved = { ...change, ...fields, status: to };
    this.tell(moved);
    return moved;
  }

  /** Tells that something about a change is new. */
  tell(change: StoredChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

/** The part of a change that leaves the backend. */
export function publicChange(stored: StoredChange): Change {
  const { plan: _, returnAt: __, shiftStep: ___, ...change } = stored;
  return change;
}
