import { FAILOVER, startChanges as start } from '../__testUtils__/changes';
import { MESH_ID } from '../__testUtils__/FakeCloud';

const REVIEWS = { mesh: MESH_ID, namespace: 'default', name: 'reviews' };

describe('actions for assistants', () => {
  it('say which of them only read', async () => {
    const { listActions, stop } = await start();
    const actions = await listActions();
    expect(
      Object.fromEntries(
        actions.map(({ name, attributes }) => [name, attributes.readOnly]),
      ),
    ).toEqual({
      'list-meshes': true,
      'list-services': true,
      'read-topology': true,
      'explain-effective-rule': true,
      simulate: true,
      'preview-rule': true,
      'propose-change': false,
    });
    await stop();
  });

  it('lead from the meshes to the regions of a service', async () => {
    const { act, stop } = await start();
    const { meshes } = await act('list-meshes', {});
    expect(meshes).toMatchObject([{ id: MESH_ID }]);
    const { services } = await act('list-services', {
      mesh: meshes[0].name,
      search: 'review',
    });
    expect(services).toMatchObject([{ namespace: 'default', name: 'reviews' }]);
    const { topology } = await act('read-topology', REVIEWS);
    expect(topology.regions.map((r: any) => r.region)).toEqual([
      'cn-hangzhou',
      'cn-shanghai',
    ]);
    await stop();
  });

  it('simulate the loss of a region, and refuse what is no edit', async () => {
    const { act, stop } = await start();
    const lost = { kind: 'down', region: 'cn-hangzhou' };
    const { simulation } = await act('simulate', {
      mesh: MESH_ID,
      edits: [lost],
      services: ['default/productpage'],
    });
    expect(simulation.failedPercent.before).toBe(0);
    expect(simulation.services).toMatchObject([{ id: 'default/productpage' }]);
    await expect(
      act('simulate', { mesh: MESH_ID, edits: [{ kind: 'gone' }] }),
    ).rejects.toThrow('an edit needs a kind');
    await stop();
  });

  it('explain the rule in sentences', async () => {
    const { act, change, stop } = await start();
    const before = await act('explain-effective-rule', REVIEWS);
    expect(before.explanation).toContain('No outlier detection is in force');
    await change({}).expect(201);
    const { explanation, rule } = await act('explain-effective-rule', REVIEWS);
    expect(rule.locality.source).toBe('destination-rule');
    expect(explanation).toContain(
      'Callers of default/reviews obey DestinationRule default/reviews',
    );
    expect(explanation).toMatch(
      /Calls from .* in cn-hangzhou go 100 % to cn-hangzhou\./,
    );
    await stop();
  });

  it('propose what was previewed; it waits for a person, who is not the one who asked', async () => {
    const { act, get, post, rule, auditor, stop } = await start();
    const asked = { ...REVIEWS, intent: FAILOVER };
    const { preview } = await act('preview-rule', asked);
    expect(preview.applicable).toBe(true);
    const { changeId, status } = await act('propose-change', {
      ...asked,
      previewHash: preview.hash,
      reason: 'the verdict says unprotected',
    });
    expect(status).toBe('pending-approval');
    expect(await rule()).toBeUndefined();
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({ eventId: 'change-propose' }),
    );
    const approve = `/v1/changes/${changeId}/approve`;
    await post(approve, { user: 'user:default/owner' }).expect(403);
    await post(approve, { user: 'user:default/approver' }).expect(200);
    expect((await get(`/v1/changes/${changeId}`)).body.status).toBe('applied');
    expect(await rule()).toBeDefined();
    await stop();
  });

  it('refuse what was not previewed, what the linter refuses, and half a target', async () => {
    const { act, stop } = await start();
    const propose = (input: object) =>
      act('propose-change', {
        ...REVIEWS,
        intent: FAILOVER,
        previewHash: 'made-up',
        reason: 'why',
        ...input,
      } as any);
    await expect(propose({})).rejects.toThrow('not the one that was previewed');
    const { outlierDetection: _, ...without } = FAILOVER;
    const { preview } = await act('preview-rule', {
      ...REVIEWS,
      intent: without,
    });
    await expect(
      propose({ intent: without, previewHash: preview.hash }),
    ).rejects.toThrow('Failover without outlier detection does nothing');
    await expect(
      act('preview-rule', {
        mesh: MESH_ID,
        name: 'reviews',
        intent: { mode: 'off' },
      }),
    ).rejects.toThrow('namespace is missing');
    await expect(
      act('preview-rule', { ...REVIEWS, intent: { mode: 'magic' } }),
    ).rejects.toThrow('mode');
    await stop();
  });

  it.each([
    ['list-meshes', {}, 'mesh-dr.mesh.read'],
    ['read-topology', REVIEWS, 'mesh-dr.service.read'],
    ['explain-effective-rule', REVIEWS, 'mesh-dr.service.read'],
    ['list-services', { mesh: MESH_ID }, 'mesh-dr.service.read'],
    ['preview-rule', { ...REVIEWS, intent: FAILOVER }, 'mesh-dr.service.read'],
    [
      'propose-change',
      { ...REVIEWS, intent: FAILOVER, previewHash: 'h', reason: 'r' },
      'mesh-dr.rule.change',
    ],
    [
      'propose-change',
      { mesh: MESH_ID, intent: FAILOVER, previewHash: 'h', reason: 'r' },
      'mesh-dr.mesh-rule.change',
    ],
  ])('%s needs the permission of the person', async (name, input, needed) => {
    const { act, denied, stop } = await start();
    denied.add(needed);
    await expect(act(name, input as any)).rejects.toThrow(needed);
    await stop();
  });
});
