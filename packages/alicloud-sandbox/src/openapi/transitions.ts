import type { Persistence, SandboxClock, SandboxLog } from '../contract';

type Arguments = Record<string, string>;
type Handler = (args: Arguments) => void | Promise<void>;

interface Pending {
  kind: string;
  args: Arguments;
  /** Wall-clock milliseconds. */
  dueAt: number;
  cancel: () => void;
}

/**
 * State changes that happen later, by name and arguments so that they survive a restart: what was left of the simulated
 * time when the sandbox stopped is waited after it has started again. A handler that was interrupted runs again, so
 * handlers check what is already done.
 */
export interface Transitions {
  handle(kind: string, handler: Handler): void;
  schedule(kind: string, args: Arguments, afterSimulatedMs: number): void;
  /** Starts what an earlier process left pending; call once all handlers are known. */
  resume(): void;
  /** Drops everything pending. */
  clear(): void;
  /** Resolves when no handler is running. */
  idle(): Promise<void>;
}

export function createTransitions(options: {
  clock: SandboxClock;
  persistence: Persistence;
  log: SandboxLog;
  /** Runs after every handler. */
  commit: () => void;
}): Transitions {
  const { clock, persistence, log, commit } = options;
  const handlers = new Map<string, Handler>();
  const pending = new Set<Pending>();
  const running = new Set<Promise<void>>();
  let restored: { kind: string; args: Arguments; remainingMs: number }[] = [];

  const run = async (entry: Pending) => {
    try {
      await handlers.get(entry.kind)!(entry.args);
    } catch (error) {
      log.warn('state change failed', {
        kind: entry.kind,
        ...entry.args,
        error: error instanceof Error ? error.stack : String(error),
      });
    } finally {
      pending.delete(entry);
      commit();
    }
  };

  const schedule: Transitions['schedule'] = (kind, args, afterMs) => {
    if (!handlers.has(kind)) throw new Error(`No handler for '${kind}'`);
    const entry: Pending = {
      kind,
      args,
      dueAt: clock.now() + afterMs / clock.timeScale,
      cancel: () => {},
    };
    entry.cancel = clock.after(afterMs, () => {
      const work = run(entry);
      running.add(work);
      work.finally(() => running.delete(work));
    });
    pending.add(entry);
  };

  persistence.register({
    snapshotKey: 'transitions',
    dump: () => [
      ...restored,
      ...[...pending].map(({ kind, args, dueAt }) => ({
        kind,
        args,
        remainingMs: Math.max(0, dueAt - clock.now()) * clock.timeScale,
      })),
    ],
    load: state => {
      restored = state as typeof restored;
    },
  });

  return {
    handle(kind, handler) {
      handlers.set(kind, handler);
    },
    schedule,
    resume() {
      const entries = restored;
      restored = [];
      for (const { kind, args, remainingMs } of entries) {
        schedule(kind, args, remainingMs);
      }
    },
    clear() {
      for (const entry of pending) entry.cancel();
      pending.clear();
    },
    async idle() {
      while (running.size) await Promise.all(running);
    },
  };
}
