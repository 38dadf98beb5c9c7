import { Account, account, until } from '../../../__testUtils__/account';
import { departures } from '../../../__testUtils__/conformance';
import {
  clusterBody,
  makeCluster,
  makeMesh,
  makeSite,
} from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';
import { asmContracts } from '../../contracts';
import { asmProduct } from '.';

jest.setTimeout(30_000);

/** Terraform calls it, and no public model has it. */
const UNDOCUMENTED = ['DescribeKialiConfiguration'];

const EXTRA = 'ServiceMesh.Spec.MeshConfig.ExtraConfiguration';

/** Sent only for features that are switched on, and that this cloud does not have. */
const OPTIONAL: Record<string, string[]> = {
  DescribeServiceMeshDetail: [
    ...[
      'EgressAutoscaleEnabled',
      'EgressHpaCpu',
      'EgressHpaMemory',
      'EgressMaxReplica',
      'EgressMinReplica',
      'EgressReplicaCount',
      'EgressResources',
    ].map(key => `${EXTRA}.AdaptiveXdsConfiguration.${key}`),
    `${EXTRA}.Lifecycle.postStart`,
    `${EXTRA}.Lifecycle.preStop`,
  ],
};

describe('every operation of Service Mesh', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  const answered = new Map<string, unknown>();

  const call = async (action: string, parameters: object = {}) => {
    const answer = await cloud.asm(action, { ...parameters });
    // pop-core's objects have no prototype.
    answered.set(action, JSON.parse(JSON.stringify(answer)));
    return answer;
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 5000, gatewayPort: 0 });
    cloud = account(sandbox);
    const site = await makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    );
    const [ClusterId, ServiceMeshId] = await Promise.all([
      makeCluster(
        cloud,
        clusterBody('one', site, '10.0.0.0/16', '172.16.0.0/16'),
      ),
      makeMesh(cloud, site, { IstioVersion: 'v1.21' }),
    ]);
    const mesh = { ServiceMeshId };
    const RegionId = site.regionId;
    const K8sClusterId = ClusterId;
    const running = () =>
      until('the mesh', async () => {
        const { ServiceMesh } = await call('DescribeServiceMeshDetail', mesh);
        return ServiceMesh.ServiceMeshInfo.State === 'running';
      });
    const gateway = {
      ...mesh,
      IstioGatewayName: 'ingressgateway',
      Body: JSON.stringify({ spec: { gatewayType: 'ingress' } }),
    };
    const tagged = {
      RegionId,
      ResourceType: 'servicemesh',
      ResourceId: [ServiceMeshId],
    };

    await call('AddClusterIntoServiceMesh', { ...mesh, ClusterId });
    await until('the member', async () => {
      const { Clusters } = await call('DescribeClustersInServiceMesh', mesh);
      return Clusters[0].State === 'running';
    });
    await call('UpdateMeshFeature', {
      ...mesh,
      AccessLogEnabled: true,
      Telemetry: true,
    });
    await call('DescribeClustersInServiceMesh', mesh);
    await call('DescribeServiceMeshClusters', mesh);
    await call('DescribeVersions');
    await call('CreateASMGateway', gateway);
    await call('UpdateASMGateway', gateway);
    await call('DescribeUpgradeVersion', mesh);
    await call('UpgradeMeshVersion', mesh);
    await running();
    await call('UpgradeMeshEditionPartially', {
      ...mesh,
      ASMGatewayContinue: true,
      UpgradeGatewayRecords: 'istio-system:ingressgateway',
    });
    await call('DescribeServiceMeshUpgradeStatus', mesh);
    await call('DescribeServiceMeshKubeconfig', mesh);
    await call('RevokeKubeconfig', mesh);
    await call('DescribeServiceMeshAdditionalStatus', {
      ...mesh,
      CheckMode: 'full',
    });
    await call('UpdateMeshMultiClusterNetwork', {
      ...mesh,
      MultiClusterNetworks: JSON.stringify({
        [ClusterId]: { Network: 'network1' },
      }),
    });
    await call('DescribeMeshMultiClusterNetwork', mesh);
    await call('UpdateMeshCRAggregation', { ...mesh, Enabled: true });
    await call('UpdateControlPlaneLogConfig', { ...mesh, Enabled: true });
    await call('ModifyServiceMeshName', { ...mesh, Name: 'renamed' });
    await call('ModifyPilotEipResource', { ...mesh, Operation: 'BindEip' });
    await call('ModifyApiServerEipResource', { ...mesh, Operation: 'BindEip' });
    await call('DescribeGuestClusterAccessLogDashboards', { K8sClusterId });
    await call('DescribeClusterGrafana', { ...mesh, K8sClusterId });
    await call('DescribeNodesInstanceType', mesh);
    await call('DescribeVpcs', { RegionId });
    await call('DescribeCens', mesh);
    await call('DescribeServiceMeshLogs', mesh);
    await call('DescribeKialiConfiguration', mesh);
    await call('TagResources', { ...tagged, Tag: [{ Key: 'a', Value: 'b' }] });
    await call('ListTagResources', tagged);
    await call('UntagResources', { ...tagged, TagKey: ['a'] });
    await call('DescribeServiceMeshDetail', mesh);
    await call('DescribeServiceMeshes');
    await call('RemoveClusterFromServiceMesh', { ...mesh, ClusterId });
    await until('the member to leave', async () => {
      const { Clusters } = await cloud.asm(
        'DescribeClustersInServiceMesh',
        mesh,
      );
      return Clusters.length === 0;
    });
    const { ServiceMeshId: second } = await call('CreateServiceMesh', {
      RegionId,
      VpcId: site.vpcId,
      VSwitches: JSON.stringify([site.vSwitchId]),
    });
    await until('the second mesh', async () => {
      const { ServiceMesh } = await cloud.asm('DescribeServiceMeshDetail', {
        ServiceMeshId: second,
      });
      const { Spec, ServiceMeshInfo } = ServiceMesh;
      if (ServiceMeshInfo.State !== 'running') return false;
      await call('DeleteServiceMesh', {
        ServiceMeshId: second,
        RetainResources: JSON.stringify([
          Spec.LoadBalancer.ApiServerLoadbalancerId,
        ]),
      });
      return true;
    });
    await until('a load balancer without a user', async () => {
      const { ReusableSlbList } = await call('DescribeReusableSlb', {
        ...mesh,
        NetworkType: 'intranet',
      });
      return ReusableSlbList.length === 1;
    });
  });
  afterAll(() => sandbox.stop());

  it('is served, and no other', () => {
    const documented = [...Object.keys(asmContracts), ...UNDOCUMENTED];
    expect(Object.keys(asmProduct.operations).sort()).toEqual(
      documented.sort(),
    );
    expect([...answered.keys()].sort()).toEqual(documented.sort());
  });

  it.each(Object.keys(asmContracts))('answers as documented: %s', name => {
    expect(
      departures(asmContracts[name].response, answered.get(name), {
        optional: OPTIONAL[name],
      }),
    ).toEqual([]);
  });

  it.each(
    Object.entries(asmContracts).flatMap(([name, { required = [] }]) =>
      required.map(parameter => [name, parameter]),
    ),
  )('is refused by the gateway: %s without %s', async (name, parameter) => {
    const { required = [] } = asmContracts[name];
    const rest = Object.fromEntries(
      required
        .slice(0, required.indexOf(parameter))
        .map(other => [
          asmContracts[name].parameters[other] === 'string'
            ? other
            : `${other}.1`,
          'true',
        ]),
    );
    await expect(cloud.asm(name, rest)).rejects.toMatchObject({
      code: `Missing${parameter}`,
    });
  });
});
