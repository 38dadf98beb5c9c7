import type { OutlierSettings } from '../types';

/**
 * What a request told about a host. `connect-failed` (also: a connection that broke) counts as 503, `timeout` as 504,
 * unless origins are split; `connected` says that the request got a connection, new or kept, and matters only then.
 */
export type HostResult =
  | { kind: 'http'; status: number }
  | { kind: 'connected' }
  | { kind: 'connect-failed' }
  | { kind: 'timeout' };

/** Who wants to know that hosts are ejected or come back; times are data-plane milliseconds, possibly in the past. */
export interface HealthListener {
  /** Before health changes: what was due until `at` happened with the old health. */
  before(at: number): void;
  /** After health changed. */
  changed(at: number): void;
}

interface Monitor {
  consecutive5xx: number;
  consecutiveGateway: number;
  consecutiveLocalOrigin: number;
  ejectedAt?: number;
  backoff: number;
}

/**
 * Passive health checking of one Envoy cluster by one proxy (`outlier_detection_impl.cc`). Sweeps happen at every
 * multiple of `interval`; they are caught up on when the detector is asked, which gives the same result as a timer.
 */
export class OutlierDetector {
  private readonly monitors = new Map<string, Monitor>();
  private lastSweep: number;
  private ejected = 0;
  /** Ejections that the cap forbade: Envoy's `ejections_overflow`. */
  overflow = 0;
  /** Ejections so far: Envoy's `ejections_enforced_total`. */
  enforced = 0;

  /** @param now - data-plane time in milliseconds */
  constructor(
    private readonly settings: OutlierSettings,
    private readonly now: () => number,
    private readonly listener: HealthListener,
  ) {
    this.lastSweep = now();
  }

  get ejectedCount(): number {
    return this.ejected;
  }

  isEjected(key: string): boolean {
    return this.monitors.get(key)?.ejectedAt !== undefined;
  }

  /** EDS: hosts that left lose their history, also if they come back later. */
  setHosts(keys: Iterable<string>): void {
    const present = new Set(keys);
    for (const [key, monitor] of this.monitors) {
      if (!present.has(key)) {
        this.monitors.delete(key);
        if (monitor.ejectedAt !== undefined) {
          this.ejected--;
        }
      }
    }
    for (const key of present) {
      if (!this.monitors.has(key)) {
        this.monitors.set(key, {
          consecutive5xx: 0,
          consecutiveGateway: 0,
          consecutiveLocalOrigin: 0,
          backoff: 0,
        });
      }
    }
  }

  /** Runs the sweeps that were due since the last call. */
  sweep(): void {
    const { intervalMs } = this.settings;
    const now = this.now();
    while (this.lastSweep + intervalMs <= now) {
      this.lastSweep += intervalMs;
      if (
        ![...this.monitors.values()].some(
          m => m.ejectedAt !== undefined || m.backoff > 0,
        )
      ) {
        // Nothing to decay or to bring back: skip to the present.
        this.lastSweep +=
          Math.floor((now - this.lastSweep) / intervalMs) * intervalMs;
        return;
      }
      this.sweepOnce(this.lastSweep);
    }
  }

  /** Records the outcome of one attempt; may eject the host at once. */
  record(key: string, result: HostResult): void {
    this.sweep();
    const monitor = this.monitors.get(key);
    if (!monitor) {
      return;
    }
    if (result.kind === 'connected') {
      monitor.consecutiveLocalOrigin = 0;
      return;
    }
    if (result.kind !== 'http' && this.settings.splitLocalOrigin) {
      monitor.consecutiveLocalOrigin++;
      if (
        monitor.consecutiveLocalOrigin === this.settings.consecutiveLocalOrigin
      ) {
        this.eject(monitor);
        monitor.consecutiveLocalOrigin = 0;
      }
      return;
    }
    this.recordStatus(monitor, statusOf(result));
  }

  private recordStatus(monitor: Monitor, status: number): void {
    if (status < 500) {
      monitor.consecutive5xx = 0;
      monitor.consecutiveGateway = 0;
      return;
    }
    if (status >= 502 && status <= 504) {
      monitor.consecutiveGateway++;
      if (monitor.consecutiveGateway === this.settings.consecutiveGateway) {
        this.eject(monitor);
        monitor.consecutiveGateway = 0;
      }
    } else {
      monitor.consecutiveGateway = 0;
    }
    monitor.consecutive5xx++;
    if (monitor.consecutive5xx === this.settings.consecutive5xx) {
      this.eject(monitor);
      // Reset also when the cap forbade it: the next bout of errors asks again.
      monitor.consecutive5xx = 0;
    }
  }

  private eject(monitor: Monitor): void {
    if (monitor.ejectedAt !== undefined) {
      return;
    }
    if (!this.mayEject()) {
      this.overflow++;
      return;
    }
    const { baseEjectionMs, maxEjectionMs } = this.settings;
    const at = this.now();
    this.listener.before(at);
    monitor.ejectedAt = at;
    this.ejected++;
    this.enforced++;
    if (monitor.backoff * baseEjectionMs < maxEjectionMs + baseEjectionMs) {
      monitor.backoff++;
    }
    this.listener.changed(at);
  }

  /** The cap counts the hosts of all priorities together. */
  private mayEject(): boolean {
    const { strictCap, maxEjectionPercent } = this.settings;
    const percent = (100 * (this.ejected + 1)) / this.monitors.size;
    return (!strictCap && this.ejected === 0) || percent <= maxEjectionPercent;
  }

  private sweepOnce(at: number): void {
    const { baseEjectionMs, maxEjectionMs } = this.settings;
    this.listener.before(at);
    let changed = false;
    for (const monitor of this.monitors.values()) {
      if (monitor.ejectedAt === undefined) {
        monitor.backoff = Math.max(0, monitor.backoff - 1);
      } else {
        const time = Math.min(baseEjectionMs * monitor.backoff, maxEjectionMs);
        if (time <= at - monitor.ejectedAt) {
          monitor.ejectedAt = undefined;
          monitor.consecutive5xx = 0;
          monitor.consecutiveGateway = 0;
          monitor.consecutiveLocalOrigin = 0;
          this.ejected--;
          changed = true;
        }
      }
    }
    if (changed) {
      this.listener.changed(at);
    }
  }
}

function statusOf(result: Exclude<HostResult, { kind: 'connected' }>): number {
  switch (result.kind) {
    case 'http':
      return result.status;
    case 'timeout':
      return 504;
    default:
      return 503;
  }
}
