import { fork, type ChildProcess } from 'node:child_process';

/** A process of the benchmark that answers one message at a time. */
export class Child<Question, Answer> {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts a file of this folder; resolves with what it tells first. */
  static async start<First, Question, Answer>(
    file: string,
    options: { args?: string[]; env?: Record<string, string> } = {},
  ): Promise<{ child: Child<Question, Answer>; first: First }> {
    const process_ = fork(require.resolve(file), options.args ?? [], {
      execArgv: ['--import', 'tsx', '--expose-gc', '--no-node-snapshot'],
      env: { ...process.env, NODE_ENV: 'production', ...options.env },
    });
    const child = new Child<Question, Answer>(process_);
    const first = await child.next<First>();
    return { child, first };
  }

  ask(question: Question): Promise<Answer> {
    const answer = this.next<Answer>();
    this.child.send(question as object);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = new Promise(resolve => this.child.once('exit', resolve));
    this.child.disconnect();
    await gone;
  }

  private next<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) =>
        reject(new Error(`A process of the benchmark ended with ${code}`));
      this.child.once('exit', ended);
      this.child.once('message', (message: T) => {
        this.child.off('exit', ended);
        resolve(message);
      });
    });
  }
}
