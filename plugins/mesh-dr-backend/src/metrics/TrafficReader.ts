import type { ObservedFlow } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { queryFlows } from './observedFlows';
import type { PrometheusSource } from './Prometheus';

/** Requests are counted over so many minutes: long enough to smooth scrapes and bursts, short enough to be today's traffic. */
export const WINDOW_MINUTES = 5;
/** How long an answer is used without asking again, ms: one scrape. */
const FRESH_MS = 15_000;
/** An answer older than this is waited for, a younger one is used while the next is read; ms. */
const USABLE_MS = 120_000;
/** A simulation waits no longer than this for its first answer, ms. */
const DEADLINE_MS = 2_000;

/** What was seen of a mesh's traffic. */
export type SeenTraffic =
  /** `reason` is set when later questions failed: then this is what was read at `readAt`. */
  | {
      state: 'ok';
      flows: ObservedFlow[];
      windowMinutes: number;
      readAt: string;
      reason?: string;
    }
  | { state: 'unavailable'; reason: string }
  | { state: 'not-configured' };

interface Kept {
  /** When Prometheus was last asked, ms. */
  askedAt: number;
  flows?: ObservedFlow[];
  readAt?: number;
  reason?: string;
  reading?: Promise<void>;
}

/**
 * Who calls whom and how often, from a mesh's Prometheus, kept for a few seconds. Reading never throws and is never waited
 * for long: without an answer the reason is told.
 */
export class TrafficReader {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly deps: {
      /** Where the metrics of a mesh are; undefined: nobody has said. */
      sourceOf(meshId: string): Promise<PrometheusSource | undefined>;
      now(): number;
    },
  ) {}

  async read(meshId: string): Promise<SeenTraffic> {
    const source = await this.deps.sourceOf(meshId);
    if (!source) return { state: 'not-configured' };
    const kept = this.kept.get(meshId) ?? { askedAt: -Infinity };
    this.kept.set(meshId, kept);
    const { now } = this.deps;
    if (now() - kept.askedAt >= FRESH_MS) {
      kept.reading ??= this.ask(source, kept).finally(() => {
        kept.reading = undefined;
      });
    }
    const usable = () =>
      kept.readAt !== undefined && now() - kept.readAt < USABLE_MS;
    if (!usable()) await kept.reading;
    return usable()
      ? {
          state: 'ok',
          flows: kept.flows!,
          windowMinutes: WINDOW_MINUTES,
          readAt: new Date(kept.readAt!).toISOString(),
          ...(kept.reason && { reason: kept.reason }),
        }
      : {
          state: 'unavailable',
          reason: kept.reason ?? 'nothing was read yet',
        };
  }

  private async ask(source: PrometheusSource, kept: Kept): Promise<void> {
    try {
      kept.flows = await queryFlows(source, {
        window: `${WINDOW_MINUTES}m`,
        deadlineMs: DEADLINE_MS,
      });
      kept.readAt = this.deps.now();
      kept.reason = undefined;
    } catch (error) {
      kept.reason = (error as Error).message;
    }
    // After a failure too: a Prometheus in trouble is not helped by more questions.
    kept.askedAt = this.deps.now();
  }
}
