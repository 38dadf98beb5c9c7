import {
  DISTRIBUTION,
  MESH,
  OUTLIER_DETECTION,
  startChanges as start,
} from '../__testUtils__/changes';
import { HANGZHOU_ID, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { scale } from '../__testUtils__/objects';
import { until } from '../__testUtils__/startPlugin';

/** Everybody to Shanghai. */
const ALL_TO_SHANGHAI = {
  mode: 'distribution',
  distribute: [
    { from: 'cn-hangzhou', to: { 'cn-shanghai': 100 } },
    { from: 'cn-shanghai', to: { 'cn-shanghai': 100 } },
  ],
  outlierDetection: OUTLIER_DETECTION,
};
const BREAK_GLASS = 'mesh-dr.change.break-glass';
const always = {
  guardrails: {
    waitPeriod: { milliseconds: 0 },
    freezeWindows: [
      {
        reason: 'Double Eleven',
        from: '2026-01-01T00:00:00+08:00',
        to: '2126-01-01T00:00:00+08:00',
      },
    ],
  },
};

describe('guardrails', () => {
  it('refuse a target region that cannot bear the calls, with the numbers, until somebody breaks the glass', async () => {
    const { connector, preview, change, denied, auditor, get, rule, stop } =
      await start();
    scale(connector.server(HANGZHOU_ID), 'cn-hangzhou', 'reviews', 'v1', 5);
    await until('five pods are seen', async () => {
      const { body } = await get(
        `/v1/meshes/${MESH_ID}/services/default/reviews/topology`,
      );
      return body.regions[0].ready === 5;
    });
    const request = { intent: ALL_TO_SHANGHAI };
    const previewed = (await preview(request).expect(200)).body;
    expect(previewed.applicable).toBe(false);
    expect(
      previewed.findings.find((f: any) => f.guardrail === 'capacity'),
    ).toMatchObject({
      severity: 'refuse',
      values: { region: 'cn-shanghai', factor: 6 },
    });
    const { body } = await change(request).expect(409);
    expect(body.error.message).toMatch(
      /6 times.*1 ready in cn-shanghai.*mesh-dr.change.break-glass.*'capacity'/,
    );
    expect(await rule()).toBeUndefined();

    const broken = { ...request, overrides: ['capacity'] };
    denied.add(BREAK_GLASS);
    const refused = await change(broken).expect(403);
    expect(refused.body.error.message).toContain(BREAK_GLASS);
    denied.delete(BREAK_GLASS);
    const applied = await change(broken).expect(201);
    expect(applied.body).toMatchObject({
      status: 'applied',
      overrides: ['capacity'],
      reason: 'game day',
    });
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'change-create',
        severityLevel: 'high',
        meta: expect.objectContaining({
          overrides: ['capacity'],
          reason: 'game day',
        }),
      }),
    );
    await stop();
  });

  it('never give up the last healthy region, whatever is overridden', async () => {
    const { connector, change, get, rule, stop } = await start();
    connector.server(SHANGHAI_ID).setTrouble('i/o timeout');
    await until('Shanghai is seen to be cut off', async () => {
      const { body } = await get(
        `/v1/meshes/${MESH_ID}/services/default/reviews/topology`,
      );
      return body.regions[1].freshness.state === 'unreachable';
    });
    const { body } = await change({
      intent: ALL_TO_SHANGHAI,
      overrides: ['capacity', 'freeze-window', 'wait-period', 'approval'],
    }).expect(409);
    expect(body.error.message).toMatch(
      /no healthy region left.*cn-shanghai \(1 of 1 ready, unreachable\)/,
    );
    expect(body.error.message).not.toContain('break-glass');
    const wrong = await change({
      intent: ALL_TO_SHANGHAI,
      overrides: ['last-healthy-region'],
    }).expect(400);
    expect(wrong.body.error.message).toContain('cannot be overridden');
    expect(await rule()).toBeUndefined();
    await stop();
  });

  it('freeze rules, but not the way back', async () => {
    const { change, post, denied, rule, stop } = await start({
      meshDr: always,
    });
    const { body } = await change({}).expect(409);
    expect(body.error.message).toMatch(/2125-12-31T16:00.*Double Eleven/);
    const { body: applied } = await change({
      overrides: ['freeze-window'],
    }).expect(201);
    expect(applied.status).toBe('applied');
    denied.add(BREAK_GLASS);
    await post(`/v1/changes/${applied.id}/rollback`)
      .send({ reason: 'undo' })
      .expect(201);
    expect(await rule()).toBeUndefined();
    await stop();
  });

  it('let approval be overridden in an emergency, also on the way back', async () => {
    const { change, post, rule, stop } = await start({
      meshDr: { approval: { required: 'always' } },
    });
    const overrides = ['approval'];
    const { body } = await change({ overrides }).expect(201);
    expect(body).toMatchObject({ status: 'applied', overrides });
    expect(body.approvedBy).toBeUndefined();
    const back = await post(`/v1/changes/${body.id}/rollback`)
      .send({ reason: 'undo', overrides })
      .expect(201);
    expect(back.body).toMatchObject({ status: 'applied', overrides });
    expect(await rule()).toBeUndefined();
    await stop();
  });

  it('do not let a service set them aside', async () => {
    const { post, stop } = await start({ meshDr: always });
    const grant = await post('/v1/grants')
      .send({ environment: '*', operations: ['rule.change'] })
      .expect(201);
    const asService = (overrides: string[]) =>
      post('/v1/changes', { service: true })
        .set('x-mesh-dr-grant', grant.body.id)
        .send({
          target: MESH,
          intent: { mode: 'off' },
          reason: 'r',
          overrides,
        });
    const { body } = await asService(['freeze-window']).expect(403);
    expect(body.error.message).toContain('only a person');
    await asService([]).expect(409);
    await stop();
  });

  it('space changes of the same services, and refuse a long wait', async () => {
    const { change, preview, post, stop } = await start({
      meshDr: { guardrails: { waitPeriod: { minutes: 10 } } },
    });
    await change({}).expect(201);
    const later = { intent: DISTRIBUTION };
    const { body } = await change(later).expect(409);
    expect(body.error.message).toMatch(/may follow in \d{3} s/);
    expect((await preview(later).expect(200)).body.applicable).toBe(false);
    // Another service has its own pace; a mesh-wide rule concerns both.
    await change({
      target: {
        ...MESH,
        scope: 'service',
        namespace: 'default',
        name: 'ratings',
      },
      intent: { mode: 'off' },
    }).expect(201);
    await change({ target: MESH, intent: { mode: 'off' } }).expect(409);
    const hurried = await change({
      ...later,
      overrides: ['wait-period'],
    }).expect(201);
    await post(`/v1/changes/${hurried.body.id}/rollback`)
      .send({ reason: 'undo' })
      .expect(201);
    await stop();
  });

  it('sit a short wait out', async () => {
    const { change, stop } = await start({
      meshDr: { guardrails: { waitPeriod: { milliseconds: 300 } } },
    });
    const changes = await Promise.all(
      [{}, { intent: DISTRIBUTION }, {}].map(async body =>
        change(body).expect(201),
      ),
    );
    const times = changes.map(({ body }) => Date.parse(body.appliedAt)).sort();
    expect(times[1] - times[0]).toBeGreaterThanOrEqual(300);
    expect(times[2] - times[1]).toBeGreaterThanOrEqual(300);
    await stop();
  });
});
