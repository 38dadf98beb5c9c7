import {
  applyManifests,
  type Alicloud,
  type KubernetesConnector,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { bookinfo, provisionGuide, untilFound } from './guideCloud';

/** Makes the guide's environment with both clusters in the mesh and Bookinfo, one pod of everything, in each. */
export async function joinGuide(
  alicloud: Alicloud,
  connector: KubernetesConnector,
): Promise<{
  meshId: string;
  /** Cluster id by region. */
  clusters: Map<string, string>;
}> {
  const { ack, asm, cen } = alicloud;
  await provisionGuide(alicloud);
  const [peer] = await cen.listPeerAttachments({ regionId: 'cn-hangzhou' });
  await cen.updatePeerAttachment({
    transitRouterAttachmentId: peer.transitRouterAttachmentId,
    bandwidth: 100,
    bandwidthType: 'DataTransfer',
  });
  const [{ serviceMeshId }] = await asm.describeServiceMeshes();
  const clusters = new Map<string, string>();
  for (const regionId of ['cn-hangzhou', 'cn-shanghai']) {
    const [{ clusterId }] = await ack.describeClusters({ regionId });
    clusters.set(regionId, clusterId);
    await asm.addCluster({ serviceMeshId, clusterId });
    await untilFound(`${regionId} is a member`, async () => {
      const members = await asm.describeMembers({ serviceMeshId });
      return members.find(
        member => member.clusterId === clusterId && member.state === 'running',
      );
    });
    const [applied] = await applyManifests(
      [connector.cluster({ account: 'sandbox', regionId, clusterId })],
      bookinfo({ v1: 1 }),
      { fieldManager: 'test' },
    );
    if (!applied.ok) throw new Error('Bookinfo cannot be deployed');
  }
  return { meshId: serviceMeshId, clusters };
}
