import { ejectedHosts } from '../locality/ejection';
import type { Shares } from '../locality/hops';
import { assignLocalities } from '../locality/priorities';
import type {
  CallerLocality,
  LocalityEndpoints,
  ModelVersions,
  OutlierDetection,
} from '../locality/types';
import { modelVersions } from '../versions';
import type { Caller } from './callers';
import {
  placeOf,
  rounded,
  splitOf,
  splitOver,
  splitRule,
  type Pool,
} from './predict';

/** Istio's default number of consecutive 5xx answers before an endpoint is ejected. */
const DEFAULT_CONSECUTIVE_ERRORS = 5;

/** A caller with the pools it uses. */
export interface CallerPools {
  caller: Caller;
  pools: Pool[];
}

/** What happens to the calls of a service when all its endpoints in one region fail but stay registered. */
export interface RegionLoss {
  region: string;
  /** Where calls end once ejection has settled, percent over all callers weighted by proxies. */
  shares: Shares;
  /** Largest part of any caller's calls that keeps going to the lost region, percent. */
  failing: number;
  /** Region of a caller that gets no answer at all, if any. */
  noAnswerFor?: string;
  /** Calls that fail before every proxy has learnt about the loss. */
  callsLost: number;
  /** Endpoints per pool and how many of those in the region a proxy may eject, of the worst pool. */
  ejection: {
    endpoints: number;
    local: number;
    ejected: number;
    settings?: OutlierDetection;
  };
}

/**
 * Simulates the loss of a region for one service. The endpoints stay registered (a lost region cannot deregister them),
 * so only outlier detection takes calls away.
 */
export function simulateRegionLoss(
  region: string,
  callers: CallerPools[],
  meshVersion: string,
): RegionLoss {
  const versions = modelVersions(meshVersion);
  const totals: Shares = {};
  let proxies = 0;
  let failing = 0;
  let callsLost = 0;
  let noAnswerFor: string | undefined;
  let ejection: RegionLoss['ejection'] = { endpoints: 0, local: 0, ejected: 0 };

  for (const entry of callers) {
    const { caller, pools } = entry;
    const { topology } = caller;
    const place = placeOf(caller);
    const lost = pools.map(pool => lose(pool, region, place, versions));
    const before = splitOf(entry, meshVersion);
    const after = splitOver(
      lost.map(({ pool }) => pool),
      place,
      meshVersion,
    );
    const part = after.shares[region] ?? 0;
    const answered = Object.values(after.shares).reduce((a, b) => a + b, 0);
    // A caller that was not answered before does not lose anything now.
    if (!before.noHealthyUpstream && answered < 99.99) {
      noAnswerFor ??= topology.region;
    }
    const worst = lost.reduce((a, b) =>
      b.local - b.ejected > a.local - a.ejected ? b : a,
    );
    if (part > failing || ejection.endpoints === 0) {
      ejection = {
        endpoints: worst.endpoints,
        local: worst.local,
        ejected: worst.ejected,
        settings: worst.settings,
      };
    }
    failing = Math.max(failing, part);
    if ((before.shares[region] ?? 0) > 0) {
      callsLost += lost.reduce(
        (sum, { ejected, errors }) => sum + topology.proxies * ejected * errors,
        0,
      );
    }
    for (const [key, share] of Object.entries(after.shares)) {
      totals[key] = (totals[key] ?? 0) + share * topology.proxies;
    }
    proxies += topology.proxies;
  }
  const shares = Object.fromEntries(
    Object.entries(totals)
      .map(([key, value]): [string, number] => [key, value / (proxies || 1)])
      .filter(([, value]) => value > 0),
  );
  return {
    region,
    shares: rounded(shares),
    failing: Math.round(failing * 100) / 100,
    ...(noAnswerFor !== undefined && { noAnswerFor }),
    callsLost,
    ejection,
  };
}

function lose(
  pool: Pool,
  region: string,
  caller: CallerLocality,
  versions: ModelVersions,
) {
  const settings = pool.rule.outlierDetection?.settings;
  // The cap counts every host the proxy knows of.
  const sent = (group: LocalityEndpoints) =>
    versions.sendUnready && !(Number(settings?.minHealthPercent) > 0)
      ? group.total
      : group.healthy;
  const endpoints = pool.endpoints.reduce((sum, group) => sum + sent(group), 0);
  const local = pool.endpoints
    .filter(group => group.region === region)
    .reduce((sum, group) => sum + group.healthy, 0);
  const errors = errorsToEject(settings);
  const ejected =
    errors === undefined
      ? 0
      : ejectedHosts({
          local,
          remote: endpoints - local,
          maxEjectionPercent: settings?.maxEjectionPercent,
          strict: versions.strictEjection,
        });
  const { groups } = assignLocalities({
    ...splitRule(pool.rule),
    caller,
    endpoints: pool.endpoints,
    versions,
  });
  const priorityOf = (endpoint: LocalityEndpoints) =>
    groups.find(
      group =>
        group.region === endpoint.region &&
        group.zone === (endpoint.zone ?? ''),
    )?.priority ?? Infinity;
  const left = ejectInOrder(
    pool.endpoints.map(({ healthy }) => healthy),
    ejected,
    i =>
      pool.endpoints[i].region === region
        ? priorityOf(pool.endpoints[i])
        : undefined,
  );
  return {
    pool: {
      ...pool,
      endpoints: pool.endpoints.map((group, i) => ({
        ...group,
        healthy: left[i],
      })),
    },
    endpoints,
    local,
    ejected,
    errors: errors ?? 0,
    settings,
  };
}

/**
 * Takes hosts out of use in the order in which failing ones are met: those of the first priority before any other, of one
 * priority in equal parts.
 *
 * @param healthy - hosts per group
 * @param priorityOf - of a group by its number; undefined for groups that do not fail
 * @returns hosts per group that are left
 */
export function ejectInOrder(
  healthy: number[],
  hosts: number,
  priorityOf: (group: number) => number | undefined,
): number[] {
  const left = [...healthy];
  const priorities = healthy.map((_, group) => priorityOf(group));
  for (let more = hosts; more > 0; more--) {
    let next = -1;
    priorities.forEach((priority, group) => {
      if (priority === undefined || left[group] === 0) {
        return;
      }
      const before = priorities[next];
      if (
        before === undefined ||
        priority < before ||
        (priority === before && left[group] > left[next])
      ) {
        next = group;
      }
    });
    left[next]--;
  }
  return left;
}

/** Consecutive errors after which an endpoint is ejected; undefined when nothing is counted. */
export function errorsToEject(
  settings: OutlierDetection | undefined,
): number | undefined {
  if (!settings) {
    return undefined;
  }
  const counters = [
    settings.consecutive5xxErrors ?? DEFAULT_CONSECUTIVE_ERRORS,
    settings.consecutiveGatewayErrors ?? 0,
  ].filter(count => count > 0);
  return counters.length ? Math.min(...counters) : undefined;
}
