import type {
  LintFinding,
  PredictedSplit,
  ServiceTopology,
} from '../api/types';
import type { LocalityIntent } from '../locality/types';

/** One service before and after a change; only the rule differs between the two. */
export interface TrafficEffect {
  before: ServiceTopology;
  after: ServiceTopology;
}

/** What the findings about load are judged by. */
export interface TrafficLimits {
  /** How many times the calls of the busiest pod of now a pod may get afterwards. */
  maxLoadFactor: number;
}

/** How many services a finding names. */
const NAMED = 5;
/** Differences that are rounding, in percent. */
const NOISE = 0.5;

/**
 * Judges where calls go after a change: every caller that has a healthy region keeps one, and no pod gets more than it can
 * be expected to bear. A region counts as healthy while its pods are ready and its cluster is seen.
 */
export function trafficFindings(
  effects: TrafficEffect[],
  limits: TrafficLimits,
  intent?: LocalityIntent,
): LintFinding[] {
  return [
    ...lastHealthyRegion(effects),
    ...(intent?.mode === 'evacuation' ? evacuated(effects, intent) : []),
    ...capacity(effects, limits),
    ...unknownCapacity(effects),
  ];
}

/** Regions whose pods are known to be ready now, with their number. */
export function healthyRegions(topology: ServiceTopology): Map<string, number> {
  return new Map(
    topology.regions
      .filter(({ ready, freshness }) => ready > 0 && freshness.state === 'ok')
      .map(({ region, ready }) => [region, ready]),
  );
}

function lastHealthyRegion(effects: TrafficEffect[]): LintFinding[] {
  const lost = effects.flatMap(({ before, after }) => {
    const healthy = healthyRegions(before);
    return after.predicted
      .filter(split => {
        const earlier = splitBefore(before, split);
        return (
          earlier && answered(earlier, healthy) && !answered(split, healthy)
        );
      })
      .map(split => ({ before, split }));
  });
  if (lost.length === 0) return [];
  const [{ before, split }] = lost;
  const goesTo = Object.entries(split.shares)
    .filter(([, share]) => share > 0)
    .map(([region]) => describeRegion(before, region));
  const services = [...new Set(lost.map(entry => nameOf(entry.before)))];
  const where = goesTo.length ? goesTo.join(', ') : 'no endpoint at all';
  return [
    {
      id: 'guardrail-last-healthy-region',
      guardrail: 'last-healthy-region',
      severity: 'refuse',
      message: `Callers in ${
        split.callerRegion
      } would have no healthy region left for ${named(
        services,
      )}: their calls would go to ${where}.`,
      values: {
        caller: split.callerRegion,
        services: named(services),
        where,
      },
      evidence: `now: ${before.regions
        .map(({ region }) => describeRegion(before, region))
        .join(', ')}`,
    },
  ];
}

/** An evacuation that nobody could take in would leave everything where it is, while everybody believes it done. */
function evacuated(
  effects: TrafficEffect[],
  { to, from = 'the other regions' }: { to: string; from?: string },
): LintFinding[] {
  return effects
    .filter(({ before }) => !healthyRegions(before).has(to))
    .map(({ before }): LintFinding => {
      const services = nameOf(before);
      const where = describeRegion(before, to);
      return {
        id: 'guardrail-last-healthy-region',
        guardrail: 'last-healthy-region',
        severity: 'refuse',
        message: `${services} cannot leave ${from}: ${where} is not seen to be healthy.`,
        values: { services, caller: from, where },
        evidence: `now: ${before.regions
          .map(({ region }) => describeRegion(before, region))
          .join(', ')}`,
      };
    });
}

interface Load {
  service: string;
  region: string;
  /** Percent of all calls of the service that one pod gets. */
  busiestBefore: number;
  after: number;
  ready: number;
  factor: number;
}

