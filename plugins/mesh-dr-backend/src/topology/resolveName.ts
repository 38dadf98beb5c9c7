import { Resolver } from 'node:dns/promises';

const NO_SUCH_RECORD = ['ENODATA', 'ENOTFOUND'];

/**
 * Addresses of a host and the names it is an alias of: a load balancer may be known by either.
 *
 * @throws Error when there is none, or DNS does not answer within seconds
 */
export async function resolveName(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const asked = await Promise.allSettled([
    resolver.resolve4(host),
    resolver.resolve6(host),
    resolver.resolveCname(host),
  ]);
  const found = asked.flatMap(answer =>
    answer.status === 'fulfilled' ? answer.value : [],
  );
  if (found.length > 0) return found;
  const reasons = asked.flatMap(answer =>
    answer.status === 'rejected'
      ? [answer.reason as NodeJS.ErrnoException]
      : [],
  );
  throw (
    reasons.find(({ code }) => !NO_SUCH_RECORD.includes(code ?? '')) ??
    reasons[0]
  );
}
