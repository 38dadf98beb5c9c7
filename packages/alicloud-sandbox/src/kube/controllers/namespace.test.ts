import { deployment, service } from '../__testUtils__/api';
import { setUpControllers } from '../__testUtils__/controllers';
import { eventually } from '../__testUtils__/fleet';
import { DEPLOYMENTS, EVENTS, NAMESPACES, PODS, SERVICES } from '../kinds';
import { isPodReady } from './conditions';

describe('namespaces', () => {
  const setup = setUpControllers();
  const { withNodes } = setup;

  it('take everything in them along', async () => {
    await withNodes();
    setup.cluster.storage.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop' },
    });
    const inShop = (o: any) => ({
      ...o,
      metadata: { ...o.metadata, namespace: 'shop' },
    });
    setup.cluster.storage.create(DEPLOYMENTS, inShop(deployment('web', 2)));
    setup.cluster.storage.create(SERVICES, inShop(service('web')));
    await eventually(
      'pods run',
      () =>
        setup.cluster.storage.list(PODS, 'shop').filter(isPodReady).length ===
        2,
    );
    setup.cluster.storage.delete(NAMESPACES, undefined, 'shop');
    expect(() =>
      setup.cluster.storage.create(SERVICES, inShop(service('late'))),
    ).toThrow('because it is being terminated');
    await eventually(
      'the namespace is gone',
      () => !setup.cluster.storage.get(NAMESPACES, undefined, 'shop'),
    );
    for (const kind of [PODS, DEPLOYMENTS, SERVICES, EVENTS])
      expect(setup.cluster.storage.list(kind, 'shop')).toEqual([]);
  });
});
