import type {
  Persistence,
  SandboxClock,
  SandboxLog,
  StateChange,
} from '../contract';

const PART = 'transitions';

type Arguments = Record<string, string>;
type Handler = (args: Arguments) => void | Promise<void>;

/** A state change that is due at a moment of simulated time. */
interface Due {
  kind: string;
  args: Arguments;
  dueAt: number;
}

interface Pending extends Due {
  id: number;
  /** Whether the durable state knows it. */
  kept: boolean;
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
  /** What the durable state does not know yet; the commit that makes the cloud's own changes durable takes it along. */
  unsaved(): { changes: StateChange[]; apply(): void };
}

export function createTransitions(options: {
  clock: SandboxClock;
  persistence: Persistence;
  log: SandboxLog;
  /** Runs after every handler; makes durable what `unsaved` tells. */
  commit: () => void;
  /** Runs a handler, for example with ids of its own. */
  within?: <T>(work: () => T) => T;
}): Transitions {
  const { clock, persistence, log, commit } = options;
  const within = options.within ?? (work => work());
  const handlers = new Map<string, Handler>();
  const pending = new Set<Pending>();
  const running = new Set<Promise<void>>();
  /** Ids of what is over but still in the durable state. */
  const over = new Set<number>();
  let restored = new Map<number, Due>();
  let lastId = 0;

  const end = (entry: Pending) => {
    pending.delete(entry);
    if (entry.kept) over.add(entry.id);
  };
  const failed = (entry: Pending, error: unknown) =>
    log.warn('state change failed', {
      kind: entry.kind,
      ...entry.args,
      error: error instanceof Error ? error.stack : String(error),
    });

  const run = async (entry: Pending) => {
    try {
      await within(() => handlers.get(entry.kind)!(entry.args));
    } catch (error) {
      failed(entry, error);
    }
    end(entry);
    try {
      commit();
    } catch (error) {
      // Nobody is told that it happened; the next commit that succeeds keeps it.
      failed(entry, error);
    }
  };

  const begin = (id: number, due: Due, kept: boolean) => {
    const entry: Pending = { ...due, id, kept, cancel: () => {} };
    entry.cancel = clock.after(due.dueAt - clock.elapsed(), () => {
      const work = run(entry);
      running.add(work);
      work.finally(() => running.delete(work));
    });
    pending.add(entry);
  };

  const stored = ({ kind, args, dueAt }: Due): Due => ({ kind, args, dueAt });

  persistence.addTable({
    name: PART,
    *entries() {
      for (const [id, due] of restored) yield [String(id), due] as const;
      for (const entry of pending) {
        if (entry.kept) yield [String(entry.id), stored(entry)] as const;
      }
    },
    load(records) {
      restored = new Map(
        [...records].map(([id, due]) => [Number(id), due as Due]),
      );
      lastId = Math.max(0, ...restored.keys());
    },
  });

  return {
    handle(kind, handler) {
      handlers.set(kind, handler);
    },
    schedule(kind, args, afterMs) {
      if (!handlers.has(kind)) throw new Error(`No handler for '${kind}'`);
      const dueAt = clock.elapsed() + afterMs;
      begin(++lastId, { kind, args, dueAt }, false);
    },
    resume() {
      const entries = restored;
      restored = new Map();
      for (const [id, due] of entries) begin(id, due, true);
    },
    clear() {
      for (const entry of pending) {
        entry.cancel();
        end(entry);
      }
    },
    async idle() {
      while (running.size) await Promise.all(running);
    },
    unsaved() {
      const fresh = [...pending].filter(entry => !entry.kept);
      const gone = [...over];
      return {
        changes: [
          ...fresh.map(entry => ({
            part: PART,
            key: String(entry.id),
            value: stored(entry),
          })),
          ...gone.map(id => ({ part: PART, key: String(id) })),
        ],
        apply() {
          for (const entry of fresh) entry.kept = true;
          for (const id of gone) over.delete(id);
        },
      };
    },
  };
}
