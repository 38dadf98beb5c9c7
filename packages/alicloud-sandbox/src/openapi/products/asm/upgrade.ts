import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter } from '../../errors';
import type { Mesh, MeshUpgrade } from '../../model';
import type { RpcOperation } from '../../operation';
import { addMeshLog, findMesh, runningMesh } from './find';
import { ISTIO_GATEWAYS, SYSTEM_NAMESPACE } from './kinds';
import { reachMember } from './precheck';
import { CONTROL_PLANE_VERSION, nextVersion } from './versions';

function gatewayNames(cloud: Cloud, mesh: Mesh): string[] {
  const storage = cloud.kube.get(mesh.meshId)?.storage;
  return (storage?.list(ISTIO_GATEWAYS, SYSTEM_NAMESPACE) ?? []).map(
    gateway => gateway.metadata.name,
  );
}

/** Names in `istio-system:name,…`; the namespace may be left out. */
function listed(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map(item => item.trim().replace(/^.*:/, ''))
    .filter(Boolean);
}

/** What stands in the way of an upgrade, or an empty text. */
function obstacle(cloud: Cloud, mesh: Mesh): string {
  for (const member of mesh.members) {
    const cluster = data(cloud).clusters[member.clusterId];
    if (!cluster) return `the member ${member.clusterId} no longer exists`;
    if (member.state !== 'running') {
      return `the member ${cluster.name} (${cluster.clusterId}) is ${member.state}`;
    }
    if (!reachMember(cloud, mesh, cluster).ok) {
      return `the API server of ${cluster.name} (${cluster.clusterId}) cannot be reached`;
    }
  }
  return '';
}

function targetOf(mesh: Mesh): string {
  const target = nextVersion(mesh.version);
  if (!target) {
    throw new ApiError(
      'UpgradedVersion.NotFound',
      `The service mesh ${mesh.meshId} is ${mesh.version}; there is no newer version to upgrade to.`,
    );
  }
  return target;
}

function checkUpgrade(cloud: Cloud, mesh: Mesh): void {
  const problem = obstacle(cloud, mesh);
  if (problem) {
    throw new ApiError(
      'UpgradePreCheck.Failed',
      `The service mesh ${mesh.meshId} cannot be upgraded: ${problem}. Repair or remove the member first.`,
    );
  }
}

function startUpgrade(
  cloud: Cloud,
  mesh: Mesh,
  target: string,
  gateways: string[],
): void {
  mesh.upgrade = {
    from: mesh.version,
    target,
    state: 'upgrading',
    message: '',
    gateways,
  };
  mesh.state = 'upgrading';
  addMeshLog(cloud, mesh, `Upgrading from ${mesh.version} to ${target}`);
  cloud.transitions.schedule(
    'mesh.upgraded',
    { meshId: mesh.meshId },
    DURATIONS.meshUpgraded,
  );
}

function upgradeMeshVersion(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const target = targetOf(mesh);
  checkUpgrade(cloud, mesh);
  if (call.bool('PreCheck')) return;
  startUpgrade(cloud, mesh, target, gatewayNames(cloud, mesh));
}

/** Gateways named in UpgradeGatewayRecords, each of which must exist. */
function wantedGateways(call: RpcCall, cloud: Cloud, mesh: Mesh): string[] {
  const present = gatewayNames(cloud, mesh);
  const wanted = listed(call.text('UpgradeGatewayRecords')) ?? [];
  const unknown = wanted.find(name => !present.includes(name));
  if (unknown !== undefined) {
    throw invalidParameter(
      'UpgradeGatewayRecords',
      `${mesh.meshId} has no gateway ${unknown} in ${SYSTEM_NAMESPACE}.`,
    );
  }
  return wanted;
}

