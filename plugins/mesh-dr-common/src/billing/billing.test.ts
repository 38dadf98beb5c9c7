import { GUIDE_PLAN } from '../network/guide';
import { billedItems, type BillableEnvironment } from './billing';

const guide: BillableEnvironment = {
  network: GUIDE_PLAN,
  cen: { bandwidthMbps: 100 },
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 2 },
  mesh: {},
  apiServerAccess: 'public',
};

const quantities = (environment: BillableEnvironment, gateway?: boolean) =>
  Object.fromEntries(
    billedItems(environment, gateway).map(({ id, quantity }) => [id, quantity]),
  );

describe('billed items', () => {
  it("of the guide's environment", () => {
    expect(quantities(guide)).toEqual({
      'ack-cluster': 2,
      'worker-node': 4,
      'api-server-load-balancer': 2,
      'api-server-eip': 2,
      'nat-gateway': 2,
      'nat-eip': 2,
      'asm-mesh': 1,
      'asm-load-balancer': 2,
      'asm-eip': 1,
      'transit-router-attachment': 3,
      'inter-region-traffic': 1,
      'gateway-load-balancer': 2,
    });
  });

  it('leave out what is free or not made', () => {
    const items = quantities(
      {
        ...guide,
        cen: {},
        clusters: {
          ...guide.clusters,
          clusterSpec: 'ack.standard',
          snatEntry: false,
        },
        apiServerAccess: 'private',
      },
      false,
    );
    expect(Object.keys(items)).toEqual([
      'worker-node',
      'api-server-load-balancer',
      'asm-mesh',
      'asm-load-balancer',
      'transit-router-attachment',
    ]);
  });

  it('count nodes per cluster and links between every two regions', () => {
    const network = structuredClone(GUIDE_PLAN);
    network.clusters[0].nodes = 5;
    network.vpcs.push({ ...network.vpcs[0], name: 'x', region: 'cn-beijing' });
    const items = billedItems({
      ...guide,
      network,
      cen: { bandwidthMbps: 10, bandwidthType: 'BandwidthPackage' },
    });
    expect(items.find(({ id }) => id === 'worker-node')?.quantity).toBe(7);
    expect(items.find(({ id }) => id === 'inter-region-bandwidth')).toEqual({
      id: 'inter-region-bandwidth',
      quantity: 3,
      pricing: 'prepaid',
      detail: '10 Mbit/s',
    });
  });
});
