import type { Freshness } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { WatchedStore } from './WatchedStore';

/** Condenses the watches of one API server into one statement about how current its facts are. */
export class ConnectionState {
  private current: Freshness = { state: 'syncing' };

  /** @param kept - when the facts that are shown until the first lists arrive were last known to be so */
  constructor(
    private readonly stores: () => WatchedStore<unknown>[],
    private kept?: { observedAt: string },
  ) {
    if (kept) this.current = staleSince(kept.observedAt);
  }

  get freshness(): Freshness {
    return this.current;
  }

  /** Call after a state or a list arrived; true when the statement is another one now. */
  update(): boolean {
    const next = this.judge();
    if (
      next.state === this.current.state &&
      reason(next) === reason(this.current)
    ) {
      return false;
    }
    this.current = next;
    if (next.state === 'ok') this.kept = undefined;
    return true;
  }

  /** Call after facts changed: they are as of now. */
  observed(): void {
    if (this.current.state === 'ok') {
      this.current = { state: 'ok', observedAt: new Date().toISOString() };
    }
  }

  private judge(): Freshness {
    const stores = this.stores();
    for (const { state } of stores) {
      if (state?.state === 'forbidden') {
        return { state: 'forbidden', reason: state.reason };
      }
    }
    for (const { state } of stores) {
      if (state?.state === 'unreachable') {
        // The moment it was lost stays, whatever the reason turns into.
        const since =
          this.current.state === 'unreachable'
            ? this.current.since
            : this.kept?.observedAt ?? new Date().toISOString();
        return { state: 'unreachable', since, reason: state.reason };
      }
    }
    if (stores.every(store => store.listed && store.state?.state === 'ok')) {
      return { state: 'ok', observedAt: new Date().toISOString() };
    }
    return this.kept ? staleSince(this.kept.observedAt) : { state: 'syncing' };
  }
}

function staleSince(since: string): Freshness {
  return {
    state: 'stale',
    since,
    reason: 'this is what was known before the portal started',
  };
}

function reason(freshness: Freshness): string | undefined {
  return 'reason' in freshness ? freshness.reason : undefined;
}
