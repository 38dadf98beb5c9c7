import limiter from 'p-limit';
import type { Alicloud } from '../alicloud/types';

/**
 * Bounds the number of cloud calls in flight. Calls are bounded rather than resources: a resource that merely waits for
 * the cloud costs nothing, and must not keep another from starting.
 */
export function limitCalls(cloud: Alicloud, concurrency: number): Alicloud {
  const limit = limiter(concurrency);
  const wrap = <T extends object>(product: T): T =>
    new Proxy(product, {
      get(target, property) {
        const member = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) =>
          limit(async () => await member.apply(target, args));
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
