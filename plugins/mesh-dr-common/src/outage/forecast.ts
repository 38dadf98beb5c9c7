import { ejectedHosts, retestTimes } from '../locality/ejection';
import { assignLocalities } from '../locality/priorities';
import { parseDuration } from '../locality/rules';
import { panicThreshold } from '../locality/split';
import type { OutlierDetection } from '../locality/types';
import { BoutRun, type BoutResult, type Traffic } from './bout';
import { Hosts, type HostPlan } from './hosts';
import { seededRandom } from './random';
import { retryPolicy } from './retryPolicy';
import type { Bout, OutageForecast, OutageInput } from './types';

const SEED = 20261124;
/** Proxies that stand for all: as many as the budget of requests allows. */
const MOST_SAMPLES = 200;
const FEWEST_SAMPLES = 4;
const REQUEST_BUDGET = 40_000;
/** Requests of one proxy and bout that are played; busier proxies are played at a lower rate and scaled. */
const MOST_REQUESTS = 6000;
/** Requests per sample by which the time between re-tests is judged. */
const STEADY_REQUESTS = 100;
const DEFAULT_CONNECT_TIMEOUT = '10s';
const DEFAULT_INTERVAL = '10s';
const DEFAULT_BASE_EJECTION = '30s';

/**
 * What an outage of some hosts costs the requests of one kind of caller: failures until each proxy has learnt (hosts × errors
 * in a row × proxies, and the second by which Envoy's workers learn late), time paid per request, and the failures by which
 * hosts are tried again while the outage lasts. Requests are played one by one against the same arithmetic as `predictSplit`,
 * with a fixed seed: no clock, no chance, the same answer every time.
 *
 * Left out: limits of the connection pool, hashing, and hosts that come back within a bout (a base ejection time of seconds).
 *
 * @throws RangeError when a duration is none, or there are no proxies or requests
 */
export function forecastOutage(input: OutageInput): OutageForecast {
  if (!(input.proxies > 0) || !(input.requestsPerSecond > 0)) {
    throw new RangeError(
      `proxies is ${input.proxies} and requestsPerSecond ${input.requestsPerSecond}, but an outage is measured by requests; both must be above 0`,
    );
  }
  const plan = planOf(input);
  const still = new Hosts(plan);
  const failingHosts = still.failing.length;
  const counting = countingOf(input);
  const allowed =
    counting.errorsToEject === undefined
      ? 0
      : ejectedHosts({
          local: failingHosts,
          remote: still.all.length - failingHosts,
          maxEjectionPercent: input.outlierDetection?.maxEjectionPercent,
          strict: input.versions.strictEjection,
        });
  const tried = play(input, plan, allowed > 0);
  // Failures that were met but never charged teach nothing, however long the outage.
  const silent = allowed > 0 && tried.ejections === 0 && tried.met;
  const played = silent ? play(input, plan, false) : tried;
  const ejectable = silent ? 0 : allowed;
  const { errorsToEject, notCounted } = silent
    ? { errorsToEject: undefined, notCounted: silentReason(input) }
    : counting;
  const outageMs = 1000 * input.outageSeconds;
  const times = ejectable > 0 ? retestsOf(input, outageMs) : [];
  const first = boutOf(input, played.first, outageMs);
  const each = boutOf(input, played.again, Infinity);
  const after = Math.max(
    0,
    input.outageSeconds - first.seconds - times.length * each.seconds,
  );
  const steadyFailed =
    (played.steady.failedPercent / 100) * after * input.requestsPerSecond;
  const later = times.length * each.failed + steadyFailed;
  const laterRequests =
    (input.outageSeconds - first.seconds) * input.requestsPerSecond;
  return {
    failingHosts,
    ejectable,
    ...(errorsToEject !== undefined && { errorsToEject }),
    ...(notCounted && { notCounted }),
    first,
    steady: played.steady,
    retests: { atSeconds: times.map(ms => ms / 1000), each },
    failed: first.failed + later,
    floorPercent:
      laterRequests > 0 ? Math.min(100, (100 * later) / laterRequests) : 0,
  };
}

function planOf(input: OutageInput): HostPlan {
  const { failing, outlierDetection, versions, failure } = input;
  return {
    assignment: assignLocalities(input),
    outlierDetection,
    panicThreshold: panicThreshold(outlierDetection, versions),
    strictEjection: versions.strictEjection,
    fails: ({ region, zone }) =>
      region === failing.region && (!failing.zone || zone === failing.zone),
    keptConnections:
      failure.kind === 'black-hole' ? input.keptConnections ?? 1 : 0,
  };
}

type Counting = Pick<OutageForecast, 'errorsToEject' | 'notCounted'>;

/** After how many failures of this kind a host is ejected, or why never. */
function countingOf(input: OutageInput): Counting {
  const { failure, outlierDetection, retries } = input;
  if (!outlierDetection) {
    return { notCounted: 'no-outlier-detection' };
  }
  const { splitExternalLocalOriginErrors: split } = outlierDetection;
  if (failure.kind === 'answers') {
    return byCounters(outlierDetection, failure.status);
  }
  if (failure.kind === 'slow') {
    const limits = [retries?.perTryTimeout, input.timeout];
    const limit = Math.min(
      ...limits.map(text => (text ? parseDuration(text) : Infinity)),
    );
    if (limit >= failure.delayMs) {
      return { notCounted: 'no-failure' };
    }
  }
  if (!split) {
    return byCounters(outlierDetection, failure.kind === 'slow' ? 504 : 503);
  }
  const errors = outlierDetection.consecutiveLocalOriginFailures ?? 5;
  return errors > 0 ? { errorsToEject: errors } : { notCounted: 'no-counter' };
}

