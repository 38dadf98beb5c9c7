import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { INITIATOR, runAction } from '../__testUtils__/context';
import {
  createDeps,
  fakePermissions,
  sandboxAccounts,
} from '../__testUtils__/deps';
import type { ActionDeps } from '../deps';
import { createActions } from '.';

jest.setTimeout(120_000);

const spec = {
  name: 'slices',
  network: GUIDE_PLAN,
  cen: { bandwidthMbps: 10 },
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 1 },
  mesh: {},
  apiServerAccess: 'public',
};

describe('provisioning actions on the local cloud', () => {
  let sandbox: Sandbox;
  let deps: ActionDeps;
  /** What was reported of environments, in order. */
  const recorded: any[] = [];
  const inventory = async () =>
    (await fetch(`${sandbox.control}/inventory`)).json();
  const run = (id: string, input: object, options: object = {}) =>
    runAction(
      createActions(deps).find(action => action.id === id)!,
      input,
      options,
    );

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 300 });
    deps = createDeps({
      accounts: sandboxAccounts(sandbox),
      meshDr: {
        putEnvironment: async (name: string, body: any, { token }: any) => {
          recorded.push({ name, token, ...body });
        },
        forgetEnvironment: async (name: string) => {
          recorded.push({ name, status: 'forgotten' });
        },
      } as any,
    });
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  it('build an environment slice by slice, leave it alone as a whole, and take it away', async () => {
    const before = await inventory();
    await run('dr:network:provision', { spec });
    await run('dr:clusters:provision', { spec });
    await run('dr:mesh:provision', { spec });
    await run('dr:cen:provision', { spec });
    await run('dr:securityGroups:authorize', { spec });
    const whole = await run('dr:environment:provision', { spec });
    expect(whole.log.at(-1)).toMatch(
      /^Environment slices: \d+ unchanged in [\d.]+ s$/,
    );
    expect(whole.output).toMatchObject({
      environment: 'slices',
      account: 'sandbox',
      meshName: 'mesh',
      meshVersion: expect.stringMatching(/^v\d/),
      clusterIds: [expect.any(String), expect.any(String)],
    });
    expect(recorded).toMatchObject([
      { name: 'slices', status: 'provisioning', account: 'sandbox' },
      {
        name: 'slices',
        status: 'ready',
        token: `token of ${INITIATOR}`,
        parts: {
          clusters: [{ name: 'ack-hangzhou' }, { name: 'ack-shanghai' }],
        },
      },
    ]);
    expect(JSON.stringify(recorded)).not.toMatch(/certificate|kubeconfig/i);
    expect(JSON.stringify(whole)).not.toMatch(
      /certificate|kubeconfig|secret"/i,
    );

    const dry = await run(
      'dr:environment:provision',
      { spec },
      {
        isDryRun: true,
      },
    );
    expect(new Set(dry.output.plan.map((item: any) => item.action))).toEqual(
      new Set(['keep']),
    );

    await deps.catalog.register([
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'System',
        metadata: {
          name: 'slices',
          annotations: { 'mesh-dr.io/environment': 'slices' },
        },
        spec: { owner: INITIATOR },
      },
    ]);
    const request = { environment: 'slices', confirm: 'slices' };
    const planned = await run('dr:environment:destroy', request, {
      isDryRun: true,
    });
    expect(planned.log).toContainEqual(
      expect.stringContaining('delete ACK cluster ack-hangzhou'),
    );
    const gone = await run('dr:environment:destroy', request);
    expect(gone.output.leftovers).toEqual([]);
    expect(gone.output.deleted).toBe(planned.output.leftovers.length);
    expect(await deps.catalog.entities()).toEqual([]);
    expect(await inventory()).toEqual(before);
  });

  it('refuse bad input before anything is made', async () => {
    const before = await inventory();
    const network = structuredClone(GUIDE_PLAN);
    network.clusters[1].podCidr = network.clusters[0].podCidr;
    await expect(
      run('dr:environment:provision', { spec: { ...spec, network } }),
    ).rejects.toThrow(
      /ack-hangzhou[^]*ack-shanghai|ack-shanghai[^]*ack-hangzhou/,
    );
    await expect(
      run('dr:environment:destroy', {
        environment: 'slices',
        confirm: 'slice',
      }),
    ).rejects.toThrow('type the name again exactly');
    expect(await inventory()).toEqual(before);
  });

  it('refuse an initiator without the permission', async () => {
    deps = {
      ...deps,
      permissions: fakePermissions(['mesh-dr.environment.provision']),
    };
    const before = await inventory();
    await expect(run('dr:environment:provision', { spec })).rejects.toThrow(
      expect.objectContaining({ name: 'NotAllowedError' }),
    );
    expect(await inventory()).toEqual(before);
    deps = { ...deps, permissions: fakePermissions() };
  });

  it('say how to resume when the task is cancelled', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const push = log.push.bind(log);
    log.push = (...lines) => {
      if (lines.some(line => line.includes('cen created'))) controller.abort();
      return push(...lines);
    };
    await expect(
      run(
        'dr:environment:provision',
        { spec },
        { signal: controller.signal, log },
      ),
    ).rejects.toThrow(/cancelled[^]*run again to resume/);
    await run('dr:environment:destroy', {
      environment: 'slices',
      confirm: 'slices',
    });
    expect((await inventory()).resources).toEqual([]);
  });
});
