import { startSandbox, type Sandbox } from '../sandbox';
import { CallLog } from './calls';

jest.setTimeout(120_000);

const call = (operation: string) => ({
  time: '2026-01-01T00:00:00.000Z',
  product: 'Vpc',
  operation,
  regionId: 'cn-hangzhou',
  status: 200,
  code: '',
  durationMs: 1,
});

describe('CallLog', () => {
  it('keeps the latest and counts all', () => {
    const log = new CallLog(2);
    ['a', 'b', 'c'].forEach(name => log.add(call(name)));
    expect(log.latest().map(c => c.operation)).toEqual(['c', 'b']);
    expect(log.total).toBe(3);
  });

  it('counts by operation, also what it no longer keeps', () => {
    const log = new CallLog(1);
    ['b', 'a', 'b'].forEach(name => log.add(call(name)));
    expect(log.byOperation()).toEqual({ 'Vpc.a': 1, 'Vpc.b': 2 });
  });
});

describe('the control API in a browser', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.stop());

  it('cannot be used by a foreign page, and can by its own and by programs', async () => {
    const reset = (headers: Record<string, string>) =>
      fetch(`${sandbox.control}/reset`, { method: 'POST', headers });
    expect((await reset({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await reset({ origin: sandbox.endpoint })).status).toBe(200);
    expect((await reset({})).status).toBe(200);
  });

  it('tells how often each operation was called', async () => {
    await fetch(`${sandbox.endpoint}/?Action=DescribeVpcs&Version=2016-04-28`);
    const answer = await fetch(`${sandbox.control}/calls`);
    expect(await answer.json()).toMatchObject({
      total: 1,
      // Refused before its signature told for which product it was.
      operations: { '.DescribeVpcs': 1 },
      latest: [{ operation: 'DescribeVpcs', status: 400 }],
    });
  });
});
