import type { DataPlaneTime } from './types';

interface Sleeper {
  at: number;
  wake(): void;
  onAbort(): void;
}

/**
 * Data-plane time that passes only when told to, so that hours of ejections are over at once and every run is the same.
 */
export class VirtualTime implements DataPlaneTime {
  private current = 0;
  private readonly sleepers: Sleeper[] = [];

  readonly now = () => this.current;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper: Sleeper = {
        at: this.current + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener('abort', sleeper.onAbort);
          resolve();
        },
        onAbort: () => {
          this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
          reject(signal!.reason);
        },
      };
      const after = this.sleepers.findIndex(s => s.at > sleeper.at);
      this.sleepers.splice(
        after < 0 ? this.sleepers.length : after,
        0,
        sleeper,
      );
      signal?.addEventListener('abort', sleeper.onAbort, { once: true });
    });
  }

  /** Lets time pass until `at`; everything that was due by then has happened when it resolves. */
  async advanceTo(at: number): Promise<void> {
    await settled();
    while (this.sleepers.length > 0 && this.sleepers[0].at <= at) {
      this.next();
      await settled();
    }
    this.current = Math.max(this.current, at);
  }

  /**
   * Lets time pass until the work is done.
   * @throws Error when the work waits for something that time does not bring
   */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finish = () => {
      done = true;
    };
    work.then(finish, finish);
    await settled();
    while (!done) {
      if (this.sleepers.length === 0) {
        throw new Error('nothing is due any more, but the work is not done');
      }
      this.next();
      await settled();
    }
    return work;
  }

  private next(): void {
    const sleeper = this.sleepers.shift()!;
    this.current = Math.max(this.current, sleeper.at);
    sleeper.wake();
  }
}

/** Everything that follows from what has happened, before more time passes. */
function settled(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve);
  });
}
