import { removeCompanions } from '../../companions';
import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter } from '../../errors';
import type { Mesh } from '../../model';
import type { RpcOperation } from '../../operation';
import { outageMode } from '../../outage';
import { securityGroupStatus } from './checks';
import { CLUSTER_SPECS, createServiceMesh } from './create';
import { features, mergeFeatures } from './features';
import { addMeshLog, findMesh, runningMesh } from './find';
import { applyLocality } from './locality';
import { clearMember, startJoin } from './members';
import { CONTROL_PLANE_VERSION } from './versions';

/** What only a mesh with the customer's own certificate authority can renew. */
const CA_PARAMETERS = [
  'CertChain',
  'ExistingCaCert',
  'ExistingCaKey',
  'ExistingRootCaCert',
];

/** Ids of load balancers that stay: a JSON array, or ids separated by commas. */
function retained(call: RpcCall): string[] {
  const text = call.text('RetainResources');
  if (text === undefined) return [];
  if (!text.trim().startsWith('[')) {
    return text.split(',').map(id => id.trim());
  }
  const ids = call.json('RetainResources');
  if (!Array.isArray(ids)) {
    throw invalidParameter('RetainResources', 'it is not a JSON array of ids.');
  }
  return ids.map(String);
}

function deleteServiceMesh(call: RpcCall, cloud: Cloud): void {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  const kept = retained(call);
  const force = call.bool('Force') ?? false;
  if (mesh.state === 'deleting') return;
  runningMesh(cloud, mesh.meshId);
  if (mesh.members.length && !force) {
    throw new ApiError(
      'OperationDenied.ClusterExist',
      `The service mesh ${mesh.meshId} still has the cluster ${mesh.members[0].clusterId}; remove it first or set Force.`,
    );
  }
  const reused = securityGroupStatus(cloud, mesh) === 'reused';
  if (reused && !kept.includes(mesh.securityGroupId)) {
    throw new ApiError(
      'RelatedResourceReused',
      `The security group ${mesh.securityGroupId} of ${mesh.meshId} is used by others; release it there or name it in RetainResources.`,
    );
  }
  mesh.state = 'deleting';
  addMeshLog(cloud, mesh, 'Deleting the service mesh');
  cloud.transitions.schedule(
    'mesh.deleted',
    { meshId: mesh.meshId, kept: kept.join(',') },
    DURATIONS.meshDeleted,
  );
}

function updateMeshFeature(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const given = features(call);
  const clusterSpec = call.oneOf('ClusterSpec', CLUSTER_SPECS);
  const aggregates = call.bool('CRAggregationEnabled');
  const after = mergeFeatures(mesh.features, given);
  const renews = CA_PARAMETERS.find(name => call.text(name) !== undefined);
  if (renews && !mesh.ownCa) {
    throw invalidParameter(
      renews,
      `${mesh.meshId} was not created with a certificate authority of your own (UseExistingCA).`,
    );
  }
  applyLocality(call, mesh);
  mesh.features = after;
  mesh.clusterSpec = clusterSpec ?? mesh.clusterSpec;
  if (aggregates !== undefined) {
    mesh.crAggregation = {
      enabled: aggregates,
      resources: mesh.crAggregation?.resources ?? {},
    };
  }
  addMeshLog(cloud, mesh, 'Features changed');
}

export const meshOperations: Record<string, RpcOperation> = {
  CreateServiceMesh: {
    run: createServiceMesh,
  },
  DeleteServiceMesh: { run: deleteServiceMesh },
  UpdateMeshFeature: { run: updateMeshFeature },
};

/** Starts the control plane's API server, or finds it running. */
export async function openMeshApiServer(
  cloud: Cloud,
  mesh: Mesh,
): Promise<void> {
  await cloud.kube.open({
    id: mesh.meshId,
    kind: 'asm',
    name: mesh.name,
    region: mesh.regionId,
    kubernetesVersion: CONTROL_PLANE_VERSION,
  });
  mesh.apiServerUp = true;
  const outage = outageMode(cloud, mesh.regionId);
  if (outage) cloud.kube.get(mesh.meshId)?.suspend(outage);
}

export function handleMeshTransitions(cloud: Cloud): void {
  const { transitions } = cloud;
  transitions.handle('mesh.apiserver', async ({ meshId, guestId }) => {
    const mesh = data(cloud).meshes[meshId];
    if (mesh?.state !== 'initial') return;
    await openMeshApiServer(cloud, mesh);
    transitions.schedule(
      'mesh.running',
      { meshId, ...(guestId ? { guestId } : {}) },
      DURATIONS.meshRunning,
    );
  });
  transitions.handle('mesh.running', ({ meshId, guestId }) => {
    const all = data(cloud);
    const mesh = all.meshes[meshId];
    if (mesh?.state !== 'initial') return;
    mesh.state = 'running';
    addMeshLog(cloud, mesh, 'The service mesh is running');
    const guest = guestId ? all.clusters[guestId] : undefined;
    if (guest) startJoin(cloud, mesh, guest, false);
  });
  transitions.handle('mesh.deleted', async ({ meshId, kept }) => {
    const all = data(cloud);
    const mesh = all.meshes[meshId];
    await cloud.kube.destroy(meshId);
    if (mesh) {
      for (const { clusterId } of mesh.members) {
        clearMember(cloud, mesh, clusterId);
      }
    }
    removeCompanions(cloud, meshId, new Set(kept.split(',')));
    delete all.meshes[meshId];
  });
}
