import type { EnvironmentSpec } from '../spec';
import type { ProvisionContext } from '../types';
import { podRoutesResource } from './podRoutes';

type Route = [cidr: string, status: string];

function look(published: Route[], learned: Route[]) {
  const resource = podRoutesResource(
    {
      name: 'ack-hangzhou',
      region: 'cn-hangzhou',
      vpc: 'vpc-hangzhou',
      networkPlugin: 'flannel',
      podCidr: '10.0.0.0/16',
      serviceCidr: '172.16.0.0/16',
    },
    { clusters: { nodes: 2 } } as EnvironmentSpec,
  );
  return resource.find({
    outputs: () => ({}),
    cloud: {
      ack: { describeNodes: async () => [{}, {}] },
      cen: {
        describePublishedRouteEntries: async () =>
          published.map(([destinationCidrBlock, publishStatus]) => ({
            destinationCidrBlock,
            publishStatus,
          })),
        listRouteEntries: async () =>
          learned.map(([destinationCidrBlock, status]) => ({
            destinationCidrBlock,
            status,
          })),
      },
    },
  } as unknown as ProvisionContext);
}

const node1 = '10.0.0.0/26';
const node2 = '10.0.0.64/26';

describe('Pod routes', () => {
  it('publishes what reads NonPublished', async () => {
    await expect(
      look(
        [
          [node1, 'Published'],
          [node2, 'NonPublished'],
        ],
        [],
      ),
    ).resolves.toMatchObject({
      state: 'ready',
      changes: [`publish ${node2}`],
    });
  });

  it('waits for the route of every node', async () => {
    await expect(
      look([[node1, 'Published']], [['10.1.0.0/26', 'Active']]),
    ).resolves.toMatchObject({ state: 'pending' });
  });

  it.each<[string, Route[], Route[]]>([
    [
      'by node',
      [],
      [
        [node1, 'Active'],
        [node2, 'Active'],
      ],
    ],
    ['in part', [[node1, 'Published']], [[node2, 'Active']]],
    ['as one block', [], [['10.0.0.0/16', 'Active']]],
  ])(
    'is content with what the transit router learned by itself (%s)',
    async (_, published, learned) => {
      await expect(look(published, learned)).resolves.toMatchObject({
        state: 'ready',
        changes: [],
      });
    },
  );

  it('does not count routes that the transit router rejected', async () => {
    await expect(
      look(
        [],
        [
          [node1, 'Active'],
          [node2, 'Rejected'],
        ],
      ),
    ).resolves.toMatchObject({ state: 'pending' });
  });
});
