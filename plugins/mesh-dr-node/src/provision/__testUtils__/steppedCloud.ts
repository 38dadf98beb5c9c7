import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
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

/**
 * Patience on the local cloud's own clock: whoever waits lets simulated time pass at once, so that a run takes as long as
 * its calls.
 */
export function steppedPace(
  sandbox: Controlled,
  options: { isDead?(): boolean; onPassed?(ms: number): Promise<void> } = {},
): Pace {
  const { isDead = () => false, onPassed } = options;
  let now = 0;
  return {
    minIntervalMs: 10_000,
    maxIntervalMs: 120_000,
    growth: 0.5,
    listingLagMs: 30_000,
    inUseMs: 10 * 60_000,
    timeoutMs: 120 * 60_000,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      if (isDead()) throw new ProcessDied();
      await advance(sandbox, ms);
      // Afterwards: the engine must never believe that more time has passed than in the cloud.
      now += ms;
      await onPassed?.(ms);
      signal?.throwIfAborted();
      if (isDead()) throw new ProcessDied();
    },
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
