import {
  Account,
  account,
  control,
  failure,
  until,
} from '../../../__testUtils__/account';
import {
  Site,
  Sites,
  clusterBody,
  connect,
  join,
  makeMesh,
  makeSites,
} from '../../../__testUtils__/guide';
import { Sandbox, startSandbox } from '../../../sandbox';

jest.setTimeout(30_000);

const NAMESPACES = { group: '', version: 'v1', resource: 'namespaces' };

describe('joining clusters', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let sites: Sites;
  let mesh: string;

  /** A cluster without nodes. */
  const makeCluster = async (
    name: string,
    site: Site,
    podBlock: string,
    serviceBlock: string,
  ): Promise<string> => {
    const { cluster_id: id } = await cloud.ack.post('/clusters', {
      ...clusterBody(name, site, podBlock, serviceBlock),
      nodepools: [],
    });
    await until('the cluster', async () => {
      const { state } = await cloud.ack.get(`/clusters/${id}`);
      return state === 'running';
    });
    return id;
  };

  const preCheck = async (cluster: string) => {
    const { Clusters } = await cloud.asm('DescribeServiceMeshClusters', {
      ServiceMeshId: mesh,
    });
    const row = Clusters.find((item: any) => item.ClusterId === cluster);
    return { flag: row.ForbiddenFlag, info: row.ForbiddenInfo };
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 1000, gatewayPort: 0 });
    cloud = account(sandbox);
    sites = await makeSites(cloud);
    mesh = await makeMesh(cloud, sites.mesh);
  });
  afterAll(() => sandbox.stop());

  it('checks the network, the blocks and the namespace', async () => {
    const [near, far, clash] = await Promise.all([
      makeCluster('near', sites.mesh, '10.0.0.0/16', '172.16.0.0/16'),
      makeCluster('far', sites.shanghai, '10.1.0.0/16', '172.17.0.0/16'),
      makeCluster('clash', sites.hangzhou, '10.2.0.0/16', '172.16.0.0/16'),
    ]);
    const grant = (granted: boolean) =>
      control(sandbox, '/faults/cluster-admin', 'POST', {
        clusterId: near,
        granted,
      });
    await grant(false);
    expect(await preCheck(near)).toEqual({ flag: 1, info: '' });
    expect((await join(cloud, mesh, near)).ErrorMessage).toContain(
      'no administrator permission',
    );
    await grant(true);
    expect(await preCheck(near)).toEqual({ flag: 0, info: '' });
    expect(await preCheck(far)).toEqual({ flag: 2, info: '' });
    expect((await join(cloud, mesh, near)).State).toBe('running');
    expect(await join(cloud, mesh, far)).toMatchObject({
      State: 'failed',
      ErrorMessage: expect.stringContaining('i/o timeout'),
    });

    const unconnected = async () => {
      const { Clusters } = await cloud.asm('DescribeCens', {
        ServiceMeshId: mesh,
      });
      return Clusters;
    };
    expect(await unconnected()).toEqual([far]);

    await connect(cloud, sites, { bandwidth: 10 });
    expect((await preCheck(far)).flag).toBe(0);
    expect(await unconnected()).toEqual([]);

    const conflict = await preCheck(clash);
    expect(conflict.flag).toBe(3);
    expect(JSON.parse(conflict.info)).toEqual([
      { cluster: clash, object: 'Service', cidr: '172.16.0.0/16' },
      { cluster: near, object: 'Service', cidr: '172.16.0.0/16' },
    ]);
    expect((await join(cloud, mesh, clash)).ErrorMessage).toContain(
      'CIDR conflict',
    );

    const { storage } = sandbox.kube.get(far)!;
    storage.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'istio-system' },
    });
    expect((await preCheck(far)).flag).toBe(4);
    expect((await join(cloud, mesh, far)).ErrorMessage).toContain(
      'istio-system already exists',
    );
    storage.delete(NAMESPACES, undefined, 'istio-system');
    await until(
      'the namespace to be gone',
      () => !storage.get(NAMESPACES, undefined, 'istio-system'),
    );
    expect((await join(cloud, mesh, far)).State).toBe('running');
    expect(sandbox.cloud.mesh(mesh)!.members.sort()).toEqual(
      [near, far].sort(),
    );
  });

  it('refuses what makes no sense', async () => {
    const { clusters } = await cloud.ack.get('/api/v1/clusters', {
      name: 'near',
    });
    const [{ cluster_id: near }] = clusters;
    const code = async (action: string, ClusterId: string) =>
      (await failure(cloud.asm(action, { ServiceMeshId: mesh, ClusterId })))
        .code;
    expect(await code('AddClusterIntoServiceMesh', near)).toBe(
      'ClusterAlreadyInServiceMesh',
    );
    expect(await code('AddClusterIntoServiceMesh', 'c0')).toBe(
      'ErrorClusterNotFound',
    );
    expect(await code('RemoveClusterFromServiceMesh', 'c0')).toBe(
      'ClusterNotInServiceMesh',
    );
    const unknown = await failure(
      cloud.asm('DescribeClustersInServiceMesh', { ServiceMeshId: 'c0' }),
    );
    expect(unknown.code).toBe('ServiceMesh.NotFound');
  });
});
