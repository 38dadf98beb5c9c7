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
      reasonOf(next) === reasonOf(this.current)
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
    const first = <S extends State['state']>(wanted: S) =>
      stores
        .map(({ state }) => state)
        .find(
          (state): state is Extract<State, { state: S }> =>
            state?.state === wanted,
        );
    const forbidden = first('forbidden');
    if (forbidden) return { state: 'forbidden', reason: forbidden.reason };
    const away = first('unreachable');
    if (away) return this.trouble('unreachable', away.reason);
    const unread = first('stale');
    if (unread) {
      // Without anything to show it makes no difference that the server answers other questions.
      const known = this.kept || stores.every(({ listed }) => listed);
      return this.trouble(known ? 'stale' : 'unreachable', unread.reason);
    }
    if (stores.every(({ listed, state }) => listed && state?.state === 'ok')) {
      return { state: 'ok', observedAt: new Date().toISOString() };
    }
    return this.kept ? staleSince(this.kept.observedAt) : { state: 'syncing' };
  }

  /** The moment since when facts are not confirmed stays, whatever the reason turns into. */
  private trouble(state: 'unreachable' | 'stale', reason: string): Freshness {
    const since =
      'since' in this.current
        ? this.current.since
        : this.kept?.observedAt ?? new Date().toISOString();
    return { state, since, reason };
  }
}

type State = NonNullable<WatchedStore<unknown>['state']>;

function staleSince(since: string): Freshness {
  return {
    state: 'stale',
    since,
    reason: 'this is what was known before the portal started',
  };
}

function reasonOf(freshness: Freshness): string | undefined {
  return 'reason' in freshness ? freshness.reason : undefined;
}
