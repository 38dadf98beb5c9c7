import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account, account, failure } from '../../../__testUtils__/account';
import { Site, makeMesh, makeSite } from '../../../__testUtils__/guide';
import { apiOf } from '../../../kube/__testUtils__/api';
import { Sandbox, startSandbox } from '../../../sandbox';

jest.setTimeout(30_000);

describe('access to a mesh', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let site: Site;
  let mesh: string;

  const kubeconfig = async (more: object = {}): Promise<string> => {
    const { Kubeconfig } = await cloud.asm('DescribeServiceMeshKubeconfig', {
      ServiceMeshId: mesh,
      ...more,
    });
    return Kubeconfig;
  };

  /** HTTP status of a list with the kubeconfig's certificate. */
  const listWith = async (yaml: string) =>
    (await apiOf(sandbox.kube.get(mesh)!, yaml)('/api/v1/namespaces')).status;

  const eips = async (): Promise<any[]> => {
    const { EipAddresses } = await cloud.vpc('DescribeEipAddresses', {
      RegionId: site.regionId,
    });
    return EipAddresses.EipAddress;
  };

  const loadBalancer = async () => {
    const { ServiceMesh } = await cloud.asm('DescribeServiceMeshDetail', {
      ServiceMeshId: mesh,
    });
    return { ...ServiceMesh.Spec.LoadBalancer, ...ServiceMesh.Endpoints };
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    cloud = account(sandbox);
    site = await makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    );
    mesh = await makeMesh(cloud, site, { ApiServerPublicEip: false });
  });
  afterAll(() => sandbox.stop());

  it('has a public kubeconfig as long as the API server has an EIP', async () => {
    const early = await failure(kubeconfig());
    expect(early.code).toBe('PublicEndpointNotFound');
    expect(await kubeconfig({ PrivateIpAddress: true })).toMatch(
      /server: https:\/\/192\.168\.0\.\d+:6443/,
    );
    expect(await eips()).toEqual([]);

    await cloud.asm('ModifyApiServerEipResource', {
      ServiceMeshId: mesh,
      Operation: 'BindEip',
    });
    const [eip] = await eips();
    const bound = await loadBalancer();
    expect(eip).toMatchObject({
      AllocationId: bound.ApiServerPublicEipId,
      InstanceId: bound.ApiServerLoadbalancerId,
      InstanceType: 'SlbInstance',
    });
    expect(bound.ApiServerPublicEip).toBe(true);
    expect(await listWith(await kubeconfig())).toBe(200);

    await cloud.asm('ModifyApiServerEipResource', {
      ServiceMeshId: mesh,
      Operation: 'UnBindEip',
    });
    expect(await eips()).toEqual([]);
    expect(await loadBalancer()).toMatchObject({
      ApiServerPublicEip: false,
      ApiServerPublicEipId: '',
      PublicApiServerEndpoint: '',
    });
    const late = await failure(kubeconfig());
    expect(late.code).toBe('PublicEndpointNotFound');
  });

  it('takes an EIP for Pilot and gives it back', async () => {
    const change = (Operation: string, more: object = {}) =>
      cloud.asm('ModifyPilotEipResource', {
        ServiceMeshId: mesh,
        Operation,
        ...more,
      });
    await change('BindEip');
    const [eip] = await eips();
    expect(await loadBalancer()).toMatchObject({
      PilotPublicEip: true,
      PilotPublicEipId: eip.AllocationId,
      PublicPilotEndpoint: `${eip.IpAddress}:15011`,
    });
    const status = await cloud.asm('DescribeServiceMeshAdditionalStatus', {
      ServiceMeshId: mesh,
      CheckMode: 'full',
    });
    expect(status.ClusterStatus).toMatchObject({
      ApiServerEIPStatus: 'not_in_use',
      PilotEIPStatus: 'exist',
      SgStatus: 'not_reused',
    });
    await change('UnBindEip');
    expect(await eips()).toEqual([]);
    const codes = await Promise.all([
      failure(change('Swap')),
      failure(change('BindEip', { EipId: 'eip-none' })),
      failure(change('BindEip', { IsCanary: true })),
      failure(cloud.asm('ModifyPilotEipResource', { Operation: 'UnBindEip' })),
    ]);
    expect(codes.map(error => error.code)).toEqual([
      'InvalidParameter',
      'InvalidAllocationId.NotFound',
      'InvalidParameter',
      'MissingParameter',
    ]);
  });

  it('takes a customer’s EIP, swaps it for another and gives both back', async () => {
    const allocate = async (): Promise<string> => {
      const { AllocationId } = await cloud.vpc('AllocateEipAddress', {
        RegionId: site.regionId,
      });
      return AllocationId;
    };
    const bind = (ApiServerEipId?: string) =>
      cloud.asm('ModifyApiServerEipResource', {
        ServiceMeshId: mesh,
        Operation: ApiServerEipId ? 'BindEip' : 'UnBindEip',
        ...(ApiServerEipId ? { ApiServerEipId } : {}),
      });
    const states = async () =>
      Object.fromEntries(
        (await eips()).map(eip => [eip.AllocationId, eip.Status]),
      );
    const [first, second] = [await allocate(), await allocate()];
    await bind(first);
    expect(await states()).toEqual({ [first]: 'InUse', [second]: 'Available' });
    await bind(second);
    expect(await states()).toEqual({ [first]: 'Available', [second]: 'InUse' });
    expect((await loadBalancer()).ApiServerPublicEipId).toBe(second);
    const taken = await failure(
      cloud.asm('ModifyPilotEipResource', {
        ServiceMeshId: mesh,
        Operation: 'BindEip',
        EipId: second,
      }),
    );
    expect(taken.message).toContain('is bound to');
    await bind();
    expect(await states()).toEqual({
      [first]: 'Available',
      [second]: 'Available',
    });
    for (const AllocationId of [first, second]) {
      await cloud.vpc('ReleaseEipAddress', { AllocationId });
    }
  });

  it('refuses a revoked kubeconfig and accepts the new one', async () => {
    await cloud.asm('ModifyApiServerEipResource', {
      ServiceMeshId: mesh,
      Operation: 'BindEip',
    });
    const old = await kubeconfig();
    expect(await listWith(old)).toBe(200);
    const { Kubeconfig: fresh } = await cloud.asm('RevokeKubeconfig', {
      ServiceMeshId: mesh,
    });
    expect(await listWith(old)).toBe(401);
    expect(await listWith(fresh)).toBe(200);
    expect(await listWith(await kubeconfig())).toBe(200);
  });

  it('still refuses it after a restart', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const start = () =>
      startSandbox({ timeScale: 2000, gatewayPort: 0, stateDir });
    let other = await start();
    try {
      const client = account(other);
      const place = await makeSite(
        client,
        'cn-hangzhou',
        '192.168.0.0/16',
        '192.168.0.0/24',
        'cn-hangzhou-h',
      );
      const ServiceMeshId = await makeMesh(client, place);
      const { Kubeconfig: old } = await client.asm(
        'DescribeServiceMeshKubeconfig',
        { ServiceMeshId },
      );
      const { Kubeconfig: fresh } = await client.asm('RevokeKubeconfig', {
        ServiceMeshId,
      });
      await other.stop();
      other = await start();
      const list = async (yaml: string) =>
        (
          await apiOf(
            other.kube.get(ServiceMeshId)!,
            yaml,
          )('/api/v1/namespaces')
        ).status;
      expect(await list(old)).toBe(401);
      expect(await list(fresh)).toBe(200);
    } finally {
      await other.stop();
      await rm(stateDir, { recursive: true, force: true });
    }
  });

  it('names what a mesh must have', async () => {
    const unknown = await failure(
      cloud.asm('RevokeKubeconfig', { ServiceMeshId: 'c0' }),
    );
    expect(unknown.code).toBe('ServiceMesh.NotFound');
    expect(unknown.entry?.response.statusCode).toBe(404);
  });
});