function capacity(
  effects: TrafficEffect[],
  { maxLoadFactor }: TrafficLimits,
): LintFinding[] {
  const loads = effects
    .flatMap(loadsOf)
    .sort((a, b) => b.factor - a.factor)
    .filter(({ factor }) => factor > 1.05);
  if (loads.length === 0) return [];
  const tooMuch = loads.filter(({ factor }) => factor > maxLoadFactor + 0.005);
  const [worst] = loads;
  const factor = Math.round(worst.factor * 100) / 100;
  const others = tooMuch.length > 1 ? tooMuch.length - 1 : 0;
  return [
    {
      id: 'guardrail-capacity',
      guardrail: 'capacity',
      severity: tooMuch.length > 0 ? 'refuse' : 'inform',
      message: `A pod of ${worst.service} in ${
        worst.region
      } would get ${factor} times the calls that the busiest pod gets now (${percent(
        worst.after,
      )} instead of ${percent(worst.busiestBefore)})${
        tooMuch.length > 0
          ? `; more than ${maxLoadFactor} times is too much without more pods there`
          : ''
      }.`,
      values: {
        service: worst.service,
        region: worst.region,
        factor,
        limit: maxLoadFactor,
        before: percent(worst.busiestBefore),
        after: percent(worst.after),
        ready: worst.ready,
      },
      evidence: `${worst.ready} ready in ${worst.region}${
        others ? `; ${others} more are above the limit` : ''
      }`,
    },
  ];
}

/** Regions that get more calls than now, with what that means for each of their pods. */
function loadsOf({ before, after }: TrafficEffect): Load[] {
  const healthy = healthyRegions(before);
  const [earlier, later] = [callsByRegion(before), callsByRegion(after)];
  const perPod = (calls: Map<string, number>, region: string) =>
    (calls.get(region) ?? 0) / healthy.get(region)!;
  const busiestBefore = Math.max(
    0,
    ...[...healthy.keys()].map(region => perPod(earlier, region)),
  );
  if (busiestBefore === 0) return [];
  return [...healthy]
    .filter(
      ([region]) =>
        (later.get(region) ?? 0) > (earlier.get(region) ?? 0) + NOISE,
    )
    .map(([region, ready]) => ({
      service: nameOf(before),
      region,
      ready,
      busiestBefore,
      after: perPod(later, region),
      factor: perPod(later, region) / busiestBefore,
    }));
}

/** Tells when calls move to a region of which nobody knows how many pods are ready. */
function unknownCapacity(effects: TrafficEffect[]): LintFinding[] {
  return effects
    .flatMap(({ before, after }) => {
      const [earlier, later] = [callsByRegion(before), callsByRegion(after)];
      return before.regions
        .filter(
          ({ region, freshness }) =>
            freshness.state !== 'ok' &&
            (later.get(region) ?? 0) > (earlier.get(region) ?? 0) + NOISE,
        )
        .map(({ region, freshness }): LintFinding => {
          const service = nameOf(before);
          return {
            id: 'guardrail-capacity-unknown',
            guardrail: 'capacity',
            severity: 'inform',
            message: `Calls to ${service} would move to ${region}, whose pods are not seen now: how many could answer is not known.`,
            values: { service, region },
            evidence: describeRegion(before, region, freshness.state),
          };
        });
    })
    .slice(0, NAMED);
}

/** Percent of all calls by region, every proxy counting alike. */
function callsByRegion(topology: ServiceTopology): Map<string, number> {
  const proxies = new Map(
    topology.callers.map(({ id, proxies: count }) => [id, Math.max(1, count)]),
  );
  const calls = new Map<string, number>();
  let total = 0;
  for (const { callerId, shares } of topology.predicted) {
    const weight = proxies.get(callerId) ?? 1;
    total += weight;
    for (const [region, share] of Object.entries(shares)) {
      calls.set(region, (calls.get(region) ?? 0) + share * weight);
    }
  }
  for (const [region, sum] of calls) calls.set(region, sum / total);
  return calls;
}

function splitBefore(before: ServiceTopology, split: PredictedSplit) {
  return before.predicted.find(({ callerId }) => callerId === split.callerId);
}

function answered(split: PredictedSplit, healthy: Map<string, number>) {
  return Object.entries(split.shares).some(
    ([region, share]) => share > 0 && healthy.has(region),
  );
}

/** `cn-shanghai (0 of 2 ready)`. */
function describeRegion(
  topology: ServiceTopology,
  name: string,
  state?: string,
): string {
  const region = topology.regions.find(entry => entry.region === name);
  const seen = state ?? region?.freshness.state;
  return region
    ? `${name} (${region.ready} of ${region.total} ready${
        seen === 'ok' ? '' : `, ${seen}`
      })`
    : `${name} (no cluster there)`;
}

function nameOf({ service }: ServiceTopology): string {
  return `${service.namespace}/${service.name}`;
}

function named(services: string[]): string {
  const shown = services.slice(0, NAMED).join(', ');
  return services.length > NAMED
    ? `${shown} and ${services.length - NAMED} more`
    : shown;
}

function percent(value: number): string {
  return `${Math.round(value * 10) / 10} %`;
}
