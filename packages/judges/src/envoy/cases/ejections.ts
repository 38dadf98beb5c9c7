import type { OutlierSettings } from '../model';
import {
  addresses,
  makeCluster,
  Model,
  type Bench,
  type Case,
  type Ports,
  type Scenario,
} from '../bench';
import { Client, sendMany } from '../client';
import { readTable, type EjectionVector } from '../fixture';
import { CONNECTIONS, sample } from '../sampling';
import { delivered, oneByOne, pause, same, setUp } from '../sequence';
import { StallMeter } from '../stalls';
import { alike, sizesFor } from '../statistics';

/** Outlier detection as tight as the guide's, with nothing that the test would have to wait for. */
export const AT_ONCE: OutlierSettings = {
  consecutive5xx: 1,
  consecutiveGateway: 0,
  splitLocalOrigin: false,
  consecutiveLocalOrigin: 5,
  intervalMs: 10_000,
  baseEjectionMs: 60_000,
  maxEjectionMs: 300_000,
  maxEjectionPercent: 100,
  strictCap: true,
};

const TOLERANCE = 3.5;
const AFTERWARDS = sizesFor(TOLERANCE);
/** Longer than Envoy's merge window. */
const WINDOW_PASSED_MS = 1300;

/** What gets ejected, how many at most, for how long. */
export function ejectionCases(ports: Ports): {
  quick: Case[];
  busy: Case[];
  slow: Case[];
} {
  return {
    busy: capCases(ports),
    quick: counterCases(ports),
    slow: [
      timeSeries('series-always', ports, 12_000, () => true),
      // Fails, recovers for long enough to be forgiven, fails again.
      timeSeries('series-decay', ports, 11_200, ms => ms < 2800 || ms > 5500),
    ],
  };
}

function capCases(ports: Ports): Case[] {
  const { ejection } = readTable();
  return ejection.map((vector, i) => {
    const id = `E${String(i + 1).padStart(2, '0')}`;
    const cluster = makeCluster(
      id,
      ports,
      [
        { locality: 'local', total: vector.local },
        { locality: 'remote', priority: 1, total: vector.remote },
      ],
      { outlier: { ...AT_ONCE, maxEjectionPercent: vector.mep } },
    );
    const scenario: Scenario = {
      cluster,
      plans: new Map(addresses(cluster, 0).map(a => [a, { status: 503 }])),
    };
    return {
      scenarios: [scenario],
      run: bench => cap(id, vector, scenario, bench),
    };
  });
}

async function cap(
  id: string,
  vector: EjectionVector,
  scenario: Scenario,
  bench: Bench,
) {
  const { twin } = await oneByOne(bench, scenario, 40 + 12 * vector.local);
  // The second and later ejections reach the worker thread a merge window later.
  await pause(WINDOW_PASSED_MS);
  await delivered(bench);
  await twin.time.advanceTo(twin.time.now() + WINDOW_PASSED_MS);
  const { name } = scenario.cluster;
  const answers = await sendMany(
    bench.port,
    `/${name}`,
    AFTERWARDS.envoy,
    CONNECTIONS,
  );
  const failed = answers.filter(a => a.status === 503).length;
  let failedModel = 0;
  await sample(twin, AFTERWARDS.model, r => {
    failedModel += r.response.status === 503 ? 1 : 0;
  });
  const stats = await bench.envoy.stats(name, ['ejections_']);
  const own = twin.stats()!;
  const hosts = vector.local + vector.remote;
  const title = `${id} ${vector.local} of ${hosts} hosts fail, cap ${vector.mep} %`;
  return [
    {
      name: `${title}: ${vector.ge128} ejected`,
      ok:
        stats.ejections_active === vector.ge128 &&
        own.ejections_active === vector.ge128,
      detail: `Envoy ${stats.ejections_active}; model ${own.ejections_active}`,
    },
    same(
      `${title}: ejections_overflow tells whether the cap forbade any`,
      stats.ejections_overflow > 0,
      own.ejections_overflow > 0,
    ),
    alike(
      `${title}: requests that fail from then on`,
      (100 * failed) / AFTERWARDS.envoy,
      (100 * failedModel) / AFTERWARDS.model,
      AFTERWARDS,
      TOLERANCE,
    ),
  ];
}

