import { FakeCloud, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import {
  startPlugin,
  until,
  type StartOptions,
} from '../__testUtils__/startPlugin';

const CLUSTER = `/v1/meshes/${MESH_ID}/clusters/${SHANGHAI_ID}`;

async function start(options: StartOptions = {}) {
  const cloud = new FakeCloud();
  cloud.leaveOut(SHANGHAI_ID);
  const plugin = await startPlugin({ ...options, cloud });
  const { get, post } = plugin;
  const join = async (): Promise<string> =>
    (await post(`${CLUSTER}/join`).expect(202)).body.id;
  const look = async (id: string) =>
    (await get(`/v1/operations/${id}`).expect(200)).body;
  const finished = async (id: string) => {
    await until(
      'the operation ends',
      async () => (await look(id)).status !== 'running',
    );
    return look(id);
  };
  const said = (id: string, message: RegExp) =>
    until(`it says ${message}`, async () =>
      (await look(id)).progress.some((entry: any) =>
        message.test(entry.message),
      ),
    );
  const member = () => cloud.members.find(m => m.clusterId === SHANGHAI_ID)!;
  return { ...plugin, cloud, join, look, finished, said, member };
}

describe('a join that ASM leaves in starting', () => {
  it("is explained by the preflight with ASM's own words, and waited for again", async () => {
    const { cloud, join, finished, member, stop } = await start({
      meshDr: {
        membership: {
          pollInterval: { milliseconds: 10 },
          timeout: { milliseconds: 100 },
        },
      },
    });
    cloud.peer.bandwidth = 0;
    cloud.joinOutcome = { state: 'starting', errorMessage: 'dialing 21.0.0.9' };
    const operation = await finished(await join());
    expect(operation.status).toBe('failed');
    expect(operation.diagnosis.asmMessage).toMatch(
      /^ASM gave no verdict within .*ASM reports the member starting: dialing 21.0.0.9/,
    );
    expect(operation.diagnosis.summary).toContain(
      'Cross-region bandwidth between cn-hangzhou and cn-shanghai is not set on tr-attach-peer',
    );
    cloud.peer.bandwidth = 10;
    member().state = 'running';
    expect(await finished(await join())).toMatchObject({
      status: 'succeeded',
    });
    expect(cloud.asked).toEqual([`add ${SHANGHAI_ID}`]);
    await stop();
  });
});

describe('cancelling', () => {
  it('leaves nothing behind before ASM was asked', async () => {
    const { cloud, join, look, post, said, stop } = await start();
    cloud.beforeAdd = () => {
      throw Object.assign(new Error('The mesh is updating'), {
        code: 'StillInitializing',
      });
    };
    const id = await join();
    await said(id, /takes no cluster/);
    const { body } = await post(`/v1/operations/${id}/cancel`).expect(200);
    expect(body).toMatchObject({
      status: 'cancelled',
      finishedAt: expect.any(String),
    });
    expect(body.progress.at(-1).message).toBe(
      'user:default/owner cancelled it before ASM was asked for anything: nothing has changed',
    );
    cloud.beforeAdd = () => {};
    // Stopping waits for whoever is still at work.
    expect(await look(id)).toEqual(body);
    await stop();
    expect(cloud.asked).toEqual([]);
  });

  it('stops waiting only, once ASM was asked, and a later join takes it up', async () => {
    const { cloud, join, finished, member, post, said, stop } = await start();
    cloud.joinOutcome = { state: 'starting' };
    const id = await join();
    await said(id, /asked ASM to add/);
    const { body } = await post(`/v1/operations/${id}/cancel`).expect(200);
    expect(body.progress.at(-1).message).toMatch(
      /stopped waiting after the portal asked ASM to add the cluster: ASM has no call/,
    );
    // Cancelled twice is cancelled once.
    expect(
      (await post(`/v1/operations/${id}/cancel`).expect(200)).body,
    ).toEqual(body);
    const again = await join();
    expect(again).not.toBe(id);
    member().state = 'running';
    expect(await finished(again)).toMatchObject({ status: 'succeeded' });
    expect(cloud.asked).toEqual([`add ${SHANGHAI_ID}`]);
    await stop();
  });

  it('comes too late when the operation has ended', async () => {
    const { join, finished, post, stop } = await start();
    const id = await join();
    await finished(id);
    const { body } = await post(`/v1/operations/${id}/cancel`).expect(409);
    expect(body.error.message).toContain('it has succeeded already');
    await post('/v1/operations/nothing/cancel').expect(404);
    await stop();
  });

  it('needs the permission to join', async () => {
    const { cloud, denied, join, look, post, stop } = await start();
    cloud.joinOutcome = { state: 'starting' };
    const id = await join();
    denied.add('mesh-dr.cluster.join');
    await post(`/v1/operations/${id}/cancel`).expect(403);
    expect((await look(id)).status).toBe('running');
    await stop();
  });
});
