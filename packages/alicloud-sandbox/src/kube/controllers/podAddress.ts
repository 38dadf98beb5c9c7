import type { KubeObject } from '../../contract';
import { addressAt, networkSize } from '../admission/services';
import { byAddress } from '../indexes';
import { NODES, PODS } from '../kinds';
import type { Json } from '../json';
import type { ControllerContext } from './manager';

/** First address that Terway gives to pods inside a node's /24 here; nodes stay below. */
const TERWAY_FIRST = 100;

const nodeIp = (node: KubeObject): string | undefined =>
  node.status?.addresses?.find((a: Json) => a.type === 'InternalIP')?.address;

/**
 * A free address for a pod: out of the node's Pod CIDR under Flannel (the first one is the bridge's), out of the
 * node's own subnet under Terway. Undefined when none is free.
 */
export function podAddress(
  ctx: ControllerContext,
  node: KubeObject,
  pod: KubeObject,
): string | undefined {
  const own = nodeIp(node);
  if (pod.spec.hostNetwork) return own;
  const taken = (address: string) =>
    [PODS, NODES].some(gvr => ctx.storage.count(gvr, byAddress(address)) > 0);
  const flannel = node.spec?.podCIDR as string | undefined;
  const cidr = flannel ?? `${own?.split('.').slice(0, 3).join('.')}.0/24`;
  const first = flannel ? 2 : TERWAY_FIRST;
  for (let n = first; n < networkSize(cidr) - 1; n += 1) {
    const address = addressAt(cidr, n);
    if (!taken(address)) return address;
  }
  return undefined;
}
