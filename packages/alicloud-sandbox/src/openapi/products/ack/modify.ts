import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import type { Cluster } from '../../model';
import type { RoaCall } from '../../operation';
import { bindEip, unbindEip } from '../vpc/eips';
import { addApiServerEip } from './create';
import { runningCluster } from './find';
import { oneOf, refuse } from './refuse';
import { SPECS, checkClusterName } from './request';
import { changedSettings } from './settings';
import { startTask } from './tasks';

/** Binds a free EIP of the customer, or a new one; `wanted` false takes it off. */
function changeApiServerEip(
  cloud: Cloud,
  cluster: Cluster,
  wanted: boolean,
  eipId: string | undefined,
): void {
  const { eips } = data(cloud);
  const bound = Object.values(eips).find(
    eip => eip.instanceId === cluster.apiServerLoadBalancerId,
  );
  const chosen = eipId ? eips[eipId] : undefined;
  if (wanted && eipId && chosen !== bound) {
    if (chosen?.regionId !== cluster.regionId || chosen.instanceId) {
      throw refuse(
        'ErrorEipInvalid',
        `api_server_eip_id ${eipId} is no free EIP in ${cluster.regionId}.`,
      );
    }
  }
  if (bound && (!wanted || (chosen && chosen !== bound))) {
    if (bound.ownerId === cluster.clusterId) delete eips[bound.allocationId];
    else unbindEip(bound);
  }
  if (wanted && chosen) {
    bindEip(chosen, {
      loadBalancerId: cluster.apiServerLoadBalancerId,
      vpcId: cluster.vpcId,
    });
  } else if (wanted && !bound) {
    addApiServerEip(cloud, cluster, {
      loadBalancerId: cluster.apiServerLoadBalancerId,
    });
  }
  cluster.endpointPublicAccess = wanted;
}

/** ModifyCluster: name, deletion protection, the API server's EIP and what only reads back. */
export function modifyCluster(call: RoaCall, cloud: Cloud) {
  const cluster = runningCluster(call, cloud);
  const { body } = call;
  if (body.cluster_name) checkClusterName(cloud, body.cluster_name, cluster);
  const clusterSpec = oneOf(body, 'cluster_spec', SPECS, cluster.clusterSpec);
  if (body.api_server_eip !== undefined) {
    changeApiServerEip(
      cloud,
      cluster,
      body.api_server_eip,
      body.api_server_eip_id || undefined,
    );
  }
  cluster.clusterSpec = clusterSpec;
  cluster.name = body.cluster_name || cluster.name;
  cluster.deletionProtection =
    body.deletion_protection ?? cluster.deletionProtection;
  cluster.settings = changedSettings(cluster, body);
  cluster.updated = nowIso(cloud);
  const { taskId } = startTask(cloud, cluster.clusterId, {
    type: 'cluster_modify',
    stage: 'ModifyCluster',
  });
  cloud.transitions.schedule(
    'cluster.modified',
    { taskId },
    DURATIONS.clusterModified,
  );
  return {
    cluster_id: cluster.clusterId,
    request_id: call.requestId,
    task_id: taskId,
  };
}
