import { backoff, pause, type Backoff } from './timers';

/**
 * The breaker between all watches of a connection and its API server. While the server does not answer, one small
 * question at a time is asked on behalf of all, at growing intervals; the watches wait until it is answered.
 */
export class ServerGate {
  private asking: Promise<boolean> | undefined;
  private outage: Promise<void> | undefined;
  private waiting = 0;
  private nobodyWaits = new AbortController();

  constructor(
    private readonly options: {
      /** Rejects when the server does not answer. */
      ping: () => Promise<void>;
      timing: Backoff;
      random?: () => number;
    },
  ) {}

  /** Whether the server answers at all. Asked now; calls that come meanwhile share the answer. */
  answers(): Promise<boolean> {
    if (this.outage) return Promise.resolve(false);
    this.asking ??= this.options
      .ping()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.asking = undefined;
      });
    return this.asking;
  }

  /** Resolves when the server answers again, or at once when the signal aborts. */
  async untilBack(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.waiting += 1;
    this.outage ??= this.askUntilBack();
    const { outage } = this;
    await new Promise<void>(resolve => {
      const done = () => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      outage.then(done);
    });
    this.waiting -= 1;
    if (this.waiting === 0) this.nobodyWaits.abort();
  }

  private async askUntilBack(): Promise<void> {
    const { ping, timing, random = Math.random } = this.options;
    this.nobodyWaits = new AbortController();
    const { signal } = this.nobodyWaits;
    for (let attempt = 1; !signal.aborted; attempt++) {
      await pause(backoff(attempt, timing, random()), signal);
      if (signal.aborted) break;
      const back = await ping().then(
        () => true,
        () => false,
      );
      if (back) break;
    }
    this.outage = undefined;
  }
}

/** Runs what is given under one key one after the other. */
export class KeyedQueue {
  private readonly last = new Map<string, Promise<void>>();

  /** Runs `work` after all that was given before under the same key; not at all when the signal aborts before. */
  async run<T>(
    key: string,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    const before = this.last.get(key) ?? Promise.resolve();
    const mine = before.then(() => {
      signal.throwIfAborted();
      return work();
    });
    const ended = mine.then(
      () => {},
      () => {},
    );
    this.last.set(key, ended);
    try {
      return await mine;
    } finally {
      if (this.last.get(key) === ended) this.last.delete(key);
    }
  }
}
