import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { ApiError, invalidParameter } from '../../errors';
import type { Mesh, MultiClusterNetwork } from '../../model';
import type { RpcOperation } from '../../operation';
import { checkQuantity } from './features';
import { addMeshLog, findMesh, runningMesh } from './find';
import { findMember } from './precheck';

const DEFAULT_LOG_DAYS = 30;

/** @throws ApiError `NameAlreadyExist` when another mesh has the name. */
export function checkMeshName(cloud: Cloud, name: string, own?: Mesh): void {
  if (name.length > 128) {
    throw invalidParameter(
      'Name',
      `it has ${name.length} characters; 128 are allowed.`,
    );
  }
  const taken = Object.values(data(cloud).meshes).some(
    mesh => mesh !== own && mesh.name === name,
  );
  if (taken) {
    throw new ApiError(
      'NameAlreadyExist',
      `A service mesh named ${name} already exists. Take another name.`,
    );
  }
}

function modifyName(call: RpcCall, cloud: Cloud): void {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  const name = call.need('Name');
  checkMeshName(cloud, name, mesh);
  mesh.name = name;
  addMeshLog(cloud, mesh, `Renamed to ${name}`);
}

const RESOURCES = [
  'CPULimit',
  'CPURequirement',
  'MemoryLimit',
  'MemoryRequirement',
];

function updateCrAggregation(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const enabled = call.bool('Enabled') ?? mesh.crAggregation?.enabled ?? false;
  if (call.bool('UsePublicApiServer') && !mesh.apiServerPublicEip) {
    throw invalidParameter(
      'UsePublicApiServer',
      `the API server of ${mesh.meshId} has no public address; bind an EIP first.`,
    );
  }
  const resources = { ...mesh.crAggregation?.resources };
  for (const name of RESOURCES) {
    const value = call.text(name);
    if (value === undefined) continue;
    checkQuantity(name, value);
    resources[name] = value;
  }
  mesh.crAggregation = { enabled, resources };
  addMeshLog(
    cloud,
    mesh,
    `Istio resources through the members' API servers: ${
      enabled ? 'on' : 'off'
    }`,
  );
}

/** The Log Service project of a mesh that names none itself. */
export function logProject(mesh: Pick<Mesh, 'meshId'>): string {
  return `mesh-log-${mesh.meshId}`;
}

function updateControlPlaneLog(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  call.need('Enabled');
  const enabled = call.bool('Enabled')!;
  const before = mesh.controlPlaneLog;
  const ttlDays =
    call.int('LogTTLInDay', { min: 1, max: 3650 }) ??
    before?.ttlDays ??
    DEFAULT_LOG_DAYS;
  const project = call.text('Project') ?? (before?.project || logProject(mesh));
  if (!/^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/.test(project)) {
    throw invalidParameter(
      'Project',
      `'${project}' is no name of a Log Service project: 3 to 63 lower-case letters, digits and hyphens.`,
    );
  }
  mesh.controlPlaneLog = { enabled, ttlDays, project };
  addMeshLog(cloud, mesh, `Control plane log: ${enabled ? project : 'off'}`);
}

function describeNetworks(call: RpcCall, cloud: Cloud) {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  const row = (clusterId: string): MultiClusterNetwork =>
    mesh.multiClusterNetworks?.[clusterId] ?? {
      Network: '',
      EnableGateway: false,
      CustomGatewayAddress: '',
      GatewayName: '',
    };
  return {
    MultiClusterNetworks: Object.fromEntries(
      mesh.members.map(({ clusterId }) => [clusterId, row(clusterId)]),
    ),
  };
}

function parseNetwork(clusterId: string, value: unknown): MultiClusterNetwork {
  const given = value as Partial<MultiClusterNetwork> | null;
  const refuse = (reason: string) =>
    invalidParameter('MultiClusterNetworks', `${clusterId}: ${reason}`);
  if (!given || typeof given !== 'object' || Array.isArray(given)) {
    throw refuse('its value is not an object.');
  }
  const { Network = '', GatewayName = '', CustomGatewayAddress = '' } = given;
  const { EnableGateway = false } = given;
  if (typeof Network !== 'string' || !Network) {
    throw refuse('Network, the name of its network, is missing.');
  }
  if (typeof EnableGateway !== 'boolean') {
    throw refuse(`EnableGateway '${EnableGateway}' is neither true nor false.`);
  }
  if (EnableGateway && !GatewayName && !CustomGatewayAddress) {
    throw refuse('EnableGateway needs GatewayName or CustomGatewayAddress.');
  }
  return {
    Network,
    EnableGateway,
    CustomGatewayAddress: String(CustomGatewayAddress),
    GatewayName: String(GatewayName),
  };
}

function updateNetworks(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const value = call.json('MultiClusterNetworks') ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidParameter(
      'MultiClusterNetworks',
      'it is not a JSON object with a cluster id for each key.',
    );
  }
  const networks = Object.entries(value).map(([clusterId, network]) => {
    if (!findMember(mesh, clusterId)) {
      throw invalidParameter(
        'MultiClusterNetworks',
        `${clusterId} is no member of ${mesh.meshId}; add it first.`,
      );
    }
    return [clusterId, parseNetwork(clusterId, network)] as const;
  });
  mesh.multiClusterNetworks = {
    ...mesh.multiClusterNetworks,
    ...Object.fromEntries(networks),
  };
  addMeshLog(cloud, mesh, 'Networks of the members changed');
}

export const settingOperations: Record<string, RpcOperation> = {
  ModifyServiceMeshName: { run: modifyName },
  UpdateMeshCRAggregation: { run: updateCrAggregation },
  UpdateControlPlaneLogConfig: {
    run: updateControlPlaneLog,
  },
  DescribeMeshMultiClusterNetwork: { run: describeNetworks },
  UpdateMeshMultiClusterNetwork: { run: updateNetworks },
};
