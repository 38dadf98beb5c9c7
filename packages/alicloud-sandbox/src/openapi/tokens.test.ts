import { Account, account, control, failure } from '../__testUtils__/account';
import { Sandbox, startSandbox } from '../sandbox';

jest.setTimeout(30_000);

describe('ClientToken', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    cloud = account(sandbox);
  });
  afterAll(() => sandbox.stop());

  it('answers a repeated one with the first result', async () => {
    const create = (more: object = {}) =>
      cloud.vpc('CreateVpc', {
        RegionId: 'cn-qingdao',
        CidrBlock: '10.0.0.0/8',
        ClientToken: 'token-1',
        ...more,
      });
    const first = await create();
    const second = await create();
    expect(second.VpcId).toBe(first.VpcId);
    const mismatch = await failure(create({ CidrBlock: '10.1.0.0/16' }));
    expect(mismatch.code).toBe('IdempotentParameterMismatch');
    const { TotalCount } = await cloud.vpc('DescribeVpcs', {
      RegionId: 'cn-qingdao',
    });
    expect(TotalCount).toBe(1);
  });

  it('refuses one whose first call is still under way', async () => {
    await control(sandbox, '/faults/openapi', 'POST', {
      kind: 'slow',
      action: 'CreateVpc',
      delayMs: 300,
      times: 1,
    });
    const create = () =>
      cloud.vpc('CreateVpc', {
        RegionId: 'cn-guangzhou',
        CidrBlock: '10.0.0.0/8',
        ClientToken: 'twice-at-once',
      });
    const [first, second] = await Promise.allSettled([create(), create()]);
    const outcomes = [first, second].map(outcome =>
      outcome.status === 'fulfilled' ? 'made' : outcome.reason.code,
    );
    expect(outcomes.sort()).toEqual([
      'OperationFailed.LastTokenProcessing',
      'made',
    ]);
    const made = [first, second].find(({ status }) => status === 'fulfilled');
    expect((await create()).VpcId).toBe(
      (made as PromiseFulfilledResult<any>).value.VpcId,
    );
  });

  it('is known in the region where it was used', async () => {
    const create = (RegionId: string) =>
      cloud.vpc('CreateVpc', {
        RegionId,
        CidrBlock: '10.0.0.0/8',
        ClientToken: 'one-for-each-region',
      });
    const here = await create('cn-zhangjiakou');
    const there = await create('cn-wulanchabu');
    expect(there.VpcId).not.toBe(here.VpcId);
  });
});
