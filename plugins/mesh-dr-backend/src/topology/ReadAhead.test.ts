import { ReadAhead } from './ReadAhead';

describe('ReadAhead', () => {
  /** What work took, ms, on top of what the timers saw. */
  let worked = 0;
  let ahead: ReadAhead;

  beforeEach(() => {
    jest.useFakeTimers();
    worked = 0;
    ahead = new ReadAhead(() => Date.now() + worked);
  });
  afterEach(() => {
    ahead.stop();
    jest.useRealTimers();
  });

  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const taking = (ms: number) =>
    jest.fn(() => {
      worked += ms;
    });

  it('works out once what changed often, and nothing that nobody read', async () => {
    const work = taking(1);
    ahead.changed();
    await pass(1_000);
    ahead.asked('reviews', work);
    await pass(1_000);
    expect(work).not.toHaveBeenCalled();

    for (let n = 0; n < 5; n++) {
      ahead.changed();
      await pass(20);
    }
    expect(work).not.toHaveBeenCalled();
    await pass(50);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('rests while changes do not cease, and is ready soon after the last', async () => {
    const work = taking(5);
    ahead.asked('reviews', work);
    for (let n = 0; n < 1_000; n++) {
      ahead.changed();
      await pass(5);
    }
    expect(work).not.toHaveBeenCalled();
    await pass(50);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('takes a small part of a core, however many services change', async () => {
    const services = Array.from({ length: 300 }, () => taking(4));
    services.forEach((work, n) => ahead.asked(`service-${n}`, work));
    const began = Date.now();
    while (Date.now() - began < 30_000) {
      ahead.changed();
      await pass(60);
    }
    expect(worked).toBeGreaterThan(0);
    expect(worked / (Date.now() - began + worked)).toBeLessThan(0.04);
  });

  it('takes what was read last first', async () => {
    const order: string[] = [];
    for (const name of ['first', 'second', 'third', 'first']) {
      ahead.asked(name, () => order.push(name));
    }
    ahead.changed();
    await pass(100);
    expect(order).toEqual(['first', 'third', 'second']);
  });

  it('leaves an error to the next reader and goes on with the rest', async () => {
    const work = taking(1);
    ahead.asked('reviews', work);
    const failing = jest.fn(() => {
      throw new Error('the service is gone');
    });
    ahead.asked('ratings', failing);
    for (let n = 0; n < 2; n++) {
      ahead.changed();
      await pass(1_000);
    }
    expect(failing).toHaveBeenCalledTimes(1);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('stops for pages that were closed, and altogether', async () => {
    const closed = taking(1);
    const kept = taking(1);
    ahead.asked('reviews', closed);
    await pass(30_000);
    ahead.asked('ratings', kept);
    await pass(15_000);
    ahead.changed();
    await pass(1_000);
    expect(closed).not.toHaveBeenCalled();
    expect(kept).toHaveBeenCalledTimes(1);

    ahead.changed();
    ahead.stop();
    ahead.asked('ratings', kept);
    ahead.changed();
    await pass(1_000);
    expect(kept).toHaveBeenCalledTimes(1);
  });
});
