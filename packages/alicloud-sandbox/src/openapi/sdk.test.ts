import Cs, * as cs from '@alicloud/cs20151215';
import Ecs, * as ecs from '@alicloud/ecs20140526';
import OpenApi, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import Vpc, * as vpc from '@alicloud/vpc20160428';
import { until } from '../__testUtils__/account';
import { Sandbox, startSandbox } from '../sandbox';

jest.setTimeout(30_000);

/** The cloud's own typed SDKs: clients that share no code with anything in this repository. */
describe('typed SDKs', () => {
  let sandbox: Sandbox;
  let config: $OpenApiUtil.Config;
  let vpcId: string;
  let vSwitchId: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    config = new $OpenApiUtil.Config({
      accessKeyId: sandbox.accessKeyId,
      accessKeySecret: sandbox.accessKeySecret,
      regionId: 'cn-hangzhou',
      endpoint: new URL(sandbox.endpoint).host,
      protocol: 'http',
    });
    const client = new Vpc(config);
    const { body } = await client.createVpc(
      new vpc.CreateVpcRequest({
        regionId: 'cn-hangzhou',
        cidrBlock: '192.168.0.0/16',
        vpcName: "it's a (test) *",
        tag: [new vpc.CreateVpcRequestTag({ key: 'k', value: 'ä b' })],
      }),
    );
    vpcId = body!.vpcId!;
    await until('the VPC', async () => {
      const answer = await client.describeVpcs(
        new vpc.DescribeVpcsRequest({ regionId: 'cn-hangzhou', vpcId }),
      );
      return answer.body!.vpcs!.vpc![0].status === 'Available';
    });
    const made = await client.createVSwitch(
      new vpc.CreateVSwitchRequest({
        regionId: 'cn-hangzhou',
        vpcId,
        cidrBlock: '192.168.0.0/24',
        zoneId: 'cn-hangzhou-h',
      }),
    );
    vSwitchId = made.body!.vSwitchId!;
    await until('the vSwitch', async () => {
      const answer = await client.describeVSwitches(
        new vpc.DescribeVSwitchesRequest({ vSwitchId }),
      );
      return answer.body!.vSwitches!.vSwitch![0].status === 'Available';
    });
  });
  afterAll(() => sandbox.stop());

  it('carries characters that are signed differently from how they are sent', async () => {
    const { body } = await new Vpc(config).describeVpcs(
      new vpc.DescribeVpcsRequest({
        regionId: 'cn-hangzhou',
        vpcName: "it's a (test) *",
        tag: [new vpc.DescribeVpcsRequestTag({ key: 'k', value: 'ä b' })],
      }),
    );
    expect(body!.vpcs!.vpc!.map(row => row.vpcId)).toEqual([vpcId]);
  });

  it('reports errors with their code', async () => {
    await expect(
      new Vpc(config).deleteVpc(new vpc.DeleteVpcRequest({ vpcId })),
    ).rejects.toMatchObject({
      code: 'DependencyViolation.VSwitch',
      statusCode: 400,
    });
  });

  it('adds and removes security group rules', async () => {
    const client = new Ecs(config);
    const regionId = 'cn-hangzhou';
    const created = await client.createSecurityGroup(
      new ecs.CreateSecurityGroupRequest({ regionId, vpcId }),
    );
    const securityGroupId = created.body!.securityGroupId!;
    const permissions = [
      { ipProtocol: 'ALL', portRange: '-1/-1', sourceCidrIp: '10.1.0.0/16' },
    ];
    const authorize = () =>
      client.authorizeSecurityGroup(
        new ecs.AuthorizeSecurityGroupRequest({
          regionId,
          securityGroupId,
          permissions: permissions.map(
            row => new ecs.AuthorizeSecurityGroupRequestPermissions(row),
          ),
        }),
      );
    await authorize();
    await authorize();
    const rules = async () => {
      const { body } = await client.describeSecurityGroupAttribute(
        new ecs.DescribeSecurityGroupAttributeRequest({
          regionId,
          securityGroupId,
          direction: 'ingress',
        }),
      );
      return body!.permissions!.permission!;
    };
    expect(await rules()).toMatchObject([
      {
        direction: 'ingress',
        ipProtocol: 'ALL',
        policy: 'Accept',
        portRange: '-1/-1',
        priority: '1',
        sourceCidrIp: '10.1.0.0/16',
      },
    ]);
    const [{ securityGroupRuleId }] = await rules();
    await client.revokeSecurityGroup(
      new ecs.RevokeSecurityGroupRequest({
        regionId,
        securityGroupId,
        securityGroupRuleId: [securityGroupRuleId!],
      }),
    );
    expect(await rules()).toEqual([]);
    await client.deleteSecurityGroup(
      new ecs.DeleteSecurityGroupRequest({ regionId, securityGroupId }),
    );
  });

  it('creates and deletes a cluster with all that belongs to it', async () => {
    const client = new Cs(config);
    const { body } = await client.createCluster(
      new cs.CreateClusterRequest({
        name: 'typed',
        regionId: 'cn-hangzhou',
        clusterType: 'ManagedKubernetes',
        vpcid: vpcId,
        vswitchIds: [vSwitchId],
        containerCidr: '10.0.0.0/16',
        serviceCidr: '172.16.0.0/16',
        snatEntry: true,
        endpointPublicAccess: true,
        nodepools: [
          new cs.Nodepool({
            nodepoolInfo: new cs.NodepoolNodepoolInfo({ name: 'default' }),
            scalingGroup: new cs.NodepoolScalingGroup({
              vswitchIds: [vSwitchId],
              instanceTypes: ['ecs.g7.xlarge'],
              desiredSize: 1,
            }),
          }),
        ],
      } as any),
    );
    const id = body!.clusterId!;
    const detail = await until('the cluster', async () => {
      const answer = await client.describeClusterDetail(id);
      return answer.body!.state === 'running' ? answer.body! : undefined;
    });
    expect(detail.vpcId).toBe(vpcId);
    expect(Object.keys(JSON.parse(detail.masterUrl!))).toEqual([
      'api_server_endpoint',
      'intranet_api_server_endpoint',
    ]);
    const resources = await client.describeClusterResources(
      id,
      new cs.DescribeClusterResourcesRequest({}),
    );
    expect(
      [...new Set(resources.body!.map(row => row.resourceType))].sort(),
    ).toEqual([
      'ALIYUN::ECS::Instance',
      'ALIYUN::ECS::SecurityGroup',
      'ALIYUN::SLB::LoadBalancer',
      'ALIYUN::VPC::EIP',
      'ALIYUN::VPC::NatGateway',
    ]);
    const deleted = await client.deleteCluster(
      id,
      new cs.DeleteClusterRequest({}),
    );
    await until('the deletion', async () => {
      const task = await client.describeTaskInfo(deleted.body!.taskId!);
      return task.body!.state === 'success';
    });
    await expect(client.describeClusterDetail(id)).rejects.toMatchObject({
      code: 'ErrorClusterNotFound',
      statusCode: 404,
    });
  });

  it('serves products without a typed SDK through the generic client', async () => {
    const client = new OpenApi(config);
    const params = new $OpenApiUtil.Params({
      action: 'DescribeVersions',
      version: '2020-01-11',
      protocol: 'HTTP',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const answer = await client.callApi(
      params,
      new $OpenApiUtil.OpenApiRequest({
        query: OpenApiUtil.query({ AcceptLanguage: 'zh' }),
        body: { Edition: 'Pro' },
      }),
      {} as Parameters<OpenApi['callApi']>[2],
    );
    expect(answer.body.VersionInfo[1]).toMatchObject({
      Edition: 'Pro',
      Versions: expect.arrayContaining(['v1.22.6.66-g1a2b3c4d-aliyun']),
    });
  });

  it('falls back to the older signatures', async () => {
    const client = new Vpc(
      new $OpenApiUtil.Config({ ...config, signatureAlgorithm: 'v2' }),
    );
    const { body } = await client.describeVpcs(
      new vpc.DescribeVpcsRequest({ regionId: 'cn-hangzhou' }),
    );
    expect(body!.totalCount).toBe(1);
  });
});
