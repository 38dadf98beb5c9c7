import { fork, type ChildProcess } from 'node:child_process';
import { figures, time } from '../measure';
import type { Benchmark, CaseResult } from '../types';
import { accessOf, call, type Access } from './client';
import { fill, namespaceOf } from './filling';
import {
  CLUSTERS,
  DEPLOYMENTS_PER_CLUSTER,
  PODS_PER_CLUSTER,
  type ServerQuestion,
  type ServerReport,
} from './protocol';
import { WatchLatency } from './watchLatency';

const PODS = CLUSTERS * PODS_PER_CLUSTER;
const KIB = 1024;
/** The product's promise. */
const WATCH_GOAL_MS = 50;
/** Enough to start a demonstration with; most of it is the one core that does it. */
const FILL_GOAL_S = 180;
const POD_GOAL_KIB = 16;
/** A list is megabytes of JSON; a table of pods should still open at once. */
const LIST_GOAL_MS = 200;
const LISTS = 30;
const ROLLED_DEPLOYMENTS = 30;

class Server {
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(require.resolve('./server'), [], {
      execArgv: [...process.execArgv, '--expose-gc'],
    });
  }

  report(question?: ServerQuestion): Promise<ServerReport> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) =>
        reject(new Error(`The sandbox ended with ${code}`));
      this.child.once('exit', ended);
      this.child.once('message', (report: ServerReport) => {
        this.child.off('exit', ended);
        resolve(report);
      });
      if (question) this.child.send(question);
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise(resolve => this.child.once('exit', resolve));
    this.child.send('stop' satisfies ServerQuestion);
    await ended;
  }
}

function result(
  name: string,
  unit: CaseResult['unit'],
  series: number[],
  limit: { quantile: 'p50' | 'p99'; value: number },
): CaseResult {
  const ours = figures(series);
  return {
    case: name,
    unit,
    ours,
    peer: null,
    ratio: null,
    goal: `${limit.quantile} < ${limit.value} ${unit}`,
    met: ours[limit.quantile] < limit.value,
  };
}

/** Not those whose pods the latency is measured with. */
const rolled = Array.from({ length: DEPLOYMENTS_PER_CLUSTER }, (_, n) => n)
  .filter(n => namespaceOf(n) !== namespaceOf(0))
  .slice(0, ROLLED_DEPLOYMENTS);

/** New pod templates for some deployments of every cluster: pods come and go while others watch. */
async function roll(accesses: Access[]): Promise<void> {
  for (const n of rolled) {
    for (const access of accesses) {
      await call(
        access,
        'PATCH',
        `/apis/apps/v1/namespaces/${namespaceOf(n)}/deployments/app-${n}`,
        {
          spec: {
            template: {
              metadata: { annotations: { 'example.com/rolled': `${n}` } },
            },
          },
        },
        'application/merge-patch+json',
      );
    }
  }
}

async function lists(accesses: Access[]): Promise<number[]> {
  const series: number[] = [];
  for (let i = 0; i < LISTS; i++) {
    const access = accesses[i % accesses.length];
    series.push(await time(() => call(access, 'GET', '/api/v1/pods')));
  }
  return series;
}

/** Lists the pods of one cluster after the other until `work` is done. */
async function listDuring<T>(accesses: Access[], work: Promise<T>): Promise<T> {
  let going = true;
  const done = work.finally(() => {
    going = false;
  });
  for (let i = 0; going; i++) {
    await call(accesses[i % accesses.length], 'GET', '/api/v1/pods');
  }
  return done;
}

async function watches(accesses: Access[]): Promise<CaseResult[]> {
  const latency = new WatchLatency();
  await latency.start(accesses);
  const goal = { quantile: 'p99' as const, value: WATCH_GOAL_MS };
  await latency.trickle(20, 20);
  const calm = await latency.trickle(200, 10);
  const bursts = await latency.bursts(20, 20);
  const [churn] = await Promise.all([
    latency.trickle(100, 10),
    roll(accesses.slice(0, 2)),
  ]);
  const listed = await listDuring(accesses, latency.trickle(100, 10));
  latency.stop();
  return [
    result('watch event over TLS, 10 writes a second', 'ms', calm, goal),
    result('watch event over TLS, bursts of 20 writes', 'ms', bursts, goal),
    result(
      `watch event over TLS while ${
        2 * ROLLED_DEPLOYMENTS
      } deployments roll in two clusters`,
      'ms',
      churn,
      goal,
    ),
    result(
      `watch event over TLS while a client lists ${PODS_PER_CLUSTER} pods again and again`,
      'ms',
      listed,
      goal,
    ),
  ];
}

/** Whether one process holds the fleet that the product promises, and how fast it answers then. */
export const sandboxSize: Benchmark = {
  name: 'sandbox-size',
  description: `the sandbox with ${CLUSTERS} clusters × ${PODS_PER_CLUSTER} pods: fill, memory, watch and list latency`,
  async run() {
    const server = new Server();
    try {
      const empty = await server.report();
      const accesses = empty.kubeconfigs.map(accessOf);
      const fillMs = await time(() => Promise.all(accesses.map(fill)));
      const full = await server.report('report');
      const perPod = (read: (r: ServerReport) => number) =>
        (read(full) - read(empty)) / PODS / KIB;
      const cases = [
        result(
          `${PODS} pods of ${
            CLUSTERS * DEPLOYMENTS_PER_CLUSTER
          } deployments created and available`,
          's',
          [fillMs / 1000],
          { quantile: 'p50', value: FILL_GOAL_S },
        ),
        result(
          'heap a pod, its share of all else included',
          'KiB',
          [perPod(r => r.heapUsed)],
          { quantile: 'p50', value: POD_GOAL_KIB },
        ),
        result('resident memory a pod', 'KiB', [perPod(r => r.rss)], {
          quantile: 'p50',
          value: 2 * POD_GOAL_KIB,
        }),
        ...(await watches(accesses)),
        result(
          `list of ${PODS_PER_CLUSTER} pods over TLS`,
          'ms',
          await lists(accesses),
          { quantile: 'p50', value: LIST_GOAL_MS },
        ),
      ];
      accesses.forEach(access => access.agent.destroy());
      return cases;
    } finally {
      await server.stop();
    }
  },
};
