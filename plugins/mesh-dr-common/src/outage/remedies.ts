import type { OfferedPatch } from '../api/patches';
import { forecastOutage } from './forecast';
import type { OutageForecast, OutageInput } from './types';

/** The connect timeout that is offered: above round trips between regions, far below Istio's default of 10 s. */
export const OFFERED_CONNECT_TIMEOUT = '1s';

/** What an outage costs the callers of a service, by the forecast. */
export interface OutageCost {
  /** Calls that fail during the whole outage. */
  failed: number;
  /** How much longer than usual the slowest call in a hundred takes while proxies learn (the mean, where they never do). */
  waitSeconds: number;
  /** Percent of the calls that go on failing once nothing more is learnt. */
  stayingPercent: number;
}

/** The same outage as things are, and with one setting more. */
export interface OutageComparison {
  now: OutageCost;
  then: OutageCost;
}

/** What single settings would spare the callers that reach for a region when it is lost. Absent: set, or of no account. */
export interface OutageRemedies {
  region: string;
  /** Calls during the outage on which the figures rest, and what makes them up. */
  requests: number;
  proxies: number;
  requestsPerSecondPerProxy: number;
  outageSeconds: number;
  /** A connect timeout of `OFFERED_CONNECT_TIMEOUT`, when the region answers nothing at all. */
  connectTimeout?: OutageComparison;
  /** `retryRemoteLocalities`, for each VirtualService (or the lack of one) by which calls come to the service. */
  retries: {
    /** When the pods in the region refuse connections. */
    refused: OutageComparison;
    /** When the region answers nothing at all. */
    lost: OutageComparison;
    patch: OfferedPatch;
  }[];
}

/** A fall of failed calls that is worth a setting: a fifth of them, and one per calling proxy at the least. */
export function sparesCalls(
  { now, then }: OutageComparison,
  proxies: number,
): boolean {
  return now.failed - then.failed >= Math.max(proxies, 0.2 * now.failed);
}

/** A fall of the time that calls wait that is worth a setting: to half, and by half a second. */
export function sparesTime({ now, then }: OutageComparison): boolean {
  const fall = now.waitSeconds - then.waitSeconds;
  return fall >= Math.max(0.5, 0.5 * now.waitSeconds);
}

/** Forecasts that are asked for again and again are played once; the oldest are forgotten. */
export class KnownForecasts {
  private readonly known = new Map<string, OutageForecast>();

  constructor(private readonly most = 2000) {}

  of(input: OutageInput): OutageForecast {
    const key = JSON.stringify(input);
    const known = this.known.get(key) ?? forecastOutage(input);
    this.known.delete(key);
    this.known.set(key, known);
    if (this.known.size > this.most) {
      this.known.delete(this.known.keys().next().value!);
    }
    return known;
  }
}

/** What several outages at once cost together, in figures that mean something. */
export function costOf(
  outages: { input: OutageInput; forecast: OutageForecast }[],
): OutageCost {
  const all = outages.reduce((sum, o) => sum + o.input.requestsPerSecond, 0);
  const tenths = (value: number) => Math.round(10 * value) / 10;
  return {
    failed: Math.round(outages.reduce((sum, o) => sum + o.forecast.failed, 0)),
    waitSeconds: tenths(
      Math.max(
        0,
        ...outages.map(({ forecast: { first, retests, steady } }) =>
          Math.max(
            first.addedMs.p99,
            retests.atSeconds.length > 0 ? retests.each.addedMs.p99 : 0,
            steady.addedMs,
          ),
        ),
      ) / 1000,
    ),
    stayingPercent: tenths(
      outages.reduce(
        (sum, { input, forecast }) =>
          sum + forecast.steady.failedPercent * input.requestsPerSecond,
        0,
      ) / (all || 1),
    ),
  };
}
