import { addEip, addLoadBalancer, removeCompanions } from '../../companions';
import { RpcCall } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter, notFound } from '../../errors';
import { clusterId } from '../../ids';
import type { Mesh } from '../../model';
import type { RpcOperation } from '../../operation';
import { accept, addRules } from '../ecs/rules';
import { addGroup } from '../ecs/securitygroups';
import { findVSwitch } from '../vpc/vswitches';
import { findVpc } from '../vpc/vpcs';
import { applyLocality, parseLocalityConf } from './locality';
import {
  DEFAULT_VERSION,
  VERSIONS,
  resolveVersion,
  supportsDistribute,
} from './versions';

/** Kubernetes API version of the ASM control plane's API server. */
const CONTROL_PLANE_VERSION = '1.32.1-aliyun.1';

/** Parameters that are no features to be remembered. */
const NOT_FEATURES =
  /^(Access[K]ey|Action|Format|Signature|Timestamp|Version|SecurityToken|RegionId|VpcId|VSwitches|Name|Tag\.|ServiceMeshId|IstioVersion|Locality|ApiServerPublicEip|Edition|ClusterSpec|GuestCluster|Existing)/;

export function findMesh(cloud: Cloud, id: string): Mesh {
  const mesh = data(cloud).meshes[id];
  if (!mesh) throw notFound('ServiceMesh.NotFound', 'service mesh', id);
  return mesh;
}

/** @throws ApiError `StillInitializing` unless it is running. */
export function runningMesh(cloud: Cloud, id: string): Mesh {
  const mesh = findMesh(cloud, id);
  if (mesh.state !== 'running') {
    throw new ApiError(
      'StillInitializing',
      `The service mesh ${id} is ${mesh.state}, not running.`,
    );
  }
  return mesh;
}

function features(call: RpcCall): Record<string, string> {
  return Object.fromEntries(
    [...call.parameters].filter(([name]) => !NOT_FEATURES.test(name)),
  );
}

function createServiceMesh(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const regionId = call.need('RegionId');
  const vpc = findVpc(cloud, call.need('VpcId'));
  if (vpc.regionId !== regionId) {
    throw invalidParameter('VpcId', `${vpc.vpcId} is not in ${regionId}.`);
  }
  const ids = call.json('VSwitches');
  if (!Array.isArray(ids) || !ids.length) {
    throw invalidParameter('VSwitches', 'it is not a JSON array of ids.');
  }
  const vSwitches = ids.map(id => findVSwitch(cloud, String(id)));
  for (const vSwitch of vSwitches) {
    if (vSwitch.vpcId !== vpc.vpcId || vSwitch.status !== 'Available') {
      throw invalidParameter(
        'VSwitches',
        `${vSwitch.vSwitchId} is not an available vSwitch of ${vpc.vpcId}.`,
      );
    }
  }
  const wanted = call.text('IstioVersion') ?? DEFAULT_VERSION;
  const version = resolveVersion(wanted);
  if (!version) {
    throw invalidParameter(
      'IstioVersion',
      `${wanted} is none of ${VERSIONS.join(', ')}.`,
    );
  }
  const name = call.text('Name') ?? 'mesh';
  if (Object.values(all.meshes).some(mesh => mesh.name === name)) {
    throw new ApiError(
      'NameAlreadyExist',
      `A service mesh named ${name} already exists.`,
    );
  }
  const conf = parseLocalityConf(call);
  if (conf?.distribute && !supportsDistribute(version)) {
    throw new ApiError(
      'VersionNotSupport.Distribute',
      `Traffic distribution over regions requires ASM 1.22.6.66 or later, not ${version}.`,
    );
  }
  const tags = call.tags();
  const apiServerPublicEip = call.bool('ApiServerPublicEip') ?? false;
  const edition = call.oneOf('Edition', ['Default', 'Pro']) ?? 'Pro';
  const clusterSpec =
    call.oneOf('ClusterSpec', ['standard', 'enterprise', 'ultimate']) ??
    'standard';

  const meshId = clusterId();
  const [first] = vSwitches;
  const owner = { ownerType: 'ServiceMesh' as const, ownerId: meshId };
  const apiServer = addLoadBalancer(cloud, first, {
    name: `asm-${meshId}-apiserver`,
    ...owner,
  });
  const pilot = addLoadBalancer(cloud, first, {
    name: `asm-${meshId}-pilot`,
    ...owner,
  });
  const eip = apiServerPublicEip
    ? addEip(cloud, first, {
        name: `asm-${meshId}-apiserver`,
        instanceId: apiServer.loadBalancerId,
        instanceType: 'SlbInstance',
        ownerId: meshId,
      })
    : undefined;
  const group = addGroup(cloud, {
    name: `asm-${meshId}`,
    description: 'Auto created by ASM',
    regionId,
    vpcId: vpc.vpcId,
    type: 'normal',
    ownerId: meshId,
    tags: {},
  });
  addRules(cloud, group, [
    accept('0.0.0.0/0', 'API server', { protocol: 'TCP', range: '6443/6443' }),
    accept('0.0.0.0/0', 'Istiod', { protocol: 'TCP', range: '15010/15017' }),
  ]);
  const mesh: Mesh = {
    meshId,
    name,
    regionId,
    state: 'initial',
    version,
    edition,
    clusterSpec,
    vpcId: vpc.vpcId,
    vSwitchIds: vSwitches.map(item => item.vSwitchId),
    securityGroupId: group.securityGroupId,
    apiServerLoadBalancerId: apiServer.loadBalancerId,
    pilotLoadBalancerId: pilot.loadBalancerId,
    apiServerIp: apiServer.ip,
    pilotIp: pilot.ip,
    apiServerPublicEip,
    apiServerEipId: eip?.allocationId ?? '',
    apiServerUp: false,
    localityEnabled: call.bool('LocalityLoadBalancing') ?? false,
    locality: conf ?? {},
    features: features(call),
    members: [],
    creationTime: nowIso(cloud),
    updateTime: nowIso(cloud),
    tags,
  };
  all.meshes[meshId] = mesh;
  cloud.transitions.schedule(
    'mesh.apiserver',
    { meshId },
    DURATIONS.meshApiServerUp,
  );
  return { ServiceMeshId: meshId };
}

