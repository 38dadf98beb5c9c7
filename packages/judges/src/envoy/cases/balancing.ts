import {
  localities,
  makeCluster,
  Model,
  type Bench,
  type Case,
  type Ports,
  type Scenario,
} from '../bench';
import { Client, sendMany } from '../client';
import { near, oneByOne, same, setUp } from '../sequence';
import { distance, placeOf, sharesOf, written } from '../shares';

const last = (address: string) => Number(address.split('.')[3]);

const KEYS = 600;
/** Picks that a stretch may be from its due: chance alone would be ten and more over three cycles. */
const EVEN = 2.5;

/** In which order hosts are picked, not only how often. */
export function balancingCases(ports: Ports): { quick: Case[]; slow: Case[] } {
  return {
    quick: [
      oneInTen(ports),
      localityOrder('order-47-24-30', [47, 24, 30], ports),
      roundRobin(ports),
      ringHash(ports),
      partialPanic(ports),
    ],
    slow: [unevenLatency(ports)],
  };
}

/**
 * The locality scheduler takes turns as evenly as integers allow. Rounding decides where deadlines are equal, and does so
 * otherwise from every start, so not the order is compared but how far any stretch of it is from its due.
 */
function localityOrder(name: string, weights: number[], ports: Ports): Case {
  const cluster = makeCluster(
    name,
    ports,
    weights.map((weight, i) => ({ locality: `region${i}`, weight, total: 2 })),
    { localityWeighted: true },
  );
  const cycle = weights.reduce((sum, w) => sum + w, 0);
  return {
    scenarios: [{ cluster }],
    async run(bench) {
      const places = localities(cluster);
      const { envoy, model } = await oneByOne(bench, { cluster }, 3 * cycle);
      const index = (host: string) => Number(places.get(host)!.slice(-1));
      const unevenness = {
        envoy: farthestFromDue(
          envoy.map(answer => index(answer.host!)),
          weights,
        ),
        model: farthestFromDue(
          model.map(r => index(r.attempts[0].address.split(':')[0])),
          weights,
        ),
      };
      return [
        {
          name: `locality round robin ${weights.join(':')} takes even turns`,
          ok: Object.values(unevenness).every(picks => picks <= EVEN),
          detail: `no stretch is farther from its due than Envoy ${unevenness.envoy.toFixed(
            2,
          )}, model ${unevenness.model.toFixed(2)} picks (at most ${EVEN})`,
        },
      ];
    },
  };
}

/** Over all stretches of a sequence of picks: the largest difference, in picks, between had and due by weight. */
function farthestFromDue(picks: number[], weights: number[]): number {
  const total = weights.reduce((sum, w) => sum + w, 0);
  return Math.max(
    ...weights.map((weight, i) => {
      let balance = 0;
      let [low, high] = [0, 0];
      for (const pick of picks) {
        balance += (pick === i ? 1 : 0) - weight / total;
        low = Math.min(low, balance);
        high = Math.max(high, balance);
      }
      return high - low;
    }),
  );
}

/** 90 to 10 by one worker thread is no chance: about every tenth request goes there. */
function oneInTen(ports: Ports): Case {
  const cluster = makeCluster(
    'order-90-10',
    ports,
    [
      { locality: 'here', weight: 90, total: 2 },
      { locality: 'there', weight: 10, total: 2 },
    ],
    { localityWeighted: true },
  );
  return {
    scenarios: [{ cluster }],
    async run(bench) {
      const places = localities(cluster);
      const { envoy, model } = await oneByOne(bench, { cluster }, 300);
      const gaps = (hosts: string[]) => {
        const turns = hosts.flatMap((h, i) =>
          places.get(h) === 'there' ? [i] : [],
        );
        return turns.slice(1).map((turn, i) => turn - turns[i]);
      };
      const own = gaps(model.map(r => r.attempts[0].address.split(':')[0]));
      const real = gaps(envoy.map(a => a.host!));
      return [
        {
          name: '90:10 sends every tenth request there, give or take one',
          ok: [...real, ...own].every(gap => gap >= 9 && gap <= 11),
          detail: `gaps of Envoy ${real.join(' ')}`,
        },
      ];
    },
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
  const n = 20_000;
  return {
    scenarios: [scenario],
    async run(bench) {
      const each = new Map(
        cluster.groups.flatMap(g =>
          g.endpoints.map(e => [e.ip, e.ip] as const),
        ),
      );
      const answers = await sendMany(bench.port, `/${cluster.name}`, n, 4);
      const envoy = sharesOf(answers.map(a => placeOf(a, each)));
      const twin = new Model(scenario, bench.ports);
      const hosts: string[] = [];
      for (let i = 0; i < n; i++) {
        const { attempts } = await twin.send();
        hosts.push(attempts[0].address.split(':')[0]);
      }
      const model = sharesOf(hosts);
      const panics = await bench.envoy.stats(cluster.name, [
        'lb_healthy_panic',
      ]);
      return [
        {
          name: 'a priority in panic uses all its hosts, one that is not only the healthy',
          ok: distance(envoy, model) <= 2,
          detail: `Envoy ${written(envoy)}; model ${written(model)}`,
        },
        near(
          'lb_healthy_panic counts the same picks, in percent',
          (100 * panics.lb_healthy_panic) / n,
          (100 * twin.stats()!.lb_healthy_panic) / n,
          2,
        ),
      ];
    },
  };
}

/** LEAST_REQUEST with two choices: a slow host gets fewer requests. */
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
      const twin = new Model(scenario, bench.ports);
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
