import { REGIONS } from '../../../network/regions';
import { Cloud, data } from '../../cloud';
import type { Cluster, ClusterSettings, VSwitch } from '../../model';
import { Blocks, checkBlocks, checkPodVSwitches } from './blocks';
import { PoolRequest, checkAddresses, checkNodeCount, poolsOf } from './pools';
import { needText, oneOf, refuse } from './refuse';
import { settingsOf } from './settings';
import { DEFAULT_VERSION, VERSIONS } from './versions';

/** Clusters of an account, by default quota. */
const MOST_CLUSTERS = 50;
/** vSwitches that a cluster's control plane can span. */
const MOST_VSWITCHES = 5;
export const SPECS = [
  'ack.standard',
  'ack.pro.small',
  'ack.pro.xlarge',
  'ack.pro.2xlarge',
  'ack.pro.4xlarge',
];
const PROXY_MODES = ['ipvs', 'iptables', 'nftables'];

/** CreateCluster's body after all checks. */
export interface ClusterRequest extends Blocks {
  name: string;
  regionId: string;
  vpcId: string;
  vSwitches: VSwitch[];
  podVSwitches: VSwitch[];
  version: string;
  clusterSpec: string;
  profile: string;
  proxyMode: string;
  networkPlugin: Cluster['networkPlugin'];
  securityGroupId?: string;
  pools: PoolRequest[];
  settings: ClusterSettings;
}

/** @throws ApiError for a name that is no name or is taken. */
export function checkClusterName(
  cloud: Cloud,
  name: string,
  own?: Cluster,
): void {
  if (!/^[0-9a-zA-Z\u4e00-\u9fa5][-0-9a-zA-Z\u4e00-\u9fa5]{0,62}$/.test(name)) {
    throw refuse(
      'ErrorParamsInvalid',
      `name '${name}' must be 1 to 63 letters, digits, Chinese characters or hyphens and not start with a hyphen.`,
    );
  }
  const taken = Object.values(data(cloud).clusters).some(
    cluster => cluster !== own && cluster.name === name,
  );
  if (taken) {
    throw refuse(
      'ErrorClusterNameAlreadyExist',
      `A cluster named ${name} already exists.`,
    );
  }
}

function vSwitchesOf(
  cloud: Cloud,
  body: Record<string, any>,
  name: string,
  vpcId: string,
): VSwitch[] {
  const ids: unknown = body[name] ?? [];
  if (!Array.isArray(ids)) {
    throw refuse('ErrorParamsInvalid', `${name} must be an array of ids.`);
  }
  return [...new Set(ids)].map(id => {
    const vSwitch = data(cloud).vSwitches[id];
    if (!vSwitch || vSwitch.vpcId !== vpcId) {
      throw refuse(
        'ErrorVSwitchNotFound',
        `The vSwitch ${id} named in ${name} does not exist in ${vpcId}.`,
      );
    }
    if (vSwitch.status !== 'Available') {
      throw refuse(
        'ErrorVSwitchNotAvailable',
        `The vSwitch ${id} is ${vSwitch.status}.`,
      );
    }
    return vSwitch;
  });
}

/** Name, kind, version: what needs no look at the network. */
function checkKind(body: Record<string, any>, cloud: Cloud) {
  const name = needText(body, 'name');
  checkClusterName(cloud, name);
  const regionId = needText(body, 'region_id');
  if (!REGIONS.has(regionId)) {
    throw refuse('ErrorParamsInvalid', `region_id ${regionId} is unknown.`);
  }
  if (needText(body, 'cluster_type') !== 'ManagedKubernetes') {
    throw refuse(
      'ErrorParamsInvalid',
      `cluster_type ${body.cluster_type} is not supported: ManagedKubernetes.`,
    );
  }
  const version = body.kubernetes_version || DEFAULT_VERSION;
  if (!VERSIONS.includes(version)) {
    throw refuse(
      'ErrorParamsInvalid',
      `kubernetes_version ${version} is none of ${VERSIONS.join(', ')}.`,
    );
  }
  if (Object.keys(data(cloud).clusters).length >= MOST_CLUSTERS) {
    throw refuse(
      'ErrorQuotaExceeded',
      `The account has ${MOST_CLUSTERS} clusters, as many as its quota allows.`,
    );
  }
  return {
    name,
    regionId,
    version,
    clusterSpec: oneOf(body, 'cluster_spec', SPECS, 'ack.standard'),
    profile: oneOf(body, 'profile', ['Default'], 'Default'),
    proxyMode: oneOf(body, 'proxy_mode', PROXY_MODES, 'ipvs'),
  };
}

