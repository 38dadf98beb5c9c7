import {
  simulate,
  type WhatIfEdit,
  type WhatIfHop,
  type WhatIfResult,
  type WhatIfRule,
  type WhatIfSnapshot,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { figures, time } from './measure';
import type { Benchmark, CaseResult } from './types';

const SERVICES = 1000;
const REGIONS = 10;
const HOPS = 4;
/** Calls that a service makes to services of the next layer. */
const CALLS = 3;
const REPETITIONS = 60;
/** One frame of a screen at 60 Hz: a what-if should follow the mouse. */
const GOAL_MS = 16;

const region = (index: number) => `region-${index % REGIONS}`;

/** Neighbours take over from each other. */
const failover = Array.from({ length: REGIONS }, (_, i) => ({
  from: region(i),
  to: region(i + 1),
}));
const outlierDetection = { maxEjectionPercent: 100, consecutive5xxErrors: 3 };

/** Most services obey the mesh-wide rule; some have rules of their own, of every kind. */
function ruleOf(service: number, meshWide: WhatIfRule): WhatIfRule {
  switch (service % 10) {
    case 0:
      return {
        setting: {
          distribute: Array.from({ length: REGIONS }, (_, i) => ({
            from: region(i),
            to: { [region(i)]: 90, [region(i + 1)]: 10 },
          })),
        },
        outlierDetection,
      };
    case 1:
      return {
        setting: {
          failoverPriority: [
            'topology.kubernetes.io/region',
            'topology.kubernetes.io/zone',
          ],
        },
        outlierDetection: { ...outlierDetection, maxEjectionPercent: 10 },
      };
    case 2:
      return { setting: meshWide.setting, meshWide: true };
    default:
      return meshWide;
  }
}

/** Layers of services, each calling three of the next layer; every service stands in every region, in two zones. */
function makeSnapshot(): WhatIfSnapshot {
  const meshWide: WhatIfRule = {
    setting: { failover },
    outlierDetection,
    meshWide: true,
  };
  const layer = SERVICES / HOPS;
  const id = (service: number) => `default/service-${service}`;
  const services = Array.from({ length: SERVICES }, (_, service) => ({
    id: id(service),
    endpoints: Array.from({ length: 2 * REGIONS }, (__, place) => {
      const total = 1 + ((service * 7 + place * 3) % 5);
      return {
        region: region(place),
        zone: `${region(place)}-${place < REGIONS ? 'a' : 'b'}`,
        labels: { version: service % 2 ? 'v1' : 'v2' },
        total,
        healthy: place === service % REGIONS ? Math.floor(total / 2) : total,
      };
    }),
  }));
  const rules = services.map((_, service) => ruleOf(service, meshWide));
  const entries = Array.from({ length: REGIONS }, (_, i) => ({
    id: `gateway-${i}`,
    region: region(i),
    zone: `${region(i)}-a`,
    requestsPerSecond: 100,
  }));
  const hop = (from: string, to: number): WhatIfHop => ({
    from,
    to: id(to),
    pools: [{ weight: 100, rule: rules[to] }],
  });
  return {
    meshVersion: 'v1.22.6.66',
    services,
    entries,
    hops: [
      ...entries.flatMap((entry, i) =>
        Array.from({ length: layer / REGIONS }, (_, k) =>
          hop(entry.id, (i * layer) / REGIONS + k),
        ),
      ),
      ...services.slice(0, SERVICES - layer).flatMap(({ id: from }, service) =>
        Array.from({ length: CALLS }, (_, k) => {
          const next = Math.floor(service / layer) + 1;
          return hop(from, next * layer + ((service * CALLS + k) % layer));
        }),
      ),
    ],
  };
}

/** Reads what a page shows at once, so that nothing stays unmade. */
function read(result: WhatIfResult): number {
  return (
    result.failedPercent.after +
    result.links.reduce(
      (sum, { callsPerSecond }) => sum + callsPerSecond.after,
      0,
    )
  );
}

async function measure(
  name: string,
  goalMs: number,
  editsOf: (round: number) => WhatIfEdit[],
  look: (result: WhatIfResult) => number,
  snapshotOf: () => WhatIfSnapshot,
): Promise<CaseResult> {
  const series: number[] = [];
  const seen: number[] = [];
  for (let round = -10; round < REPETITIONS; round++) {
    const snapshot = snapshotOf();
    const edits = editsOf(round + 10);
    const took = await time(() => {
      seen.push(look(simulate(snapshot, edits)));
    });
    if (round >= 0) {
      series.push(took);
    }
  }
  if (!seen.every(figure => figure > 0)) {
    throw new Error(`The what-if "${name}" showed nothing`);
  }
  const ours = figures(series);
  return {
    case: name,
    unit: 'ms',
    ours,
    peer: null,
    ratio: null,
    goal: `p50 < ${goalMs} ms`,
    met: ours.p50 < goalMs,
  };
}

/** What happens to every service if a region fails, seen from every region, over a graph four hops deep. */
export const whatIf: Benchmark = {
  name: 'what-if',
  description: `edits of a graph of ${SERVICES} services × ${REGIONS} regions × ${HOPS} hops, one core`,
  async run() {
    const snapshot = makeSnapshot();
    simulate(snapshot, []);
    const size = `${SERVICES} services × ${REGIONS} regions × ${HOPS} hops`;
    const same = () => snapshot;
    const down = (round: number): WhatIfEdit[] => [
      { kind: 'down', region: region(round), entriesMove: true },
    ];
    return [
      await measure(`${size}: a region goes down`, GOAL_MS, down, read, same),
      await measure(
        `${size}: a region is deregistered`,
        GOAL_MS,
        round => [{ kind: 'removed', region: region(round) }],
        read,
        same,
      ),
      await measure(
        `${size}: another mesh-wide rule`,
        GOAL_MS,
        round => [
          {
            kind: 'rule',
            setting: {
              failover: failover.map(({ from }, i) => ({
                from,
                to: region(i + 2 + (round % 5)),
              })),
            },
          },
        ],
        read,
        same,
      ),
      await measure(
        `${size}: a region goes down, and every service is looked at`,
        2 * GOAL_MS,
        down,
        result => read(result) + result.highestLoads()[0].factor,
        same,
      ),
      await measure(
        `${size}: the first what-if of a new snapshot`,
        10 * GOAL_MS,
        down,
        read,
        () => ({ ...snapshot }),
      ),
    ];
  },
};
