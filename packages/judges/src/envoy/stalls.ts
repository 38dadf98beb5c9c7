import type { Verdict } from '../judge';

const TICK_MS = 10;
/** What Envoy's timers and the judge's sockets take on a machine that has time. */
const SLACK_MS = 120;

/**
 * Measures how late this machine is while something else is being timed: the worst lateness of a timer. A machine that
 * stalls is late with Envoy, with its hosts and with the judge; whatever is timed may be off by that much and no more.
 */
export class StallMeter {
  private last = performance.now();
  private lateness = 0;
  private readonly timer = setInterval(() => this.tick(), TICK_MS);

  /** Ends the measurement; milliseconds. */
  stop(): number {
    this.tick();
    clearInterval(this.timer);
    return Math.round(this.lateness);
  }

  private tick(): void {
    const now = performance.now();
    this.lateness = Math.max(this.lateness, now - this.last - TICK_MS);
    this.last = now;
  }
}

/** Milliseconds by which a time may differ: Envoy and the judge may each have been late once. */
export function slack(stallMs: number): number {
  return SLACK_MS + 2 * stallMs;
}

/** A verdict that Envoy took as long as the model, as far as a machine can tell that was late by `stallMs`. */
export function asLong(
  name: string,
  envoyMs: number,
  modelMs: number,
  stallMs: number,
): Verdict {
  const tolerance = slack(stallMs);
  return {
    name: `${name}: milliseconds`,
    ok: Math.abs(envoyMs - modelMs) <= tolerance,
    detail: `Envoy ${envoyMs.toFixed(0)}; model ${modelMs.toFixed(
      0,
    )} (within ${tolerance}; the machine was late by ${stallMs} at worst)`,
  };
}
