import type { Observation, Pace, ProvisionContext, Resource } from '../types';

/** Time that passes only when somebody sleeps. */
export function fakePace(changes: Partial<Pace> = {}): Pace {
  let clock = 0;
  return {
    minIntervalMs: 100,
    maxIntervalMs: 1000,
    growth: 0.1,
    listingLagMs: 2000,
    inUseMs: 5000,
    timeoutMs: 60_000,
    now: () => clock,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      clock += ms;
    },
    ...changes,
  };
}

/** A context for resources that need nothing of it. */
export const emptyContext = {
  uid: 'uid-1',
  call: {},
} as unknown as ProvisionContext;

/** A resource in a cloud that is a map: shows itself after `lagMs`, gets ready after `readyMs`. */
export function fakeResource(
  pace: Pace,
  options: {
    key?: string;
    dependencies?: string[];
    lagMs?: number;
    readyMs?: number;
  } = {},
): Resource & {
  stored: Map<string, { at: number; token: string }>;
  creates: string[];
} {
  const stored = new Map<string, { at: number; token: string }>();
  const creates: string[] = [];
  const { key = 'thing', lagMs = 0, readyMs = 0 } = options;
  return {
    stored,
    creates,
    key,
    kind: 'vpc',
    dependencies: options.dependencies ?? [],
    title: `thing ${key}`,
    desired: { key },
    async find(): Promise<Observation | undefined> {
      for (const [id, { at }] of stored) {
        const age = pace.now() - at;
        if (age < lagMs) continue;
        return {
          id,
          state: age >= readyMs ? 'ready' : 'pending',
          status: age >= readyMs ? 'Available' : 'Pending',
          outputs: { id },
        };
      }
      return undefined;
    },
    async create(_, token) {
      creates.push(token);
      const same = [...stored].find(([, item]) => item.token === token);
      if (same) return same[0];
      const id = `id-${stored.size + 1}`;
      stored.set(id, { at: pace.now(), token });
      return id;
    },
  };
}
