import type { EnvoyCluster } from '../model';
import {
  addresses,
  localities,
  makeCluster,
  Model,
  type Bench,
  type Case,
  type Ports,
  type Scenario,
} from '../bench';
import { sendMany } from '../client';
import { CONNECTIONS, sample } from '../sampling';
import { delivered, oneByOne, pause, same } from '../sequence';
import { distance, placeOf, placeOfResult, sharesOf, written } from '../shares';
import { sizesFor } from '../statistics';
import { AT_ONCE } from './ejections';

const TOLERANCE = 2.5;
/** Longer than Envoy's merge window, so that its worker hears of the next change at once. */
const WINDOW_PASSED_MS = 1300;

/** What new EDS files change while Envoy runs. */
export function endpointCases(ports: Ports): Case[] {
  return [healthComesAndGoes(ports), ejectedHosts(ports)];
}

/** Health as the control plane sends it, file by file. */
function healthComesAndGoes(ports: Ports): Case {
  const cluster = makeCluster(
    'eds-health',
    ports,
    [
      { locality: 'local', total: 4 },
      { locality: 'remote', priority: 1, total: 4 },
    ],
    { localityWeighted: true },
  );
  const scenario: Scenario = { cluster };
  const sizes = sizesFor(TOLERANCE);
  return {
    scenarios: [scenario],
    async run(bench) {
      const places = localities(cluster);
      const twin = new Model(scenario, bench.ports);
      const verdicts = [];
      for (const healthy of [4, 2, 1, 0, 3, 4]) {
        await replace(bench, twin, withHealthy(cluster, healthy));
        const answers = await sendMany(
          bench.port,
          `/${cluster.name}`,
          sizes.envoy,
          CONNECTIONS,
        );
        const own: string[] = [];
        await sample(twin, sizes.model, r =>
          own.push(placeOfResult(r, places)),
        );
        const envoy = sharesOf(answers.map(a => placeOf(a, places)));
        const model = sharesOf(own);
        verdicts.push({
          name: `a new EDS file says ${healthy} of 4 local hosts are healthy: the same shares`,
          ok: distance(envoy, model) <= TOLERANCE,
          detail: `Envoy ${written(envoy)}; model ${written(model)}`,
        });
      }
      return verdicts;
    },
  };
}

/** An ejected host stays ejected in a new file that has it, and is forgotten by one that has not. */
function ejectedHosts(ports: Ports): Case {
  const cluster = makeCluster(
    'eds-ejected',
    ports,
    [
      { locality: 'local', total: 2 },
      { locality: 'remote', priority: 1, total: 2 },
    ],
    { outlier: AT_ONCE },
  );
  const [failing] = addresses(cluster, 0);
  const scenario: Scenario = {
    cluster,
    plans: new Map([[failing, { status: 503 }]]),
  };
  const files: [string, EnvoyCluster][] = [
    ['with other weights', reweighted(cluster)],
    ['without the ejected host', without(cluster, failing)],
    ['with it again', cluster],
  ];
  return {
    scenarios: [scenario],
    async run(bench) {
      const { twin } = await oneByOne(bench, scenario, 20);
      const ejected = async () =>
        (await bench.envoy.stats(cluster.name, ['ejections_active']))
          .ejections_active;
      const envoy = [await ejected()];
      const model = [twin.stats()!.ejections_active];
      for (const [, changed] of files) {
        await replace(bench, twin, changed);
        envoy.push(await ejected());
        model.push(twin.stats()!.ejections_active);
      }
      return [
        same(
          `ejected hosts at first and after a new EDS file ${files
            .map(([title]) => title)
            .join(', ')}`,
          envoy,
          model,
        ),
      ];
    },
  };
}

async function replace(
  bench: Bench,
  twin: Model,
  cluster: EnvoyCluster,
): Promise<void> {
  await pause(WINDOW_PASSED_MS);
  await twin.time.advanceTo(twin.time.now() + WINDOW_PASSED_MS);
  await bench.envoy.replaceEndpoints(cluster);
  await delivered(bench);
  twin.replaceEndpoints(cluster);
}

function withHealthy(cluster: EnvoyCluster, healthy: number): EnvoyCluster {
  const [local, ...others] = cluster.groups;
  const endpoints = local.endpoints.map((e, i) => ({
    ...e,
    healthy: i < healthy,
  }));
  return { ...cluster, groups: [{ ...local, endpoints }, ...others] };
}

function reweighted(cluster: EnvoyCluster): EnvoyCluster {
  const groups = cluster.groups.map(g => ({ ...g, weight: g.weight + 1 }));
  return { ...cluster, groups };
}

function without(cluster: EnvoyCluster, ip: string): EnvoyCluster {
  const groups = cluster.groups.map(g => ({
    ...g,
    endpoints: g.endpoints.filter(e => e.ip !== ip),
  }));
  return { ...cluster, groups };
}
