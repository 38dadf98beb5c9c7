import type { ControllerContext } from './manager';

/** What a control loop waits for: one timer a name; a name that is waited for already is left alone. */
export class Timers {
  private readonly waiting = new Map<string, () => void>();

  constructor(private readonly ctx: Pick<ControllerContext, 'after'>) {}

  /** Runs `task` after simulated milliseconds, unless something by that name waits already. */
  later(name: string, simulatedMs: number, task: () => void): void {
    if (this.waiting.has(name)) return;
    this.waiting.set(
      name,
      this.ctx.after(Math.max(0, simulatedMs), () => {
        this.waiting.delete(name);
        task();
      }),
    );
  }

  has(name: string): boolean {
    return this.waiting.has(name);
  }

  cancel(name: string): void {
    this.waiting.get(name)?.();
    this.waiting.delete(name);
  }

  stop(): void {
    for (const cancel of this.waiting.values()) cancel();
    this.waiting.clear();
  }
}
