import type { CallRate, OperationShares } from './rates';

/** How much slower the queue may get after being throttled again and again. */
const MAX_SLOWNESS = 8;
/** Throttled calls that come back together count once. */
const SAME_THROTTLING_MS = 1_000;
/** After this time without throttling the queue is twice as fast again, up to its rate. */
const RECOVERY_MS = 30_000;

/** What is counted together: Alibaba Cloud counts by region; reads, writes and some operations have rates of their own. */
export interface CallLane {
  kind: keyof CallRate;
  operation: string;
  /** Empty for products with one central endpoint. */
  region: string;
}

interface Waiting {
  /** When it came, ms. */
  since: number;
  start(): void;
}

/** What waits for its turn, first come first served, and when the latest turns began. */
class Lane {
  readonly waiting = new Set<Waiting>();
  private readonly begun: number[] = [];
  /** Calls that may begin in one window, and its length in ms; a window of one second holds no fraction of a call. */
  private readonly count: number;
  private readonly windowMs: number;

  constructor(perSecond: number) {
    this.count = Math.max(1, Math.floor(perSecond));
    this.windowMs = perSecond > 0 ? (this.count / perSecond) * 1000 : 0;
  }

  /** Earliest time at which another call may begin, ms. */
  nextAt(slowness: number): number {
    return this.begun.length < this.count
      ? -Infinity
      : this.begun[0] + this.windowMs * slowness;
  }

  begin(now: number): void {
    this.begun.push(now);
    if (this.begun.length > this.count) this.begun.shift();
  }
}

/**
 * The one door through which all calls of one account to one product go: bounds how many are under way and how many
 * begin a second, by region, reads and writes apart, and slows down for all when the service says that there were too many.
 */
export class CallQueue {
  private readonly lanes = new Map<string, Lane>();
  private underWay = 0;
  private pausedUntil = -Infinity;
  private slowness = 1;
  private throttledAt = -Infinity;
  private timer?: NodeJS.Timeout;

  /**
   * @param options - `shares`: operations that are counted for themselves, at a share of the rate of their kind
   */
  constructor(
    private readonly options: {
      concurrency: number;
      shares?: OperationShares;
    } & CallRate,
  ) {}

  /**
   * Waits for its turn.
   *
   * @returns what has to be called when the call is over
   * @throws the signal's reason as soon as it aborts; the place in the queue is free at once
   */
  turn(call: CallLane, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const { waiting } = this.laneOf(call);
      const mine: Waiting = { since: performance.now(), start: () => {} };
      const onAbort = () => {
        waiting.delete(mine);
        reject(signal.reason);
        this.dispatch();
      };
      mine.start = () => {
        signal.removeEventListener('abort', onAbort);
        let over = false;
        resolve(() => {
          if (over) return;
          over = true;
          this.underWay -= 1;
          this.dispatch();
        });
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.add(mine);
      this.dispatch();
    });
  }

  /**
   * The service refused a call because there were too many: nothing begins for a while, and then fewer than before until
   * it has not happened for some time.
   *
   * @param ms - how long nothing begins
   */
  slowDown(ms: number): void {
    const now = performance.now();
    if (now - this.throttledAt >= SAME_THROTTLING_MS) {
      this.slowness = Math.min(MAX_SLOWNESS, this.slownessAt(now) * 2);
      this.throttledAt = now;
    }
    this.pausedUntil = Math.max(this.pausedUntil, now + ms);
    this.dispatch();
  }

  private laneOf({ kind, operation, region }: CallLane): Lane {
    const share = this.options.shares?.[operation];
    const key = `${share ? operation : kind} ${region}`;
    const lane =
      this.lanes.get(key) ?? new Lane(this.options[kind] * (share ?? 1));
    this.lanes.set(key, lane);
    return lane;
  }

  private slownessAt(now: number): number {
    const recovered = 2 ** ((now - this.throttledAt) / RECOVERY_MS);
    return Math.max(1, this.slowness / recovered);
  }

  /** Starts whatever may start, the longest waiting first, and comes back when the next may. */
  private dispatch(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.underWay < this.options.concurrency) {
      const now = performance.now();
      const next = this.next(now);
      if (!next) return;
      if (next.at > now) {
        // Rounded up, as timers may fire a little early.
        this.timer = setTimeout(
          () => this.dispatch(),
          Math.ceil(next.at - now),
        );
        return;
      }
      next.lane.waiting.delete(next.waiting);
      next.lane.begin(now);
      this.underWay += 1;
      next.waiting.start();
    }
  }

  /** Who is next, and when: the longest waiting of those that may begin, else whoever may begin first. */
  private next(now: number) {
    const slowness = this.slownessAt(now);
    const heads = [...this.lanes.values()].flatMap(lane => {
      const [waiting] = lane.waiting;
      if (!waiting) return [];
      const at = Math.max(this.pausedUntil, lane.nextAt(slowness));
      return [{ lane, waiting, at: Math.max(at, now) }];
    });
    return heads.sort(
      (a, b) => a.at - b.at || a.waiting.since - b.waiting.since,
    )[0];
  }
}
