import {
  makeCluster,
  Model,
  type Bench,
  type Case,
  type Ports,
  type Scenario,
} from '../bench';
import { Client } from '../client';
import { pause } from '../sequence';
import { binomialTail } from '../statistics';
import { AT_ONCE } from './ejections';
import { ISTIO_DEFAULT } from './failures';

/** Longer than Envoy's merge window, so that a first ejection is heard of at once. */
const WINDOW_PASSED_MS = 1300;
const CLUSTERS = 6;
const ROUNDS = 8;
/** Tries of the model, each with a seed of its own. */
const MODEL_TRIES = 4000;
/**
 * A retry is to meet a worker that has heard of the first ejection. Envoy pauses for a random time up to this one, and its
 * main thread needs a moment, on a busy machine some milliseconds: at Envoy's own 25 ms the retry often won. The pauses of
 * both retries together stay within the merge window.
 */
const BACKOFF_MS = 200;
/** How often a retry may win all the same. */
const RACE = 0.005;
/** What chance may do at most before it is no longer believed to be chance. */
const UNBELIEVABLE = 1e-6;

/** The first request that meets a region that refuses connections, with ejection at the first error. */
export function refusedRegionCases(ports: Ports): Case[] {
  return [refusedRegion(1, 1, ports), refusedRegion(2, CLUSTERS, ports)];
}

/** Every try needs hosts that nothing is known about yet: each round gives each cluster new ones by a new EDS file. */
function refusedRegion(hosts: number, clusters: number, ports: Ports): Case {
  const make = (i: number): Scenario => ({
    cluster: makeCluster(
      `refused-region-${hosts}-${i}`,
      ports,
      [
        { locality: 'local', total: hosts, port: ports.closed },
        { locality: 'remote', priority: 1, total: hosts },
      ],
      { outlier: AT_ONCE },
    ),
    route: {
      retry: { ...ISTIO_DEFAULT, statusCodes: [] },
      backoffMs: BACKOFF_MS,
    },
  });
  const scenarios = Array.from({ length: clusters }, (_, i) => make(i));
  return {
    scenarios,
    async run(bench) {
      let saved = 0;
      for (let round = 0; round < ROUNDS; round++) {
        for (let i = 0; i < clusters && round > 0; i++) {
          await bench.envoy.replaceEndpoints(make(i).cluster);
        }
        await pause(WINDOW_PASSED_MS);
        saved += await firstRequests(bench, scenarios);
      }
      const tries = clusters * ROUNDS;
      const own = await modelSaves(scenarios[0], ports);
      const expected = Math.min(own / MODEL_TRIES, 1 - RACE);
      const chance = binomialTail(saved, tries, expected);
      return [
        {
          name: `a refusing region of ${hosts}: the default retries save as many first requests`,
          ok: chance >= UNBELIEVABLE,
          detail: `Envoy ${saved} of ${tries}; model ${own} of ${MODEL_TRIES} (that far off by chance: ${chance.toPrecision(
            2,
          )}, at least ${UNBELIEVABLE})`,
        },
      ];
    },
  };
}

async function firstRequests(
  { port }: Bench,
  scenarios: Scenario[],
): Promise<number> {
  const client = new Client(port);
  let saved = 0;
  for (const { cluster } of scenarios) {
    saved += (await client.send(`/${cluster.name}`)).status === 200 ? 1 : 0;
  }
  client.close();
  return saved;
}

async function modelSaves(scenario: Scenario, ports: Ports): Promise<number> {
  let saved = 0;
  for (let seed = 1; seed <= MODEL_TRIES; seed++) {
    const { response } = await new Model(scenario, ports, seed).request();
    saved += response.status === 200 ? 1 : 0;
  }
  return saved;
}
