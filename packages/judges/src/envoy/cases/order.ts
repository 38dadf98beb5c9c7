import {
  localities,
  makeCluster,
  type Case,
  type HostGroup,
  type Ports,
} from '../bench';
import { dueTurns, startInCycle } from '../order';
import { oneByOne } from '../sequence';

/** Cycles of the scheduler that are compared pick by pick. */
const CYCLES = 3;

/** In which order one worker thread takes the localities of a priority: no chance but for where it starts. */
export function orderCases(ports: Ports): Case[] {
  return [
    locality('order-90-10', '90:10', ports, [90, 10], [group(90), group(10)]),
    locality(
      'order-47-24-30',
      '47:24:30',
      ports,
      [47, 24, 30],
      [group(47), group(24), group(30)],
    ),
    // One of two hosts left, times 1.4: 50 counts as 35.
    locality(
      'order-half-50-24-30',
      '50:24:30 with half of the first gone',
      ports,
      [35, 24, 30],
      [group(50, 1), group(24), group(30)],
    ),
  ];
}

function group(weight: number, healthy = 2): Omit<HostGroup, 'locality'> {
  return { weight, total: 2, healthy };
}

function locality(
  name: string,
  title: string,
  ports: Ports,
  effective: number[],
  groups: Omit<HostGroup, 'locality'>[],
): Case {
  const cluster = makeCluster(
    name,
    ports,
    groups.map((g, i) => ({ ...g, locality: `region${i}` })),
    { localityWeighted: true },
  );
  const cycle = dueTurns(effective);
  const length = cycle.flat().length;
  const alone = cycle.filter(turns => turns.length === 1).length;
  return {
    scenarios: [{ cluster }],
    async run(bench) {
      const places = localities(cluster);
      const index = (host: string) => Number(places.get(host)!.slice(-1));
      const { envoy, model } = await oneByOne(
        bench,
        { cluster },
        CYCLES * length,
      );
      const starts = [
        envoy.map(answer => index(answer.host!)),
        model.map(r => index(r.attempts[0].address.split(':')[0])),
      ].map(picks => startInCycle(picks, cycle));
      return [
        {
          name: `locality round robin ${title}: the same order, pick by pick`,
          ok: starts.every(start => start !== undefined),
          detail: `${CYCLES * length} picks; Envoy starts at ${written(
            starts[0],
          )}, the model at ${written(
            starts[1],
          )} of a cycle of ${length}, of which ${alone} have a deadline of their own and ${
            length - alone
          } share one, in any order among themselves`,
        },
      ];
    },
  };
}

function written(start: number | undefined): string {
  return start === undefined ? 'no position' : String(start);
}
