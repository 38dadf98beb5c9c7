import {
  whatIfRule,
  type ServiceTopology,
  type WhatIfSnapshot,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** What-ifs start from the same regions, callers and rule. */
function whatIfOf({
  mesh: { version },
  regions,
  callers,
  rule,
}: Omit<ServiceTopology, 'whatIf'>): WhatIfSnapshot {
  const id = 'default/reviews';
  return {
    meshVersion: version,
    services: [
      {
        id,
        endpoints: regions.flatMap(({ region, clusters }) =>
          clusters.flatMap(({ endpoints }) =>
            endpoints.map(({ zone, version: label, ready }) => ({
              region,
              zone,
              labels: { version: label },
              total: 1,
              healthy: ready ? 1 : 0,
              notReady: ready ? 0 : 1,
            })),
          ),
        ),
      },
    ],
    entries: callers.map(({ id: caller, region, zone, proxies }) => ({
      id: caller,
      region,
      ...(zone && { zone }),
      proxies,
      requestsPerSecond: proxies,
    })),
    hops: callers.map(({ id: from }) => ({
      from,
      to: id,
      pools: [{ weight: 100, rule: whatIfRule(rule) }],
    })),
  };
}

/** A topology with what what-ifs start from. */
export const complete = (
  topology: Omit<ServiceTopology, 'whatIf'>,
): ServiceTopology => ({ ...topology, whatIf: whatIfOf(topology) });
