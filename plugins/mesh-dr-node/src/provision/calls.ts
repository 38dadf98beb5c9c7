import limiter from 'p-limit';
import type { Alicloud } from '../alicloud/types';

/** Looks whose answers hold for a run: what the cloud offers where. */
const OFFERS = new Set([
  'describeRegions',
  'describeZones',
  'availableZones',
  'availableInstanceTypes',
]);

/**
 * The cloud for the length of one run. Bounds the number of calls to each product in flight: calls are bounded rather than
 * resources, because a resource that merely waits for the cloud costs nothing and must not keep another from starting; and
 * each product for itself, because one that is slow must not hold up the others. What the cloud offers is asked once.
 */
export function limitCalls(cloud: Alicloud, concurrency: number): Alicloud {
  const wrap = <T extends object>(product: T): T => {
    const limit = limiter(concurrency);
    const answers = new Map<string, Promise<unknown>>();
    const once = (key: string, ask: () => Promise<unknown>) => {
      const known = answers.get(key);
      if (known) return known;
      const answer = ask();
      answers.set(key, answer);
      // A failure is no answer: the next one asks again.
      answer.catch(() => answers.delete(key));
      return answer;
    };
    return new Proxy(product, {
      get(target, property) {
        const member = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const call = () =>
            limit(async () => await member.apply(target, args));
          // Signals leave no trace in the key: they all belong to the run.
          return OFFERS.has(String(property))
            ? once(`${String(property)} ${JSON.stringify(args)}`, call)
            : call();
        };
      },
    });
  };
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