/** Which failures count, and how many it takes. */
function counterCases(ports: Ports): Case[] {
  const counting = (
    name: string,
    title: string,
    change: Partial<OutlierSettings>,
    failing: { port?: number; plan?: { status?: number; reset?: boolean } },
  ): Case => {
    const cluster = makeCluster(
      name,
      ports,
      [
        { locality: 'local', total: 1, port: failing.port },
        { locality: 'remote', priority: 1, total: 1 },
      ],
      { outlier: { ...AT_ONCE, ...change } },
    );
    const scenario: Scenario = {
      cluster,
      plans: new Map([[addresses(cluster, 0)[0], failing.plan ?? {}]]),
    };
    return {
      scenarios: [scenario],
      async run(bench) {
        const { envoy, model } = await oneByOne(bench, scenario, 12);
        return [
          same(
            title,
            envoy.map(a => a.status),
            model.map(r => r.response.status),
          ),
        ];
      },
    };
  };
  return [
    counting(
      'count-5xx',
      'the third 500 in a row ejects',
      { consecutive5xx: 3 },
      { plan: { status: 500 } },
    ),
    counting(
      'count-gateway',
      'the second 503 ejects by gateway errors alone',
      { consecutive5xx: 0, consecutiveGateway: 2 },
      { plan: { status: 503 } },
    ),
    counting(
      'count-gateway-500',
      'a 500 is no gateway error',
      { consecutive5xx: 0, consecutiveGateway: 2 },
      { plan: { status: 500 } },
    ),
    counting(
      'count-gateway-late',
      'gateway errors above the limit of 5xx come too late',
      { consecutive5xx: 2, consecutiveGateway: 4 },
      { plan: { status: 503 } },
    ),
    counting(
      'count-refused',
      'refused connections count as 503',
      { consecutive5xx: 4, consecutiveGateway: 2 },
      { port: ports.closed },
    ),
    counting(
      'count-split-refused',
      'split: refused connections count apart',
      { splitLocalOrigin: true, consecutiveLocalOrigin: 3 },
      { port: ports.closed },
    ),
    counting(
      'count-split-503',
      'split: answers count as ever',
      { splitLocalOrigin: true, consecutive5xx: 2, consecutiveLocalOrigin: 1 },
      { plan: { status: 503 } },
    ),
    counting(
      'count-reset',
      'a connection that breaks counts as 503',
      { consecutive5xx: 4, consecutiveGateway: 2 },
      { plan: { reset: true } },
    ),
    counting(
      'count-split-reset',
      'split: a connection that breaks is no failure to connect that adds up',
      { splitLocalOrigin: true, consecutiveLocalOrigin: 2, consecutive5xx: 2 },
      { plan: { reset: true } },
    ),
  ];
}

const STEP_MS = 20;
/** A gap this long between failures ends a bout. */
const GAP_MS = 800;

/**
 * One host that fails at certain times beside one that works, asked every 20 ms; base 1.3 s, sweep every 200 ms, at most
 * 3 s: when is the failing host tried?
 */
function timeSeries(
  name: string,
  ports: Ports,
  durationMs: number,
  fails: (ms: number) => boolean,
): Case {
  const outlier = {
    ...AT_ONCE,
    intervalMs: 200,
    baseEjectionMs: 1300,
    maxEjectionMs: 3000,
  };
  const cluster = makeCluster(
    name,
    ports,
    [
      { locality: 'local', total: 1 },
      { locality: 'remote', priority: 1, total: 1 },
    ],
    { outlier },
  );
  const [failing] = addresses(cluster, 0);
  const plans = new Map([[failing, { status: 200 }]]);
  const scenario: Scenario = { cluster, plans };
  return {
    scenarios: [scenario],
    async run(bench) {
      setUp(bench, scenario);
      const meter = new StallMeter();
      const envoy = await realTests(
        bench,
        scenario,
        failing,
        durationMs,
        fails,
      );
      const late = 2 * meter.stop();
      const twin = new Model(scenario, bench.ports);
      const model: number[] = [];
      for (let at = 0; at < durationMs; at += STEP_MS) {
        await twin.time.advanceTo(at);
        plans.set(failing, { status: fails(at) ? 503 : 200 });
        if ((await twin.request()).response.status === 503) {
          model.push(at);
        }
      }
      const stats = await bench.envoy.stats(name, ['ejections_']);
      const bouts = boutsOf(envoy);
      const own = boutsOf(model);
      return [
        {
          name: `${name}: the failing host gets requests at the same times`,
          ok:
            bouts.length === own.length &&
            // Each ejection may end a sweep earlier or later.
            bouts.every(
              ([from, to], i) =>
                Math.abs(from - own[i][0]) <= 250 * (i + 1) + late &&
                (to >= durationMs - GAP_MS ||
                  Math.abs(to - from - (own[i][1] - own[i][0])) <= 150 + late),
            ),
          detail: `Envoy ${writtenBouts(bouts)}; model ${writtenBouts(own)}`,
        },
        same(
          `${name}: ejections`,
          stats.ejections_enforced_total,
          twin.stats()!.ejections_enforced_total,
        ),
      ];
    },
  };
}

async function realTests(
  bench: Bench,
  { cluster }: Scenario,
  failing: string,
  durationMs: number,
  fails: (ms: number) => boolean,
): Promise<number[]> {
  const tests: number[] = [];
  const client = new Client(bench.port);
  const start = performance.now();
  for (;;) {
    const at = performance.now() - start;
    if (at >= durationMs) {
      client.close();
      return tests;
    }
    bench.upstreams.plan(failing, { status: fails(at) ? 503 : 200 });
    if ((await client.send(`/${cluster.name}`)).status === 503) {
      tests.push(Math.round(at));
    }
    await pause(STEP_MS);
  }
}

function boutsOf(times: number[]): [number, number][] {
  const bouts: [number, number][] = [];
  for (const at of times) {
    const bout = bouts[bouts.length - 1];
    if (bout && at - bout[1] <= GAP_MS) {
      bout[1] = at;
    } else {
      bouts.push([at, at]);
    }
  }
  return bouts;
}

function writtenBouts(bouts: [number, number][]): string {
  return bouts
    .map(([from, to]) =>
      from === to
        ? `${(from / 1000).toFixed(2)}`
        : `${(from / 1000).toFixed(2)}–${(to / 1000).toFixed(2)}`,
    )
    .join(', ')
    .concat(' s');
}
