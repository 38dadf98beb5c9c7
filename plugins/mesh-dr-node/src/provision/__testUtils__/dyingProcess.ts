import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../../alicloud/types';
import type { Pace } from '../types';

const PRODUCTS = ['vpc', 'cen', 'ecs', 'ack', 'asm', 'sts'] as const;

/** Methods that change nothing in the cloud. */
const READS =
  /^(describe|list|check|available|kubernetesVersions|getCaller|userKubeconfig|meshKubeconfig)/;

/** When a process dies: at its nth changing call, before the cloud got it or after the cloud carried it out. */
export interface Death {
  call: number;
  moment: 'before' | 'after';
}

/** Thrown by everything a dead process tries. */
export class ProcessDied extends Error {
  override name = 'ProcessDied';
}

/**
 * A process with this client in it dies at one call, and with it everything it was about to do: no later call reaches the
 * cloud, no wait ends. Counts the changing calls, so that an undisturbed run tells how many deaths there are to die.
 */
export function dyingProcess(cloud: Alicloud, death?: Death) {
  let calls = 0;
  let dead = false;
  const seen: string[] = [];
  const die = () => {
    dead = true;
    throw new ProcessDied();
  };
  const wrap = <T extends object>(product: T): T =>
    new Proxy(product, {
      get(target, property) {
        const member = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          if (dead) throw new ProcessDied();
          if (READS.test(String(property))) {
            const answer = await member.apply(target, args);
            if (dead) throw new ProcessDied();
            return answer;
          }
          calls += 1;
          const own = calls;
          seen.push(String(property));
          if (death?.call === own && death.moment === 'before') die();
          const answer = await member.apply(target, args);
          if (death?.call === own) die();
          if (dead) throw new ProcessDied();
          return answer;
        };
      },
    });
  const client = {
    account: cloud.account,
    ...Object.fromEntries(
      PRODUCTS.map(product => [product, wrap(cloud[product])]),
    ),
  } as unknown as Alicloud;
  return {
    cloud: client,
    /** Names of the changing calls so far. */
    calls: seen as readonly string[],
    isDead: () => dead,
  };
}

/**
 * Patience on the local cloud's own clock: whoever waits lets simulated time pass at once, so that a run takes as long as
 * its calls.
 */
export function steppedPace(sandbox: Sandbox, isDead = () => false): Pace {
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
      now += ms;
      const answer = await fetch(`${sandbox.control}/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advanceMs: Math.round(ms) }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      signal?.throwIfAborted();
      if (isDead()) throw new ProcessDied();
    },
  };
}

/** What the cloud holds, without what differs between two runs that did the same: ids and the addresses handed out. */
export async function shapeOfCloud(sandbox: Sandbox): Promise<string[]> {
  const answer = await fetch(`${sandbox.control}/inventory`);
  const { resources } = (await answer.json()) as {
    resources: {
      product: string;
      type: string;
      name: string;
      regionId: string;
    }[];
  };
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
