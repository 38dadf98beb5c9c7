import { addEip } from '../../companions';
import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { ApiError, invalidParameter, notFound } from '../../errors';
import type { Eip, Mesh } from '../../model';
import type { RpcOperation } from '../../operation';
import { bindEip, unbindEip } from '../vpc/eips';
import { addMeshLog, runningMesh } from './find';

/** The ASM kubeconfig's certificate lives three years unless it is revoked. */
const KUBECONFIG_TTL_MS = 3 * 365 * 24 * 3600_000;

/** A new kubeconfig for the mesh's own API server. */
function kubeconfig(cloud: Cloud, mesh: Mesh, intranet: boolean) {
  const kube = cloud.kube.get(mesh.meshId);
  if (!kube) {
    throw new ApiError(
      'StillInitializing',
      `The API server of ${mesh.meshId} is not up.`,
    );
  }
  return kube.kubeconfig({
    ttlMs: KUBECONFIG_TTL_MS,
    ...(intranet ? { server: `https://${mesh.apiServerIp}:6443` } : {}),
  });
}

/** @throws ApiError `PublicEndpointNotFound` when the public address is asked for and there is none. */
function wantsIntranet(call: RpcCall, mesh: Mesh): boolean {
  const intranet = call.bool('PrivateIpAddress') ?? false;
  if (!intranet && !mesh.apiServerPublicEip) {
    throw new ApiError(
      'PublicEndpointNotFound',
      `The API server of ${mesh.meshId} has no public address: ask with PrivateIpAddress=true or bind an EIP (ModifyApiServerEipResource).`,
    );
  }
  return intranet;
}

function describeKubeconfig(call: RpcCall, cloud: Cloud) {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const intranet = wantsIntranet(call, mesh);
  const { yaml, expiresAt } = kubeconfig(cloud, mesh, intranet);
  return { ExpireTime: expiresAt, Kubeconfig: yaml };
}

function revokeKubeconfig(call: RpcCall, cloud: Cloud) {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const intranet = wantsIntranet(call, mesh);
  cloud.kube.get(mesh.meshId)?.revokeKubeconfigs();
  addMeshLog(cloud, mesh, 'Kubeconfig revoked');
  return { Kubeconfig: kubeconfig(cloud, mesh, intranet).yaml };
}

/** A load balancer of the mesh, the EIP that it has, and how the call names another. */
interface Door {
  /** `API server` or `Pilot`, for the log. */
  what: string;
  parameter: string;
  name: string;
  loadBalancerId: string;
  eipId: string | undefined;
}

/** The EIP named in the call, if it is free and in the mesh's region; without a name the present one or a new one. */
function eipToBind(call: RpcCall, cloud: Cloud, mesh: Mesh, door: Door): Eip {
  const { parameter, name, loadBalancerId } = door;
  const { eips } = data(cloud);
  const id = call.text(parameter) ?? door.eipId;
  if (!id) {
    return addEip(cloud, mesh, {
      name,
      instanceId: loadBalancerId,
      instanceType: 'SlbInstance',
      ownerId: mesh.meshId,
    });
  }
  const eip = eips[id];
  if (eip?.regionId !== mesh.regionId) {
    throw notFound('InvalidAllocationId.NotFound', 'EIP', id);
  }
  if (eip.instanceId && eip.instanceId !== loadBalancerId) {
    throw invalidParameter(
      parameter,
      `${id} is bound to ${eip.instanceId}; unbind it there first or take another one.`,
    );
  }
  return eip;
}

const OPERATIONS = ['BindEip', 'UnBindEip'] as const;

/**
 * Binds or unbinds the EIP of a load balancer; one that was bound before is taken off first. The mesh's own is released,
 * a customer's is free again.
 * @returns the id of the EIP that is bound now
 */
function changeEip(
  call: RpcCall,
  cloud: Cloud,
  mesh: Mesh,
  door: Door,
): string | undefined {
  call.need('Operation');
  const binds = call.oneOf('Operation', OPERATIONS) === 'BindEip';
  const { eips } = data(cloud);
  const eip = binds ? eipToBind(call, cloud, mesh, door) : undefined;
  const before = door.eipId ? eips[door.eipId] : undefined;
  if (before && before.allocationId !== eip?.allocationId) {
    if (before.ownerId === mesh.meshId) delete eips[before.allocationId];
    else unbindEip(before);
  }
  if (eip) {
    bindEip(eip, { loadBalancerId: door.loadBalancerId, vpcId: mesh.vpcId });
  }
  addMeshLog(
    cloud,
    mesh,
    eip ? `${door.what}: bound the EIP ${eip.ip}` : `${door.what}: no EIP`,
  );
  return eip?.allocationId;
}

function modifyApiServerEip(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const eipId = changeEip(call, cloud, mesh, {
    what: 'API server',
    parameter: 'ApiServerEipId',
    name: `asm-${mesh.meshId}-apiserver`,
    loadBalancerId: mesh.apiServerLoadBalancerId,
    eipId: mesh.apiServerEipId,
  });
  mesh.apiServerEipId = eipId ?? '';
  mesh.apiServerPublicEip = eipId !== undefined;
}

function modifyPilotEip(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  if (call.bool('IsCanary')) {
    throw invalidParameter(
      'IsCanary',
      `${mesh.meshId} has no canary control plane; leave it out.`,
    );
  }
  mesh.pilotEipId = changeEip(call, cloud, mesh, {
    what: 'Pilot',
    parameter: 'EipId',
    name: `asm-${mesh.meshId}-pilot`,
    loadBalancerId: mesh.pilotLoadBalancerId,
    eipId: mesh.pilotEipId,
  });
}

const MESH = ['ServiceMeshId'];

export const accessOperations: Record<string, RpcOperation> = {
  DescribeServiceMeshKubeconfig: { run: describeKubeconfig },
  RevokeKubeconfig: { run: revokeKubeconfig },
  ModifyApiServerEipResource: { required: MESH, run: modifyApiServerEip },
  ModifyPilotEipResource: { required: MESH, run: modifyPilotEip },
};