/** The VPC with the vSwitches of the control plane and, under Terway, of the Pods. */
function checkNetwork(
  body: Record<string, any>,
  cloud: Cloud,
  regionId: string,
) {
  const vpcId = needText(body, 'vpcid');
  const vpc = data(cloud).vpcs[vpcId];
  if (!vpc || vpc.regionId !== regionId) {
    throw refuse(
      'ErrorVpcNotFound',
      `The VPC ${vpcId} does not exist in ${regionId}.`,
    );
  }
  const vSwitches = vSwitchesOf(cloud, body, 'vswitch_ids', vpcId);
  if (!vSwitches.length || vSwitches.length > MOST_VSWITCHES) {
    throw refuse(
      vSwitches.length ? 'ErrorParamsInvalid' : 'ErrorParamsMissing',
      `vswitch_ids names ${vSwitches.length} vSwitches; 1 to ${MOST_VSWITCHES} are needed.`,
    );
  }
  const podVSwitches = vSwitchesOf(cloud, body, 'pod_vswitch_ids', vpcId);
  const securityGroupId = body.security_group_id || undefined;
  if (
    securityGroupId &&
    data(cloud).securityGroups[securityGroupId]?.vpcId !== vpcId
  ) {
    throw refuse(
      'ErrorSecurityGroupNotFound',
      `The security group ${securityGroupId} does not exist in ${vpcId}.`,
    );
  }
  return { vpcId, vSwitches, podVSwitches, securityGroupId };
}

/** The network plug-in is an addon; without one it is Flannel. */
function pluginOf(body: Record<string, any>): Cluster['networkPlugin'] {
  const addons: { name?: string }[] = body.addons ?? [];
  return addons.some(addon => addon.name?.startsWith('terway'))
    ? 'terway'
    : 'flannel';
}

/** @throws ApiError with the Container Service's `Error…` codes, naming the field. */
export function checkClusterRequest(
  body: Record<string, any>,
  cloud: Cloud,
): ClusterRequest {
  const kind = checkKind(body, cloud);
  const network = checkNetwork(body, cloud, kind.regionId);
  const networkPlugin = pluginOf(body);
  const blocks = checkBlocks(body, cloud, {
    vpcId: network.vpcId,
    networkPlugin,
  });
  const pools = poolsOf(body, network.vSwitches);
  checkNodeCount(
    pools.reduce((sum, pool) => sum + pool.desiredSize, 0),
    blocks,
  );
  // The API server's load balancer and a NAT gateway need addresses too.
  checkAddresses(
    cloud,
    network.vpcId,
    pools.map(pool => ({ pool, from: 0, more: pool.desiredSize })),
    { [network.vSwitches[0].vSwitchId]: 2 },
  );
  if (networkPlugin === 'terway') {
    const nodeVSwitches = pools.flatMap(pool =>
      pool.vSwitchIds.map(id => data(cloud).vSwitches[id]),
    );
    checkPodVSwitches(network.podVSwitches, nodeVSwitches);
  }
  return {
    ...kind,
    ...network,
    networkPlugin,
    ...blocks,
    pools,
    settings: settingsOf(body),
  };
}
