import { recordingLogger } from '../__testUtils__/logger';
import {
  hang,
  json,
  raw,
  reset,
  startScriptedServer,
  type ScriptedServer,
} from '../__testUtils__/scriptedServer';
import { AlicloudError } from './errors';
import { createTransport, type AlicloudTransport } from './transport';

const KEY = 'testAccessKeyId0';
const SECRET = 'testAccessKeySecret0';
const TOKEN = 'testSecurityToken0';

describe('transport under trouble', () => {
  let server: ScriptedServer;
  let transport: AlicloudTransport;

  const create = (
    options: Partial<Parameters<typeof createTransport>[0]> = {},
  ) =>
    createTransport({
      credentials: async () => ({
        accessKeyId: KEY,
        accessKeySecret: SECRET,
        securityToken: TOKEN,
      }),
      // The slash at the end must not get into the signed or the sent path.
      endpoints: {
        vpc: `${server.url}/`,
        cbn: server.url,
        cs: `${server.url}/`,
        servicemesh: server.url,
      },
      logger: recordingLogger(),
      timing: {
        backoffMs: 2,
        throttledBackoffMs: 4,
        maxBackoffMs: 10,
        deadlineMs: 5_000,
      },
      ...options,
    });

  beforeEach(async () => {
    server = await startScriptedServer();
    transport = create();
  });
  afterEach(async () => {
    transport.close();
    await server.close();
  });

  const failure = async (call: Promise<unknown>): Promise<AlicloudError> => {
    const error = await call.then(
      () => undefined,
      thrown => thrown,
    );
    expect(error).toBeInstanceOf(AlicloudError);
    return error as AlicloudError;
  };

  const describeVpcs = () =>
    transport.rpc({
      product: 'vpc',
      operation: 'DescribeVpcs',
      regionId: 'cn-hangzhou',
      resource: 'vpc-1',
      params: { RegionId: 'cn-hangzhou' },
    });
  const createVpc = (ClientToken?: string) =>
    transport.rpc({
      product: 'vpc',
      operation: 'CreateVpc',
      regionId: 'cn-hangzhou',
      params: { RegionId: 'cn-hangzhou', ClientToken },
    });

  describe('repetition', () => {
    it('repeats reads after resets, server errors and odd pages', async () => {
      server.next(
        reset,
        json({ Code: 'InternalError', Message: 'x' }, 500),
        raw('busy', 503, 'text/plain'),
        json({ RequestId: 'fourth' }),
      );
      await expect(describeVpcs()).resolves.toEqual({ RequestId: 'fourth' });
      expect(server.requests).toHaveLength(4);
    });

    it('signs every repetition anew', async () => {
      server.next(reset, json({}));
      await describeVpcs();
      const [first, second] = server.requests;
      expect(first.params.SignatureNonce).not.toBe(
        second.params.SignatureNonce,
      );
    });

    it('does not repeat a write that may have been done', async () => {
      server.next(reset, json({ VpcId: 'vpc-2' }));
      const error = await failure(createVpc());
      expect(error).toMatchObject({
        code: 'NetworkError',
        unclear: true,
        retryable: true,
      });
      expect(server.requests).toHaveLength(1);
    });

    it('sends a write that cannot be repeated over a fresh connection', async () => {
      server.otherwise(json({}));
      await describeVpcs();
      await describeVpcs();
      await createVpc();
      await createVpc('token');
      const [first, second, write, safe] = server.requests.map(
        r => r.clientPort,
      );
      expect(second).toBe(first);
      expect(write).not.toBe(first);
      expect(safe).toBe(first);
    });

    it('repeats a write that carries a ClientToken', async () => {
      server.next(reset, json({ VpcId: 'vpc-1' }));
      await expect(createVpc('token-1')).resolves.toEqual({ VpcId: 'vpc-1' });
      expect(server.requests.map(r => r.params.ClientToken)).toEqual([
        'token-1',
        'token-1',
      ]);
    });

    it.each(['Throttling', 'Throttling.User', 'Rejected.Throttling'])(
      'repeats every write after %s, later than after other failures',
      async Code => {
        transport = create({
          random: () => 0,
          timing: { throttledBackoffMs: 120, backoffMs: 1, deadlineMs: 5_000 },
        });
        server.next(
          json({ Code, Message: 'slow down' }, 400),
          json({ VpcId: 'vpc-1' }),
        );
        const startedAt = Date.now();
        await expect(createVpc()).resolves.toEqual({ VpcId: 'vpc-1' });
        expect(Date.now() - startedAt).toBeGreaterThanOrEqual(55);
      },
    );

    it('repeats a write that was refused because the resource is busy', async () => {
      server.next(
        json({ Code: 'Operation.Blocking', Message: 'x' }, 400),
        json({ VpcId: 'vpc-1' }),
      );
      await expect(createVpc()).resolves.toEqual({ VpcId: 'vpc-1' });
    });

    it('repeats a write that could not even connect', async () => {
      await server.close();
      transport = create({
        timing: {
          backoffMs: 1,
          maxBackoffMs: 2,
          maxAttempts: 3,
          deadlineMs: 5_000,
        },
      });
      const error = await failure(createVpc());
      expect(error).toMatchObject({ code: 'ConnectFailed', unclear: false });
      expect(error.message).toContain('ECONNREFUSED');
    });

    it('gives up after the set number of attempts', async () => {
      server.otherwise(json({ Code: 'InternalError', Message: 'x' }, 500));
      transport = create({
        timing: { backoffMs: 1, maxBackoffMs: 2, maxAttempts: 3 },
      });
      expect((await failure(describeVpcs())).code).toBe('InternalError');
      expect(server.requests).toHaveLength(3);
    });
  });

  describe('time', () => {
    it('waits longer than the three seconds of the library', async () => {
      server.next((_, response) => {
        setTimeout(() => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end('{"VpcId":"vpc-slow"}');
        }, 3_300);
      });
      await expect(createVpc()).resolves.toEqual({ VpcId: 'vpc-slow' });
    }, 10_000);

    it('ends at the deadline and closes the connection', async () => {
      let closed = false;
      server.otherwise((_, response) => {
        response.once('close', () => {
          closed = true;
        });
      });
      const startedAt = Date.now();
      const error = await failure(
        transport.rpc(
          { product: 'vpc', operation: 'DescribeVpcs', resource: 'vpc-1' },
          { deadlineMs: 150 },
        ),
      );
      expect(Date.now() - startedAt).toBeLessThan(1_500);
      expect(error).toMatchObject({
        code: 'DeadlineExceeded',
        retryable: true,
        unclear: false,
      });
      expect(error.message).toContain('150 ms');
      await new Promise<void>(resolve => {
        const check = () => (closed ? resolve() : setTimeout(check, 5));
        check();
      });
    });

    it('leaves time for another attempt when a read hangs', async () => {
      transport = create({ timing: { readAttemptMs: 100, backoffMs: 1 } });
      server.next(hang, json({ RequestId: 'second' }));
      await expect(describeVpcs()).resolves.toEqual({ RequestId: 'second' });
    });

    it('names the last failure when the deadline passes while retrying', async () => {
      server.otherwise(json({ Code: 'Throttling', Message: 'too fast' }, 400));
      transport = create({
        timing: { throttledBackoffMs: 10_000, maxBackoffMs: 10_000 },
      });
      const error = await failure(
        transport.rpc(
          { product: 'vpc', operation: 'DescribeVpcs' },
          { deadlineMs: 200 },
        ),
      );
      expect(error.code).toBe('DeadlineExceeded');
      expect(error.message).toContain('too fast');
    });

    it("rejects with the caller's own reason when it aborts", async () => {
      server.otherwise(hang);
      const controller = new AbortController();
      const call = transport.rpc(
        { product: 'vpc', operation: 'DescribeVpcs' },
        { signal: controller.signal },
      );
      const reason = new Error('the task was cancelled');
      server.otherwise(hang);
      setTimeout(() => controller.abort(reason), 30);
      await expect(call).rejects.toBe(reason);
    });

    it('keeps the number of calls in flight per product bounded', async () => {
      let inFlight = 0;
      let most = 0;
      server.otherwise((_, response) => {
        inFlight++;
        most = Math.max(most, inFlight);
        setTimeout(() => {
          inFlight--;
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end('{}');
        }, 20);
      });
      await Promise.all(Array.from({ length: 40 }, () => describeVpcs()));
      expect(server.requests).toHaveLength(40);
      expect(most).toBe(8);
    });
  });
});
