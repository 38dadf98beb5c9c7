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
});
