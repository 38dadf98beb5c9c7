import type { Alicloud } from '../../alicloud/types';

const PRODUCTS = ['vpc', 'cen', 'ecs', 'ack', 'asm', 'sts'] as const;

/** Methods that change nothing in the cloud. */
const READS =
  /^(describe|list|check|available|kubernetesVersions|getCaller|userKubeconfig|meshKubeconfig)/;

/**
 * When a process dies: at its nth changing call, or at the first one of that name, before the cloud got it or after the
 * cloud carried it out.
 */
export interface Death {
  call: number | string;
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
          const dies = death?.call === own || death?.call === property;
          if (dies && death.moment === 'before') die();
          const answer = await member.apply(target, args);
          if (dies) die();
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
