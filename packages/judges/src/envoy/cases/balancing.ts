import {
  makeCluster,
  Model,
  type Bench,
  type Case,
  type Ports,
  type Scenario,
} from '../bench';
import { Client, sendMany } from '../client';
import { CONNECTIONS, sample } from '../sampling';
import { oneByOne, same, setUp } from '../sequence';
import { distance, placeOf, placeOfResult, sharesOf, written } from '../shares';
import { alike, sizesFor } from '../statistics';

const last = (address: string) => Number(address.split('.')[3]);

const KEYS = 600;

/** Which hosts of a priority are picked, and from which priority in panic. */
export function balancingCases(ports: Ports): { quick: Case[]; slow: Case[] } {
  return {
    quick: [roundRobin(ports), ringHash(ports), partialPanic(ports)],
    slow: [unevenLatency(ports)],
  };
}

function roundRobin(ports: Ports): Case {
  const cluster = makeCluster(
    'round-robin',
    ports,
    [{ locality: 'here', total: 4 }],
    { lbPolicy: 'ROUND_ROBIN' },
  );
  return {
    scenarios: [{ cluster }],
    async run(bench) {
      const { envoy, model } = await oneByOne(bench, { cluster }, 12);
      const turns = (hosts: string[]) =>
        hosts.slice(1).map((host, i) => (last(host) - last(hosts[i]) + 4) % 4);
      return [
        same(
          'ROUND_ROBIN takes the hosts in turn',
          turns(envoy.map(a => a.host!)),
          turns(model.map(r => r.attempts[0].address.split(':')[0])),
        ),
      ];
    },
  };
}

/** Consistent hashing is no matter of shares: every key must lead to the very same host. */
function ringHash(ports: Ports): Case {
  const cluster = makeCluster(
    'ring-hash',
    ports,
    [
      { locality: 'here', total: 5, healthy: 3 },
      { locality: 'there', priority: 1, total: 3 },
    ],
    {
      lbPolicy: 'RING_HASH',
      hash: { key: { on: 'header', name: 'x-user' }, minRingSize: 1024 },
    },
  );
  const scenario: Scenario = { cluster, route: { hashHeader: 'x-user' } };
  return {
    scenarios: [scenario],
    async run(bench) {
      const client = new Client(bench.port);
      const twin = new Model(scenario, bench.ports);
      let differ = 0;
      for (let i = 0; i < KEYS; i++) {
        // Short keys and such that do not fit into one round of the hash.
        const key = `user-${i}`.repeat(1 + (i % 7));
        const headers = { 'x-user': key };
        const answer = await client.send(`/${cluster.name}`, headers);
        const { attempts } = await twin.send(headers);
        differ += attempts[0].address.startsWith(`${answer.host}:`) ? 0 : 1;
      }
      client.close();
      return [
        {
          name: 'RING_HASH leads every key to the same host, over two priorities',
          ok: differ === 0,
          detail: `${KEYS - differ} of ${KEYS} keys`,
        },
      ];
    },
  };
}

/** Panic in both priorities: health is ignored, the load of the priorities is not. */
function partialPanic(ports: Ports): Case {
  const cluster = makeCluster(
    'partial-panic',
    ports,
    [
      // 1 of 4 is below the threshold of 30 %, 2 of 4 are not; 35 and 65 % of the requests.
      { locality: 'here', total: 4, healthy: 1 },
      { locality: 'there', priority: 1, total: 8, healthy: 3 },
    ],
    { panicThreshold: 30 },
  );
  const scenario = { cluster };
  const tolerance = 2;
  const sizes = sizesFor(tolerance);
  return {
    scenarios: [scenario],
    async run(bench) {
      const each = new Map(
        cluster.groups.flatMap(g =>
          g.endpoints.map(e => [e.ip, e.ip] as const),
        ),
      );
      const answers = await sendMany(
        bench.port,
        `/${cluster.name}`,
        sizes.envoy,
        CONNECTIONS,
      );
      const envoy = sharesOf(answers.map(a => placeOf(a, each)));
      const twin = new Model(scenario, bench.ports);
      const hosts: string[] = [];
      await sample(twin, sizes.model, r => hosts.push(placeOfResult(r, each)));
      const model = sharesOf(hosts);
      const panics = await bench.envoy.stats(cluster.name, [
        'lb_healthy_panic',
      ]);
      return [
        {
          name: 'a priority in panic uses all its hosts, one that is not only the healthy',
          ok: distance(envoy, model) <= tolerance,
          detail: `Envoy ${written(envoy)}; model ${written(model)}`,
        },
        alike(
          'lb_healthy_panic counts the same picks',
          (100 * panics.lb_healthy_panic) / sizes.envoy,
          (100 * twin.stats()!.lb_healthy_panic) / sizes.model,
          sizes,
          tolerance,
        ),
      ];
    },
  };
}

/**
 * LEAST_REQUEST with two choices: a slow host gets fewer requests. How many hangs on how slow the hosts are, and on a busy
 * machine they are slower than told to be: the model's hosts are as slow as Envoy's turned out.
 */
function unevenLatency(ports: Ports): Case {
  const cluster = makeCluster('uneven-latency', ports, [
    { locality: 'here', total: 3 },
  ]);
  const hosts = cluster.groups[0].endpoints.map(e => e.ip);
  const scenario: Scenario = {
    cluster,
    plans: new Map([
      [hosts[0], { delayMs: 20 }],
      [hosts[1], { delayMs: 20 }],
      [hosts[2], { delayMs: 100 }],
    ]),
  };
  const n = 4000;
  const parallel = 12;
  return {
    scenarios: [scenario],
    async run(bench: Bench) {
      setUp(bench, scenario);
      const places = new Map(
        hosts.map(h => [h, last(h) === 3 ? 'slow' : 'fast']),
      );
      const answers = await sendMany(
        bench.port,
        `/${cluster.name}`,
        n,
        parallel,
      );
      const envoy = sharesOf(answers.map(a => placeOf(a, places)));
      const plans = new Map(
        hosts.map(h => [
          h,
          { delayMs: mean(answers.filter(a => a.host === h).map(a => a.ms)) },
        ]),
      );
      const twin = new Model({ cluster, plans }, bench.ports);
      const picked: string[] = [];
      const work = async () => {
        while (picked.length < n) {
          const { attempts } = await twin.send();
          picked.push(places.get(attempts[0].address.split(':')[0])!);
        }
      };
      await twin.time.run(Promise.all(Array.from({ length: parallel }, work)));
      const model = sharesOf(picked);
      return [
        {
          name: 'LEAST_REQUEST sends a slow host less',
          ok: distance(envoy, model) <= 3,
          detail: `Envoy ${written(envoy)}; model ${written(model)}`,
        },
      ];
    },
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
