import {
  cidrContains,
  tryParseCidr,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Whether an IPv4 address lies in a block; a block may be written as a single address. */
export function covers(block: string, address: string): boolean {
  const outer = tryParseCidr(block.includes('/') ? block : `${block}/32`);
  const inner = tryParseCidr(`${address}/32`);
  return !!outer && !!inner && cidrContains(outer, inner);
}

/** The route that wins for an address: the longest prefix. */
export function bestRoute<T extends { destination: string }>(
  routes: T[],
  address: string,
): T | undefined {
  const length = ({ destination }: T) =>
    tryParseCidr(destination)?.prefix ?? 32;
  return routes
    .filter(({ destination }) => covers(destination, address))
    .reduce<T | undefined>(
      (best, route) => (!best || length(route) > length(best) ? route : best),
      undefined,
    );
}

/** The widest mask that a vSwitch can have. */
const WIDEST_VSWITCH = 16;

/**
 * Whether a route is about a Pod's own range rather than a fallback for everything unknown, such as a default route to a
 * NAT gateway or a firewall: a fallback shows that the route is missing, it is not what is wrong.
 */
export function isAboutPods(
  { destination }: { destination: string },
  { containerCidr }: { containerCidr?: string },
): boolean {
  const prefix = tryParseCidr(containerCidr)?.prefix ?? WIDEST_VSWITCH;
  return (tryParseCidr(destination)?.prefix ?? 32) >= prefix;
}
