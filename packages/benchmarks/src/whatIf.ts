import {
  composeHops,
  predictSplit,
  type LocalityEndpoints,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { figures, time } from './measure';
import type { Benchmark } from './types';

const SERVICES = 1000;
const REGIONS = 10;
const HOPS = 4;
const REPETITIONS = 40;
/** One frame of a screen at 60 Hz: a what-if should follow the mouse. */
const GOAL_MS = 16;

/** Services with differing, reproducible numbers of endpoints, one region partly unhealthy. */
function makeServices(): LocalityEndpoints[][] {
  return Array.from({ length: SERVICES }, (_, service) =>
    Array.from({ length: REGIONS }, (__, region) => {
      const total = 1 + ((service * 7 + region * 3) % 9);
      return {
        region: `region-${region}`,
        zone: `region-${region}-a`,
        total,
        healthy: region === service % REGIONS ? Math.floor(total / 2) : total,
      };
    }),
  );
}

/** What happens to every service if a region fails, seen from every region, over a chain of hops. */
export const whatIf: Benchmark = {
  name: 'what-if',
  description: `region loss over ${SERVICES} services × ${REGIONS} regions × ${HOPS} hops, one core`,
  async run() {
    const services = makeServices();
    const setting = {
      enabled: true,
      failover: Array.from({ length: REGIONS }, (_, i) => ({
        from: `region-${i}`,
        to: `region-${(i + 1) % REGIONS}`,
      })),
    };
    const versions = { sendUnready: false, strictEjection: true };
    const callers = Array.from({ length: REGIONS }, (_, i) => ({
      region: `region-${i}`,
      zone: `region-${i}-a`,
    }));
    let checksum = 0;
    const once = () => {
      for (const endpoints of services) {
        const matrix = Object.fromEntries(
          callers.map(caller => [
            caller.region,
            predictSplit({
              caller,
              endpoints,
              setting,
              outlierDetection: { maxEjectionPercent: 100 },
              versions,
            }).shares,
          ]),
        );
        let shares: Record<string, number> = { 'region-0': 100 };
        for (let hop = 0; hop < HOPS; hop++) {
          shares = composeHops(shares, matrix);
        }
        checksum += shares['region-1'] ?? 0;
      }
    };
    once();
    const series: number[] = [];
    for (let i = 0; i < REPETITIONS; i++) {
      series.push(await time(once));
    }
    if (!(checksum > 0)) throw new Error('The model answered nothing');
    const ours = figures(series);
    return [
      {
        case: `${SERVICES} services × ${REGIONS} regions × ${HOPS} hops`,
        unit: 'ms',
        ours,
        peer: null,
        ratio: null,
        goal: `p50 < ${GOAL_MS} ms`,
        met: ours.p50 < GOAL_MS,
      },
    ];
  },
};
