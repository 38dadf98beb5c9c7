import { failure, until } from '../account';
import type { Network } from './network';
import { codeOf, type OfficialClient } from './client';

/** What the guide made, by id. */
export interface Environment {
  network: Network;
  clusters: string[];
  mesh: string;
}

/**
 * Tries to delete what others still depend on, while everything is there.
 * @returns the error codes, by action
 */
export async function deleteOutOfOrder(
  { rpc }: OfficialClient,
  { network, mesh }: Environment,
): Promise<Record<string, string>> {
  const { VpcId, VSwitchId, RegionId } = network.sites.hangzhou;
  const TransitRouterAttachmentId = network.attachments[0];
  const attempts = {
    DeleteVpc: rpc('vpc', 'DeleteVpc', { RegionId, VpcId }),
    DeleteVSwitch: rpc('vpc', 'DeleteVSwitch', { RegionId, VSwitchId }),
    DeleteCen: rpc('cbn', 'DeleteCen', { CenId: network.CenId }),
    DeleteTransitRouter: rpc('cbn', 'DeleteTransitRouter', {
      TransitRouterId: network.routers[0].id,
    }),
    DeleteTransitRouterVpcAttachment: rpc(
      'cbn',
      'DeleteTransitRouterVpcAttachment',
      { TransitRouterAttachmentId },
    ),
    DeleteServiceMesh: rpc('servicemesh', 'DeleteServiceMesh', {
      ServiceMeshId: mesh,
    }),
  };
  const codes = await Promise.all(
    Object.entries(attempts).map(async ([action, call]) => [
      action,
      codeOf(await failure(call)),
    ]),
  );
  return Object.fromEntries(codes);
}

/** Repeats a deletion while the cloud says that something which it waits for is not gone yet. */
async function gone(call: () => Promise<unknown>): Promise<void> {
  await until('a deletion', async () => {
    try {
      await call();
      return true;
    } catch (error) {
      if (
        /^(Dependency|InvalidOperation|OperationFailed|Incorrect)/.test(
          codeOf(error),
        )
      ) {
        return false;
      }
      throw error;
    }
  });
}

async function deleteMesh(
  { rpc }: OfficialClient,
  ServiceMeshId: string,
  clusters: string[],
) {
  for (const ClusterId of clusters) {
    await rpc('servicemesh', 'RemoveClusterFromServiceMesh', {
      ServiceMeshId,
      ClusterId,
    });
  }
  await until('the members to be gone', async () => {
    const { Clusters } = await rpc(
      'servicemesh',
      'DescribeClustersInServiceMesh',
      { ServiceMeshId },
    );
    return Clusters.length === 0;
  });
  await rpc('servicemesh', 'DeleteServiceMesh', { ServiceMeshId });
  await until('the mesh to be gone', async () => {
    const { ServiceMeshes } = await rpc('servicemesh', 'DescribeServiceMeshes');
    return ServiceMeshes.every(
      (row: { ServiceMeshInfo: { ServiceMeshId: string } }) =>
        row.ServiceMeshInfo.ServiceMeshId !== ServiceMeshId,
    );
  });
}

async function deleteClusters({ cs }: OfficialClient, ids: string[]) {
  const tasks = await Promise.all(ids.map(id => cs('DeleteCluster', id)));
  for (const { task_id: task } of tasks) {
    await until('the deletion of a cluster', async () => {
      const { state } = await cs('DescribeTaskInfo', task);
      return state === 'success';
    });
  }
  for (const id of ids) {
    const code = codeOf(await failure(cs('DescribeClusterDetail', id)));
    if (code !== 'ErrorClusterNotFound') throw new Error(`${id}: ${code}`);
  }
}

/** Deletes everything in the order of dependencies, without any of the flags that force. */
export async function tearDown(
  client: OfficialClient,
  { network, clusters, mesh }: Environment,
): Promise<void> {
  const { rpc } = client;
  await deleteMesh(client, mesh, clusters);
  await deleteClusters(client, clusters);
  for (const { table } of network.routers) {
    const TransitRouterRouteTableId = table;
    const [{ TransitRouterAssociations }, { TransitRouterPropagations }] =
      await Promise.all([
        rpc('cbn', 'ListTransitRouterRouteTableAssociations', {
          TransitRouterRouteTableId,
        }),
        rpc('cbn', 'ListTransitRouterRouteTablePropagations', {
          TransitRouterRouteTableId,
        }),
      ]);
    for (const { TransitRouterAttachmentId } of TransitRouterPropagations) {
      await gone(() =>
        rpc('cbn', 'DisableTransitRouterRouteTablePropagation', {
          TransitRouterAttachmentId,
          TransitRouterRouteTableId,
        }),
      );
    }
    for (const { TransitRouterAttachmentId } of TransitRouterAssociations) {
      await gone(() =>
        rpc('cbn', 'DissociateTransitRouterAttachmentFromRouteTable', {
          TransitRouterAttachmentId,
          TransitRouterRouteTableId,
        }),
      );
    }
  }
  for (const TransitRouterAttachmentId of network.attachments) {
    await gone(() =>
      rpc('cbn', 'DeleteTransitRouterVpcAttachment', {
        TransitRouterAttachmentId,
      }),
    );
  }
  await gone(() =>
    rpc('cbn', 'DeleteTransitRouterPeerAttachment', {
      TransitRouterAttachmentId: network.peer,
    }),
  );
  for (const { id } of network.routers) {
    await gone(() =>
      rpc('cbn', 'DeleteTransitRouter', { TransitRouterId: id }),
    );
  }
  await gone(() => rpc('cbn', 'DeleteCen', { CenId: network.CenId }));
  for (const { RegionId, VSwitchId, VpcId } of Object.values(network.sites)) {
    await gone(() => rpc('vpc', 'DeleteVSwitch', { RegionId, VSwitchId }));
    await gone(() => rpc('vpc', 'DeleteVpc', { RegionId, VpcId }));
  }
}
