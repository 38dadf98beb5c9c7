import type { Failure, OutageInput } from '../outage/types';
import { modelVersions } from '../versions';
import type { CallerRoute } from './callerRoutes';
import type { Caller } from './callers';
import { placeOf, splitRule, type Pool } from './predict';

/** What a region's loss is for one kind of caller: an outage for each Envoy cluster that it uses. */
export function outagesOf(
  { caller, pools }: { caller: Caller; pools: Pool[] },
  lost: {
    region: string;
    failure: Failure;
    /** ASM version of the mesh. */
    version: string;
    route: CallerRoute;
    /** Of each calling proxy. */
    requestsPerSecond: number;
  },
): Omit<OutageInput, 'outageSeconds'>[] {
  const { region, failure, version, requestsPerSecond } = lost;
  const { proxies } = caller.topology;
  const { retries, timeout } = lost.route;
  return pools
    .filter(({ weight }) => weight > 0)
    .map(({ endpoints, rule, weight }) => {
      const { setting, outlierDetection, forced } = splitRule(rule);
      const connectTimeout = rule.connectionPool?.settings.connectTimeout;
      return {
        caller: placeOf(caller),
        endpoints,
        setting,
        outlierDetection,
        forced,
        failing: { region },
        failure,
        proxies,
        requestsPerSecond: (proxies * requestsPerSecond * weight) / 100,
        ...(retries && { retries }),
        ...(timeout && { timeout }),
        ...(connectTimeout && { connectTimeout }),
        versions: modelVersions(version),
      };
    });
}
