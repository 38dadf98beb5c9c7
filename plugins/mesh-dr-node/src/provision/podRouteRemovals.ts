import type { VpcAttachment } from '../alicloud/types';
import type { Removal, RemovalScope } from './removals';
import { liesWithin } from './resources/podRoutes';

/** Takes back the Pod routes that clusters have published to the CEN. */
export function podRouteRemovals({
  cloud,
  found,
  call,
}: RemovalScope): Removal[] {
  const lookAt = async ({
    cenId,
    vpcId,
    vpcRegionId: regionId,
  }: VpcAttachment) => {
    const tables = await cloud.vpc.describeRouteTables(
      { regionId, vpcId },
      call,
    );
    const system = tables.find(table => table.routeTableType === 'System');
    return await cloud.cen.describePublishedRouteEntries(
      { cenId, vpcId, regionId, routeTableId: system?.routeTableId },
      call,
    );
  };
  // Clusters in one VPC look at the same routes: whoever asks while a look is under way shares it.
  const looks = new Map<string, ReturnType<typeof lookAt>>();
  const routesOf = (attachment: VpcAttachment) => {
    const { vpcId } = attachment;
    const look =
      looks.get(vpcId) ?? lookAt(attachment).finally(() => looks.delete(vpcId));
    looks.set(vpcId, look);
    return look;
  };
  return found.clusters.flatMap(cluster => {
    const { vpcId, regionId, containerCidr } = cluster;
    const attachment = found.vpcAttachments.find(item => item.vpcId === vpcId);
    if (!attachment || !containerCidr) return [];
    const { cenId } = attachment;
    const published = async () => {
      const entries = await routesOf(attachment);
      return entries.filter(
        entry =>
          entry.publishStatus === 'Published' &&
          liesWithin(entry.destinationCidrBlock, containerCidr),
      );
    };
    return [
      {
        key: `pod-routes/${cluster.clusterId}`,
        kind: 'pod-routes',
        id: vpcId,
        dependencies: [],
        title: `published Pod routes of ${cluster.name}`,
        remove: async () => {
          for (const entry of await published()) {
            await cloud.cen.withdrawRouteEntry(
              {
                cenId,
                vpcId,
                regionId,
                routeTableId: entry.childInstanceRouteTableId,
                destinationCidrBlock: entry.destinationCidrBlock,
              },
              call,
            );
          }
        },
        gone: async () => (await published()).length === 0,
      },
    ];
  });
}