function deleteServiceMesh(call: RpcCall, cloud: Cloud) {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  if (mesh.state === 'initial') runningMesh(cloud, mesh.meshId);
  const kept = call.json('RetainResources') ?? [];
  if (!Array.isArray(kept)) {
    throw invalidParameter('RetainResources', 'it is not a JSON array.');
  }
  if (mesh.members.length && !call.bool('Force')) {
    throw new ApiError(
      'OperationDenied.ClusterExist',
      `The service mesh ${mesh.meshId} still has the cluster ${mesh.members[0].clusterId}; remove it first or set Force.`,
    );
  }
  if (mesh.state === 'deleting') return;
  mesh.state = 'deleting';
  mesh.updateTime = nowIso(cloud);
  cloud.transitions.schedule(
    'mesh.deleted',
    { meshId: mesh.meshId, kept: kept.join(',') },
    DURATIONS.meshDeleted,
  );
}

function updateMeshFeature(call: RpcCall, cloud: Cloud) {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  applyLocality(call, mesh);
  Object.assign(mesh.features, features(call));
  mesh.updateTime = nowIso(cloud);
}

export const meshOperations: Record<string, RpcOperation> = {
  CreateServiceMesh: {
    required: ['RegionId', 'VSwitches', 'VpcId'],
    run: createServiceMesh,
  },
  DeleteServiceMesh: { required: ['ServiceMeshId'], run: deleteServiceMesh },
  UpdateMeshFeature: { required: ['ServiceMeshId'], run: updateMeshFeature },
  ModifyServiceMeshName: {
    required: ['Name', 'ServiceMeshId'],
    run: (call, cloud) => {
      findMesh(cloud, call.need('ServiceMeshId')).name = call.need('Name');
    },
  },
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
  if (data(cloud).regionsDown.includes(mesh.regionId)) {
    cloud.kube.get(mesh.meshId)?.suspend();
  }
}

export function handleMeshTransitions(cloud: Cloud): void {
  const { transitions } = cloud;
  transitions.handle('mesh.apiserver', async ({ meshId }) => {
    const mesh = data(cloud).meshes[meshId];
    if (mesh?.state !== 'initial') return;
    await openMeshApiServer(cloud, mesh);
    transitions.schedule('mesh.running', { meshId }, DURATIONS.meshRunning);
  });
  transitions.handle('mesh.running', ({ meshId }) => {
    const mesh = data(cloud).meshes[meshId];
    if (mesh?.state !== 'initial') return;
    mesh.state = 'running';
    mesh.updateTime = nowIso(cloud);
  });
  transitions.handle('mesh.deleted', async ({ meshId, kept }) => {
    await cloud.kube.destroy(meshId);
    removeCompanions(cloud, meshId, new Set(kept.split(',')));
    delete data(cloud).meshes[meshId];
  });
}
