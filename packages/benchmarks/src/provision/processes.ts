import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Cloud, Run, Task } from './protocol';

/** The next message, or the reason why there is none. */
async function message<T>(child: ChildProcess): Promise<T> {
  const gone = new AbortController();
  try {
    const [answer] = await Promise.race([
      once(child, 'message', { signal: gone.signal }),
      once(child, 'exit', { signal: gone.signal }).then(([code]) => {
        throw new Error(`A process of the benchmark ended with ${code}`);
      }),
    ]);
    return answer as T;
  } finally {
    gone.abort();
  }
}

async function started<T>(
  file: string,
  args: string[],
  execArgv: string[] = [],
): Promise<{ child: ChildProcess; first: T }> {
  const child = fork(require.resolve(file), args, {
    execArgv: ['--import', 'tsx', ...execArgv],
  });
  return { child, first: await message<T>(child) };
}

/** Calls by `Product.Operation`. */
export type CallCounts = Record<string, number>;

export interface Measured extends Run {
  calls: CallCounts;
}

async function counts(cloud: Cloud): Promise<CallCounts> {
  const answer = await fetch(`${cloud.control}/calls`);
  return (await answer.json()).operations;
}

const difference = (after: CallCounts, before: CallCounts): CallCounts =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, n]) => [name, n - (before[name] ?? 0)] as const)
      .filter(([, n]) => n > 0),
  );

/** A sandbox and an engine, each in a process of its own, for the length of `use`. */
export async function withProcesses<T>(
  timeScale: number,
  use: (
    measure: (task: Omit<Task, 'cloud'>) => Promise<Measured>,
  ) => Promise<T>,
): Promise<T> {
  const sandbox = await started<Cloud>('./sandbox', [String(timeScale)]);
  const cloud = sandbox.first;
  try {
    const { child } = await started('./engine', [], ['--expose-gc']);
    try {
      return await use(async task => {
        child.send({ ...task, cloud } satisfies Task);
        await message(child);
        const before = await counts(cloud);
        child.send('go');
        const run = await message<Run>(child);
        return { ...run, calls: difference(await counts(cloud), before) };
      });
    } finally {
      child.disconnect();
    }
  } finally {
    sandbox.child.disconnect();
  }
}
