/** Changes often come together, as in a rollout; work begins when none came for this long, ms. */
const QUIET_MS = 50;
/** The part of a core that working ahead may take. */
const SHARE = 0.03;
/** A page that is open asks at least every half minute. */
const OPEN_MS = 40_000;
/** So many at once; others are worked out when they are asked for. */
const MOST = 100;

/**
 * Works out again what is being read, once it has changed, so that the next reader finds it ready. Who reads earlier has
 * it worked out on the spot: nobody ever gets what was true before. While changes do not cease, working ahead would be in
 * vain, and rests.
 */
export class ReadAhead {
  /** What was read last comes last. */
  private readonly open = new Map<
    string,
    { work: () => void; until: number }
  >();
  private timer: NodeJS.Timeout | undefined;
  private busy = false;
  private restUntil = 0;
  private stopped = false;

  /** @param now - milliseconds on a clock that nobody sets */
  constructor(private readonly now = () => performance.now()) {}

  /** Something was read: for a while, `work` is done after changes. An error in it is left to the next reader. */
  asked(key: string, work: () => void): void {
    this.open.delete(key);
    this.open.set(key, { work, until: this.now() + OPEN_MS });
    if (this.open.size > MOST) {
      const [first] = this.open.keys();
      this.open.delete(first);
    }
  }

  /** What is read may have become another. */
  changed(): void {
    if (this.open.size > 0) this.schedule(QUIET_MS);
  }

  stop(): void {
    this.stopped = true;
    this.open.clear();
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      const rest = this.restUntil - this.now();
      if (this.busy || rest > 0) this.schedule(Math.max(QUIET_MS, rest));
      else this.round();
    }, ms);
    this.timer.unref();
  }

  private async round(): Promise<void> {
    this.busy = true;
    let spent = 0;
    for (const [key, { work, until }] of [...this.open].reverse()) {
      const began = this.now();
      if (began > until || !succeeds(work)) this.open.delete(key);
      spent += this.now() - began;
      // Requests go first.
      await new Promise(resolve => setImmediate(resolve));
    }
    this.restUntil = this.now() + spent / SHARE;
    this.busy = false;
  }
}

function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
