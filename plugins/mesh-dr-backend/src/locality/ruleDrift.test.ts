import {
  FAILOVER,
  MESH,
  OUTLIER_DETECTION,
  startChanges,
} from '../__testUtils__/changes';
import { until } from '../__testUtils__/startPlugin';

const entities = [
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'reviews',
      namespace: 'default',
      annotations: { 'mesh-dr.io/host': 'reviews.default' },
    },
    relations: [{ type: 'ownedBy', targetRef: 'group:default/reviewers' }],
  },
];

async function start() {
  const plugin = await startChanges({ entities });
  const driftOf = async (id: string) => {
    await plugin.lookForDrift();
    return (await plugin.get(`/v1/changes/${id}`).expect(200)).body.drift;
  };
  const told = () =>
    plugin.sent.filter(({ payload }) => payload.topic === 'mesh-dr-drift');
  const audited = () =>
    plugin.audited
      .map(({ eventId }) => eventId)
      .filter(name => name.startsWith('rule-drift'));
  return { ...plugin, driftOf, told, audited };
}

describe('a rule that was edited elsewhere', () => {
  it('is told once to the owners and whoever asked, until it is as it was again', async () => {
    const { audited, change, driftOf, mesh, rule, stop, told } = await start();
    const { body } = await change({}).expect(201);
    expect(await driftOf(body.id)).toBeUndefined();

    const left = (await rule())!;
    const edited = structuredClone(left);
    edited.spec.trafficPolicy.outlierDetection.maxEjectionPercent = 10;
    mesh.put('destinationrules', edited);
    await until('the edit is seen', async () => await driftOf(body.id));
    expect(await driftOf(body.id)).toEqual({
      seenAt: expect.any(String),
      kind: 'edited',
      fields: [
        {
          name: 'outlierDetection',
          wanted: expect.stringContaining('"maxEjectionPercent":100'),
          found: expect.stringContaining('"maxEjectionPercent":10'),
        },
      ],
    });
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatchObject({
      recipients: {
        entityRef: ['group:default/reviewers', 'user:default/owner'],
      },
      payload: {
        title: 'The locality rule of default/reviews was edited elsewhere',
        description: expect.stringContaining('outlierDetection was {'),
        link: '/catalog/default/component/reviews/disaster-recovery',
      },
    });

    // What nobody here wrote is none of our business.
    const put = structuredClone(left);
    put.spec.trafficPolicy.tls = { mode: 'ISTIO_MUTUAL' };
    mesh.put('destinationrules', put);
    await until('it is as it was', async () => !(await driftOf(body.id)));
    expect(audited()).toEqual(['rule-drift', 'rule-drift-end']);
    expect(told()).toHaveLength(1);
    await stop();
  });

  it('is told when its object is deleted, and not of changes that others followed', async () => {
    const { change, driftOf, mesh, stop } = await start();
    const first = (await change({}).expect(201)).body;
    const outlierDetection = { ...OUTLIER_DETECTION, interval: '2s' };
    const second = (
      await change({ intent: { ...FAILOVER, outlierDetection } }).expect(201)
    ).body;
    expect(second.status).toBe('applied');
    mesh.remove('destinationrules', 'default', 'reviews');
    await until('it is missed', async () => await driftOf(second.id));
    expect(await driftOf(second.id)).toMatchObject({
      kind: 'deleted',
      fields: [],
    });
    expect(await driftOf(first.id)).toBeUndefined();
    await stop();
  });

  it('is told of a whole mesh, too, once ASM was read again', async () => {
    const { change, cloud, driftOf, refreshFleet, stop, told } = await start();
    const { body } = await change({
      target: MESH,
      intent: { mode: 'off' },
    }).expect(201);
    const failover = [{ from: 'cn-hangzhou', to: 'cn-shanghai' }];
    cloud.mesh.locality = { enabled: true, failover, distribute: [] };
    await refreshFleet();
    expect(await driftOf(body.id)).toMatchObject({
      kind: 'edited',
      fields: [
        {
          name: 'localityLbSetting',
          wanted: 'off',
          found: 'failover cn-hangzhou → cn-shanghai',
        },
      ],
    });
    expect(told()[0].payload.link).toBe('/mesh-dr');
    await stop();
  });
});
