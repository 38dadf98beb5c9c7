import { classify, valueAt, type Outcome } from './classify';
import type { Absence, Step, Trace } from './trace';
import { transmit, type Outgoing, type Target } from './transports';

const VERSIONS: Record<string, string> = {
  vpc: '2016-04-28',
  ecs: '2014-05-26',
  cbn: '2017-09-12',
  servicemesh: '2020-01-11',
  cs: '2015-12-15',
};
const DEADLINE_MS = 20_000;
/** How often the tea libraries send again what the connection lost. */
const SENDS = 3;

/** Differ from call to call. A kubeconfig is a new credential each time; the provider compares it with nothing. */
const VOLATILE = new Set([
  'RequestId',
  'request_id',
  'Kubeconfig',
  'config',
  'expiration',
]);

type Failed = Extract<Outcome, { kind: 'error' }>;

/** Plays the calls of terraform's resources, and reacts to the answers as terraform does. */
export class Replay {
  private readonly kept = new Map<string, string>();

  constructor(private readonly target: Target) {}

  async create({ create, read }: Trace): Promise<void> {
    for (const step of create) await this.play(step);
    await this.all(read);
  }

  /** @returns what a plan sees: the answers of all reads, without what differs from call to call */
  async refresh({ read }: Trace): Promise<unknown[]> {
    return this.all(read);
  }

  /** Tries to delete what others depend on. @returns the code, and whether terraform would wait for it to pass */
  async tryDestroy({
    destroy,
  }: Trace): Promise<{ code: string; waits: boolean }> {
    const step = destroy[destroy.length - 1];
    const outcome = await this.call(step);
    if (outcome.kind === 'ok') return { code: 'ok', waits: false };
    return { code: outcome.code, waits: this.waits(step, outcome) };
  }

  async destroy({ destroy, absent, destroyAgain }: Trace): Promise<void> {
    for (const step of destroy) await this.play(step);
    await this.until(absent, async () => this.isAbsent(absent));
    if (destroyAgain && !(await this.isAbsent(destroyAgain))) {
      throw new Error(`${destroyAgain.call}: found again what was deleted`);
    }
  }

  private async all(steps: Step[]): Promise<unknown[]> {
    const answers = [];
    for (const step of steps) answers.push(await this.play(step));
    return answers.map(answer =>
      Object.fromEntries(
        Object.entries(answer).filter(([name]) => !VOLATILE.has(name)),
      ),
    );
  }

  /** Calls until the answer is what the step waits for. @throws where terraform would give up */
  private play(step: Step): Promise<any> {
    return this.until(step, async () => {
      const outcome = await this.call(step);
      if (outcome.kind === 'error') {
        if (this.waits(step, outcome)) return undefined;
        throw new Error(
          `${step.call}: ${outcome.status} ${outcome.code}: ${outcome.message}`,
        );
      }
      const { answer } = outcome;
      if (step.until) {
        const value = valueAt(step.until.path, answer);
        if (value !== step.until.is) {
          const { pending } = step.until;
          if (pending && !pending.includes(value)) {
            throw new Error(`${step.call}: unexpected state ${value}`);
          }
          return undefined;
        }
      }
      this.look(step, answer);
      return answer;
    });
  }

  private waits({ retries = [] }: Step | Absence, { code, retry }: Failed) {
    return retry || retries.includes(code);
  }

  private look(step: Step, answer: any): void {
    for (const path of step.needs ?? []) valueAt(path, answer);
    for (const [path, members] of Object.entries(step.parses ?? {})) {
      const parsed = JSON.parse(valueAt(path, answer));
      for (const member of members) valueAt(`$.${member}`, parsed);
    }
    for (const [path, expected] of Object.entries(step.reads ?? {})) {
      const actual = valueAt(path, answer);
      const wanted = this.fill(expected);
      if (JSON.stringify(actual) !== JSON.stringify(wanted)) {
        throw new Error(
          `${step.call}: ${path} reads ${JSON.stringify(
            actual,
          )}, configured was ${JSON.stringify(wanted)}`,
        );
      }
    }
    for (const [name, path] of Object.entries(step.keep ?? {})) {
      this.kept.set(name, String(valueAt(path, answer)));
    }
  }

  private async isAbsent(absence: Absence): Promise<boolean> {
    const outcome = await this.call(absence);
    if (outcome.kind === 'error') {
      const { codes = [] } = absence;
      if (outcome.notFound || codes.includes(outcome.code)) return true;
      if (this.waits(absence, outcome)) return false;
      throw new Error(`${absence.call}: ${outcome.status} ${outcome.code}`);
    }
    return (
      absence.empty !== undefined &&
      valueAt(absence.empty, outcome.answer).length === 0
    );
  }

  private async until<T>(
    { call }: { call: string },
    attempt: () => Promise<T | undefined | false>,
  ): Promise<T> {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const result = await attempt();
      if (result) return result;
      if (Date.now() > deadline) throw new Error(`${call}: waited in vain`);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }

  private async call(step: Step | Absence): Promise<Outcome> {
    const { via, call, query, body } = this.fill(step);
    const [name, method, path] = call.split(' ');
    const [product, action] = name.split('.');
    const outgoing: Outgoing = {
      action,
      version: VERSIONS[product],
      method,
      path,
      query,
      body,
    };
    for (let sends = 1; ; sends++) {
      try {
        return classify(await transmit(this.target, via, outgoing), via);
      } catch (error) {
        const lost = (error as { code?: string }).code === 'ECONNRESET';
        if (!lost || via !== 'tea-rpc' || sends === SENDS) throw error;
      }
    }
  }

  /** Puts what was kept in place of `${name}`. */
  private fill<T>(value: T): T {
    const text = JSON.stringify(value).replace(
      /\$\{(\w+)\}/g,
      (_, name: string) => {
        const kept = this.kept.get(name);
        if (kept === undefined) throw new Error(`Nothing was kept as ${name}`);
        return JSON.stringify(kept).slice(1, -1);
      },
    );
    return JSON.parse(text);
  }
}
