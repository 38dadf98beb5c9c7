import { control } from '../__testUtils__/account';
import { classify } from '../__testUtils__/terraform/classify';
import { Replay } from '../__testUtils__/terraform/replay';
import { bandwidthTraces } from '../__testUtils__/terraform/traces/bandwidth';
import { cenTraces } from '../__testUtils__/terraform/traces/cen';
import { containerTraces } from '../__testUtils__/terraform/traces/containers';
import { networkTraces } from '../__testUtils__/terraform/traces/network';
import { Sandbox, startSandbox } from '../sandbox';

jest.setTimeout(60_000);

const TRACES = [
  ...networkTraces,
  ...cenTraces,
  ...bandwidthTraces,
  ...containerTraces,
];

const replayOn = (sandbox: Sandbox) =>
  new Replay({
    authority: new URL(sandbox.endpoint).host,
    accessKeyId: sandbox.accessKeyId,
    accessKeySecret: sandbox.accessKeySecret,
    ca: sandbox.caPem,
  });

/** What the terraform provider calls, played back: apply, a plan without changes, destroy. */
describe("terraform's calls", () => {
  let sandbox: Sandbox;
  let replay: Replay;
  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 1000, gatewayPort: 0 });
    replay = replayOn(sandbox);
  });
  afterAll(() => sandbox.stop());

  it.each(TRACES.map((trace, i) => [trace.resource, i]))(
    'create %s (%i)',
    async (_, i) => {
      await expect(replay.create(TRACES[i as number])).resolves.toBeUndefined();
    },
  );

  it('see no change in a second plan', async () => {
    for (const trace of TRACES) {
      const first = await replay.refresh(trace);
      expect(await replay.refresh(trace)).toEqual(first);
    }
  });

  it.each(TRACES.filter(trace => trace.blocked).map(it => [it.resource, it]))(
    'wait with the deletion of %s while others need it',
    async (_, trace) => {
      expect(await replay.tryDestroy(trace as never)).toEqual({
        code: expect.any(String),
        waits: true,
      });
    },
  );

  it.each(TRACES.map((trace, i) => [trace.resource, i]).reverse())(
    'destroy %s (%i), and read that it is gone',
    async (_, i) => {
      await expect(
        replay.destroy(TRACES[i as number]),
      ).resolves.toBeUndefined();
    },
  );

  it('leave nothing', async () => {
    expect(await control(sandbox, '/inventory')).toEqual({ resources: [] });
  });
});

describe("terraform's reactions", () => {
  it.each(['throttle', 'error', 'reset-before', 'reset-after'])(
    'make one VPC in spite of two times %s',
    async kind => {
      const sandbox = await startSandbox({ timeScale: 1000, gatewayPort: 0 });
      try {
        await control(sandbox, '/faults/openapi', 'POST', {
          kind,
          action: 'CreateVpc',
          times: 2,
        });
        const [vpc] = networkTraces;
        const replay = replayOn(sandbox);
        await replay.create(vpc);
        const { resources } = await control(sandbox, '/inventory');
        expect(resources).toEqual([
          expect.objectContaining({ type: 'Vpc', name: 'tf vpc' }),
        ]);
        await replay.destroy(vpc);
      } finally {
        await sandbox.stop();
      }
    },
  );

  it.each([
    ['ok', 200, { VpcId: 'vpc-1' }],
    ['ok', 200, { Code: '200', Message: 'success' }],
    ['ok', 200, { Code: 'Weird', Message: '' }],
    ['ok', 200, { Code: 'Weird', Message: 'odd', Success: true }],
    ['error', 200, { Code: 'Weird', Message: 'odd' }],
    ['not found', 404, { Code: 'InvalidVpcID.NotFound', Message: '' }],
    ['not found', 404, { code: 'ErrorClusterNotFound', message: '' }],
    ['not found', 400, { Code: 'Bad', Message: 'Instance.NotFound' }],
    ['retry', 400, { Code: 'Throttling.User', Message: '' }],
    ['retry', 503, { Code: 'ServiceUnavailable', Message: '' }],
    ['error', 400, { Code: 'DependencyViolation', Message: '' }],
  ])('take for %s: %i %j', (expected, status, body) => {
    const outcome = classify({ status, text: JSON.stringify(body) }, 'tea-rpc');
    const { notFound, retry } = { notFound: false, retry: false, ...outcome };
    expect([outcome.kind, { notFound, retry }]).toEqual([
      expected === 'ok' ? 'ok' : 'error',
      { notFound: expected === 'not found', retry: expected === 'retry' },
    ]);
  });
});
