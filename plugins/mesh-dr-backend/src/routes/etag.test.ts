import { FAILOVER, SERVICE, startChanges } from '../__testUtils__/changes';
import { openapi } from '../__testUtils__/contract';
import { guideEnvironment } from '../__testUtils__/environments';
import { HANGZHOU_ID, MESH_ID } from '../__testUtils__/FakeCloud';

const approver = { user: 'user:default/approver' };

const start = () =>
  startChanges({ meshDr: { approval: { required: 'always' } } });

describe('conditional requests', () => {
  it('answers every documented read with 304 while nothing changes', async () => {
    const { get, put, change, post, stop } = await start();
    const { body: asked } = await change({}).expect(201);
    const { body: shift } = await post('/v1/shifts')
      .send({
        target: { meshId: MESH_ID, namespace: 'default', name: 'reviews' },
        from: 'cn-hangzhou',
        to: 'cn-shanghai',
        steps: [50, 100],
        holdSeconds: 60,
        outlierDetection: FAILOVER.outlierDetection,
        reason: 'drain',
      })
      .expect(201);
    await put('/v1/environments/guide').send(guideEnvironment()).expect(200);
    const { headers } = await get(`/v1/changes/${asked.id}`).expect(200);
    expect(headers.etag).toMatch(/^"[0-9a-f]{32}"$/);

    const ids: Record<string, string> = {
      '/v1/changes/{id}': asked.id,
      '/v1/changes/{id}/export': asked.id,
      '/v1/shifts/{id}': shift.id,
    };
    const checked: string[] = [];
    for (const [path, item] of Object.entries(openapi.paths)) {
      if (!item.get?.responses['304']) continue;
      const url = path
        .replace('{id}', ids[path])
        .replace('{mesh}', MESH_ID)
        .replace('{clusterId}', HANGZHOU_ID)
        .replace('{namespace}/{name}', 'default/reviews')
        .replace('{name}', 'guide');
      // Operations come from joining, and what a removal would take needs a whole cloud.
      if (/^\/v1\/operations|\/removal$/.test(path)) continue;
      const query = path === '/v1/vpcs' ? '?region=cn-hangzhou' : '';
      const first = await get(`${url}${query}`).expect(200);
      const second = await get(`${url}${query}`).set(
        'If-None-Match',
        first.headers.etag,
      );
      expect([path, second.status]).toEqual([path, 304]);
      expect(second.text).toBe('');
      checked.push(path);
    }
    expect(checked.length).toBeGreaterThan(10);
    await stop();
  });

  it('documents a condition for every read but those that are files', () => {
    const without = Object.entries(openapi.paths).flatMap(([path, { get }]) =>
      get && !get.responses['304'] ? [path] : [],
    );
    expect(without).toEqual([
      '/openapi.yaml',
      '/v1/meshes/{mesh}/services/{namespace}/{name}/break-glass',
      '/v1/audit',
    ]);
  });

  it('shows what a change is now instead of approving what was not seen', async () => {
    const { get, change, post, rule, stop } = await start();
    const { body, headers } = await change({}).expect(201);
    expect(headers.etag).toBe(
      (await get(`/v1/changes/${body.id}`)).headers.etag,
    );
    await post(`/v1/changes/${body.id}/approve`, approver)
      .set('If-Match', '"of-something-else"')
      .expect(412);
    // Weak tags promise nothing.
    await post(`/v1/changes/${body.id}/approve`, approver)
      .set('If-Match', `W/${headers.etag}`)
      .expect(412);
    expect(await rule()).toBeUndefined();

    await post(`/v1/changes/${body.id}/approve`, approver)
      .set('If-Match', `"other", ${headers.etag}`)
      .expect(200);
    const late = await post(`/v1/changes/${body.id}/reject`, approver)
      .set('If-Match', headers.etag)
      .send({ reason: 'too late' })
      .expect(412);
    expect(late.body.error).toMatchObject({
      name: 'PreconditionFailedError',
      current: { id: body.id, status: 'applied' },
    });
    expect(late.body.error.message).toContain('decide anew');

    await post(`/v1/changes/${body.id}/rollback`)
      .set('If-Match', headers.etag)
      .send({ reason: 'back' })
      .expect(412);
    const { headers: now } = await get(`/v1/changes/${body.id}`);
    await post(`/v1/changes/${body.id}/rollback`)
      .set('If-Match', now.etag)
      .send({ reason: 'back' })
      .expect(201);
    await stop();
  });

  it('aborts only the shift that was seen', async () => {
    const { post, stop } = await startChanges();
    const { body, headers } = await post('/v1/shifts')
      .send({
        target: {
          meshId: SERVICE.meshId,
          namespace: SERVICE.namespace,
          name: SERVICE.name,
        },
        from: 'cn-hangzhou',
        to: 'cn-shanghai',
        steps: [50, 100],
        holdSeconds: 60,
        outlierDetection: FAILOVER.outlierDetection,
        reason: 'drain',
      })
      .expect(201);
    const refused = await post(`/v1/shifts/${body.id}/abort`)
      .set('If-Match', '"before"')
      .send({ reason: 'no' })
      .expect(412);
    expect(refused.body.error.current).toMatchObject({ status: 'running' });
    await post(`/v1/shifts/${body.id}/abort`)
      .set('If-Match', headers.etag)
      .send({ reason: 'enough' })
      .expect(200);
    await stop();
  });

  it('lets one of two who saw the same environment replace or forget it', async () => {
    const { get, put, delete: remove, stop } = await startChanges();
    const path = '/v1/environments/guide';
    await put(path).set('If-Match', '*').send(guideEnvironment()).expect(412);
    await put(path).send(guideEnvironment()).expect(200);
    const { headers } = await get(path).expect(200);
    await put(path)
      .set('If-Match', headers.etag)
      .send({ ...guideEnvironment(), status: 'incomplete' })
      .expect(200);
    const lost = await put(path)
      .set('If-Match', headers.etag)
      .send(guideEnvironment())
      .expect(412);
    expect(lost.body.error.current).toMatchObject({ status: 'incomplete' });
    await remove(path).set('If-Match', headers.etag).expect(412);
    const { headers: now } = await get(path).expect(200);
    await remove(path).set('If-Match', now.etag).expect(204);
    await remove(path).expect(204);
    await stop();
  });
});
