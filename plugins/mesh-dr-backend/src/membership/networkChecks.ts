import {
  PRIVATE_RANGES,
  SUGGESTED_BANDWIDTH_MBPS,
  type Repair,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { AckCluster } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { findOverlaps, uncovered, type NamedCidr } from './cidr';
import { partyOf, type Party, type PreflightFacts } from './facts';
import { failed, passed, warning, type Check } from './outcome';

/** Both the cluster's VPC and the mesh's VPC hang on transit routers of one CEN. */
export const vpcAttached: Check = {
  id: 'vpc-attached',
  title: 'Both VPCs are attached to one CEN',
  async run(facts) {
    const cluster = partyOf(await facts.cluster());
    const mesh = facts.meshParty;
    if (cluster.vpcId === mesh.vpcId) {
      return passed(`${cluster.name} and the mesh share VPC ${cluster.vpcId}`);
    }
    const common = await facts.commonCen(cluster, mesh);
    if (common) {
      return passed(
        `${cluster.vpcId} (${cluster.region}) and ${mesh.vpcId} (${mesh.region}) are attached to ${common.cen.cenId}`,
      );
    }
    const cens = await facts.cens();
    const where = (party: Party) => {
      const all = cens.flatMap(cen =>
        cen.vpcAttachments
          .filter(({ vpcId }) => vpcId === party.vpcId)
          .map(
            attachment =>
              `${attachment.transitRouterAttachmentId} of ${cen.cen.cenId} is ${attachment.status}`,
          ),
      );
      return `VPC ${party.vpcId} of ${party.name} (${party.region}): ${
        all.join(', ') || 'attached to no transit router'
      }`;
    };
    const lacking = [cluster, mesh].find(
      party =>
        !cens.some(cen =>
          cen.vpcAttachments.some(
            ({ vpcId, status }) =>
              vpcId === party.vpcId && status === 'Attached',
          ),
        ),
    );
    return failed(
      `${where(cluster)}; ${where(mesh)}`,
      lacking
        ? `Attach VPC ${lacking.vpcId} of ${lacking.name} to the transit router of ${lacking.region}`
        : 'Attach both VPCs to transit routers of the same CEN instance',
    );
  },
};

/** The regions are linked, and the link has bandwidth of its own: the guide's FAQ. */
export const crossRegionBandwidth: Check = {
  id: 'cross-region-bandwidth',
  title: 'Cross-region bandwidth is set',
  async run(facts) {
    const cluster = await facts.cluster();
    const asm = await linkBetween(facts, partyOf(cluster), facts.meshParty);
    if (!asm.ok) return failed(asm.evidence, asm.fix, asm.repair);
    const others = await Promise.all(
      (
        await facts.otherMembers()
      ).map(other => linkBetween(facts, partyOf(cluster), partyOf(other))),
    );
    const lacking = others.find(link => !link.ok);
    // ASM can be reached, so joining works; the data plane between these clusters would not.
    if (lacking && !lacking.ok) {
      return warning(lacking.evidence, lacking.fix, lacking.repair);
    }
    return passed(
      [...new Set([asm, ...others].map(({ evidence }) => evidence))].join('; '),
    );
  },
};

type Link =
  | { ok: true; evidence: string }
  | { ok: false; evidence: string; fix: string; repair?: Repair };

async function linkBetween(
  facts: PreflightFacts,
  a: Party,
  b: Party,
): Promise<Link> {
  const [from, to] = [a.region, b.region].sort();
  if (from === to) {
    return { ok: true, evidence: `no link is needed inside ${from}` };
  }
  const cens = await facts.cens();
  const common = await facts.commonCen(a, b);
  const peers = (common ? [common] : cens).flatMap(cen =>
    cen.peers.filter(
      peer =>
        [peer.regionId, peer.peerTransitRouterRegionId].sort().join() ===
        [from, to].join(),
    ),
  );
  if (peers.length === 0) {
    return {
      ok: false,
      evidence: `no inter-region connection between ${from} and ${to} exists${
        common ? ` in ${common.cen.cenId}` : ''
      }`,
      fix: `Create an inter-region connection between the transit routers of ${from} and ${to} with cross-region bandwidth, e.g. 10 Mbit/s of type DataTransfer`,
    };
  }
  const usable = peers.find(
    ({ status, bandwidth }) => status === 'Attached' && bandwidth >= 1,
  );
  if (usable) {
    return {
      ok: true,
      evidence: `${usable.transitRouterAttachmentId} links ${from} and ${to} with ${usable.bandwidth} Mbit/s (${usable.bandwidthType})`,
    };
  }
  const [peer] = peers;
  const id = peer.transitRouterAttachmentId;
  return peer.status === 'Attached'
    ? {
        ok: false,
        evidence: `cross-region bandwidth between ${from} and ${to} is not set on ${id}: the link carries only the 1 kbit/s of a connectivity test`,
        fix: `Set cross-region bandwidth on ${id}, e.g. ${SUGGESTED_BANDWIDTH_MBPS} Mbit/s of type DataTransfer`,
        repair: {
          kind: 'set-bandwidth',
          attachmentId: id,
          regions: [from, to],
          bandwidthType: 'DataTransfer',
          suggestedMbps: SUGGESTED_BANDWIDTH_MBPS,
        },
      }
    : {
        ok: false,
        evidence: `inter-region connection ${id} between ${from} and ${to} is ${peer.status}`,
        fix: `Wait until ${id} is Attached, or create it again`,
      };
}

/** Each side's routes lead to the other side's vSwitches. */
export const routes: Check = {
  id: 'routes',
  title: 'Routes lead both ways',
  async run(facts) {
    const cluster = partyOf(await facts.cluster());
    const mesh = facts.meshParty;
    if (cluster.vpcId === mesh.vpcId) {
      return passed(`${cluster.name} and the mesh share VPC ${cluster.vpcId}`);
    }
    const both = await Promise.all([
      direction(facts, mesh, cluster),
      direction(facts, cluster, mesh),
    ]);
    const faults = both.flatMap(({ faults: found }) => found);
    if (faults.length > 0) {
      return failed(
        faults.map(({ evidence }) => evidence).join('; '),
        [...new Set(faults.map(({ fix }) => fix))].join('; '),
      );
    }
    return passed(both.map(({ evidence }) => evidence).join('; '));
  },
};

async function direction(facts: PreflightFacts, from: Party, to: Party) {
  const faults: { evidence: string; fix: string }[] = [];
  const wanted = (await facts.vSwitches(to)).map(({ cidrBlock }) => cidrBlock);
  const attachment = (await facts.cens())
    .flatMap(({ vpcAttachments }) => vpcAttachments)
    .find(({ vpcId }) => vpcId === from.vpcId);
  const id = attachment?.transitRouterAttachmentId;
  if (!id) {
    faults.push({
      evidence: `VPC ${from.vpcId} is attached to no transit router`,
      fix: `Attach VPC ${from.vpcId} to the transit router of ${from.region}`,
    });
    return { faults, evidence: '' };
  }
  const [vpcRoutes, routerRoutes] = await Promise.all([
    facts.vpcRoutes(from),
    facts.attachmentRoutes(id),
  ]);
  const missingInRouter = uncovered(wanted, routerRoutes);
  if (missingInRouter.length > 0) {
    faults.push({
      evidence: `the transit router route table of ${id} has no route to ${missingInRouter.join(
        ', ',
      )} (${to.vpcId})`,
      fix: `Associate ${id} with the transit router's route table, and enable route learning (propagation) for the attachment of ${to.vpcId} and for the inter-region connection`,
    });
  }
  const viaRouter = vpcRoutes
    .filter(entry =>
      entry.nextHops.some(({ nextHopType }) =>
        /attachment|transitrouter/i.test(nextHopType),
      ),
    )
    .map(({ destinationCidrBlock }) => destinationCidrBlock);
  const missingInVpc = uncovered(wanted, viaRouter);
  if (missingInVpc.length > 0) {
    faults.push({
      evidence: `the route table of VPC ${
        from.vpcId
      } has no route through ${id} to ${missingInVpc.join(', ')} (${
        to.vpcId
      }); AutoPublishRoute is ${
        attachment.autoPublishRouteEnabled ? 'on' : 'off'
      }`,
      fix: `Switch on automatic route publishing (AutoPublishRouteEnabled) for ${id}`,
    });
  }
  return {
    faults,
    evidence: `${from.vpcId} reaches ${
      wanted.join(', ') || `${to.vpcId}, which has no vSwitch`
    } through ${id}`,
  };
}

/** Flannel's pod routes are known to the CEN, or pods of other clusters cannot be reached. */
export const podRoutesPublished: Check = {
  id: 'pod-routes-published',
  title: 'Pod routes are published to the CEN',
  async run(facts) {
    const cluster = await facts.cluster();
    const { containerCidr } = cluster;
    if (cluster.networkPlugin === 'terway' || !containerCidr) {
      return passed(
        'Pods have vSwitch addresses (Terway); there is nothing to publish',
      );
    }
    const attached = (await facts.cens()).filter(cen =>
      cen.vpcAttachments.some(({ vpcId }) => vpcId === cluster.vpcId),
    );
    const entries = (
      await Promise.all(
        attached.map(({ cen }) =>
          facts.publishedRoutes({
            cenId: cen.cenId,
            vpcId: cluster.vpcId,
            regionId: cluster.regionId,
          }),
        ),
      )
    )
      .flat()
      .filter(
        ({ destinationCidrBlock }) =>
          uncovered([destinationCidrBlock], [containerCidr]).length === 0,
      );
    // Whatever the publication says, a route in the transit router's table is known to the CEN.
    const learned = (
      await Promise.all(
        attached
          .flatMap(({ vpcAttachments }) => vpcAttachments)
          .filter(({ vpcId }) => vpcId === cluster.vpcId)
          .map(({ transitRouterAttachmentId }) =>
            facts.attachmentRoutes(transitRouterAttachmentId),
          ),
      )
    )
      .flat()
      .filter(cidr => uncovered([cidr], [containerCidr]).length === 0);
    if (entries.length === 0 && learned.length > 0) {
      return passed(
        `${learned.length} pod routes inside ${containerCidr} are known to the transit router`,
      );
    }
    if (entries.length === 0) {
      return failed(
        `no pod route inside ${containerCidr} is known to a CEN for VPC ${cluster.vpcId}`,
        `Attach VPC ${cluster.vpcId} to a transit router and make sure that ${cluster.name} has nodes`,
      );
    }
    const hidden = entries.filter(
      ({ publishStatus, destinationCidrBlock }) =>
        publishStatus !== 'Published' &&
        !learned.includes(destinationCidrBlock),
    );
    return hidden.length > 0
      ? failed(
          `${hidden.length} of ${
            entries.length
          } pod routes are not published: ${hidden
            .map(({ destinationCidrBlock }) => destinationCidrBlock)
            .join(', ')}`,
          `Publish the pod routes of VPC ${cluster.vpcId} to the CEN (PublishRouteEntries)`,
        )
      : passed(
          `${entries.length} pod routes inside ${containerCidr} are published`,
        );
  },
};

/** No two parties on the CEN use the same addresses. */
export const cidrOverlap: Check = {
  id: 'cidr-overlap',
  title: 'No address range overlaps',
  async run(facts) {
    const cluster = await facts.cluster();
    const clusters = [cluster, ...(await facts.otherMembers())];
    const vpcs = new Map<string, Pick<Party, 'vpcId' | 'region'>>();
    for (const party of [facts.meshParty, ...clusters.map(partyOf)]) {
      vpcs.set(party.vpcId, party);
    }
    for (const { vpcAttachments } of await facts.cens()) {
      if (vpcAttachments.some(({ vpcId }) => vpcs.has(vpcId))) {
        for (const { vpcId, vpcRegionId } of vpcAttachments) {
          if (!vpcs.has(vpcId)) {
            vpcs.set(vpcId, { vpcId, region: vpcRegionId });
          }
        }
      }
    }
    const ranges: NamedCidr[] = (
      await Promise.all([...vpcs.values()].map(vpc => facts.vSwitches(vpc)))
    )
      .flat()
      .map(vsw => ({
        cidr: vsw.cidrBlock,
        owner: vsw.vpcId,
        label: `vSwitch ${vsw.vSwitchName || vsw.vSwitchId}`,
      }));
    ranges.push(...clusters.flatMap(clusterRanges));
    const clashes = findOverlaps(ranges);
    return clashes.length > 0
      ? failed(
          clashes
            .map(
              ([a, b]) => `${a.label} ${a.cidr} overlaps ${b.label} ${b.cidr}`,
            )
            .join('; '),
          'Ranges cannot be changed after creation: create one of the two again with a free range',
        )
      : passed(
          `${ranges.length} ranges of ${vpcs.size} VPCs and ${
            clusters.length
          } clusters are disjoint${publicSpace(ranges)}`,
        );
  },
};

/** A remark, no fault: the cloud takes such ranges, and the guide uses them. */
function publicSpace(ranges: NamedCidr[]): string {
  const found = uncovered(ranges.map(({ cidr }) => cidr).sort(), [
    ...PRIVATE_RANGES,
  ]);
  return found.length > 0
    ? `; ${found.join(
        ', ',
      )} are public address space: internet hosts with these addresses cannot be reached from inside`
    : '';
}

function clusterRanges(cluster: AckCluster): NamedCidr[] {
  const range = (cidr: string | undefined, what: string): NamedCidr[] =>
    cidr
      ? [
          {
            cidr,
            owner: cluster.clusterId,
            label: `${what} of ${cluster.name}`,
          },
        ]
      : [];
  return [
    ...range(cluster.containerCidr, 'Pod CIDR'),
    ...range(cluster.serviceCidr, 'Service CIDR'),
  ];
}