/** The control plane first (`ASMGatewayContinue` false), then gateway by gateway (true). */
function upgradePartially(call: RpcCall, cloud: Cloud): void {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const preCheck = call.bool('PreCheck') ?? false;
  const wanted = wantedGateways(call, cloud, mesh);
  if (call.bool('ASMGatewayContinue')) {
    if (preCheck) return;
    followControlPlane(mesh, wanted);
    addMeshLog(cloud, mesh, `Gateways upgraded: ${wanted.join(', ')}`);
    return;
  }
  const toPro = (call.bool('SwitchToPro') ?? false) && mesh.edition !== 'Pro';
  const expected = call.text('ExpectedVersion');
  const target = toPro
    ? nextVersion(mesh.version) ?? mesh.version
    : targetOf(mesh);
  if (expected !== undefined && expected !== target) {
    throw new ApiError(
      'UpgradedVersion.NotExpected',
      `The service mesh ${mesh.meshId} (${mesh.version}) would be upgraded to ${target}, not to the expected ${expected}.`,
    );
  }
  checkUpgrade(cloud, mesh);
  if (preCheck) return;
  if (toPro) mesh.edition = 'Pro';
  startUpgrade(cloud, mesh, target, wanted);
}

/** From now on these gateways have the control plane's version. */
function followControlPlane(mesh: Mesh, names: string[]): void {
  mesh.gatewayVersions = Object.fromEntries(
    Object.entries(mesh.gatewayVersions ?? {}).filter(
      ([name]) => !names.includes(name),
    ),
  );
}

const MESH_STATUS = {
  upgrading: 'upgrading',
  succeeded: 'running',
  failed: 'upgrading_failed',
} as const;

function gatewayStatus(
  upgrade: MeshUpgrade | undefined,
  name: string,
  behind: string | undefined,
): 'finished' | 'pending' | 'notStart' {
  if (behind === undefined) return 'finished';
  const waits =
    upgrade?.state === 'upgrading' && upgrade.gateways.includes(name);
  return waits ? 'pending' : 'notStart';
}

function upgradeStatus(call: RpcCall, cloud: Cloud) {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  const present = gatewayNames(cloud, mesh);
  const asked = listed(call.text('AllIstioGatewayFullNames'));
  const names = present.filter(name => asked?.includes(name) ?? true);
  const { upgrade } = mesh;
  const rows = names.map(name => {
    const behind =
      mesh.gatewayVersions?.[name] ??
      (upgrade?.state === 'upgrading' ? upgrade.from : undefined);
    return {
      name,
      status: gatewayStatus(upgrade, name, behind),
      version: behind ?? mesh.version,
    };
  });
  return {
    UpgradeDetail: {
      FinishedGatewaysNum: rows.filter(row => row.status === 'finished').length,
      GatewayStatusRecord: Object.fromEntries(
        rows.map(({ name, status, version }) => [
          `${SYSTEM_NAMESPACE}:${name}`,
          { Status: status, Message: '', Version: version },
        ]),
      ),
      MeshStatus: upgrade ? MESH_STATUS[upgrade.state] : 'running',
      TotalGatewaysNum: rows.length,
    },
  };
}

export const upgradeOperations: Record<string, RpcOperation> = {
  DescribeUpgradeVersion: {
    run: (call, cloud) => {
      const mesh = findMesh(cloud, call.need('ServiceMeshId'));
      const target = nextVersion(mesh.version) ?? mesh.version;
      return {
        Version: {
          IstioOperatorVersion: target,
          IstioVersion: target,
          KubernetesVersion: CONTROL_PLANE_VERSION,
        },
      };
    },
  },
  UpgradeMeshVersion: { run: upgradeMeshVersion },
  UpgradeMeshEditionPartially: { run: upgradePartially },
  DescribeServiceMeshUpgradeStatus: { run: upgradeStatus },
};

export function handleUpgradeTransitions(cloud: Cloud): void {
  cloud.transitions.handle('mesh.upgraded', ({ meshId }) => {
    const mesh = data(cloud).meshes[meshId];
    const upgrade = mesh?.upgrade;
    if (mesh?.state !== 'upgrading' || !upgrade) return;
    mesh.state = 'running';
    upgrade.message = obstacle(cloud, mesh);
    if (upgrade.message) {
      upgrade.state = 'failed';
      addMeshLog(cloud, mesh, `Upgrade failed: ${upgrade.message}`);
      return;
    }
    const behind = gatewayNames(cloud, mesh).map(
      name => [name, mesh.gatewayVersions?.[name] ?? upgrade.from] as const,
    );
    mesh.gatewayVersions = Object.fromEntries(behind);
    mesh.version = upgrade.target;
    followControlPlane(mesh, upgrade.gateways);
    upgrade.state = 'succeeded';
    addMeshLog(cloud, mesh, `Upgraded to ${mesh.version}`);
  });
}
