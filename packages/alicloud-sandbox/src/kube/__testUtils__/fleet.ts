import { createClock } from '../../clock';
import { createControl } from '../../control';
import type { Persistence, Persistent, PersistentTable } from '../../contract';
import { createKubeFleet } from '../fleet';

/** A durable state in memory; `earlier` is handed to whoever registers. */
export function memoryPersistence(earlier: Record<string, unknown> = {}) {
  const restore = { ...earlier };
  const parts: Persistent[] = [];
  const tables = new Map<string, PersistentTable>();
  const persistence: Persistence = {
    register(part) {
      parts.push(part);
      const state = restore[part.snapshotKey];
      if (state !== undefined) part.load(state);
    },
    changed() {},
    addTable(table) {
      tables.set(table.name, table);
      table.load(new Map(Object.entries(restore[table.name] ?? {})));
    },
    append() {},
    dropTable(name) {
      tables.delete(name);
      delete restore[name];
    },
  };
  /** What a restart would find now. */
  const snapshot = (): Record<string, unknown> =>
    JSON.parse(
      JSON.stringify(
        Object.fromEntries([
          ...parts.map(p => [p.snapshotKey, p.dump()]),
          ...[...tables.values()].map(t => [
            t.name,
            Object.fromEntries(t.entries()),
          ]),
        ]),
      ),
    );
  return { persistence, snapshot };
}

export interface Logged {
  message: string;
  fields?: Record<string, unknown>;
}

/** A fleet with a fast clock, and what it warned about. */
export function testFleet(
  options: { timeScale?: number; restore?: Record<string, unknown> } = {},
) {
  const clock = createClock({ timeScale: options.timeScale ?? 100 });
  const { persistence, snapshot } = memoryPersistence(options.restore);
  const warnings: Logged[] = [];
  const control = createControl();
  const fleet = createKubeFleet({
    clock,
    persistence,
    log: {
      info: () => {},
      warn: (message, fields) => warnings.push({ message, fields }),
    },
    control,
  });
  return {
    fleet,
    control,
    clock,
    snapshot,
    warnings,
    async stop() {
      await fleet.stop();
      clock.stop();
    },
  };
}

export const HANGZHOU = {
  id: 'c0123456789abcdef0123456789abcdef',
  kind: 'ack' as const,
  name: 'ack-hangzhou',
  region: 'cn-hangzhou',
  kubernetesVersion: '1.32.1-aliyun.1',
  podCidr: '10.0.0.0/16',
  serviceCidr: '172.16.0.0/16',
  networkPlugin: 'flannel' as const,
};

export const MESH = {
  id: 'cmesh0123456789abcdef0123456789ab',
  kind: 'asm' as const,
  name: 'mesh',
  region: 'cn-hangzhou',
  kubernetesVersion: '1.32.1-aliyun.1',
};

/** The `n`th node of the Hangzhou cluster; zones alternate. */
export function nodeSpec(n: number) {
  return {
    name: `cn-hangzhou.20.0.0.${10 + n}`,
    zone: n % 2 ? 'cn-hangzhou-i' : 'cn-hangzhou-h',
    instanceId: `i-bp10000000000000000${n}`,
    instanceType: 'ecs.g7.xlarge',
    ip: `20.0.0.${10 + n}`,
    cpu: '4',
    memory: '16Gi',
  };
}

/** Waits until `condition` returns something truthy, and returns it; fails with `what` after `timeoutMs`. */
export async function eventually<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 10_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
