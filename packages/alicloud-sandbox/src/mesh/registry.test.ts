import { HANGZHOU, MESH, SHANGHAI, World } from './__testUtils__/world';
import { buildCluster } from './istiod/config';
import { Registry } from './registry';
import type { CloudView } from '../contract';

/** What the proxies of a cluster get from istiod for `reviews`: addresses, cluster by cluster. */
function addresses(registry: Registry, clusterId: string): string[] {
  const config = buildCluster(
    registry.meshOf(clusterId)!,
    {
      uid: 'caller',
      name: 'caller',
      clusterId,
      namespace: 'default',
      locality: { region: '', zone: '', subzone: '' },
      labels: {},
    },
    { host: 'reviews.default.svc.cluster.local', port: 9080 },
  );
  return (config?.groups ?? [])
    .flatMap(group => group.endpoints)
    .map(endpoint => endpoint.clusterId)
    .sort();
}

describe('Registry', () => {
  let world: World;
  let registry: Registry;

  beforeEach(() => {
    world = new World();
    const cloud: Partial<CloudView> = {
      meshes: () => [world.mesh],
      mesh: id => (id === MESH ? world.mesh : undefined),
      onChange: () => () => undefined,
    };
    registry = new Registry(cloud as CloudView, world.fleet);
    world.scale(HANGZHOU, 'reviews', 'v1', 1);
    world.scale(SHANGHAI, 'reviews', 'v1', 1);
  });
  afterEach(async () => {
    registry.stop();
    await world.stop();
  });

  it('tells the proxies of a mesh what changed in any of its clusters', () => {
    expect(addresses(registry, HANGZHOU)).toEqual([HANGZHOU, SHANGHAI]);
    world.scale(SHANGHAI, 'reviews', 'v1', 3);
    expect(addresses(registry, HANGZHOU)).toEqual([
      HANGZHOU,
      SHANGHAI,
      SHANGHAI,
      SHANGHAI,
    ]);
  });

  it('grows its revision with what a view shows, and with nothing else', () => {
    const { revision } = registry;
    const { storage } = world.fleet.get(HANGZHOU)!;
    storage.create(
      { group: '', version: 'v1', resource: 'events' },
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e', namespace: 'default' },
      },
    );
    expect(registry.revision).toBe(revision);
    world.scale(HANGZHOU, 'reviews', 'v1', 2);
    expect(registry.revision).toBeGreaterThan(revision);
  });

  it('keeps the last endpoints of a lost region, and reads them anew when it is back', () => {
    registry.setRegionLost('cn-shanghai', true);
    world.scale(SHANGHAI, 'reviews', 'v1', 3);
    expect(addresses(registry, HANGZHOU)).toEqual([HANGZHOU, SHANGHAI]);
    registry.setRegionLost('cn-shanghai', false);
    expect(addresses(registry, HANGZHOU)).toHaveLength(4);
  });

  it('lets the proxies of a mesh whose region is lost keep what they had, of every region', () => {
    registry.setRegionLost('cn-hangzhou', true);
    world.scale(SHANGHAI, 'reviews', 'v1', 3);
    expect(addresses(registry, SHANGHAI)).toEqual([HANGZHOU, SHANGHAI]);
    // Whatever else happens, and whoever asks again.
    world.setMesh({});
    registry.setRegionLost('cn-hangzhou', true);
    expect(addresses(registry, SHANGHAI)).toEqual([HANGZHOU, SHANGHAI]);
    registry.setRegionLost('cn-hangzhou', false);
    expect(addresses(registry, SHANGHAI)).toHaveLength(4);
  });

  it('has views of clusters that opened while their region was lost, and forgets those that are destroyed', async () => {
    registry.setRegionLost('cn-beijing', true);
    world.fleet.add({ id: 'c-late', kind: 'ack', region: 'cn-beijing' });
    expect(registry.cluster('c-late')?.region).toBe('cn-beijing');
    await world.fleet.destroy('c-late');
    expect(registry.cluster('c-late')).toBeUndefined();
    expect(registry.clusters().map(c => c.id)).toEqual([HANGZHOU, SHANGHAI]);
  });
});
