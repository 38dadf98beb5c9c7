import type { EnvironmentSpec } from '../spec';
import { carriesEnvironment } from '../tags';
import type { Resource } from '../types';
import {
  keys,
  type AttachmentOutputs,
  type CenOutputs,
  type TransitRouterOutputs,
} from './common';

const foreign = (own: boolean, environment: string) =>
  own
    ? undefined
    : `it does not carry the tag of environment ${environment}: someone else made it. Tag it, or remove it.`;

/** Somebody else's link is not given bandwidth on their bill. */
const withoutBandwidth = (bandwidth: number | undefined) =>
  bandwidth
    ? undefined
    : 'it has no cross-region bandwidth and belongs to somebody else. Ask its owner to set one, or remove it.';

/**
 * The link between two regions' transit routers. Without bandwidth it comes up and carries nothing but the cloud's
 * 1 kbit/s test: the failure of the guide's FAQ, which a later run with bandwidth repairs in place.
 */
export function peerAttachmentResource(
  a: string,
  b: string,
  cen: EnvironmentSpec['cen'],
): Resource {
  const key = keys.peerAttachment(a, b);
  const { bandwidthMbps, bandwidthType } = cen;
  return {
    key,
    kind: 'peer-attachment',
    dependencies: [keys.transitRouter(a), keys.transitRouter(b), keys.cen()],
    title: `link ${a} – ${b} (${
      bandwidthMbps ? `${bandwidthMbps} Mbit/s` : 'without bandwidth'
    })`,
    // Bandwidth is left out: it can be changed in place, so a changed wish must find the same link.
    desired: { a, b },
    async find(ctx, id) {
      const { cenId } = ctx.outputs<CenOutputs>(keys.cen());
      const left = ctx.outputs<TransitRouterOutputs>(keys.transitRouter(a));
      const right = ctx.outputs<TransitRouterOutputs>(keys.transitRouter(b));
      const found = await ctx.cloud.cen.listPeerAttachments(
        id
          ? { regionId: a, transitRouterAttachmentId: id }
          : { cenId, regionId: a, transitRouterId: left.transitRouterId },
        ctx.call,
      );
      const ends = [left.transitRouterId, right.transitRouterId];
      const link = found.find(
        item =>
          item.status !== 'Detached' &&
          (id
            ? item.transitRouterAttachmentId === id
            : ends.includes(item.transitRouterId) &&
              ends.includes(item.peerTransitRouterId)),
      );
      if (!link) return undefined;
      const { transitRouterAttachmentId, status } = link;
      const outputs: AttachmentOutputs = {
        attachmentId: transitRouterAttachmentId,
      };
      let state: 'ready' | 'pending' | 'deleting' = 'pending';
      if (status === 'Attached') state = 'ready';
      if (status === 'Detaching') state = 'deleting';
      const own = !!id || carriesEnvironment(link.tags, ctx.spec.name);
      const adopted = !own && ctx.spec.cen.cenId !== undefined;
      const changes: string[] = [];
      if (!adopted && bandwidthMbps && link.bandwidth !== bandwidthMbps) {
        changes.push(
          `bandwidth ${link.bandwidth || 'none'} → ${bandwidthMbps} Mbit/s`,
        );
      }
      return {
        id: transitRouterAttachmentId,
        state,
        status,
        adopted,
        mismatch: adopted
          ? withoutBandwidth(link.bandwidth)
          : foreign(own, ctx.spec.name),
        changes,
        outputs,
      };
    },
    async create(ctx, clientToken) {
      const { cenId } = ctx.outputs<CenOutputs>(keys.cen());
      const left = ctx.outputs<TransitRouterOutputs>(keys.transitRouter(a));
      const right = ctx.outputs<TransitRouterOutputs>(keys.transitRouter(b));
      const { transitRouterAttachmentId } =
        await ctx.cloud.cen.createPeerAttachment(
          {
            cenId,
            regionId: a,
            transitRouterId: left.transitRouterId,
            peerTransitRouterId: right.transitRouterId,
            peerTransitRouterRegionId: b,
            name: `${a}-${b}`,
            bandwidth: bandwidthMbps,
            bandwidthType,
            cenBandwidthPackageId: cen.bandwidthPackageId,
            autoPublishRouteEnabled: true,
            clientToken,
            tags: ctx.tags(key),
          },
          ctx.call,
        );
      return transitRouterAttachmentId;
    },
    async update(ctx, observed) {
      await ctx.cloud.cen.updatePeerAttachment(
        {
          transitRouterAttachmentId: observed.id,
          bandwidth: bandwidthMbps,
          bandwidthType,
        },
        ctx.call,
      );
    },
  };
}
