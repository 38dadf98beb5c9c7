import { deployment, service } from '../__testUtils__/api';
import { setUpControllers } from '../__testUtils__/controllers';
import { eventually } from '../__testUtils__/fleet';
import { DEPLOYMENTS, ENDPOINTS, ENDPOINT_SLICES, SERVICES } from '../kinds';

describe('services', () => {
  const setup = setUpControllers();
  const { settled, withNodes } = setup;

  it('have endpoints with node, zone and target of ready pods', async () => {
    await withNodes();
    setup.cluster.storage.create(DEPLOYMENTS, deployment('web', 2));
    setup.cluster.storage.create(SERVICES, service('web'));
    await settled('web', 2);
    const slice = await eventually('both are in the slice', () =>
      setup.cluster.storage
        .list(ENDPOINT_SLICES, 'default')
        .find(
          s => s.endpoints.filter((e: any) => e.conditions.ready).length === 2,
        ),
    );
    expect(slice.metadata.labels).toMatchObject({
      'kubernetes.io/service-name': 'web',
    });
    expect(slice.ports).toEqual([
      { name: 'http', port: 9080, protocol: 'TCP' },
    ]);
    expect(slice.endpoints.map((e: any) => e.zone).sort()).toEqual([
      'cn-hangzhou-h',
      'cn-hangzhou-i',
    ]);
    expect(slice.endpoints[0].targetRef).toMatchObject({
      kind: 'Pod',
      namespace: 'default',
    });
    await eventually(
      'the old Endpoints say the same',
      () =>
        setup.cluster.storage.get(ENDPOINTS, 'default', 'web')?.subsets?.[0]
          .addresses?.length === 2,
    );
    setup.cluster.storage.delete(SERVICES, 'default', 'web');
    await eventually(
      'nothing is left',
      () =>
        setup.cluster.storage.list(ENDPOINT_SLICES, 'default').length === 0 &&
        !setup.cluster.storage.get(ENDPOINTS, 'default', 'web'),
    );
  });
});
