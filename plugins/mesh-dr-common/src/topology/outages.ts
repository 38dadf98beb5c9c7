import type { OutageFailures, PredictedOutage } from '../api/outages';
import { forecastOutage } from '../outage/forecast';
import type { OutageForecast, OutageInput } from '../outage/types';
import { findCallers, type Caller } from './callers';
import { findGateways } from './gateways';
import { callerRoute, type CallerRoute } from './callerRoutes';
import { outagesOf } from './outageInputs';
import { poolsOfCallers, type Pool, type PredictionFacts } from './predict';
import { worstLosses } from './verdict';
import type { TopologyInput } from './types';

/** A rate at which failures in a row come within moments; how many fail hangs on it but little. */
const REQUESTS_PER_SECOND = 10;
/** Long enough for a bout; the shares do not hang on it. */
const OUTAGE_SECONDS = 120;
/** Requests played per forecast: a preview has a tenth of a second for all of them. */
const EFFORT = 1500;
/** Forecasts of one answer; services beyond go without. */
const MOST_FORECASTS = 24;

/** Failed requests of outages, before and after a change, for the services of one answer. Equal outages are played once. */
export class OutagePredictor {
  private readonly known = new Map<string, OutageForecast>();

  constructor(private readonly mostForecasts = MOST_FORECASTS) {}

  /**
   * Loses a region for one service under the rules of now and under others.
   *
   * @param before - the service and all facts as they are
   * @param after - the same service under other rules
   * @param lost - default: the region whose loss is the worst under the other rules
   * @returns undefined when no region with a ready endpoint can be lost, or the answer has cost enough already
   */
  predict(
    before: TopologyInput,
    after: PredictionFacts,
    lost?: string,
  ): PredictedOutage | undefined {
    if (this.known.size >= this.mostForecasts) return undefined;
    const { service, clusters, gateways, mesh } = before;
    const ingress = findGateways(clusters, gateways);
    const callers = findCallers(before, ingress);
    const pools = [before, after].map(facts =>
      poolsOfCallers(facts, service, callers),
    );
    const region = lost ?? worstLosses(pools[1], mesh.version)[0]?.region;
    if (region === undefined || callers.length === 0) return undefined;
    const [was, is] = pools.map((known, side) => {
      const facts = side === 0 ? before : after;
      return known.map(entry => {
        const route = callerRoute(
          entry.caller,
          service,
          { ...facts, gateways },
          ingress,
        );
        return { ...entry, ...this.failures(entry, region, facts, route) };
      });
    });
    const regions = [...new Set(callers.map(c => c.topology.region))].sort();
    const at = (side: typeof was, callerRegion: string) =>
      together(
        side.filter(({ caller }) => caller.topology.region === callerRegion),
      );
    return {
      region,
      requestsPerSecondPerProxy: REQUESTS_PER_SECOND,
      callers: regions.map(callerRegion => ({
        callerRegion,
        before: at(was, callerRegion),
        after: at(is, callerRegion),
      })),
    };
  }

  private failures(
    entry: { caller: Caller; pools: Pool[] },
    region: string,
    facts: PredictionFacts,
    route: CallerRoute,
  ): Weighed {
    const parts = outagesOf(entry, {
      region,
      version: facts.mesh.version,
      route,
      failure: { kind: 'answers', status: 500 },
      requestsPerSecond: REQUESTS_PER_SECOND,
    }).map(input =>
      partOf(
        this.forecast({
          ...input,
          outageSeconds: OUTAGE_SECONDS,
          effort: EFFORT,
        }),
        input.requestsPerSecond,
      ),
    );
    const { proxies } = entry.caller.topology;
    return { rate: proxies * REQUESTS_PER_SECOND, failures: sum(parts) };
  }

  private forecast(input: OutageInput): OutageForecast {
    const key = JSON.stringify(input);
    const forecast = this.known.get(key) ?? forecastOutage(input);
    this.known.set(key, forecast);
    return forecast;
  }
}

interface Weighed {
  /** Requests per second. */
  rate: number;
  failures: OutageFailures;
}

function partOf({ first, steady }: OutageForecast, rate: number): Weighed {
  const staying = steady.failedPercent;
  // A bout without failures is only the wait for the first request.
  const seconds = first.failed > 0 ? first.seconds : 0;
  return {
    rate,
    failures: {
      first: first.failed,
      firstSeconds: seconds,
      // Where nothing is learnt, the beginning is like the rest.
      firstPercent:
        seconds > 0
          ? Math.min(100, (100 * first.failed) / (seconds * rate))
          : staying,
      stayingPercent: staying,
    },
  };
}

function sum(parts: Weighed[]): OutageFailures {
  const rate = parts.reduce((all, part) => all + part.rate, 0) || 1;
  const mean = (of: (failures: OutageFailures) => number) =>
    parts.reduce((all, part) => all + of(part.failures) * part.rate, 0) / rate;
  return {
    first: parts.reduce((all, { failures }) => all + failures.first, 0),
    firstSeconds: Math.max(0, ...parts.map(p => p.failures.firstSeconds)),
    firstPercent: mean(({ firstPercent }) => firstPercent),
    stayingPercent: mean(({ stayingPercent }) => stayingPercent),
  };
}

/** To figures that mean something. */
function together(parts: Weighed[]): OutageFailures {
  const all = sum(parts);
  const tenths = (value: number) => Math.round(10 * value) / 10;
  return {
    first: Math.round(all.first),
    firstSeconds: tenths(all.firstSeconds),
    firstPercent: tenths(all.firstPercent),
    stayingPercent: tenths(all.stayingPercent),
  };
}
