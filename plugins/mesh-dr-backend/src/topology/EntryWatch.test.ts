import type { Entity } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { MESH_ID } from '../__testUtils__/FakeCloud';
import { startPlugin, until } from '../__testUtils__/startPlugin';
import type { FleetMesh } from '../fleet/Fleet';
import { readEntry } from './entryConfig';
import { EntryWatch } from './EntryWatch';

const component = (service: string, failover?: string): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: service,
    namespace: 'default',
    annotations: {
      'mesh-dr.io/host': `${service}.default`,
      ...(failover && { 'mesh-dr.io/entry-failover': failover }),
    },
  },
  spec: { type: 'service' },
});
const configured = (...entry: object[]) =>
  readEntry(new ConfigReader({ meshDr: { entry } } as object));
const shop = (id: string) => ({ mesh: { serviceMeshId: id, name: 'shop' } });
const service = (name: string) => ({ namespace: 'default', name });

function watch(entries: ReturnType<typeof configured>) {
  const mesh = shop('m1') as FleetMesh;
  const dns = new Map<string, string[]>();
  const components: Entity[] = [];
  const touch = jest.fn();
  const entry = new EntryWatch(
    {
      catalog: { components: async () => components },
      fleet: { list: async () => [mesh], touch },
      resolve: async host => {
        const found = dns.get(host);
        if (!found) throw Object.assign(new Error('none'), { code: 'ENODATA' });
        return [...found];
      },
    },
    entries,
  );
  return { components, dns, entry, mesh, touch };
}

describe('what stands in front of the gateways', () => {
  it('is what a component declares, else what the configuration does', async () => {
    const { components, entry, mesh } = watch(
      configured(
        { mesh: 'other', failover: 'Route 53' },
        { mesh: 'shop', failover: 'none' },
      ),
    );
    components.push(component('cart', 'GTM'), component('reviews'));
    expect(entry.facts(mesh, service('cart'))).toEqual({ names: [] });
    await entry.refresh();
    expect(entry.facts(mesh, service('cart')).declared).toEqual({
      how: 'GTM',
      by: 'component:default/cart',
    });
    expect(entry.facts(mesh, service('reviews')).declared).toEqual({
      how: 'none',
      by: 'meshDr.entry[1].failover',
    });
  });

  it('is looked up by name, and the mesh is touched when it changed', async () => {
    const { dns, entry, mesh, touch } = watch(
      configured({ hosts: ['shop.example.com'] }),
    );
    await entry.refresh();
    expect(entry.facts(mesh, service('cart')).names).toEqual([
      { host: 'shop.example.com', addresses: [], error: 'ENODATA' },
    ]);
    expect(touch).toHaveBeenCalledTimes(1);
    await entry.refresh();
    expect(touch).toHaveBeenCalledTimes(1);

    dns.set('shop.example.com', ['47.2.2.2', '47.1.1.1']);
    await entry.refresh();
    expect(entry.facts(mesh, service('cart')).names).toEqual([
      { host: 'shop.example.com', addresses: ['47.1.1.1', '47.2.2.2'] },
    ]);
    expect(touch).toHaveBeenCalledTimes(2);
    // DNS answers in any order.
    dns.set('shop.example.com', ['47.1.1.1', '47.2.2.2']);
    await entry.refresh();
    expect(touch).toHaveBeenCalledTimes(2);
  });

  it.each(['https://shop.example.com', 'shop.example.com:443', 'shop_1'])(
    'refuses %j as a name',
    host => {
      expect(() => configured({ hosts: ['ok.example.com', host] })).toThrow(
        `meshDr.entry[0].hosts has '${host}', but takes names alone`,
      );
    },
  );

  it('is part of a topology', async () => {
    const { get, stop } = await startPlugin({
      entities: [component('reviews', 'none')],
    });
    const entryOf = async (name: string) =>
      (
        await get(
          `/v1/meshes/${MESH_ID}/services/default/${name}/topology`,
        ).expect(200)
      ).body.entry;
    await until(
      'the declaration is read',
      async () => (await entryOf('reviews')).key === 'declaredNone',
    );
    expect(await entryOf('reviews')).toMatchObject({
      state: 'unmet',
      values: { by: 'component:default/reviews' },
    });
    expect(await entryOf('ratings')).toMatchObject({ key: 'oneRegion' });
    await stop();
  });
});
