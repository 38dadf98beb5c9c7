import type { Host, Hosts } from './hosts';
import type { AttemptEnd, RetryPolicy } from './retryPolicy';
import type { Failure } from './types';

/** Times a retry draws again while it meets hosts it has tried (`previous_hosts`, as Istio sets it). */
const REDRAWS = 5;
/** `update_frequency` of `previous_priorities`, as Istio sets it. */
const UPDATE_FREQUENCY = 2;
const BACKOFF_BASE_MS = 25;
const BACKOFF_MAX_MS = 250;

/** How requests are sent. */
export interface Traffic {
  failure: Failure;
  retry: RetryPolicy;
  connectMs: number;
  routeMs?: number;
  /** Between two requests of one proxy. */
  spacingMs: number;
  /** A bout in which nothing more is learnt ends after so many requests, or so long. */
  maxRequests: number;
  maxMs: number;
}

/** What became of the requests of one bout in one proxy. */
export interface BoutResult {
  /** When nothing was to be learnt any more. */
  settledMs: number;
  requests: number;
  failed: number;
  hanging: number;
  /** Of requests that ended. */
  addedMs: number[];
}

interface Request {
  at: number;
  tried: Host[];
  priorities: number[];
  avoid: Set<number>;
  attempts: number;
}

/** Sends requests until the proxy has learnt what it can, and waits for those that are under way. */
export class BoutRun {
  private now = 0;
  private readonly queue: { at: number; run: () => void }[] = [];
  private readonly result: BoutResult = {
    settledMs: 0,
    requests: 0,
    failed: 0,
    hanging: 0,
    addedMs: [],
  };

  constructor(
    private readonly hosts: Hosts,
    private readonly traffic: Traffic,
    private readonly random: () => number,
    /** Whether failures are told to the hosts. */
    private readonly learns = true,
  ) {}

  run(): BoutResult {
    const { spacingMs, maxRequests, maxMs } = this.traffic;
    let next = this.random() * spacingMs;
    for (;;) {
      while (this.queue.length > 0 && this.queue[0].at <= next) {
        this.step();
      }
      this.hosts.catchUp(next);
      this.now = next;
      if (
        (this.learns && this.hosts.settled()) ||
        this.result.requests >= maxRequests ||
        next >= maxMs
      ) {
        this.result.settledMs = Math.min(next, maxMs);
        break;
      }
      this.result.requests++;
      this.attempt(
        {
          at: next,
          tried: [],
          priorities: [],
          avoid: new Set(),
          attempts: 0,
        },
        next,
      );
      next += spacingMs;
    }
    while (this.queue.length > 0) {
      this.step();
    }
    return this.result;
  }

  private step(): void {
    const [{ at, run }] = this.queue.splice(0, 1);
    this.now = at;
    this.hosts.catchUp(at);
    run();
  }

  private schedule(at: number, run: () => void): void {
    let index = this.queue.length;
    while (index > 0 && this.queue[index - 1].at > at) {
      index--;
    }
    this.queue.splice(index, 0, { at, run });
  }

  private attempt(request: Request, at: number): void {
    const host = this.choose(request);
    request.attempts++;
    if (!host) {
      this.finish(request, at, false);
      return;
    }
    if (!host.failing) {
      if (this.learns) {
        this.hosts.record(host, 200, at);
      }
      this.finish(request, at, true);
      return;
    }
    const { failure, retry, routeMs = Infinity } = this.traffic;
    const perTry = retry.perTryMs ?? Infinity;
    const deadline = request.at + routeMs;
    if (
      failure.kind === 'refuse' ||
      (failure.kind === 'black-hole' && host.kept === 0)
    ) {
      this.connect(request, host, at, deadline);
      return;
    }
    if (this.learns) {
      this.hosts.connected(host);
    }
    let after = Infinity;
    let end: AttemptEnd = 'timeout';
    if (failure.kind === 'answers') {
      after = 0;
      end = failure.status;
    } else if (failure.kind === 'slow' && failure.delayMs <= perTry) {
      after = failure.delayMs;
      end = 200;
    } else {
      host.kept -= host.kept > 0 ? 1 : 0;
      after = perTry;
    }
    this.exchange(request, host, { at: at + after, end, deadline });
  }

  /** A request that has its connection; time limits charge the host. */
  private exchange(
    request: Request,
    host: Host,
    { at, end, deadline }: { at: number; end: AttemptEnd; deadline: number },
  ): void {
    if (deadline < at) {
      this.schedule(deadline, () => {
        this.tell(host, 'timeout', deadline);
        this.finish(request, deadline, false);
      });
    } else if (at === Infinity) {
      this.result.failed++;
      this.result.hanging++;
    } else {
      this.schedule(at, () => this.over(request, host, end, at));
    }
  }

  /**
   * A request that waits for a connection. A connection goes on being made although its request has left, and when it fails,
   * so does everybody who waits for the host; a request that leaves before is no sign to anybody.
   */
  private connect(
    request: Request,
    host: Host,
    at: number,
    deadline: number,
  ): void {
    if (this.traffic.failure.kind === 'refuse') {
      this.over(request, host, 'connect-failed', at);
      return;
    }
    let waits = true;
    const failed = () => {
      waits = false;
      this.over(request, host, 'connect-failed', this.now);
    };
    host.waiting.add(failed);
    if (host.waiting.size > host.connecting) {
      host.connecting++;
      this.schedule(at + this.traffic.connectMs, () => {
        host.connecting--;
        const all = [...host.waiting];
        host.waiting.clear();
        all.forEach(fail => fail());
      });
    }
    if (deadline < Infinity) {
      this.schedule(deadline, () => {
        if (waits) {
          host.waiting.delete(failed);
          this.finish(request, deadline, false);
        }
      });
    }
  }

  private over(
    request: Request,
    host: Host,
    end: AttemptEnd,
    at: number,
  ): void {
    this.tell(host, end, at);
    const { retry, routeMs } = this.traffic;
    if (end === 200) {
      this.finish(request, at, true);
    } else if (request.attempts > retry.attempts || !retry.retries(end)) {
      this.finish(request, at, false);
    } else {
      const ceiling = Math.min(
        BACKOFF_BASE_MS * 2 ** (request.attempts - 1),
        BACKOFF_MAX_MS,
      );
      const next = at + Math.floor(this.random() * ceiling);
      if (routeMs !== undefined && next > request.at + routeMs) {
        this.finish(request, request.at + routeMs, false);
      } else {
        this.schedule(next, () => this.attempt(request, next));
      }
    }
  }

  private choose(request: Request): Host | undefined {
    const { priorities, tried } = request;
    if (
      this.traffic.retry.remoteLocalities &&
      priorities.length > 0 &&
      priorities.length % UPDATE_FREQUENCY === 0
    ) {
      request.avoid = new Set(priorities);
      if (!this.hosts.hasBeside(request.avoid)) {
        request.avoid.clear();
        request.priorities = [];
      }
    }
    let host = this.hosts.choose(this.random, request.avoid);
    for (let i = 0; host && tried.includes(host) && i < REDRAWS; i++) {
      host = this.hosts.choose(this.random, request.avoid);
    }
    if (host) {
      tried.push(host);
      request.priorities.push(host.priority);
    }
    return host;
  }

  private tell(host: Host, end: AttemptEnd, at: number): void {
    if (this.learns) {
      this.hosts.record(host, end, at);
    }
  }

  private finish(request: Request, at: number, good: boolean): void {
    this.result.failed += good ? 0 : 1;
    this.result.addedMs.push(at - request.at);
  }
}
