import type { Death } from './dyingProcess';

/** Real time that the disturbed client allows a call, ms; see {@link drawSchedule}. */
export const CLIENT_DEADLINE_MS = 300;

/** A rule as the local cloud's control API takes it. */
export interface Rule {
  id: string;
  kind: string;
  probability: number;
  operation?: string;
  code?: string;
  status?: number;
  body?: 'html';
  delayMs?: number;
  lagMs?: number;
  skewMs?: number;
}

/** A region that is out for a while of simulated time. */
export interface Outage {
  region: string;
  mode: 'hanging' | 'gone';
  /** Since the schedule began, simulated ms. */
  fromMs: number;
  untilMs: number;
}

/** What goes wrong in one life of an environment. */
export interface Schedule {
  seed: number;
  rules: Rule[];
  outage?: Outage;
  /** The process of the first run dies at this call. */
  death?: Death;
  /** Simulated ms between a run that ended badly and the next one. */
  pauseMs: number;
  /** Whether the environment comes up again under its name as soon as it is gone. */
  again: boolean;
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Writes that a server may still carry out after their client has given up. Only those whose repetition the cloud
 * recognises: the engine waits in simulated time, which passes at once, and would always overtake the others.
 */
const LATE_OPERATIONS = [
  'CreateV*',
  'CreateCen',
  'CreateCluster',
  'CreateTransitRouter*',
  'Associate*',
  'Enable*',
  'Authorize*',
  'Publish*',
  'Delete*',
];

/** Sum of the rules' probabilities: with rules that are for some calls alone it disturbs a fifth of all calls. */
const DISTURBED = 0.24;

/** Kinds of faults that the local cloud's OpenAPI knows, sorted. */
export const FAULT_KINDS = [
  'black-hole',
  'clock-skew',
  'error',
  'expired',
  'reset-after',
  'reset-before',
  'slow',
  'stale',
  'throttle',
];

/** Draws everything from the seed: which faults there are, how often each strikes, an outage, a death. */
export function drawSchedule(seed: number): Schedule {
  const random = randomNumbers(seed);
  const between = (low: number, high: number) =>
    Math.round(low + random() * (high - low));
  const one = <T>(items: readonly T[]): T =>
    items[Math.floor(random() * items.length)];

  const faults: Omit<Rule, 'id' | 'probability'>[] = [
    {
      kind: 'throttle',
      code: one(['Throttling', 'Throttling.User', 'Throttling.Api']),
    },
    { kind: 'error', status: one([500, 503]) },
    { kind: 'error', status: one([502, 504]), body: 'html' },
    { kind: 'expired' },
    { kind: 'slow', delayMs: between(1, 40) },
    { kind: 'reset-before' },
    { kind: 'reset-after' },
    { kind: 'black-hole' },
    { kind: 'stale', lagMs: between(1_000, 20_000) },
    { kind: 'clock-skew', skewMs: one([-1, 1]) * 20 * 60_000 },
    {
      kind: 'slow',
      operation: one(LATE_OPERATIONS),
      delayMs: CLIENT_DEADLINE_MS + 100,
    },
  ];
  const weights = faults.map(() => -Math.log(1 - random()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rules = faults.map((fault, index) => ({
    ...fault,
    // Draws of the local cloud follow from the rule's id.
    id: `seed ${seed} ${index}`,
    probability: (DISTURBED * weights[index]) / total,
  }));
  const fromMs = between(0, 400_000);
  return {
    seed,
    rules,
    outage:
      random() < 0.25
        ? {
            region: one(['cn-hangzhou', 'cn-shanghai']),
            mode: one(['hanging', 'gone']),
            fromMs,
            untilMs: fromMs + between(30_000, 300_000),
          }
        : undefined,
    death:
      random() < 0.4
        ? { call: between(1, 34), moment: one(['before', 'after']) }
        : undefined,
    pauseMs: one([0, 0, 5_000, 60_000]),
    again: random() < 0.25,
  };
}
