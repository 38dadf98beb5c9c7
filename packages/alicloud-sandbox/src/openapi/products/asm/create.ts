import { availableAddresses } from '../../addresses';
import { addEip, addLoadBalancer } from '../../companions';
import { RpcCall } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter, notFound } from '../../errors';
import { clusterId } from '../../ids';
import type { Cluster, LocalityConf, Mesh, VSwitch, Vpc } from '../../model';
import { accept, addRules } from '../ecs/rules';
import { addGroup } from '../ecs/securitygroups';
import { findVSwitch } from '../vpc/vswitches';
import { findVpc } from '../vpc/vpcs';
import { features, mergeFeatures } from './features';
import { addMeshLog } from './find';
import { checkDistribute, parseLocalityConf } from './locality';
import { checkMeshName, logProject } from './settings';
import { DEFAULT_VERSION, VERSIONS, resolveVersion } from './versions';

/** Addresses that a mesh takes in its first vSwitch: of the API server's and of Pilot's load balancer. */
const ADDRESSES = 2;

export const EDITIONS = ['Default', 'Pro'] as const;
export const CLUSTER_SPECS = ['standard', 'enterprise', 'ultimate'] as const;

/** CreateServiceMesh after all checks. */
interface MeshRequest {
  name: string;
  vpc: Vpc;
  vSwitches: VSwitch[];
  version: string;
  conf: LocalityConf;
  guest?: Cluster;
}

function vSwitchesOf(call: RpcCall, cloud: Cloud, vpc: Vpc): VSwitch[] {
  const ids = call.json('VSwitches');
  if (!Array.isArray(ids) || !ids.length) {
    throw invalidParameter('VSwitches', 'it is not a JSON array of ids.');
  }
  return ids.map(id => {
    const vSwitch = findVSwitch(cloud, String(id));
    if (vSwitch.vpcId !== vpc.vpcId || vSwitch.status !== 'Available') {
      throw invalidParameter(
        'VSwitches',
        `${vSwitch.vSwitchId} is not an available vSwitch of ${vpc.vpcId}.`,
      );
    }
    return vSwitch;
  });
}

/** The cluster that joins at once: only one in the mesh's own VPC and vSwitch can. */
function guestOf(
  call: RpcCall,
  cloud: Cloud,
  vSwitches: VSwitch[],
): Cluster | undefined {
  const id = call.text('GuestCluster');
  if (id === undefined) return undefined;
  const all = data(cloud);
  const cluster = all.clusters[id];
  if (!cluster) throw notFound('ErrorClusterNotFound', 'cluster', id);
  const shares = vSwitches.some(
    vSwitch =>
      vSwitch.vpcId === cluster.vpcId &&
      cluster.vSwitchIds.includes(vSwitch.vSwitchId),
  );
  if (!shares) {
    throw invalidParameter(
      'GuestCluster',
      `${id} is in another VPC or vSwitch; leave it out and add it with AddClusterIntoServiceMesh.`,
    );
  }
  if (cluster.state !== 'running') {
    throw invalidParameter(
      'GuestCluster',
      `${id} is ${cluster.state}, not running.`,
    );
  }
  const home = Object.values(all.meshes).find(mesh =>
    mesh.members.some(member => member.clusterId === id),
  );
  if (home) {
    throw invalidParameter(
      'GuestCluster',
      `${id} already belongs to the service mesh ${home.meshId}.`,
    );
  }
  return cluster;
}

