import { ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { figures } from '../measure';
import type { Benchmark, CaseResult } from '../types';
import type { Ready } from './server';

const ROUNDS = 7;
const SECONDS = 3;
const WARM_UP_SECONDS = 5;
const CONNECTIONS = 16;
const GOAL_PAGES = 2000;

/** A server in a process of its own. */
interface Subject {
  child: ChildProcess;
  url: string;
}

async function start(...args: string[]): Promise<Subject> {
  const child = fork(require.resolve('./server'), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [first] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`The server ended with ${code} before it served`);
    }),
  ]);
  return { child, url: (first as Ready).url };
}

/** Seconds of CPU that the process has used, in all its threads. */
async function cpuSeconds({ child }: Subject): Promise<number> {
  const answer = once(child, 'message');
  child.send('cpu');
  const [usage] = (await answer) as [NodeJS.CpuUsage];
  return (usage.user + usage.system) / 1e6;
}

/** What one round gave: pages a second of the process's CPU time, which other load hardly changes, and of real time. */
interface Rates {
  perCore: number;
  perSecond: number;
}

async function measure(subject: Subject, seconds: number): Promise<Rates> {
  const before = await cpuSeconds(subject);
  const result = await autocannon({
    url: subject.url,
    connections: CONNECTIONS,
    duration: seconds,
  });
  const used = (await cpuSeconds(subject)) - before;
  if (result.non2xx || result.errors || !result['2xx']) {
    throw new Error(
      `${subject.url}: ${result['2xx']} pages, ${result.non2xx} other answers, ${result.errors} errors`,
    );
  }
  return {
    perCore: result['2xx'] / used,
    perSecond: result['2xx'] / result.duration,
  };
}

function compared(
  rate: keyof Rates,
  unit: CaseResult['unit'],
  ours: Rates[],
  theirs: Rates[],
): CaseResult {
  const result = figures(ours.map(r => r[rate]));
  const peer = figures(theirs.map(r => r[rate]));
  return {
    case: `productpage through gateway, productpage, details, reviews and ratings, ${CONNECTIONS} connections`,
    unit,
    ours: result,
    peer: {
      name: `node:http ${process.version}, the same page as one string`,
      ...peer,
    },
    ratio: result.p50 / peer.p50,
    goal: `p50 at least ${GOAL_PAGES} ${unit}`,
    met: result.p50 >= GOAL_PAGES,
  };
}

/** The product page through the ingress gateway: four proxied requests, each with its own choice of a host. */
export const gatewayThroughput: Benchmark = {
  name: 'gateway-throughput',
  description:
    'Bookinfo pages through the ingress gateway a core, beside a bare node:http server of the same page',
  async run() {
    const subjects: Subject[] = [];
    try {
      const sandbox = await start('sandbox');
      subjects.push(sandbox);
      const bare = await start('bare', sandbox.url);
      subjects.push(bare);
      for (const subject of subjects) {
        await measure(subject, WARM_UP_SECONDS);
      }
      const ours: Rates[] = [];
      const theirs: Rates[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await measure(sandbox, SECONDS));
        theirs.push(await measure(bare, SECONDS));
      }
      return [
        compared('perCore', 'pages/s a core', ours, theirs),
        compared('perSecond', 'pages/s', ours, theirs),
      ];
    } finally {
      subjects.forEach(({ child }) => child.disconnect());
    }
  },
};
