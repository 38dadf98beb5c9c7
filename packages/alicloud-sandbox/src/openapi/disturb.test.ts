import { account, control, failure, until } from '../__testUtils__/account';
import {
  makeSteppedCluster,
  startStepped,
  step,
} from '../__testUtils__/stepped';
import type { Sandbox } from '../sandbox';

jest.setTimeout(60_000);

let sandbox: Sandbox;
let cloud: ReturnType<typeof account>;
beforeAll(async () => {
  sandbox = await startStepped();
  cloud = account(sandbox);
});
afterAll(() => sandbox.stop());
afterEach(() => control(sandbox, '/faults/rules', 'DELETE'));

const fault = (rule: object) => control(sandbox, '/faults/rules', 'POST', rule);
const list = (RegionId = 'cn-hangzhou') =>
  cloud.vpc('DescribeVpcs', { RegionId, PageSize: 50 });
const create = (more: object = {}) =>
  cloud.vpc('CreateVpc', {
    RegionId: 'cn-hangzhou',
    CidrBlock: '10.0.0.0/8',
    ...more,
  });
const fired = async (id: string) => {
  const { rules } = await control(sandbox, '/faults');
  return rules.find((rule: any) => rule.id === id).fired;
};

describe('a disturbed call', () => {
  it.each([
    [{ kind: 'throttle' }, 'Throttling.User', 400],
    [
      { kind: 'throttle', code: 'Throttling.Api', status: 429 },
      'Throttling.Api',
      429,
    ],
    [{ kind: 'error' }, 'ServiceUnavailable', 503],
    [{ kind: 'error', status: 500 }, 'InternalError', 500],
    [{ kind: 'expired' }, 'InvalidSecurityToken.Expired', 400],
    [
      { kind: 'expired', code: 'InvalidAccessKeyId.Inactive' },
      'InvalidAccessKeyId.Inactive',
      400,
    ],
    [{ kind: 'clock-skew', skewMs: 3600_000 }, 'InvalidTimeStamp.Expired', 400],
  ])('is refused: %j', async (rule, code, status) => {
    const { id } = await fault({
      ...rule,
      operation: 'DescribeVpcs',
      times: 1,
    });
    const error = await failure(list());
    expect(error.code).toBe(code);
    expect(error.entry?.response.statusCode).toBe(status);
    await list();
    expect(await fired(id)).toBe(1);
  });

  it('may get a page of HTML from a gateway', async () => {
    await fault({ kind: 'error', status: 502, body: 'html', times: 1 });
    const response = await fetch(`${sandbox.endpoint}/clusters`);
    // Faults strike those who are known; a stranger is refused first.
    expect(response.status).not.toBe(502);
    const error = await failure(list());
    expect(error.message).toContain('<');
  });

  it('breaks before or after its effect', async () => {
    const before = (await list()).TotalCount;
    await fault({ kind: 'reset-before', operation: 'CreateVpc', times: 1 });
    await failure(create());
    expect((await list()).TotalCount).toBe(before);
    await fault({ kind: 'reset-after', operation: 'CreateVpc', times: 1 });
    await failure(create({ ClientToken: 'lost' }));
    expect((await list()).TotalCount).toBe(before + 1);
    await create({ ClientToken: 'lost' });
    expect((await list()).TotalCount).toBe(before + 1);
  });

  it('vanishes in a black hole until the rule is removed', async () => {
    const before = (await list()).TotalCount;
    const { id } = await fault({ kind: 'black-hole', operation: 'CreateVpc' });
    let answered = false;
    const call = create().then(() => {
      answered = true;
    });
    await until('the black hole', async () => (await fired(id)) === 1);
    expect((await list()).TotalCount).toBe(before);
    expect(answered).toBe(false);
    await control(sandbox, `/faults/rules/${id}`, 'DELETE');
    await call;
    expect((await list()).TotalCount).toBe(before + 1);
  });

  it('is addressed by a resource and a region', async () => {
    const { VpcId } = await create({ VpcName: 'aimed-at' });
    const describe = (id: string) =>
      cloud.vpc('DescribeVpcAttribute', { RegionId: 'cn-hangzhou', VpcId: id });
    const { VpcId: other } = await create();
    await fault({ kind: 'error', resource: VpcId });
    expect((await failure(describe(VpcId))).code).toBe('ServiceUnavailable');
    await describe(other);
    await control(sandbox, '/faults/rules', 'DELETE');
    await fault({ kind: 'error', region: 'cn-shanghai' });
    await list('cn-hangzhou');
    await failure(list('cn-shanghai'));
  });

  it('reads what was true a while ago', async () => {
    await step(sandbox, 600_000);
    await fault({ kind: 'stale', lagMs: 60_000 });
    const before = (await list()).TotalCount;
    const { VpcId } = await create();
    const describe = () =>
      cloud.vpc('DescribeVpcAttribute', { RegionId: 'cn-hangzhou', VpcId });
    expect((await list()).TotalCount).toBe(before);
    expect((await failure(describe())).code).toBe('InvalidVpcID.NotFound');
    await step(sandbox, 61_000);
    expect((await list()).TotalCount).toBe(before + 1);
    await describe();
    await cloud.vpc('DeleteVpc', { RegionId: 'cn-hangzhou', VpcId });
    expect((await list()).TotalCount).toBe(before + 1);
    await step(sandbox, 61_000);
    expect((await list()).TotalCount).toBe(before);
  });
});

describe('a region that is out', () => {
  const outage = (mode?: string) =>
    control(sandbox, '/faults/regions', 'POST', {
      region: 'cn-shanghai',
      mode,
    });
  const back = () => control(sandbox, '/faults/regions/cn-shanghai', 'DELETE');

  it('resets its calls when it is gone', async () => {
    expect(await outage('gone')).toEqual({
      region: 'cn-shanghai',
      mode: 'gone',
    });
    expect(await control(sandbox, '/faults/regions')).toEqual({
      regions: ['cn-shanghai'],
      modes: { 'cn-shanghai': 'gone' },
    });
    await failure(list('cn-shanghai'));
    await list('cn-hangzhou');
    await back();
    await list('cn-shanghai');
  });

  it('lets its calls hang, and takes them up when it is back', async () => {
    await outage();
    let answered = false;
    const call = list('cn-shanghai').then(() => {
      answered = true;
    });
    await list('cn-hangzhou');
    // What is central answers all the while.
    await cloud.cen('DescribeCens', {});
    expect(answered).toBe(false);
    await back();
    await call;
  });

  it('takes its clusters along, by their ids', async () => {
    const { kube } = await makeSteppedCluster(sandbox);
    await control(sandbox, '/faults/regions', 'POST', {
      region: 'cn-hangzhou',
      mode: 'gone',
    });
    await failure(cloud.ack.get(`/clusters/${kube.spec.id}`));
    const refused = await fetch(kube.url).catch(error => error);
    expect(String(refused.cause?.code)).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    await control(sandbox, '/faults/regions/cn-hangzhou', 'DELETE');
    const { state } = await cloud.ack.get(`/clusters/${kube.spec.id}`);
    expect(state).toBe('running');
  });
});
