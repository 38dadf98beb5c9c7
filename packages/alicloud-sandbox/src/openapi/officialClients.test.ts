import { DescribeVpcsResponseBody } from '@alicloud/vpc20160428';
import { parse } from 'yaml';
import { control } from '../__testUtils__/account';
import type {
  Connection,
  OfficialClient,
} from '../__testUtils__/officialClients/client';
import {
  authorize,
  buildCluster,
  buildMesh,
  publishPodRoutes,
} from '../__testUtils__/officialClients/clusters';
import { buildNetwork } from '../__testUtils__/officialClients/network';
import { popCoreClient } from '../__testUtils__/officialClients/popCore';
import { shapeFaults } from '../__testUtils__/officialClients/shapes';
import {
  deleteOutOfOrder,
  tearDown,
} from '../__testUtils__/officialClients/tearDown';
import { typedClient } from '../__testUtils__/officialClients/typed';
import { Sandbox, startSandbox } from '../sandbox';

jest.setTimeout(60_000);

const PODS = ['10.0.0.0/16', '10.1.0.0/16'];
const SERVICES = ['172.16.0.0/16', '172.17.0.0/16'];

/** The guide from its first call to the last; what is worth a look on the way. */
async function guide(client: OfficialClient, sandbox: Sandbox) {
  const network = await buildNetwork(client);
  const sites = [network.sites.hangzhou, network.sites.shanghai];
  const clusters = await Promise.all(
    sites.map((site, i) =>
      buildCluster(client, `ack-${i}`, site, [PODS[i], SERVICES[i]]),
    ),
  );
  const rules = [];
  const published = [];
  for (const [i, site] of sites.entries()) {
    rules.push(await authorize(client, clusters[i], site, PODS[1 - i]));
    published.push(await publishPodRoutes(client, network.CenId, site));
  }
  const mesh = await buildMesh(client, network.sites.mesh, clusters);
  const environment = { network, clusters, mesh };

  const { config } = await client.cs(
    'DescribeClusterUserKubeconfig',
    clusters[0],
    { PrivateIpAddress: false },
  );
  const { Kubeconfig } = await client.rpc(
    'servicemesh',
    'DescribeServiceMeshKubeconfig',
    { ServiceMeshId: mesh },
  );
  const detail = await client.rpc('servicemesh', 'DescribeServiceMeshDetail', {
    ServiceMeshId: mesh,
  });
  const resources = await client.cs('DescribeClusterResources', clusters[0]);
  const seen = {
    rules,
    published,
    members: sandbox.cloud.mesh(mesh)?.members,
    servers: [config, Kubeconfig].map(
      text => parse(text).clusters[0].cluster.server,
    ),
    listening: [clusters[0], mesh].map(id => sandbox.kube.get(id)!.url),
    locality: detail.ServiceMesh.Spec.MeshConfig,
    resourceTypes: new Set(
      resources.map((row: { resource_type: string }) => row.resource_type),
    ),
    violations: await deleteOutOfOrder(client, environment),
  };
  await tearDown(client, environment);
  return { clusters, seen };
}

describe('official clients walk through the guide', () => {
  let sandbox: Sandbox;
  const connection = (protocol: 'http' | 'https'): Connection => ({
    accessKeyId: sandbox.accessKeyId,
    accessKeySecret: sandbox.accessKeySecret,
    ...(protocol === 'http'
      ? { endpoint: sandbox.endpoint }
      : { endpoint: sandbox.httpsEndpoint, ca: sandbox.caPem }),
  });

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 1000, gatewayPort: 0 });
    // Something that is not the guide's, and must be there at the end.
    await popCoreClient(connection('http')).rpc('vpc', 'CreateVpc', {
      RegionId: 'cn-beijing',
      CidrBlock: '10.0.0.0/8',
    });
  });
  afterAll(() => sandbox.stop());

  const walk = async (client: OfficialClient) => {
    const before = await control(sandbox, '/inventory');
    expect(before.resources).not.toEqual([]);
    const { clusters, seen } = await guide(client, sandbox);
    seen.rules.forEach((rows, i) =>
      expect(rows).toContainEqual(
        expect.objectContaining({
          IpProtocol: 'ALL',
          Policy: 'Accept',
          PortRange: '-1/-1',
          SourceCidrIp: PODS[1 - i],
        }),
      ),
    );
    // A route for each of the two nodes.
    expect(seen.published).toEqual([
      ['Published', 'Published'],
      ['Published', 'Published'],
    ]);
    expect(seen.members?.sort()).toEqual([...clusters].sort());
    expect(seen.servers).toEqual(seen.listening);
    expect(seen.locality).toMatchObject({
      EnableLocalityLB: true,
      LocalityLB: { Failover: expect.anything() },
    });
    expect([...seen.resourceTypes].sort()).toEqual([
      'ALIYUN::ECS::Instance',
      'ALIYUN::ECS::SecurityGroup',
      'ALIYUN::SLB::LoadBalancer',
      'ALIYUN::VPC::EIP',
      'ALIYUN::VPC::NatGateway',
    ]);
    expect(seen.violations).toEqual({
      DeleteVpc: 'DependencyViolation.VSwitch',
      DeleteVSwitch: 'DependencyViolation',
      DeleteCen: 'InvalidOperation.ChildInstancesExist',
      DeleteTransitRouter: 'InvalidOperation.AttachedChildInstanceExist',
      DeleteTransitRouterVpcAttachment:
        'OperationFailed.RouteTableAssociationExist',
      DeleteServiceMesh: 'OperationDenied.ClusterExist',
    });
    return { before, after: await control(sandbox, '/inventory') };
  };

  it.each(['http', 'https'] as const)('pop-core over %s', async protocol => {
    const client = popCoreClient(connection(protocol));
    const { before, after } = await walk(client);
    expect(after).toEqual(before);
  });

  it.each(['http', 'https'] as const)(
    'typed SDKs over %s, whose models know every field of the answers',
    async protocol => {
      const client = typedClient(connection(protocol));
      const { before, after } = await walk(client);
      expect(after).toEqual(before);
      expect(client.faults()).toEqual([]);
      expect(client.compared()).toHaveLength(16);
    },
  );

  it('notice fields that the models do not know, and wrong types', () => {
    const row = { VpcId: 'vpc-1', IsDefault: 'false', Vpc: 'vpc-1' };
    const answer = { TotalCount: '1', Vpcs: { Vpc: [row] } };
    expect(
      shapeFaults(answer, DescribeVpcsResponseBody, 'DescribeVpcs'),
    ).toEqual([
      'DescribeVpcs.TotalCount is a string, the SDK expects a number',
      'DescribeVpcs.Vpcs.Vpc[].IsDefault is a string, the SDK expects a boolean',
      'DescribeVpcs.Vpcs.Vpc[].Vpc is unknown to DescribeVpcsResponseBodyVpcsVpc',
    ]);
  });
});
