import { SUBSETS, startChanges as start } from '../__testUtils__/changes';
import { destinationRule } from '../__testUtils__/objects';

describe('approval', () => {
  const meshDr = { approval: { required: 'always' } };

  it('waits for a second person, who sees it applied', async () => {
    const { change, rule, post, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    expect(body.status).toBe('pending-approval');
    expect(await rule()).toBeUndefined();
    const own = await post(`/v1/changes/${body.id}/approve`).expect(403);
    expect(own.body.error.message).toContain('somebody else');
    const approver = { user: 'user:default/approver' };
    const approved = await post(
      `/v1/changes/${body.id}/approve`,
      approver,
    ).expect(200);
    expect(approved.body).toMatchObject({
      status: 'applied',
      approvedBy: 'user:default/approver',
    });
    expect(await rule()).toBeDefined();
    await post(`/v1/changes/${body.id}/approve`, approver).expect(409);
    await post(`/v1/changes/${body.id}/approve`, { service: true }).expect(403);
    await stop();
  });

  it('does not approve what has changed underneath', async () => {
    const { mesh, change, rule, post, get, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    mesh.put(
      'destinationrules',
      destinationRule('reviews', { host: 'reviews', subsets: SUBSETS }),
    );
    await post(`/v1/changes/${body.id}/approve`, {
      user: 'user:default/approver',
    }).expect(409);
    expect((await rule())!.spec.trafficPolicy).toBeUndefined();
    const stored = await get(`/v1/changes/${body.id}`).expect(200);
    expect(stored.body.status).toBe('failed');
    expect(stored.body.error).toContain('since the preview');
    await stop();
  });

  it('keeps the reason of a rejection', async () => {
    const { change, post, stop } = await start({ meshDr });
    const { body } = await change({}).expect(201);
    const rejected = await post(`/v1/changes/${body.id}/reject`, {
      user: 'user:default/approver',
    })
      .send({ reason: 'freeze' })
      .expect(200);
    expect(rejected.body).toMatchObject({
      status: 'rejected',
      error: 'Rejected by user:default/approver: freeze',
    });
    await stop();
  });
});
