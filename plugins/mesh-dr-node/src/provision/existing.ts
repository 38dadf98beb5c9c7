import type { ExistingRange } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  cidrsOverlap,
  tryParseCidr,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Alicloud, CallOptions } from '../alicloud/types';
import type { EnvironmentSpec } from './spec';
import { carriesEnvironment } from './tags';

/** The VPCs that an adopted CEN carries and that the plan does not name itself. */
async function othersOnCen(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  call: CallOptions,
): Promise<{ vpcId: string; regionId: string }[]> {
  const { cenId } = spec.cen;
  if (!cenId) return [];
  const named = new Set(spec.network.vpcs.map(({ vpcId }) => vpcId));
  const routers = await cloud.cen.listTransitRouters({ cenId }, call);
  const attached = await Promise.all(
    routers.map(({ regionId, transitRouterId }) =>
      cloud.cen.listVpcAttachments({ cenId, regionId, transitRouterId }, call),
    ),
  );
  return attached
    .flat()
    .filter(
      ({ vpcId, status, tags }) =>
        status !== 'Detached' &&
        !named.has(vpcId) &&
        !carriesEnvironment(tags, spec.name),
    )
    .map(({ vpcId, vpcRegionId }) => ({ vpcId, regionId: vpcRegionId }));
}

/**
 * Address ranges that are in use already where the plan will be: VPCs on an adopted CEN, and Pods and Services of other
 * clusters in these VPCs or in adopted ones.
 */
export async function existingRanges(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  call: CallOptions,
): Promise<ExistingRange[]> {
  const adopted = spec.network.vpcs.filter(({ vpcId }) => vpcId);
  if (!spec.cen.cenId && !adopted.length) return [];
  const others = await othersOnCen(cloud, spec, call);
  const [vpcs, clusters] = await Promise.all([
    Promise.all(
      others.map(async ({ vpcId, regionId }) =>
        (
          await cloud.vpc.describeVpcs({ regionId, vpcId }, call)
        ).find(vpc => vpc.vpcId === vpcId),
      ),
    ),
    cloud.ack.describeClusters({}, call),
  ]);
  const around = new Set([
    ...others.map(({ vpcId }) => vpcId),
    ...adopted.map(({ vpcId }) => vpcId),
  ]);
  const neighbours = clusters.filter(
    cluster =>
      around.has(cluster.vpcId) &&
      cluster.state !== 'deleted' &&
      !carriesEnvironment(cluster.tags, spec.name),
  );
  return [
    ...vpcs.flatMap(vpc =>
      vpc
        ? [
            {
              label: `VPC ${vpc.vpcId}${
                vpc.vpcName ? ` (${vpc.vpcName})` : ''
              } on the CEN`,
              cidr: vpc.cidrBlock,
              kind: 'vpc' as const,
            },
          ]
        : [],
    ),
    ...neighbours.flatMap(({ name, containerCidr, serviceCidr }) => [
      ...(containerCidr
        ? [
            {
              label: `Pods of cluster ${name}`,
              cidr: containerCidr,
              kind: 'pod' as const,
            },
          ]
        : []),
      ...(serviceCidr
        ? [
            {
              label: `Services of cluster ${name}`,
              cidr: serviceCidr,
              kind: 'service' as const,
            },
          ]
        : []),
    ]),
  ].filter(({ cidr }) => tryParseCidr(cidr));
}

/** New vSwitches of adopted VPCs that overlap a vSwitch which is there already, as sentences. */
export async function vSwitchClashes(
  cloud: Alicloud,
  spec: EnvironmentSpec,
  call: CallOptions,
): Promise<string[]> {
  const clashes = await Promise.all(
    spec.network.vpcs.map(async ({ vpcId, region, vswitches }, i) => {
      if (!vpcId) return [];
      const there = (
        await cloud.vpc.describeVSwitches({ regionId: region, vpcId }, call)
      ).filter(({ tags }) => !carriesEnvironment(tags, spec.name));
      return vswitches.flatMap((plan, j) => {
        const wanted = tryParseCidr(plan.cidr);
        if (plan.vSwitchId || !wanted) return [];
        return there
          .filter(({ cidrBlock }) => {
            const used = tryParseCidr(cidrBlock);
            return used && cidrsOverlap(used, wanted);
          })
          .map(
            ({ vSwitchId, cidrBlock }) =>
              `network.vpcs[${i}].vswitches[${j}].cidr = ${plan.cidr}: overlaps ${vSwitchId} (${cidrBlock}), which exists in VPC ${vpcId} already. Choose a free part of the VPC, or use that vSwitch by giving its id as vSwitchId.`,
          );
      });
    }),
  );
  return clashes.flat();
}
