import { json } from '../__testUtils__/scriptedServer';
import { REGION, setUpProducts } from '../__testUtils__/products';

describe('wrapper of ACK', () => {
  const setup = setUpProducts();
  const { sent } = setup;

  it('reads all pages of its list', async () => {
    setup.server.next(
      json({
        clusters: [{ cluster_id: 'c1' }],
        page_info: { total_count: 2 },
      }),
      json({
        clusters: [{ cluster_id: 'c2' }],
        page_info: { total_count: 2 },
      }),
    );
    const clusters = await setup.cloud.ack.describeClusters({
      regionId: REGION,
    });
    expect(clusters.map(cluster => cluster.clusterId)).toEqual(['c1', 'c2']);
    expect(setup.server.requests[1].url).toBe(
      '/api/v1/clusters?region_id=cn-hangzhou&page_number=2&page_size=50',
    );
  });

  it('takes a missing cluster for deleted', async () => {
    setup.server.next(
      json({ code: 'ErrorClusterNotFound', message: 'x' }, 404),
      json({ task_id: 'T-1' }, 202),
    );
    const place = { regionId: REGION, clusterId: 'c1' };
    await expect(setup.cloud.ack.deleteCluster(place)).resolves.toEqual({});
    await expect(
      setup.cloud.ack.deleteCluster({ ...place, retainResources: ['lb-1'] }),
    ).resolves.toEqual({ taskId: 'T-1' });
    expect(sent(1)).toEqual({ retain_resources: '["lb-1"]' });
  });

  it('asks for a cluster in the words of the API', async () => {
    setup.server.next(json({ cluster_id: 'c1', task_id: 'T-1' }, 202));
    await setup.cloud.ack.createCluster({
      name: 'demo-hangzhou',
      regionId: REGION,
      clusterSpec: 'ack.pro.small',
      vpcId: 'vpc-1',
      vSwitchIds: ['vsw-1'],
      networkPlugin: 'flannel',
      containerCidr: '10.0.0.0/16',
      serviceCidr: '172.16.0.0/16',
      endpointPublicAccess: false,
      snatEntry: true,
      instanceTypes: ['ecs.g7.xlarge'],
      nodes: 2,
      tags: { 'mesh-dr:environment': 'demo' },
    });
    expect(setup.server.requests[0].url).toBe('/clusters');
    expect(JSON.parse(setup.server.requests[0].body)).toMatchObject({
      cluster_type: 'ManagedKubernetes',
      region_id: REGION,
      vpcid: 'vpc-1',
      vswitch_ids: ['vsw-1'],
      container_cidr: '10.0.0.0/16',
      node_cidr_mask: '26',
      endpoint_public_access: false,
      snat_entry: true,
      tags: [{ key: 'mesh-dr:environment', value: 'demo' }],
      nodepools: [{ scaling_group: { desired_size: 2 } }],
    });
  });

  it('reads what is hidden in JSON strings', async () => {
    setup.server.next(
      json({
        cluster_id: 'c1',
        master_url:
          '{"api_server_endpoint":"https://47.1.2.3:6443","intranet_api_server_endpoint":"https://20.0.0.9:6443"}',
        meta_data: '{"Addons":[{"name":"terway-eniip"}]}',
        parameters: { ServiceCIDR: '172.16.0.0/16' },
        subnet_cidr: '10.0.0.0/16',
        vswitch_id: 'vsw-1,vsw-2',
        tags: [{ key: 'a', value: 'b' }],
      }),
    );
    await expect(
      setup.cloud.ack.describeCluster({ regionId: REGION, clusterId: 'c1' }),
    ).resolves.toMatchObject({
      apiServerEndpoint: 'https://47.1.2.3:6443',
      intranetApiServerEndpoint: 'https://20.0.0.9:6443',
      networkPlugin: 'terway',
      serviceCidr: '172.16.0.0/16',
      containerCidr: '10.0.0.0/16',
      vSwitchIds: ['vsw-1', 'vsw-2'],
      tags: { a: 'b' },
    });
  });

  it.each(['', 'not json', undefined, '[]'])(
    'does without meta data %p',
    async text => {
      setup.server.next(
        json({ cluster_id: 'c1', meta_data: text, master_url: text }),
      );
      const cluster = await setup.cloud.ack.describeCluster({
        regionId: REGION,
        clusterId: 'c1',
      });
      expect(cluster).toMatchObject({ clusterId: 'c1' });
      expect(cluster?.networkPlugin).toBeUndefined();
      expect(cluster?.apiServerEndpoint).toBeUndefined();
    },
  );

  it('tells a cluster that does not exist from one that cannot be read', async () => {
    setup.server.next(
      json({ code: 'ErrorClusterNotFound', message: 'x' }, 404),
      json({ code: 'StatusForbidden', message: 'x' }, 403),
    );
    const place = { regionId: REGION, clusterId: 'c1' };
    await expect(
      setup.cloud.ack.describeCluster(place),
    ).resolves.toBeUndefined();
    await expect(setup.cloud.ack.describeCluster(place)).rejects.toMatchObject({
      code: 'StatusForbidden',
    });
  });
});
