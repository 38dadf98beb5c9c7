import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../../alicloud/types';
import type { Pace } from '../types';
import { ProcessDied } from './dyingProcess';

/** A local cloud as far as its control API goes. */
export type Controlled = Pick<Sandbox, 'control'>;

/** Calls the local cloud's control API. */
export async function control<T = unknown>(
  sandbox: Controlled,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(`${sandbox.control}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** Lets simulated time pass at once. */
export async function advance(sandbox: Controlled, ms: number): Promise<void> {
  await control(sandbox, 'POST', '/clock', { advanceMs: Math.round(ms) });
}

/** Whether any fault rule has struck a call. */
export async function hasStruck(sandbox: Controlled): Promise<boolean> {
  const { rules } = await control<{ rules: { fired: number }[] }>(
    sandbox,
    'GET',
    '/faults/rules',
  );
  return rules.some(({ fired }) => fired > 0);
}

/** Patience on a local cloud's own clock. */
export interface SteppedPace extends Pace {
  /** Resolves when all time that is passing in the cloud has passed here too. */
  settled(): Promise<void>;
}

/**
 * Patience on the local cloud's own clock: whoever waits lets simulated time pass at once, so that a run takes as long as
 * its calls.
 */
export function steppedPace(
  sandbox: Controlled,
  options: { isDead?(): boolean; onPassed?(ms: number): Promise<void> } = {},
): SteppedPace {
  const { isDead = () => false, onPassed } = options;
  const passing = new Set<Promise<void>>();
  let now = 0;
  return {
    minIntervalMs: 10_000,
    maxIntervalMs: 120_000,
    growth: 0.5,
    listingLagMs: 30_000,
    inUseMs: 10 * 60_000,
    timeoutMs: 120 * 60_000,
    now: () => now,
    async settled() {
      await Promise.allSettled([...passing]);
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      if (isDead()) throw new ProcessDied();
      const pass = advance(sandbox, ms).then(() => {
        // Afterwards: whoever asks now must not believe that more time has passed than in the cloud.
        now += ms;
      });
      passing.add(pass);
      await pass.finally(() => passing.delete(pass));
      await onPassed?.(ms);
      signal?.throwIfAborted();
      if (isDead()) throw new ProcessDied();
    },
  };
}

/**
 * A client whose answers arrive when the pace knows of all time that has passed in the cloud by then. Without that a run
 * could hold time that passed before an answer for time after it.
 */
export function inStep(cloud: Alicloud, pace: SteppedPace): Alicloud {
  const wrap = <T extends object>(product: T): T =>
    new Proxy(product, {
      get(target, property) {
        const member = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          try {
            return await member.apply(target, args);
          } finally {
            await pace.settled();
          }
        };
      },
    });
  return {
    account: cloud.account,
    vpc: wrap(cloud.vpc),
    cen: wrap(cloud.cen),
    ecs: wrap(cloud.ecs),
    ack: wrap(cloud.ack),
    asm: wrap(cloud.asm),
    sts: wrap(cloud.sts),
  };
}

/** What the cloud holds, without what differs between two runs that did the same: ids and the addresses handed out. */
export async function shapeOfCloud(sandbox: Controlled): Promise<string[]> {
  const { resources } = await control<{
    resources: {
      product: string;
      type: string;
      name: string;
      regionId: string;
    }[];
  }>(sandbox, 'GET', '/inventory');
  return resources
    .map(({ product, type, name, regionId }) =>
      [
        product,
        type,
        name
          .replace(/c[0-9a-f]{32}/g, '<id>')
          .replace(/(?<![\d./])(\d+\.){3}\d+(?![\d/])/g, '<ip>'),
        regionId,
      ].join(' '),
    )
    .sort();
}
