import type { Entity } from '@backstage/catalog-model';
import {
  FAILOVER,
  startChanges as start,
  storedChange,
} from '../__testUtils__/changes';
import { MESH_ID } from '../__testUtils__/FakeCloud';
import { until } from '../__testUtils__/startPlugin';
import { Notifier } from './Notifier';

const component = (name: string, owner: string): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name,
    namespace: 'default',
    annotations: { 'mesh-dr.io/host': `${name}.default` },
  },
  spec: { type: 'service' },
  relations: [{ type: 'ownedBy', targetRef: owner }],
});
const entities = [
  component('reviews', 'group:default/reviewers'),
  component('ratings', 'group:default/raters'),
];

describe('notifications', () => {
  it('ask for approval, then tell the owners and whoever asked how it ended', async () => {
    const { change, post, sent, stop } = await start({
      entities,
      meshDr: {
        approval: {
          required: 'always',
          approvers: ['group:default/approvers'],
        },
      },
    });
    const { id } = (await change({ reason: 'game day' }).expect(201)).body;
    await until('people are asked', () => sent.length === 1);
    expect(sent[0]).toEqual({
      recipients: {
        type: 'entity',
        entityRef: ['group:default/reviewers', 'group:default/approvers'],
        excludeEntityRef: 'user:default/owner',
      },
      payload: {
        title: 'The locality rule of default/reviews waits for approval',
        description: expect.stringContaining('game day'),
        link: '/catalog/default/component/reviews/disaster-recovery',
        severity: 'high',
        topic: 'mesh-dr-change',
        scope: `mesh-dr-change:${id}`,
      },
    });
    await post(`/v1/changes/${id}/approve`, {
      user: 'user:default/approver',
    }).expect(200);
    await until('the outcome is told', () => sent.length === 2);
    expect(sent[1].payload).toMatchObject({
      title: 'The locality rule of default/reviews is in force',
      severity: 'normal',
      scope: sent[0].payload.scope,
    });
    await stop();
  });

  it('of a mesh-wide change go to the owners of all its services', async () => {
    const { change, sent, stop } = await start({
      entities,
      meshDr: { approval: { required: 'mesh' } },
    });
    await change({
      target: { scope: 'mesh', meshId: MESH_ID },
      intent: { mode: 'off' },
    }).expect(201);
    await until('people are asked', () => sent.length === 1);
    expect(sent[0].recipients.entityRef).toEqual([
      'group:default/raters',
      'group:default/reviewers',
    ]);
    expect(sent[0].payload.link).toBe('/mesh-dr');
    await stop();
  });

  it('that cannot be sent hold nothing up', async () => {
    const { change, rule, stop } = await start({
      entities,
      notify: async () => {
        throw new Error('no such plugin');
      },
    });
    const { body } = await change({ intent: FAILOVER }).expect(201);
    expect(body.status).toBe('applied');
    expect(await rule()).toBeDefined();
    await stop();
  });

  it('say it loudly when guardrails were set aside, and never write to services', async () => {
    const sent: any[] = [];
    const notifier = new Notifier({
      notifications: { send: async options => void sent.push(options) },
      catalog: { components: async () => [] } as any,
      logger: { warn: jest.fn() } as any,
      approvers: [],
    });
    const mesh = { name: 'guide' };
    await notifier.changeMoved(storedChange({ requestedBy: 'plugin' }), mesh);
    expect(sent).toEqual([]);
    await notifier.changeMoved(
      storedChange({ status: 'failed', overrides: ['freeze-window'] }),
      mesh,
    );
    expect(sent[0].payload).toMatchObject({
      severity: 'critical',
      description: expect.stringContaining('Set aside: freeze-window.'),
    });
  });

  it('tell the owner of an environment about drift', async () => {
    const sent: any[] = [];
    const notifier = new Notifier({
      notifications: { send: async options => void sent.push(options) },
      catalog: { components: async () => [] } as any,
      logger: { warn: jest.fn() } as any,
      approvers: [],
    });
    await notifier.drifted(
      { name: 'shop', owner: 'group:default/shop' },
      { checkedAt: '', items: [{ title: 'VPC hangzhou' } as any] },
    );
    expect(sent[0]).toMatchObject({
      recipients: { entityRef: ['group:default/shop'] },
      payload: {
        title: 'Environment shop differs from its plan in 1 place',
        description: 'VPC hangzhou',
      },
    });
  });
});
