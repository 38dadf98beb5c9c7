import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../alicloud/types';
import { destroyEnvironment, planDestroy } from './destroy';
import { findEnvironment, isEmpty } from './find';
import { planEnvironment } from './plan';
import { provisionEnvironment } from './provision';
import type { ProgressEvent } from './types';
import { guideSpec, inventory, startTestCloud } from './__testUtils__/sandbox';

const pace = { minIntervalMs: 20, maxIntervalMs: 200 };

jest.setTimeout(120_000);

describe('an environment on the local cloud', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;

  beforeAll(async () => {
    ({ sandbox, cloud } = await startTestCloud({ timeScale: 300 }));
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  it('comes up as the guide plans it, is left alone by a second run, and goes without a trace', async () => {
    const before = await inventory(sandbox);
    const spec = guideSpec();

    const plan = await planEnvironment(cloud, spec);
    expect(new Set(plan.map(item => item.action))).toEqual(new Set(['create']));
    expect(await inventory(sandbox)).toEqual(before);

    const events: ProgressEvent[] = [];
    const first = await provisionEnvironment(cloud, spec, {
      pace,
      onProgress: event => events.push(event),
    });
    expect(first.resources.filter(item => item.reason)).toEqual([]);
    expect(first.status).toBe('ready');
    expect(first.outputs.clusters.map(({ name }) => name)).toEqual([
      'ack-hangzhou',
      'ack-shanghai',
    ]);
    expect(first.outputs.mesh?.id).toMatch(/^c[0-9a-f]{32}$/);
    expect(
      events.filter(({ state }) => state === 'ready').map(({ key }) => key),
    ).toEqual(expect.arrayContaining(plan.map(({ key }) => key)));

    const provisioned = await inventory(sandbox);
    const second = await provisionEnvironment(cloud, spec, { pace });
    expect(second.status).toBe('ready');
    expect(new Set(second.resources.map(item => item.result))).toEqual(
      new Set(['unchanged']),
    );
    expect(second.uid).toBe(first.uid);
    expect(await inventory(sandbox)).toEqual(provisioned);
    expect(
      new Set((await planEnvironment(cloud, spec)).map(item => item.action)),
    ).toEqual(new Set(['keep']));

    const { steps } = await planDestroy(cloud, spec.name);
    expect(steps.filter(step => step.blocked)).toEqual([]);
    const destroyed = await destroyEnvironment(cloud, spec.name, { pace });
    expect(destroyed.resources.filter(item => item.reason)).toEqual([]);
    expect(destroyed.leftovers).toEqual([]);
    expect(destroyed.status).toBe('destroyed');
    expect(await inventory(sandbox)).toEqual(before);
    expect(isEmpty(await findEnvironment(cloud, spec.name))).toBe(true);

    const again = await destroyEnvironment(cloud, spec.name, { pace });
    expect(again).toMatchObject({ status: 'destroyed', resources: [] });
  });
});
