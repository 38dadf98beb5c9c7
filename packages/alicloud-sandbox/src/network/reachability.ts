import type { NetworkEnd, Reachability } from '../contract';
import type { FlannelRoutes } from '../openapi/cloud';
import type { PeerAttachment } from '../openapi/model';
import type { CloudStore } from '../openapi/store';
import { blockHasAddress } from './cidr';
import { roundTripMs } from './regions';
import {
  associatedTable,
  bestRoute,
  isPublished,
  otherEnd,
  transitRoutes,
  vpcRoutes,
} from './routes';
import { admits, lets } from './securitygroups';

type Failure = Exclude<Reachability, { ok: true }>;
type Walk = { ok: true } | Failure;

const CACHE_LIMIT = 20_000;

function failure(reason: Failure['reason'], detail: string): Failure {
  return { ok: false, reason, detail };
}

/**
 * Walks a packet through the modelled network, hop by hop, and its answer back: VPC route table, attachment, transit
 * router tables, inter-region link, security groups. Answers are remembered until anything in the cloud changes.
 */
export function createReachability(
  store: CloudStore,
  flannelRoutes: FlannelRoutes,
): (from: NetworkEnd, to: NetworkEnd, port: number) => Reachability {
  const cache = new Map<string, Reachability>();
  const tables = new Map<string, ReturnType<typeof vpcRoutes>>();
  const transit = new Map<string, ReturnType<typeof transitRoutes>>();
  let version = -1;

  const remembered = <T>(map: Map<string, T>, key: string, make: () => T) => {
    let value = map.get(key);
    if (value === undefined) {
      value = make();
      map.set(key, value);
    }
    return value;
  };

  const vpcTable = (vpcId: string) =>
    remembered(tables, vpcId, () =>
      vpcRoutes(store.data, store.data.vpcs[vpcId], flannelRoutes).filter(
        route => route.status === 'Available',
      ),
    );
  const transitTable = (id: string) =>
    remembered(transit, id, () =>
      transitRoutes(store.data, id, flannelRoutes).filter(
        route => route.status === 'Active',
      ),
    );

  /** Whether a packet for `ip` that is in `vpcId` finds a host there. */
  const delivered = (vpcId: string, ip: string): boolean => {
    const route = bestRoute(vpcTable(vpcId), ip);
    return (
      route?.nextHopType === 'local' ||
      (route?.nextHopType === 'Instance' &&
        Object.hasOwn(store.data.instances, route.nextHopId))
    );
  };

  /** A missing route has a better explanation when the target's VPC knows the block and has not published it. */
  const noRoute = (toVpc: string, ip: string, detail: string): Failure => {
    const { data } = store;
    const attachment = Object.values(data.vpcAttachments).find(
      item => item.vpcId === toVpc && item.status === 'Attached',
    );
    const custom = Object.values(data.routeEntries).find(
      entry =>
        entry.vpcId === toVpc &&
        entry.nextHopType === 'Instance' &&
        blockHasAddress(entry.destinationCidrBlock, ip),
    );
    if (
      attachment &&
      custom &&
      flannelRoutes === 'must-be-published' &&
      !isPublished(data, attachment.cenId, toVpc, custom.destinationCidrBlock)
    ) {
      return failure(
        'route-not-published',
        `The route ${custom.destinationCidrBlock} of ${toVpc} is not published to ${attachment.cenId}`,
      );
    }
    return failure('no-route', detail);
  };

  /** What one transit router does with a packet: delivers it, loses it, or hands it on over a link. */
  const passRouter = (
    routerId: string,
    attachmentId: string,
    toVpc: string,
    ip: string,
  ): Walk | PeerAttachment => {
    const { data } = store;
    const { regionId } = data.transitRouters[routerId];
    if (data.regionsDown.includes(regionId)) {
      return failure('region-down', `The region ${regionId} is down`);
    }
    const table = associatedTable(data, routerId, attachmentId);
    if (!table) {
      return failure(
        'no-route',
        `${attachmentId} is not associated with a route table of ${routerId}`,
      );
    }
    const next = bestRoute(transitTable(table), ip);
    if (!next) {
      const detail = `The route table ${table} of ${routerId} has no route to ${ip}`;
      return noRoute(toVpc, ip, detail);
    }
    if (next.nextHopType === 'BlackHole') {
      return failure(
        'no-route',
        `The route ${next.destination} of ${table} is a black hole`,
      );
    }
    const target = data.vpcAttachments[next.nextHopId];
    if (target) {
      return target.vpcId === toVpc &&
        target.status === 'Attached' &&
        delivered(toVpc, ip)
        ? { ok: true }
        : failure('no-route', `${next.nextHopId} does not lead to ${ip}`);
    }
    const peer = data.peerAttachments[next.nextHopId];
    if (peer?.status !== 'Attached') {
      return failure('no-route', `${next.nextHopId} is not attached`);
    }
    return peer.bandwidth >= 1
      ? peer
      : failure(
          'no-bandwidth',
          `The link ${peer.attachmentId} between ${peer.regionId} and ${peer.peerRegionId} has no bandwidth (1 kbit/s for connectivity tests only)`,
        );
  };

  const walk = (fromVpc: string, toVpc: string, ip: string): Walk => {
    const { data } = store;
    if (fromVpc === toVpc) {
      return delivered(toVpc, ip)
        ? { ok: true }
        : failure('no-route', `No host of ${toVpc} has the address ${ip}`);
    }
    const out = bestRoute(vpcTable(fromVpc), ip);
    if (out?.nextHopType !== 'Attachment') {
      return noRoute(
        toVpc,
        ip,
        `The route table of ${fromVpc} has no route to ${ip} over a transit router`,
      );
    }
    let attachmentId = out.nextHopId;
    const source = data.vpcAttachments[attachmentId];
    if (source?.status !== 'Attached') {
      return failure('no-route', `${attachmentId} is not attached`);
    }
    let routerId = source.transitRouterId;
    const visited = new Set<string>();
    while (!visited.has(routerId)) {
      visited.add(routerId);
      const step = passRouter(routerId, attachmentId, toVpc, ip);
      if ('ok' in step) return step;
      routerId = otherEnd(step, routerId);
      ({ attachmentId } = step);
    }
    return failure(
      'no-route',
      `The routes to ${ip} lead in a circle through ${routerId}`,
    );
  };

  const judge = (
    from: NetworkEnd,
    to: NetworkEnd,
    port: number,
  ): Reachability => {
    const { data } = store;
    const fromVpc = data.vpcs[from.vpcId];
    const toVpc = data.vpcs[to.vpcId];
    if (!fromVpc || !toVpc) {
      const missing = fromVpc ? to.vpcId : from.vpcId;
      return failure('no-route', `There is no VPC ${missing}`);
    }
    for (const { regionId } of [fromVpc, toVpc]) {
      if (data.regionsDown.includes(regionId)) {
        return failure('region-down', `The region ${regionId} is down`);
      }
    }
    const there = walk(from.vpcId, to.vpcId, to.ip);
    if (!there.ok) return there;
    const back = walk(to.vpcId, from.vpcId, from.ip);
    if (!back.ok) {
      return failure(back.reason, `On the way back: ${back.detail}`);
    }
    const leaving = data.securityGroups[from.securityGroupId ?? ''];
    if (leaving && !lets(leaving, to, port)) {
      return failure(
        'security-group',
        `${leaving.securityGroupId} drops egress to ${to.ip}:${port}`,
      );
    }
    const guard = data.securityGroups[to.securityGroupId ?? ''];
    if (guard && !admits(guard, from, port)) {
      return failure(
        'security-group',
        `${guard.securityGroupId} has no ingress rule that accepts ${
          port === 0 ? 'ICMP' : `TCP port ${port}`
        } from ${from.ip}`,
      );
    }
    return {
      ok: true,
      roundTripMs: roundTripMs(fromVpc.regionId, toVpc.regionId),
    };
  };

  return (from, to, port) => {
    if (version !== store.version || cache.size > CACHE_LIMIT) {
      cache.clear();
      tables.clear();
      transit.clear();
      version = store.version;
    }
    return remembered(
      cache,
      [
        from.vpcId,
        from.ip,
        from.securityGroupId,
        to.vpcId,
        to.ip,
        to.securityGroupId,
        port,
      ].join('|'),
      () => judge(from, to, port),
    );
  };
}
