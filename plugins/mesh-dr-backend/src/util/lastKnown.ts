import type { Freshness } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** What was read last, if anything ever was, and how current it is. */
export interface LastKnown<T> {
  value?: T;
  freshness: Freshness;
}

export interface Patience {
  /** A value younger than this is not read again, in milliseconds. */
  freshMs: number;
  /** How long the first question waits, and after how long a reading that goes on counts as unanswered. */
  firstMs: number;
  /** How long a question waits that can be answered with an earlier value, or with a trouble that is known. */
  laterMs: number;
}

const iso = (ms: number) => new Date(ms).toISOString();

/**
 * A value that is read again when it is asked for and old. A question waits for a limited time only; the reading goes on
 * behind it, and what it brings is there for the next question, as the last value is when the reading fails.
 */
export class LastKnownReader<T> {
  private value?: { read: T; at: number };
  private reading?: { since: number; work: Promise<void> };
  /** Since when there has been no answer, and why as far as it is known. */
  private trouble?: { since: number; error?: Error };

  /** @param read - must end at some time, as calls with a deadline do */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly patience: Patience,
  ) {}

  async look(): Promise<LastKnown<T>> {
    const { freshMs, firstMs, laterMs } = this.patience;
    if (!this.value || Date.now() - this.value.at > freshMs) {
      this.reading ??= this.start();
      const waits = this.value || this.trouble ? laterMs : firstMs;
      await settledWithin(this.reading.work, waits);
    }
    return { value: this.value?.read, freshness: this.freshness() };
  }

  /** What was read last, at once; what is old is read anew for whoever asks next. */
  peek(): T | undefined {
    const { freshMs } = this.patience;
    if (!this.value || Date.now() - this.value.at > freshMs) {
      this.reading ??= this.start();
    }
    return this.value?.read;
  }

  private start() {
    const since = Date.now();
    const work = this.read()
      .then(
        read => {
          this.value = { read, at: Date.now() };
          this.trouble = undefined;
        },
        (error: Error) => {
          this.trouble = { since: this.trouble?.since ?? since, error };
        },
      )
      .finally(() => {
        this.reading = undefined;
      });
    return { since, work };
  }

  private freshness(): Freshness {
    const { reading, value, patience } = this;
    // Timers may fire a little early.
    if (reading && Date.now() - reading.since >= patience.firstMs - 50) {
      this.trouble ??= { since: reading.since };
    }
    if (!this.trouble) {
      return value
        ? { state: 'ok', observedAt: iso(value.at) }
        : { state: 'syncing' };
    }
    const { since, error } = this.trouble;
    const reason =
      error?.message ??
      `no answer within ${patience.firstMs / 1000} s; the reading goes on`;
    if (value) return { state: 'stale', since: iso(value.at), reason };
    return (error as { statusCode?: number } | undefined)?.statusCode === 403
      ? { state: 'forbidden', reason }
      : { state: 'unreachable', since: iso(since), reason };
  }
}

async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
