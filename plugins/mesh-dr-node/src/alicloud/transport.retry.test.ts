import { hang, json, raw, reset } from '../__testUtils__/scriptedServer';
import { recordingLogger } from '../__testUtils__/logger';
import { setUpTransport } from '../__testUtils__/transport';
import { until } from '../__testUtils__/until';
import { UNLIMITED_RATES } from './rates';

describe('transport under trouble', () => {
  const setup = setUpTransport();
  const { create, createVpc, describeVpcs, failure } = setup;

  describe('repetition', () => {
    it('repeats reads after resets, server errors and odd pages', async () => {
      setup.server.next(
        reset,
        json({ Code: 'InternalError', Message: 'x' }, 500),
        raw('busy', 503, 'text/plain'),
        json({ RequestId: 'fourth' }),
      );
      await expect(describeVpcs()).resolves.toEqual({ RequestId: 'fourth' });
      expect(setup.server.requests).toHaveLength(4);
    });

    it('signs every repetition anew', async () => {
      setup.server.next(reset, json({}));
      await describeVpcs();
      const [first, second] = setup.server.requests;
      expect(first.params.SignatureNonce).not.toBe(
        second.params.SignatureNonce,
      );
    });

    it('repeats whatever was refused for a token or a signature that had expired, even a write', async () => {
      setup.server.next(
        json({ Code: 'InvalidSecurityToken.Expired', Message: 'x' }, 400),
        json({ Code: 'InvalidTimeStamp.Expired', Message: 'x' }, 400),
        json({ VpcId: 'vpc-1' }),
      );
      await expect(createVpc()).resolves.toEqual({ VpcId: 'vpc-1' });
      expect(setup.server.requests).toHaveLength(3);
    });

    it('does not repeat a write that may have been done', async () => {
      setup.server.next(reset, json({ VpcId: 'vpc-2' }));
      const error = await failure(createVpc());
      expect(error).toMatchObject({
        code: 'NetworkError',
        unclear: true,
        retryable: true,
      });
      expect(setup.server.requests).toHaveLength(1);
    });

    it('sends a write that cannot be repeated over a fresh connection', async () => {
      setup.server.otherwise(json({}));
      await describeVpcs();
      await describeVpcs();
      await createVpc();
      await createVpc('token');
      const [first, second, write, safe] = setup.server.requests.map(
        r => r.clientPort,
      );
      expect(second).toBe(first);
      expect(write).not.toBe(first);
      expect(safe).toBe(first);
    });

    it('repeats a write that carries a ClientToken', async () => {
      setup.server.next(reset, json({ VpcId: 'vpc-1' }));
      await expect(createVpc('token-1')).resolves.toEqual({ VpcId: 'vpc-1' });
      expect(setup.server.requests.map(r => r.params.ClientToken)).toEqual([
        'token-1',
        'token-1',
      ]);
    });

    it.each(['Throttling', 'Throttling.User', 'Rejected.Throttling'])(
      'repeats every write after %s, later than after other failures',
      async Code => {
        setup.transport = create({
          random: () => 0,
          timing: { throttledBackoffMs: 120, backoffMs: 1, deadlineMs: 5_000 },
        });
        setup.server.next(
          json({ Code, Message: 'slow down' }, 400),
          json({ VpcId: 'vpc-1' }),
        );
        const startedAt = Date.now();
        await expect(createVpc()).resolves.toEqual({ VpcId: 'vpc-1' });
        expect(Date.now() - startedAt).toBeGreaterThanOrEqual(55);
      },
    );

    it('repeats a write that was refused because the resource is busy', async () => {
      setup.server.next(
        json({ Code: 'Operation.Blocking', Message: 'x' }, 400),
        json({ VpcId: 'vpc-1' }),
      );
      await expect(createVpc()).resolves.toEqual({ VpcId: 'vpc-1' });
    });

    it('repeats a write that could not even connect', async () => {
      await setup.server.close();
      setup.transport = create({
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
      setup.server.otherwise(
        json({ Code: 'InternalError', Message: 'x' }, 500),
      );
      setup.transport = create({
        timing: { backoffMs: 1, maxBackoffMs: 2, maxAttempts: 3 },
      });
      expect((await failure(describeVpcs())).code).toBe('InternalError');
      expect(setup.server.requests).toHaveLength(3);
    });
  });

  describe('time', () => {
    it('waits longer than the three seconds of the library', async () => {
      setup.server.next((_, response) => {
        setTimeout(() => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end('{"VpcId":"vpc-slow"}');
        }, 3_300);
      });
      await expect(createVpc()).resolves.toEqual({ VpcId: 'vpc-slow' });
    }, 10_000);

    it('ends at the deadline and closes the connection', async () => {
      let closed = false;
      setup.server.otherwise((_, response) => {
        response.once('close', () => {
          closed = true;
        });
      });
      const startedAt = Date.now();
      const error = await failure(
        setup.transport.rpc(
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
      setup.transport = create({
        timing: { readAttemptMs: 100, backoffMs: 1 },
      });
      setup.server.next(hang, json({ RequestId: 'second' }));
      await expect(describeVpcs()).resolves.toEqual({ RequestId: 'second' });
    });

    it('names the last failure when the deadline passes while retrying', async () => {
      setup.server.otherwise(
        json({ Code: 'Throttling', Message: 'too fast' }, 400),
      );
      setup.transport = create({
        timing: { throttledBackoffMs: 10_000, maxBackoffMs: 10_000 },
      });
      const error = await failure(
        setup.transport.rpc(
          { product: 'vpc', operation: 'DescribeVpcs' },
          { deadlineMs: 200 },
        ),
      );
      expect(error.code).toBe('DeadlineExceeded');
      expect(error.message).toContain('too fast');
    });

    it("rejects with the caller's own reason when it aborts", async () => {
      setup.server.otherwise(hang);
      const controller = new AbortController();
      const call = setup.transport.rpc(
        { product: 'vpc', operation: 'DescribeVpcs' },
        { signal: controller.signal },
      );
      const reason = new Error('the task was cancelled');
      setup.server.otherwise(hang);
      setTimeout(() => controller.abort(reason), 30);
      await expect(call).rejects.toBe(reason);
    });

    it('keeps the number of calls in flight per product bounded', async () => {
      let inFlight = 0;
      let most = 0;
      setup.server.otherwise((_, response) => {
        inFlight++;
        most = Math.max(most, inFlight);
        setTimeout(() => {
          inFlight--;
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end('{}');
        }, 20);
      });
      await Promise.all(Array.from({ length: 40 }, () => describeVpcs()));
      expect(setup.server.requests).toHaveLength(40);
      expect(most).toBe(8);
    });
  });

  describe('rate', () => {
    const hangzhou = { product: 'vpc', regionId: 'cn-hangzhou' } as const;
    const slow = { ...UNLIMITED_RATES, vpc: { reads: 0.1, writes: 0.1 } };

    it('gives up a waiting call at once when its caller does', async () => {
      setup.transport = create({ rates: slow });
      setup.server.otherwise(json({}));
      await describeVpcs();
      const controller = new AbortController();
      const waiting = setup.transport.rpc(
        { ...hangzhou, operation: 'DescribeVpcs' },
        { signal: controller.signal },
      );
      const reason = new Error('the task was cancelled');
      controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      expect(setup.server.requests).toHaveLength(1);
    });

    it('says that a write was not sent when its deadline passes in the queue', async () => {
      setup.transport = create({ rates: slow });
      setup.server.otherwise(json({}));
      await createVpc();
      const error = await failure(
        setup.transport.rpc(
          { ...hangzhou, operation: 'CreateVpc' },
          { deadlineMs: 20 },
        ),
      );
      expect(error).toMatchObject({
        code: 'NotSent',
        throttled: true,
        retryable: true,
        unclear: false,
      });
      expect(error.message).toMatch(/callsPerSecond/);
      expect(setup.server.requests).toHaveLength(1);
    });

    it('does not let a product or a region wait for another', async () => {
      setup.transport = create({ rates: slow });
      setup.server.otherwise(json({ TransitRouters: [] }));
      await describeVpcs();
      const controller = new AbortController();
      const waiting = setup.transport
        .rpc(
          { ...hangzhou, operation: 'DescribeVpcs' },
          { signal: controller.signal },
        )
        .catch(() => 'given up');
      await setup.transport.rpc({ product: 'cbn', operation: 'DescribeCens' });
      await setup.transport.rpc({
        product: 'vpc',
        operation: 'DescribeVpcs',
        regionId: 'cn-shanghai',
      });
      controller.abort();
      await expect(waiting).resolves.toBe('given up');
    });

    it('lets all calls of a product pause when one is throttled', async () => {
      const logger = recordingLogger();
      setup.transport = create({
        logger,
        random: () => 1,
        timing: { throttledBackoffMs: 150, deadlineMs: 5_000 },
      });
      setup.server.next(
        json({ Code: 'Throttling.User', Message: 'slow down' }, 400),
      );
      setup.server.otherwise(json({}));
      const first = describeVpcs();
      await until(
        () => logger.lines.some(line => line.includes('slow down')),
        'the refusal',
      );
      const throttledAt = performance.now();
      await createVpc();
      expect(performance.now() - throttledAt).toBeGreaterThan(100);
      await first;
    });
  });
});
