import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import type { Mesh } from '../../model';
import type { RpcOperation } from '../../operation';
import { flag } from './features';
import { findMesh } from './find';

const exists = (present: boolean) => (present ? 'exist' : 'not_exist');

function loadBalancerStatus(cloud: Cloud, id: string) {
  const present = data(cloud).loadBalancers[id] !== undefined;
  return {
    Locked: false,
    PayType: 'PayOnDemand',
    Reused: false,
    SLBBackEndServerNumStatus: present ? 'num_exact' : 'too_little',
    SLBExistStatus: exists(present),
  };
}

/** A canary control plane that no mesh here has. */
const NO_LOAD_BALANCER = {
  Locked: false,
  PayType: '',
  Reused: false,
  SLBBackEndServerNumStatus: '',
  SLBExistStatus: 'not_exist',
};

function eipStatus(cloud: Cloud, id: string | undefined): string {
  if (!id) return 'not_in_use';
  return exists(data(cloud).eips[id] !== undefined);
}

/** Whether any interface besides the mesh's own is in its security group. */
export function securityGroupStatus(
  cloud: Cloud,
  mesh: Mesh,
): 'reused' | 'not_reused' | 'failed' {
  const all = data(cloud);
  if (!all.securityGroups[mesh.securityGroupId]) return 'failed';
  const foreign = Object.values(all.networkInterfaces).some(
    item =>
      item.securityGroupId === mesh.securityGroupId &&
      item.ownerId !== mesh.meshId,
  );
  return foreign ? 'reused' : 'not_reused';
}

/** What `CheckMode=normal` looks at, and the rest that `full` adds. */
function additionalStatus(call: RpcCall, cloud: Cloud) {
  const mode = call.oneOf('CheckMode', ['normal', 'full']) ?? 'normal';
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  const full = {
    AccessLogProjectStatus: exists(flag(mesh, 'AccessLogEnabled')),
    ApiServerEIPStatus: eipStatus(cloud, mesh.apiServerEipId),
    CanaryPilotEIPStatus: 'not_in_use',
    ControlPlaneProjectStatus: exists(mesh.controlPlaneLog?.enabled ?? false),
    PilotEIPStatus: eipStatus(cloud, mesh.pilotEipId),
    RAMApplicationStatus: exists(flag(mesh, 'KialiEnabled')),
    SgStatus: securityGroupStatus(cloud, mesh),
  };
  return {
    ClusterStatus: {
      ApiServerLoadBalancerStatus: loadBalancerStatus(
        cloud,
        mesh.apiServerLoadBalancerId,
      ),
      AuditProjectStatus: exists(flag(mesh, 'EnableAudit')),
      CanaryPilotLoadBalancerStatus: NO_LOAD_BALANCER,
      LogtailStatusRecord: Object.fromEntries(
        mesh.members.map(({ clusterId }) => [clusterId, 'logtail_uninstalled']),
      ),
      PilotLoadBalancerStatus: loadBalancerStatus(
        cloud,
        mesh.pilotLoadBalancerId,
      ),
      ...(mode === 'full' ? full : {}),
    },
  };
}

function meshLogs(call: RpcCall, cloud: Cloud) {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  return {
    Logs: (mesh.logs ?? []).map(({ time, text }) => ({
      CreationTime: time,
      Log: text,
      ServiceMeshId: mesh.meshId,
    })),
  };
}

export const checkOperations: Record<string, RpcOperation> = {
  DescribeServiceMeshAdditionalStatus: {
    run: additionalStatus,
  },
  DescribeServiceMeshLogs: { run: meshLogs },
};
