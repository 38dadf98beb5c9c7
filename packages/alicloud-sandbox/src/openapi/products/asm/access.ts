import { addEip } from '../../companions';
import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { ApiError, invalidParameter, notFound } from '../../errors';
import type { Eip, Mesh } from '../../model';
import type { RpcOperation } from '../../operation';
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

/** The EIP named in the call: free, and in the mesh's region. Without one ASM takes a new one. */
function eipToBind(
  call: RpcCall,
  cloud: Cloud,
  mesh: Mesh,
  options: { parameter: string; name: string; loadBalancerId: string },
): Eip {
  const { parameter, name, loadBalancerId } = options;
  const id = call.text(parameter);
  if (id === undefined) {
    return addEip(cloud, mesh, {
      name,
      instanceId: loadBalancerId,
      instanceType: 'SlbInstance',
      ownerId: mesh.meshId,
    });
  }
  const eip = data(cloud).eips[id];
  if (!eip || eip.regionId !== mesh.regionId) {
    throw notFound('InvalidAllocationId.NotFound', 'EIP', id);
  }
  if (eip.instanceId && eip.instanceId !== loadBalancerId) {
    throw invalidParameter(
      parameter,
      `${id} is bound to ${eip.instanceId}; unbind it there first or take another one.`,
    );
  }
  eip.instanceId = loadBalancerId;
  eip.instanceType = 'SlbInstance';
  return eip;
}

/** Takes an EIP off: one of the mesh's own is released, a customer's is free again. */
function unbind(cloud: Cloud, mesh: Mesh, eipId: string | undefined): void {
  const { eips } = data(cloud);
  const eip = eipId ? eips[eipId] : undefined;
  if (!eip) return;
  if (eip.ownerId === mesh.meshId) delete eips[eip.allocationId];
  else eip.instanceId = '';
}

const OPERATIONS = ['BindEip', 'UnBindEip'] as const;

function operationOf(call: RpcCall): (typeof OPERATIONS)[number] {
  call.need('Operation');
  return call.oneOf('Operation', OPERATIONS)!;
}

function modifyApiServerEip(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const binds = operationOf(call) === 'BindEip';
  const eip = binds
    ? eipToBind(call, cloud, mesh, {
        parameter: 'ApiServerEipId',
        name: `asm-${mesh.meshId}-apiserver`,
        loadBalancerId: mesh.apiServerLoadBalancerId,
      })
    : undefined;
  if (mesh.apiServerEipId !== eip?.allocationId) {
    unbind(cloud, mesh, mesh.apiServerEipId);
  }
  mesh.apiServerEipId = eip?.allocationId ?? '';
  mesh.apiServerPublicEip = eip !== undefined;
  addMeshLog(
    cloud,
    mesh,
    eip ? `API server: bound the EIP ${eip.ip}` : 'API server: no EIP any more',
  );
}

function modifyPilotEip(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  if (call.bool('IsCanary')) {
    throw invalidParameter(
      'IsCanary',
      `${mesh.meshId} has no canary control plane; leave it out.`,
    );
  }
  const binds = operationOf(call) === 'BindEip';
  const eip = binds
    ? eipToBind(call, cloud, mesh, {
        parameter: 'EipId',
        name: `asm-${mesh.meshId}-pilot`,
        loadBalancerId: mesh.pilotLoadBalancerId,
      })
    : undefined;
  if (mesh.pilotEipId !== eip?.allocationId) {
    unbind(cloud, mesh, mesh.pilotEipId);
  }
  mesh.pilotEipId = eip?.allocationId;
  addMeshLog(
    cloud,
    mesh,
    eip ? `Pilot: bound the EIP ${eip.ip}` : 'Pilot: no EIP any more',
  );
}

/** Gives back what customers bound; the mesh's own EIPs are released with the mesh. */
export function unbindAll(cloud: Cloud, mesh: Mesh): void {
  unbind(cloud, mesh, mesh.apiServerEipId);
  unbind(cloud, mesh, mesh.pilotEipId);
}

const MESH = ['ServiceMeshId'];

export const accessOperations: Record<string, RpcOperation> = {
  DescribeServiceMeshKubeconfig: { required: MESH, run: describeKubeconfig },
  RevokeKubeconfig: { required: MESH, run: revokeKubeconfig },
  ModifyApiServerEipResource: { required: MESH, run: modifyApiServerEip },
  ModifyPilotEipResource: { required: MESH, run: modifyPilotEip },
};