function checkRequest(call: RpcCall, cloud: Cloud): MeshRequest {
  const regionId = call.need('RegionId');
  const vpc = findVpc(cloud, call.need('VpcId'));
  if (vpc.regionId !== regionId) {
    throw invalidParameter('VpcId', `${vpc.vpcId} is not in ${regionId}.`);
  }
  const vSwitches = vSwitchesOf(call, cloud, vpc);
  const free = availableAddresses(data(cloud), vSwitches[0]);
  if (free < ADDRESSES) {
    throw new ApiError(
      'InvalidVSwitchId.IpNotEnough',
      `The vSwitch ${vSwitches[0].vSwitchId} (${vSwitches[0].cidrBlock}) has ${free} free addresses, a service mesh needs ${ADDRESSES}. Name another one first.`,
    );
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
  checkMeshName(cloud, name);
  const conf = parseLocalityConf(call) ?? {};
  checkDistribute(conf, version, name);
  const guest = guestOf(call, cloud, vSwitches);
  return { name, vpc, vSwitches, version, conf, guest };
}

/** The two load balancers, the security group and, if wanted, the EIP that ASM makes for a mesh. */
function makeCompanions(
  cloud: Cloud,
  meshId: string,
  place: { vpc: Vpc; vSwitch: VSwitch },
  publicEip: boolean,
) {
  const { vpc, vSwitch } = place;
  const owner = { ownerType: 'ServiceMesh' as const, ownerId: meshId };
  const apiServer = addLoadBalancer(cloud, vSwitch, {
    name: `asm-${meshId}-apiserver`,
    ...owner,
  });
  const pilot = addLoadBalancer(cloud, vSwitch, {
    name: `asm-${meshId}-pilot`,
    ...owner,
  });
  const eip = publicEip
    ? addEip(cloud, vSwitch, {
        name: `asm-${meshId}-apiserver`,
        instanceId: apiServer.loadBalancerId,
        instanceType: 'SlbInstance',
        ownerId: meshId,
      })
    : undefined;
  const group = addGroup(cloud, {
    name: `asm-${meshId}`,
    description: 'Auto created by ASM',
    regionId: vpc.regionId,
    vpcId: vpc.vpcId,
    type: 'normal',
    ownerId: meshId,
    tags: {},
  });
  addRules(cloud, group, [
    accept('0.0.0.0/0', 'API server', { protocol: 'TCP', range: '6443/6443' }),
    accept('0.0.0.0/0', 'Istiod', { protocol: 'TCP', range: '15010/15017' }),
  ]);
  return { apiServer, pilot, eip, group };
}

function controlPlaneLog(call: RpcCall, meshId: string) {
  if (!call.bool('ControlPlaneLogEnabled')) return undefined;
  const project = call.text('ControlPlaneLogProject') ?? logProject({ meshId });
  return { enabled: true, ttlDays: 30, project };
}

/** CreateServiceMesh: checks everything, then makes the mesh in state `initial`. */
export function createServiceMesh(call: RpcCall, cloud: Cloud) {
  const request = checkRequest(call, cloud);
  const { name, vpc, vSwitches, version, conf, guest } = request;
  const tags = call.tags();
  const given = mergeFeatures({}, features(call));
  const ownCa = call.bool('UseExistingCA') ?? false;
  const apiServerPublicEip = call.bool('ApiServerPublicEip') ?? false;
  const localityEnabled = call.bool('LocalityLoadBalancing') ?? false;
  const aggregates = call.bool('CRAggregationEnabled') ?? false;
  const edition = call.oneOf('Edition', EDITIONS) ?? 'Pro';
  const clusterSpec = call.oneOf('ClusterSpec', CLUSTER_SPECS) ?? 'standard';

  const meshId = clusterId();
  const log = controlPlaneLog(call, meshId);
  const made = makeCompanions(
    cloud,
    meshId,
    { vpc, vSwitch: vSwitches[0] },
    apiServerPublicEip,
  );
  const mesh: Mesh = {
    meshId,
    name,
    regionId: vpc.regionId,
    state: 'initial',
    version,
    edition,
    clusterSpec,
    vpcId: vpc.vpcId,
    vSwitchIds: vSwitches.map(item => item.vSwitchId),
    securityGroupId: made.group.securityGroupId,
    apiServerLoadBalancerId: made.apiServer.loadBalancerId,
    pilotLoadBalancerId: made.pilot.loadBalancerId,
    apiServerIp: made.apiServer.ip,
    pilotIp: made.pilot.ip,
    apiServerPublicEip,
    apiServerEipId: made.eip?.allocationId ?? '',
    apiServerUp: false,
    localityEnabled,
    locality: conf,
    features: given,
    ...(ownCa ? { ownCa } : {}),
    members: [],
    ...(log ? { controlPlaneLog: log } : {}),
    ...(aggregates ? { crAggregation: { enabled: true, resources: {} } } : {}),
    creationTime: nowIso(cloud),
    updateTime: nowIso(cloud),
    tags,
  };
  data(cloud).meshes[meshId] = mesh;
  addMeshLog(cloud, mesh, `Creating the service mesh ${name} (${version})`);
  cloud.transitions.schedule(
    'mesh.apiserver',
    { meshId, ...(guest ? { guestId: guest.clusterId } : {}) },
    DURATIONS.meshApiServerUp,
  );
  return { ServiceMeshId: meshId };
}