/**
 * Why nobody was ejected although failures count: the time limit of the route struck while connections were still being made,
 * or each connection that was made cleared the counter before the next failure.
 */
function silentReason({ failure }: OutageInput): Counting['notCounted'] {
  return failure.kind === 'black-hole' ? 'not-charged' : 'never-adds-up';
}

function byCounters(settings: OutlierDetection, status: number): Counting {
  const counters = [
    settings.consecutive5xxErrors ?? 5,
    status >= 502 && status <= 504 ? settings.consecutiveGatewayErrors ?? 0 : 0,
  ].filter(count => count > 0);
  return counters.length
    ? { errorsToEject: Math.min(...counters) }
    : { notCounted: 'no-counter' };
}

function retestsOf(input: OutageInput, untilMs: number): number[] {
  const { interval, baseEjectionTime } = input.outlierDetection!;
  return retestTimes({
    intervalMs: parseDuration(interval ?? DEFAULT_INTERVAL),
    baseEjectionMs: parseDuration(baseEjectionTime ?? DEFAULT_BASE_EJECTION),
    untilMs,
  }).filter(ms => ms < untilMs);
}

interface Samples {
  results: BoutResult[];
  /** Requests that one played request stands for. */
  scale: number;
}

/** Plays the outage for sample proxies: the first bout, the time after it, and one re-test. */
function play(
  input: OutageInput,
  plan: HostPlan,
  learns: boolean,
): {
  first: Samples;
  again: Samples;
  steady: OutageForecast['steady'];
  /** Hosts ejected, all samples together, and whether calls met failing hosts at all. */
  ejections: number;
  met: boolean;
} {
  const { traffic, scale } = trafficOf(input);
  const random = seededRandom(SEED);
  const first: BoutResult[] = [];
  const again: BoutResult[] = [];
  const steady = { requests: 0, failed: 0, addedMs: 0 };
  let budget = input.effort ?? REQUEST_BUDGET;
  let ejections = 0;
  const met = new Hosts(plan).failingPart() > 0;
  while (
    first.length < FEWEST_SAMPLES ||
    (budget > 0 && first.length < MOST_SAMPLES)
  ) {
    const hosts = new Hosts(plan);
    if (learns) {
      first.push(new BoutRun(hosts, traffic, random).run());
      ejections += hosts.ejections;
    } else {
      first.push({
        settledMs: 0,
        requests: 0,
        failed: 0,
        hanging: 0,
        addedMs: [],
      });
    }
    if (hosts.failingPart() > 0 || hosts.unanswered()) {
      const stay = new BoutRun(
        hosts,
        { ...traffic, maxRequests: STEADY_REQUESTS, maxMs: Infinity },
        random,
        false,
      ).run();
      steady.requests += stay.requests;
      steady.failed += stay.failed;
      steady.addedMs += stay.addedMs.reduce((a, b) => a + b, 0);
    } else {
      steady.requests += STEADY_REQUESTS;
    }
    if (learns) {
      hosts.comeBack(0);
      again.push(new BoutRun(hosts, traffic, random).run());
    }
    budget -=
      1 + first[first.length - 1].requests + (again.at(-1)?.requests ?? 100);
  }
  return {
    first: { results: first, scale },
    again: { results: again, scale },
    ejections,
    met,
    steady: {
      failedPercent: (100 * steady.failed) / steady.requests,
      addedMs: steady.addedMs / steady.requests,
    },
  };
}

function trafficOf(input: OutageInput): { traffic: Traffic; scale: number } {
  const connectMs = parseDuration(
    input.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
  );
  const retry = retryPolicy(input.retries, input.versions);
  const rate = input.requestsPerSecond / input.proxies;
  // A bout lasts about as long as its failures take to show, and two windows.
  const lastsMs =
    3000 +
    (input.failure.kind === 'black-hole' ? 2 * connectMs : 0) +
    (input.failure.kind === 'slow' ? input.failure.delayMs : 0);
  const scale = Math.max(1, (rate * lastsMs) / 1000 / MOST_REQUESTS);
  return {
    scale,
    traffic: {
      failure: input.failure,
      retry,
      connectMs,
      ...(input.timeout && { routeMs: parseDuration(input.timeout) }),
      spacingMs: (1000 * scale) / rate,
      maxRequests: 2 * MOST_REQUESTS,
      maxMs: 1000 * input.outageSeconds,
    },
  };
}

/** What a bout costs all proxies. A bout that outlasts the outage costs its part. */
function boutOf(
  input: OutageInput,
  { results, scale }: Samples,
  longestMs: number,
): Bout {
  const n = Math.max(1, results.length);
  const mean = (value: (result: BoutResult) => number) =>
    results.reduce((sum, result) => sum + value(result), 0) / n;
  const lasts = mean(({ settledMs }) => settledMs);
  const part = lasts > longestMs ? longestMs / lasts : 1;
  const waits = results.flatMap(({ addedMs }) => addedMs).sort((a, b) => a - b);
  const all = input.proxies * scale * part;
  return {
    seconds: Math.min(lasts, longestMs) / 1000,
    failed: all * mean(({ failed }) => failed),
    hanging: all * mean(({ hanging }) => hanging),
    addedMs: {
      mean: waits.reduce((a, b) => a + b, 0) / Math.max(1, waits.length),
      p99: waits[Math.max(0, Math.ceil(0.99 * waits.length) - 1)] ?? 0,
    },
  };
}
