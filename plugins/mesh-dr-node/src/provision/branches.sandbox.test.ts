import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../alicloud/types';
import { destroyEnvironment } from './destroy';
import { provisionEnvironment } from './provision';
import type { ProgressEvent, ResourceReport } from './types';
import { guideSpec, inventory, startTestCloud } from './__testUtils__/sandbox';
import { control, steppedPace } from './__testUtils__/steppedCloud';

jest.setTimeout(120_000);

const spec = guideSpec({
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 1 },
});

/** Keys of what ended in a way, sorted. */
const keysOf = (
  resources: ResourceReport[],
  result: ResourceReport['result'],
) =>
  resources
    .filter(item => item.result === result)
    .map(({ key }) => key)
    .sort();

describe('errors of independent branches', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;
  let empty: unknown;

  beforeAll(async () => {
    ({ sandbox, cloud } = await startTestCloud({ timeScale: 1 }));
    await cloud.cen.openTransitRouterService();
    empty = await inventory(sandbox);
  });
  afterAll(async () => {
    await sandbox?.stop();
  });

  const refuse = (operation: string, more: object) =>
    control(sandbox, 'POST', '/faults/rules', {
      kind: 'error',
      status: 403,
      operation,
      ...more,
    });
  const forgive = () => control(sandbox, 'DELETE', '/faults/rules');

  it('stop nothing but what depends on them, and the report lists them all', async () => {
    await refuse('CreateCluster', {
      region: 'cn-shanghai',
      code: 'QuotaExceeded.Cluster',
      message: 'The quota of clusters is used up.',
    });
    await refuse('CreateServiceMesh', {
      code: 'Forbidden.RAM',
      message: 'User not authorized to operate on the specified resource.',
    });
    await refuse('CreateTransitRouterPeerAttachment', {
      code: 'InsufficientBalance',
      message: 'Your account does not have enough balance.',
    });
    const events: ProgressEvent[] = [];
    const report = await provisionEnvironment(cloud, spec, {
      uid: 'branches',
      pace: steppedPace(sandbox),
      onProgress: event => events.push(event),
    });
    expect(report.status).toBe('failed');
    const reasons = Object.fromEntries(
      report.resources.flatMap(({ key, reason }) =>
        reason ? [[key, reason]] : [],
      ),
    );
    const peer = 'peer-attachment/cn-hangzhou/cn-shanghai';
    expect(reasons).toEqual({
      'cluster/ack-shanghai': expect.stringMatching(
        /The quota of clusters is used up.*QuotaExceeded\.Cluster/,
      ),
      mesh: expect.stringMatching(
        /not authorized.*Forbidden\.RAM.*Allow the operation in the RAM policy/,
      ),
      [peer]: expect.stringContaining('does not have enough balance'),
      [`route-link/${peer}/cn-hangzhou`]: `waits for ${peer}`,
      [`route-link/${peer}/cn-shanghai`]: `waits for ${peer}`,
      'pod-routes/ack-shanghai': 'waits for cluster/ack-shanghai',
      'security-group/ack-shanghai': 'waits for cluster/ack-shanghai',
    });
    expect(keysOf(report.resources, 'failed')).toEqual(
      ['cluster/ack-shanghai', 'mesh', peer].sort(),
    );
    expect(keysOf(report.resources, 'created')).toContain(
      'cluster/ack-hangzhou',
    );
    expect(
      report.resources.filter(
        ({ key, result }) =>
          !(key in reasons) &&
          !['created', 'updated', 'unchanged'].includes(result),
      ),
    ).toEqual([]);
    expect(
      events
        .filter(({ state }) => state === 'failed' || state === 'skipped')
        .map(({ key }) => key)
        .sort(),
    ).toEqual(Object.keys(reasons).sort());

    await forgive();
    const resumed = await provisionEnvironment(cloud, spec, {
      uid: 'branches',
      pace: steppedPace(sandbox),
    });
    expect(resumed.status).toBe('ready');
    expect(keysOf(resumed.resources, 'created')).toEqual(
      keysOf(report.resources, 'failed'),
    );
  });

  it('keep no more than what hangs on them when it is destroyed', async () => {
    await refuse('DeleteCluster', {
      region: 'cn-shanghai',
      code: 'ErrorCheckAcl',
      message: 'access is denied.',
    });
    await refuse('DeleteServiceMesh', {
      code: 'Forbidden.RAM',
      message: 'User not authorized to operate on the specified resource.',
    });
    const pace = steppedPace(sandbox);
    const report = await destroyEnvironment(cloud, spec.name, { pace });
    expect(report.status).toBe('failed');
    const titles = (result: ResourceReport['result']) =>
      report.resources
        .filter(item => item.result === result)
        .map(({ title }) => title)
        .sort();
    expect(titles('failed')).toEqual([
      'ACK cluster ack-shanghai in cn-shanghai',
      'ASM mesh mesh in cn-hangzhou',
    ]);
    expect(titles('skipped')).toEqual([
      'VPC vpc-hangzhou2 in cn-hangzhou',
      'VPC vpc-shanghai in cn-shanghai',
      'vSwitch vpc-hangzhou-switch-2',
      'vSwitch vpc-shanghai-switch-1',
    ]);
    expect(titles('deleted')).toEqual(
      expect.arrayContaining([
        'ACK cluster ack-hangzhou in cn-hangzhou',
        'CEN instance guide',
        'VPC vpc-hangzhou in cn-hangzhou',
      ]),
    );
    expect(report.leftovers).toHaveLength(6);

    await forgive();
    const resumed = await destroyEnvironment(cloud, spec.name, { pace });
    expect(resumed).toMatchObject({ status: 'destroyed', leftovers: [] });
    expect(await inventory(sandbox)).toEqual(empty);
  });
});
