import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { createAlicloudAccounts } from '../alicloud/accounts';
import { UNLIMITED_RATES } from '../alicloud/rates';
import type { Alicloud, AlicloudAccounts } from '../alicloud/types';
import type { AccountConfig } from '../config';
import { createKubernetesConnector } from '../kubernetes/connect';
import type { KubernetesConnector } from '../kubernetes/types';
import { recordingLogger } from './logger';

export const REGION = 'cn-hangzhou';
export const OTHER = 'cn-shanghai';
export const TAGS = { 'mesh-dr:environment': 'demo', 'mesh-dr:resource': 'x' };

/** Asks until the answer is defined. */
export async function wait<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + 120_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Not within 120 s: ${what}`);
    await new Promise(resolve => {
      setTimeout(resolve, 20);
    });
  }
}

/** For all tests of the calling block: a fast sandbox cloud, the wrappers and the connector towards it. */
export function setUpSandboxCloud() {
  let sandbox: Sandbox;
  let accounts: AlicloudAccounts;
  let cloud: Alicloud;
  let connector: KubernetesConnector;
  const logger = recordingLogger();
  let token = 0;
  const clientToken = () => `token-${++token}`;

  const account = (overrides: Partial<AccountConfig> = {}): AccountConfig => ({
    name: 'sandbox',
    credentials: {
      accessKeyId: sandbox.accessKeyId,
      accessKeySecret: sandbox.accessKeySecret,
    },
    regions: [REGION, OTHER],
    endpoints: Object.fromEntries(
      ['vpc', 'cbn', 'ecs', 'cs', 'servicemesh', 'sts'].map(product => [
        product,
        sandbox.endpoint,
      ]),
    ),
    rates: UNLIMITED_RATES,
    ...overrides,
  });

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 600 });
    accounts = createAlicloudAccounts([account()], { logger });
    cloud = accounts.get();
    connector = createKubernetesConnector({
      alicloud: accounts,
      config: {
        apiServerAccess: 'public',
        allowedApiServers: ['127.0.0.0/8'],
        kubeconfigMinutes: 60,
      },
      logger,
    });
  }, 60_000);
  afterAll(async () => {
    await sandbox?.stop();
  });

  /** A VPC with one vSwitch in the first zone, both available. */
  async function createNetwork(regionId: string, cidr: string, inner: string) {
    const { vpcId } = await cloud.vpc.createVpc({
      regionId,
      cidrBlock: cidr,
      vpcName: `vpc-${regionId}`,
      clientToken: clientToken(),
      tags: TAGS,
    });
    await wait('VPC', async () =>
      (
        await cloud.vpc.describeVpcs({ regionId, vpcId })
      ).find(vpc => vpc.status === 'Available'),
    );
    const [zone] = await cloud.vpc.describeZones({ regionId });
    const { vSwitchId } = await cloud.vpc.createVSwitch({
      regionId,
      vpcId,
      zoneId: zone.zoneId,
      cidrBlock: inner,
      vSwitchName: `vsw-${regionId}`,
      clientToken: clientToken(),
      tags: TAGS,
    });
    await wait('vSwitch', async () =>
      (
        await cloud.vpc.describeVSwitches({ regionId, vSwitchId })
      ).find(vSwitch => vSwitch.status === 'Available'),
    );
    return { vpcId, vSwitchId, zoneId: zone.zoneId };
  }

  /** Orders a cluster of two nodes in this network, without waiting for it. */
  async function orderCluster(place: { vpcId: string; vSwitchId: string }) {
    const [version] = await cloud.ack.kubernetesVersions({ regionId: REGION });
    const { clusterId, taskId } = await cloud.ack.createCluster({
      name: 'demo-hangzhou',
      regionId: REGION,
      kubernetesVersion: version,
      clusterSpec: 'ack.pro.small',
      vpcId: place.vpcId,
      vSwitchIds: [place.vSwitchId],
      networkPlugin: 'flannel',
      containerCidr: '10.0.0.0/16',
      serviceCidr: '172.16.0.0/16',
      endpointPublicAccess: true,
      snatEntry: true,
      instanceTypes: ['ecs.g7.xlarge'],
      nodes: 2,
      tags: TAGS,
    });
    return { clusterId, taskId };
  }

  /** Waits until the cluster that was ordered runs. */
  async function clusterRuns({
    clusterId,
    taskId,
  }: {
    clusterId: string;
    taskId: string;
  }) {
    await wait('task', async () => {
      const task = await cloud.ack.describeTask({ regionId: REGION, taskId });
      return task.state === 'success' && task;
    });
    return wait('cluster', async () => {
      const found = await cloud.ack.describeCluster({
        regionId: REGION,
        clusterId,
      });
      return found?.state === 'running' && found;
    });
  }

  /** Deletes the cluster and waits until it is gone. */
  async function deleteCluster(clusterId: string) {
    await cloud.ack.deleteCluster({ regionId: REGION, clusterId });
    await wait(
      'cluster gone',
      async () =>
        (await cloud.ack.describeCluster({ regionId: REGION, clusterId })) ===
        undefined,
    );
  }

  return {
    get sandbox() {
      return sandbox;
    },
    get cloud() {
      return cloud;
    },
    get connector() {
      return connector;
    },
    logger,
    account,
    clientToken,
    createNetwork,
    orderCluster,
    clusterRuns,
    deleteCluster,
  };
}
