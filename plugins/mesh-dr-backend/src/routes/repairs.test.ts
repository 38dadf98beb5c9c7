import { FakeCloud, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { startPlugin, type StartOptions } from '../__testUtils__/startPlugin';

const CLUSTER = `/v1/meshes/${MESH_ID}/clusters/${SHANGHAI_ID}`;
const BANDWIDTH = { check: 'cross-region-bandwidth', bandwidthMbps: 25 };
const GROUPS = { check: 'security-groups' };

async function start(options: StartOptions = {}) {
  const cloud = new FakeCloud();
  cloud.leaveOut(SHANGHAI_ID);
  const plugin = await startPlugin({ ...options, cloud });
  const fix = (body: object) => plugin.post(`${CLUSTER}/fixes`).send(body);
  const check = async (id: string) => {
    const { body } = await plugin.post(`${CLUSTER}/preflight`).expect(200);
    return body.checks.find((candidate: any) => candidate.id === id);
  };
  return { ...plugin, cloud, fix, check };
}

describe('repairs', () => {
  it('sets the bandwidth that is missing, once', async () => {
    const { cloud, fix, check, stop } = await start();
    cloud.peer.bandwidth = 0;
    const { repair } = await check('cross-region-bandwidth');
    expect(repair).toEqual({
      kind: 'set-bandwidth',
      attachmentId: 'tr-attach-peer',
      regions: ['cn-hangzhou', 'cn-shanghai'],
      bandwidthType: 'DataTransfer',
      suggestedMbps: 10,
    });
    const answers = await Promise.all(
      [1, 2, 3].map(async () => (await fix(BANDWIDTH).expect(200)).body),
    );
    expect(answers.filter(({ applied }) => applied)).toEqual([
      expect.objectContaining({ repair }),
    ]);
    answers.forEach(answer => expect(answer.check.status).toBe('passed'));
    expect(cloud.repaired).toEqual(['tr-attach-peer 25 DataTransfer']);
    await stop();
  });

  it('admits exactly the ranges that the check misses, in both directions', async () => {
    const { cloud, fix, check, stop } = await start();
    cloud.admitted.set('sg-hangzhou', ['10.9.0.0/16']);
    cloud.admitted.set('sg-shanghai', []);
    const { repair } = await check('security-groups');
    const { body } = await fix(GROUPS).expect(200);
    expect(body).toMatchObject({
      applied: true,
      repair,
      check: { status: 'passed' },
    });
    expect(cloud.repaired.sort()).toEqual([
      'cn-hangzhou sg-hangzhou 10.1.0.0/16',
      'cn-shanghai sg-shanghai 10.0.0.0/16',
    ]);
    expect((await fix(GROUPS).expect(200)).body).toMatchObject({
      applied: false,
    });
    expect(cloud.repaired).toHaveLength(2);
    await stop();
  });

  it('says why where there is nothing that it can repair', async () => {
    const { cloud, fix, stop } = await start();
    cloud.peer.regionId = 'cn-beijing';
    const { body } = await fix(BANDWIDTH).expect(409);
    expect(body.error.message).toMatch(
      /cannot repair 'cross-region-bandwidth' itself: no inter-region connection .* Create an inter-region connection/,
    );
    expect(cloud.repaired).toEqual([]);
    await stop();
  });

  it.each<[object, RegExp]>([
    [{ check: 'routes' }, /check has to be cross-region-bandwidth or/],
    [{ check: 'cross-region-bandwidth' }, /bandwidthMbps has to be/],
    [{ ...BANDWIDTH, bandwidthMbps: 0 }, /bandwidthMbps has to be/],
    [{ ...BANDWIDTH, bandwidthMbps: 1.5 }, /bandwidthMbps has to be/],
    [{ ...GROUPS, bandwidthMbps: 5 }, /unknown field 'bandwidthMbps'/],
  ])('refuses %j', async (body, message) => {
    const { fix, stop } = await start();
    const answer = await fix(body).expect(400);
    expect(answer.body.error.message).toMatch(message);
    await stop();
  });

  it('needs the permission to provision', async () => {
    const { cloud, fix, stop } = await start({
      denied: ['mesh-dr.environment.provision'],
    });
    cloud.peer.bandwidth = 0;
    await fix(BANDWIDTH).expect(403);
    expect(cloud.repaired).toEqual([]);
    await stop();
  });
});
