import type { SandboxClock } from '../contract';
import { Wait, Waits } from './waits';

/** Node fires timers longer than this at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A step waits for what it set off, but no longer than this for each moment (real milliseconds). */
const SETTLE_LIMIT_MS = 2000;

/** What the control API says about the clock. */
export interface ClockReading {
  /** Wall-clock time, ISO 8601: what timestamps in answers show. */
  now: string;
  timeScale: number;
  /** Simulated milliseconds since the state began. */
  elapsedMs: number;
  /** How many of them were stepped over rather than waited for. */
  steppedMs: number;
  /** How many things wait. */
  waiting: number;
  /** Simulated milliseconds until the first of them happens. */
  nextInMs?: number;
}

/** The clock as its owner sees it: it can also be read, set and moved. */
export interface SimulationClock extends SandboxClock {
  read(): ClockReading;
  /** Changes the scale from now on; what waits keeps its simulated moment. @throws Error for a scale that is no scale. */
  setTimeScale(timeScale: number): void;
  /**
   * Lets `simulatedMs` pass at once: every wait that ends in them happens in order, each at its own moment, and so does
   * what it sets off. Resolves when all of it happened. Steps that overlap are taken one after the other.
   */
  advance(simulatedMs: number): Promise<void>;
  /** `settled` is awaited after every moment of a step: it resolves when a part has done what the moment set off. */
  whileStepping(settled: () => Promise<void>): void;
}

/**
 * A clock that runs `timeScale` times as fast as the wall, from `elapsedMs` on. One real timer serves all waits. After
 * `stop()` nothing fires any more: tasks are dropped and sleepers never wake, so that a shutdown does not look like
 * progress.
 */
export function createClock(options: {
  timeScale: number;
  elapsedMs?: number;
  steppedMs?: number;
}): SimulationClock {
  const waits = new Waits();
  const settlers: (() => Promise<void>)[] = [];
  let timeScale = checkedScale(options.timeScale);
  // Simulated time is `anchor` plus what has passed since `anchoredAt`; during a step it stands at `anchor`.
  let anchor = options.elapsedMs ?? 0;
  let anchoredAt = performance.now();
  let stepped = options.steppedMs ?? 0;
  let stepping = false;
  let steps: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let timerFor = Infinity;
  let stopped = false;

  const elapsed = () =>
    stepping ? anchor : anchor + (performance.now() - anchoredAt) * timeScale;

  const disarm = () => {
    clearTimeout(timer);
    timerFor = Infinity;
  };
  const arm = () => {
    const next = waits.first();
    if (stopped || stepping || !next || timerFor <= next.dueAt) return;
    disarm();
    const real = Math.ceil((next.dueAt - elapsed()) / timeScale);
    timerFor = next.dueAt;
    timer = setTimeout(() => {
      timerFor = Infinity;
      happen(elapsed());
    }, Math.min(Math.max(0, real), LONGEST_TIMER_MS));
  };
  function happen(moment: number) {
    try {
      for (
        let wait = waits.takeDue(moment);
        wait && !stopped;
        wait = waits.takeDue(moment)
      ) {
        wait.task();
      }
    } finally {
      arm();
    }
  }
  /** From here on time runs from `moment`. */
  const reanchor = (moment: number) => {
    anchor = moment;
    anchoredAt = performance.now();
  };

  const after = (simulatedMs: number, task: () => void) => {
    if (stopped) return () => {};
    const wait: Wait = {
      dueAt: elapsed() + Math.max(0, simulatedMs),
      task,
      state: 'waiting',
    };
    waits.add(wait);
    arm();
    return () => waits.cancel(wait);
  };

  const step = async (simulatedMs: number) => {
    if (stopped) return;
    reanchor(elapsed());
    stepping = true;
    disarm();
    const target = anchor + simulatedMs;
    const moveTo = (moment: number) => {
      stepped += Math.max(0, moment - anchor);
      anchor = Math.max(anchor, moment);
    };
    try {
      for (
        let next = waits.first();
        next && next.dueAt <= target && !stopped;
        next = waits.first()
      ) {
        moveTo(next.dueAt);
        happen(anchor);
        await settle(settlers);
      }
      moveTo(target);
    } finally {
      stepping = false;
      reanchor(anchor);
      arm();
    }
  };

  return {
    get timeScale() {
      return timeScale;
    },
    now: () => Date.now(),
    elapsed,
    stepped: () => stepped,
    after,
    sleep(simulatedMs, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        let cancel = () => {};
        const onAbort = () => {
          cancel();
          reject(signal!.reason);
        };
        cancel = after(simulatedMs, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    stop() {
      stopped = true;
      disarm();
      waits.clear();
    },
    read() {
      const next = waits.first();
      return {
        now: new Date().toISOString(),
        timeScale,
        elapsedMs: Math.round(elapsed()),
        steppedMs: Math.round(stepped),
        waiting: waits.size,
        nextInMs: next && Math.max(0, Math.round(next.dueAt - elapsed())),
      };
    },
    setTimeScale(value) {
      const scale = checkedScale(value);
      reanchor(elapsed());
      timeScale = scale;
      disarm();
      arm();
    },
    advance(simulatedMs) {
      steps = steps.then(() => step(simulatedMs));
      return steps;
    },
    whileStepping(settled) {
      settlers.push(settled);
    },
  };
}

function checkedScale(timeScale: number): number {
  if (!(timeScale > 0) || !Number.isFinite(timeScale)) {
    throw new Error(
      `The time scale must be a positive number of simulated seconds per second, got ${timeScale}`,
    );
  }
  return timeScale;
}

/** What a moment set off may set off more: two rounds, each after the work that Node has queued. */
async function settle(settlers: (() => Promise<void>)[]): Promise<void> {
  let limit: NodeJS.Timeout;
  const tooLong = new Promise<void>(resolve => {
    limit = setTimeout(resolve, SETTLE_LIMIT_MS);
  });
  const rounds = async () => {
    for (let round = 0; round < 2; round += 1) {
      await new Promise(resolve => setImmediate(resolve));
      for (const settled of settlers) await settled();
    }
  };
  await Promise.race([rounds(), tooLong]).finally(() => clearTimeout(limit));
}
