import type { ProxyResult } from './model';
import type { Verdict } from '../judge';
import { Model, type Bench, type Scenario } from './bench';
import { Client, type Answer } from './client';
import { BARRIER } from './toEnvoy';

/** What both made of the same sequence of requests. */
export interface Both {
  envoy: Answer[];
  model: ProxyResult[];
  /** The model after the sequence, to go on with. */
  twin: Model;
}

/** Puts a scenario's hosts up as planned. */
export function setUp(bench: Bench, scenario: Scenario): void {
  scenario.plans?.forEach((plan, address) =>
    bench.upstreams.plan(address, plan),
  );
}

/** Sends `n` requests one after the other to Envoy and to the model. */
export async function oneByOne(
  bench: Bench,
  scenario: Scenario,
  n: number,
): Promise<Both> {
  setUp(bench, scenario);
  const client = new Client(bench.port);
  const twin = new Model(scenario, bench.ports);
  const envoy: Answer[] = [];
  const model: ProxyResult[] = [];
  for (let i = 0; i < n; i++) {
    const answer = await client.send(`/${scenario.cluster.name}`);
    envoy.push(answer);
    if (answer.status >= 500) {
      await delivered(bench);
    }
    model.push(await twin.request());
  }
  client.close();
  return { envoy, model, twin };
}

/**
 * Resolves when Envoy's worker thread has learnt what its main thread told it, and the main thread before what the worker
 * told it. The admin interface is answered by the main thread in turn, the barrier by the worker; twice, since one
 * round of its loop may take the request before the news.
 */
export async function delivered({ envoy, port }: Bench): Promise<void> {
  await envoy.mainThreadIdle();
  const client = new Client(port);
  await client.send(BARRIER);
  await client.send(BARRIER);
  client.close();
}

/** Sends `n` requests at the same time to Envoy and to the model. */
export async function allAtOnce(
  bench: Bench,
  scenario: Scenario,
  n: number,
): Promise<Both> {
  setUp(bench, scenario);
  const clients = Array.from({ length: n }, () => new Client(bench.port));
  const twin = new Model(scenario, bench.ports);
  const envoy = await Promise.all(
    clients.map(c => c.send(`/${scenario.cluster.name}`)),
  );
  clients.forEach(c => c.close());
  const model = await twin.time.run(
    Promise.all(Array.from({ length: n }, () => twin.send())),
  );
  return { envoy, model, twin };
}

/** Sends `n` requests so many milliseconds apart, whether or not the earlier ones are answered. */
export async function overlapping(
  bench: Bench,
  scenario: Scenario,
  n: number,
  everyMs: number,
): Promise<{
  envoy: Answer[];
  model: { result: ProxyResult; ms: number }[];
  twin: Model;
}> {
  setUp(bench, scenario);
  const clients = Array.from({ length: n }, () => new Client(bench.port));
  const twin = new Model(scenario, bench.ports);
  const envoy = await Promise.all(
    clients.map(async (client, i) => {
      await pause(i * everyMs);
      return client.send(`/${scenario.cluster.name}`);
    }),
  );
  clients.forEach(client => client.close());
  const model: Promise<{ result: ProxyResult; ms: number }>[] = [];
  for (let i = 0; i < n; i++) {
    await twin.time.advanceTo(i * everyMs);
    model.push(
      twin.send().then(result => ({
        result,
        ms: twin.time.now() - i * everyMs,
      })),
    );
  }
  return { envoy, model: await twin.time.run(Promise.all(model)), twin };
}

/** Resolves after real milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, ms);
  });
}

/** How often each status came. */
export function statuses(answers: { status: number }[]): string {
  const counts = new Map<number, number>();
  answers.forEach(a => counts.set(a.status, (counts.get(a.status) ?? 0) + 1));
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${count}×${status}`)
    .join(' ');
}

/** A verdict that two figures, or lists of figures, are the same. */
export function same(name: string, envoy: unknown, model: unknown): Verdict {
  const a = JSON.stringify(envoy);
  const b = JSON.stringify(model);
  return {
    name,
    ok: a === b,
    detail: a === b ? a : `Envoy ${a}; model ${b}`,
  };
}
