import { CallQueue } from './callQueue';

const READS = {
  kind: 'reads',
  operation: 'DescribeVpcs',
  region: 'cn-hangzhou',
} as const;
const never = new AbortController().signal;

/** A queue, and when its calls began (ms since the start) and by what name. */
function recording(options: ConstructorParameters<typeof CallQueue>[0]) {
  const queue = new CallQueue(options);
  const begin = performance.now();
  const begun: { name: string; at: number }[] = [];
  return {
    queue,
    begun,
    /** A call that lasts `lastsMs`. */
    async call(
      name: string,
      kind: 'reads' | 'writes' = 'reads',
      { lastsMs = 0, region = 'cn-hangzhou', operation = 'DescribeVpcs' } = {},
    ) {
      const over = await queue.turn({ kind, operation, region }, never);
      begun.push({ name, at: performance.now() - begin });
      setTimeout(over, lastsMs);
    },
  };
}

const names = (begun: { name: string }[]) => begun.map(({ name }) => name);

/** Most calls that began within any window of this length. */
function mostWithin(begun: { at: number }[], windowMs: number): number {
  return Math.max(
    ...begun.map(
      ({ at }) =>
        begun.filter(other => other.at >= at && other.at < at + windowMs)
          .length,
    ),
  );
}

describe('CallQueue', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('begins at most the given number within any second, and no fewer', async () => {
    const { call, begun } = recording({ concurrency: 9, reads: 5, writes: 5 });
    for (let i = 0; i < 23; i++) call(`${i}`);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(begun).toHaveLength(23);
    expect(mostWithin(begun, 1_000)).toBe(5);
    expect(begun[22].at).toBeGreaterThanOrEqual(4_000);
    expect(begun[22].at).toBeLessThan(4_100);
  });

  it('counts operations with a share of the rate for themselves', async () => {
    const { call, begun } = recording({
      concurrency: 99,
      reads: 5,
      writes: 5,
      shares: { DeleteTransitRouter: 0.4, AddEverything: 0.1 },
    });
    for (let i = 0; i < 10; i++) {
      call('slow', 'writes', { operation: 'DeleteTransitRouter' });
      call('slower', 'writes', { operation: 'AddEverything' });
      call('ordinary', 'writes');
    }
    await jest.advanceTimersByTimeAsync(60_000);
    const of = (wanted: string) => begun.filter(({ name }) => name === wanted);
    expect(mostWithin(of('ordinary'), 1_000)).toBe(5);
    expect(mostWithin(of('slow'), 1_000)).toBe(2);
    expect(mostWithin(of('slower'), 2_000)).toBe(1);
    expect(begun).toHaveLength(30);
  });

  it('holds the rate against any arrivals, and begins every call', async () => {
    // Reproducible bursts and pauses of many sizes.
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    for (const perSecond of [0.5, 1, 2.5, 3, 8, 20]) {
      const { call, begun } = recording({
        concurrency: 100,
        reads: perSecond,
        writes: perSecond,
      });
      let sent = 0;
      for (let round = 0; round < 20; round++) {
        const burst = Math.floor(random() * 6);
        for (let i = 0; i < burst; i++) call(`${sent++}`);
        await jest.advanceTimersByTimeAsync(random() * 1_500);
      }
      await jest.advanceTimersByTimeAsync(300_000);
      const count = Math.max(1, Math.floor(perSecond));
      expect(names(begun)).toEqual(
        names(begun.map((_, i) => ({ name: `${i}` }))),
      );
      expect(begun).toHaveLength(sent);
      expect(
        mostWithin(begun, (count / perSecond) * 1_000),
      ).toBeLessThanOrEqual(count);
    }
  });

  it('counts reads and writes apart, and bounds both together', async () => {
    const { call, begun } = recording({ concurrency: 2, reads: 0, writes: 1 });
    call('write 1', 'writes', { lastsMs: 300 });
    call('write 2', 'writes', { lastsMs: 300 });
    call('read 1', 'reads', { lastsMs: 300 });
    call('read 2', 'reads', { lastsMs: 300 });
    call('read 3', 'reads', { lastsMs: 300 });
    await jest.advanceTimersByTimeAsync(0);
    expect(names(begun)).toEqual(['write 1', 'read 1']);
    await jest.advanceTimersByTimeAsync(300);
    expect(names(begun)).toEqual(['write 1', 'read 1', 'read 2', 'read 3']);
    await jest.advanceTimersByTimeAsync(699);
    expect(begun).toHaveLength(4);
    await jest.advanceTimersByTimeAsync(1);
    expect(names(begun)).toContain('write 2');
  });

  it('counts every region for itself', async () => {
    const { call, begun } = recording({ concurrency: 9, reads: 1, writes: 1 });
    for (const region of ['cn-hangzhou', 'cn-shanghai', 'cn-hangzhou']) {
      call(region, 'reads', { region });
    }
    await jest.advanceTimersByTimeAsync(999);
    expect(names(begun)).toEqual(['cn-hangzhou', 'cn-shanghai']);
    await jest.advanceTimersByTimeAsync(1);
    expect(begun).toHaveLength(3);
  });

  it('gives up a waiting call at once, and its place to the next', async () => {
    const { queue, call, begun } = recording({
      concurrency: 1,
      reads: 1,
      writes: 1,
    });
    call('first');
    const controller = new AbortController();
    const waiting = queue.turn(READS, controller.signal);
    call('third');
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await jest.advanceTimersByTimeAsync(1_000);
    // Had the call that gave up kept its second, this would begin after two.
    expect(names(begun)).toEqual(['first', 'third']);
    await expect(queue.turn(READS, controller.signal)).rejects.toBe(reason);
  });

  it('leaves no timer behind when nobody waits any more', async () => {
    const { queue, call } = recording({ concurrency: 1, reads: 1, writes: 1 });
    call('first');
    await jest.advanceTimersByTimeAsync(0);
    const controller = new AbortController();
    const waiting = queue.turn(READS, controller.signal);
    expect(jest.getTimerCount()).toBe(1);
    controller.abort();
    await expect(waiting).rejects.toThrow(/aborted/);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('pauses for all when the service throttles, then is slower, then recovers', async () => {
    const { queue, call, begun } = recording({
      concurrency: 9,
      reads: 4,
      writes: 4,
    });
    queue.slowDown(2_000);
    // Throttled together with the first: the same event.
    queue.slowDown(1_500);
    for (let i = 0; i < 12; i++) call(`${i}`, i % 2 ? 'reads' : 'writes');
    await jest.advanceTimersByTimeAsync(1_999);
    expect(begun).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(begun).toHaveLength(8);
    await jest.advanceTimersByTimeAsync(1_500);
    expect(begun).toHaveLength(8);
    await jest.advanceTimersByTimeAsync(500);
    expect(begun).toHaveLength(12);

    await jest.advanceTimersByTimeAsync(120_000);
    begun.length = 0;
    for (let i = 0; i < 8; i++) call(`later ${i}`);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(begun).toHaveLength(8);
  });

  it('gets slower the longer the service throttles, down to an eighth', async () => {
    const { queue, call, begun } = recording({
      concurrency: 9,
      reads: 1,
      writes: 1,
    });
    for (let i = 0; i < 10; i++) {
      queue.slowDown(0);
      await jest.advanceTimersByTimeAsync(1_000);
    }
    call('first');
    call('second');
    await jest.advanceTimersByTimeAsync(7_000);
    expect(names(begun)).toEqual(['first']);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(names(begun)).toEqual(['first', 'second']);
  });
});
