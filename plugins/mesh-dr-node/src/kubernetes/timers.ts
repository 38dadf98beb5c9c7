export interface Backoff {
  /** First and longest pause after a failure, in milliseconds. */
  backoffMs: number;
  maxBackoffMs: number;
}

/**
 * Milliseconds to wait after so many failures in a row: full jitter, but never less than a tenth of the bound.
 *
 * @param random - from 0 to 1
 */
export function backoff(
  failures: number,
  { backoffMs, maxBackoffMs }: Backoff,
  random: number,
): number {
  const bound = Math.min(
    maxBackoffMs,
    backoffMs * 2 ** Math.min(failures - 1, 10),
  );
  return bound * (0.1 + 0.9 * random);
}

/** Resolves after `ms` or as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) {
      resolve();
      return;
    }
    let timer: NodeJS.Timeout | undefined = undefined;
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Probes the server whenever a stream has been quiet for a while; aborts the stream when the probe fails. */
export class QuietProbe {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout;
  private failed: unknown;

  constructor(
    private readonly quietMs: number,
    private readonly probe: () => Promise<void>,
  ) {
    this.timer = this.start();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  heard(): void {
    clearTimeout(this.timer);
    this.timer = this.start();
  }

  dead(): boolean {
    return this.failed !== undefined;
  }

  /** `work`, or the probe's error if that is why it was cut. */
  async race<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.failed ?? error;
    }
  }

  clear(): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.probe().then(
        () => {
          if (!this.controller.signal.aborted) this.heard();
        },
        error => {
          if (this.controller.signal.aborted) return;
          this.failed = error;
          this.controller.abort(error);
        },
      );
    }, this.quietMs);
  }
}

/** A deadline that every sign of life moves on. */
export class SilenceTimer {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout;
  private silent = false;
  private readonly onParent = () => this.controller.abort(this.parent.reason);

  constructor(
    private readonly ms: number,
    private readonly parent: AbortSignal,
  ) {
    if (parent.aborted) this.onParent();
    else parent.addEventListener('abort', this.onParent, { once: true });
    this.timer = this.start();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  touch(): void {
    clearTimeout(this.timer);
    this.timer = this.start();
  }

  expired(): boolean {
    return this.silent;
  }

  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(this.signal.reason);
      if (this.signal.aborted) onAbort();
      else this.signal.addEventListener('abort', onAbort, { once: true });
      work.then(resolve, reject).finally(() => {
        this.signal.removeEventListener('abort', onAbort);
      });
    });
  }

  clear(): void {
    clearTimeout(this.timer);
    this.parent.removeEventListener('abort', this.onParent);
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.silent = !this.controller.signal.aborted;
      this.controller.abort(new Error(`silent for ${this.ms} ms`));
    }, this.ms);
  }
}
