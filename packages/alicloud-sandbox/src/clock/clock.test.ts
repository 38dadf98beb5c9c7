import { createControl } from '../control';
import { createClock } from '.';
import { addClockRoutes } from './routes';

describe('the clock', () => {
  it('runs as much faster as it is told, and cancels', async () => {
    const clock = createClock({ timeScale: 1000 });
    const ran: string[] = [];
    const cancel = clock.after(1_000, () => ran.push('cancelled'));
    cancel();
    clock.after(2_000, () => ran.push('first'));
    const started = performance.now();
    await clock.sleep(20_000);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(clock.elapsed()).toBeGreaterThanOrEqual(20_000);
    expect(ran).toEqual(['first']);
  });

  it('ends a sleep when the signal says so', async () => {
    const clock = createClock({ timeScale: 1 });
    const controller = new AbortController();
    const sleep = clock.sleep(3600_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough');
    expect(clock.read().waiting).toBe(0);
    clock.stop();
  });

  it.each([0, -1, NaN, Infinity])('refuses the time scale %s', timeScale => {
    expect(() => createClock({ timeScale })).toThrow('time scale');
  });

  it('keeps the order of many waits, also when most are cancelled', async () => {
    const clock = createClock({ timeScale: 1 });
    const ran: number[] = [];
    const cancels = Array.from({ length: 5000 }, (_, i) => {
      const due = (((i * 7919) % 5000) + 1) * 60_000;
      return clock.after(due, () => ran.push(due));
    });
    cancels.forEach((cancel, i) => i % 5 && cancel());
    expect(clock.read().waiting).toBe(1000);
    await clock.advance(6000 * 60_000);
    expect(ran).toHaveLength(1000);
    expect(ran).toEqual([...ran].sort((a, b) => a - b));
    clock.stop();
  });

  it('goes on where an earlier process was', () => {
    const clock = createClock({ timeScale: 1, elapsedMs: 90_000 });
    expect(clock.elapsed()).toBeGreaterThanOrEqual(90_000);
    expect(clock.elapsed()).toBeLessThan(100_000);
    clock.stop();
  });
});

describe('a step', () => {
  it('lets everything happen in order at its own moment, and what that sets off', async () => {
    const clock = createClock({ timeScale: 1 });
    const begin = clock.elapsed();
    const ran: [string, number][] = [];
    const note = (what: string) =>
      ran.push([what, Math.round((clock.elapsed() - begin) / 1000)]);
    clock.after(300_000, () => note('eviction'));
    clock.after(60_000, async () => {
      note('attached');
      await new Promise(resolve => setImmediate(resolve));
      clock.after(30_000, () => note('routes'));
    });
    void clock.sleep(120_000).then(() => note('sleeper'));
    clock.after(400_000, () => note('too late'));
    await clock.advance(350_000);
    expect(ran).toEqual([
      ['attached', 60],
      ['routes', 90],
      ['sleeper', 120],
      ['eviction', 300],
    ]);
    expect(clock.read()).toMatchObject({ steppedMs: 350_000, waiting: 1 });
    expect(Math.abs(Date.now() - clock.now())).toBeLessThan(1000);
    clock.stop();
  });

  it('waits for parts that work on what a moment set off', async () => {
    const clock = createClock({ timeScale: 1 });
    let open = false;
    clock.whileStepping(async () => {
      while (open) await new Promise(resolve => setImmediate(resolve));
    });
    const ran: string[] = [];
    clock.after(10_000, () => {
      open = true;
      setTimeout(() => {
        clock.after(5_000, () => ran.push('follow-up'));
        open = false;
      }, 20);
    });
    clock.after(20_000, () => ran.push('later'));
    await clock.advance(30_000);
    expect(ran).toEqual(['follow-up', 'later']);
    clock.stop();
  });

  it('is taken after the one before, and ends with the clock', async () => {
    const clock = createClock({ timeScale: 1 });
    const ran: number[] = [];
    clock.after(10_000, () => ran.push(1));
    clock.after(20_000, () => ran.push(2));
    await Promise.all([clock.advance(10_000), clock.advance(10_000)]);
    expect(ran).toEqual([1, 2]);
    clock.after(1_000, () => ran.push(3));
    clock.stop();
    await clock.advance(5_000);
    expect(ran).toEqual([1, 2]);
  });
});

describe('the scale', () => {
  it('can change under what waits', async () => {
    const clock = createClock({ timeScale: 1 });
    const sleep = clock.sleep(100_000);
    clock.setTimeScale(10_000);
    await sleep;
    const reading = clock.read();
    expect(reading.timeScale).toBe(10_000);
    expect(reading.elapsedMs).toBeGreaterThanOrEqual(100_000);
    expect(reading.steppedMs).toBe(0);
  });
});

describe('the routes of the clock', () => {
  const begin = () => {
    const clock = createClock({ timeScale: 2 });
    const control = createControl();
    addClockRoutes(clock, control);
    const post = (body: string) =>
      control.handle('POST', '/clock', new URLSearchParams(), body);
    return { clock, control, post };
  };

  it('read, set and step', async () => {
    const { clock, control, post } = begin();
    let ran = false;
    clock.after(50_000, () => {
      ran = true;
    });
    const read = await control.handle(
      'GET',
      '/clock',
      new URLSearchParams(),
      '',
    );
    expect(read.body).toMatchObject({ timeScale: 2, waiting: 1 });
    const { status, body } = await post('{"timeScale":3,"advanceMs":60000}');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      timeScale: 3,
      steppedMs: 60_000,
      waiting: 0,
    });
    expect(ran).toBe(true);
    clock.stop();
  });

  it.each([
    ['{}', 'empty'],
    ['{"advanceMs":-1}', 'advanceMs must be a number above 0'],
    ['{"advanceMs":"60s"}', 'got "60s"'],
    ['{"timeScale":0}', 'timeScale must be'],
    ['{"scale":2}', 'scale is not a field'],
  ])('refuse %s', async (body, message) => {
    const { clock, post } = begin();
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(
      message.replaceAll('"', '\\"'),
    );
    clock.stop();
  });
});
