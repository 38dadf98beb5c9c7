import { Experience } from './experience';
import { defaultPace, poll } from './pace';
import type { Pace } from './types';

describe('Experience', () => {
  it('knows nothing at first', () => {
    expect(new Experience().nextLook('cluster', 0)).toBeUndefined();
  });

  it('tells the middle and the end of the time in which the others were done', () => {
    const experience = new Experience();
    experience.learn('cluster', { pendingMs: 170, doneMs: 190 });
    expect(experience.nextLook('cluster', 0)).toBe(180);
    expect(experience.nextLook('cluster', 180)).toBe(190);
    expect(experience.nextLook('cluster', 190)).toBeUndefined();
    expect(experience.nextLook('mesh', 0)).toBeUndefined();
  });

  it('narrows with each of them that fits, and believes the latest that does not', () => {
    const experience = new Experience();
    experience.learn('cluster', { pendingMs: 170, doneMs: 190 });
    experience.learn('cluster', { pendingMs: 180, doneMs: 200 });
    expect(experience.nextLook('cluster', 0)).toBe(185);
    experience.learn('cluster', { pendingMs: 300, doneMs: 320 });
    expect(experience.nextLook('cluster', 0)).toBe(310);
    experience.learn('cluster', { pendingMs: 10, doneMs: 20 });
    expect(experience.nextLook('cluster', 0)).toBe(15);
  });
});

describe('polling with experience', () => {
  const pace: Pace = { ...defaultPace };
  /** Things that take as long as they are told to, begun one after the other; when each was found done and how often looked at. */
  async function wait(lastsMs: number[], apartMs: number) {
    const experience = new Experience();
    const begin = Date.now();
    return await Promise.all(
      lastsMs.map(async (ms, i) => {
        await pace.sleep(i * apartMs);
        const doneAt = begin + i * apartMs + ms;
        let looks = 0;
        await poll(
          async () => {
            looks += 1;
            return Date.now() >= doneAt;
          },
          done => done,
          {
            pace,
            timeoutMs: 3_600_000,
            onTimeout: () => new Error('too long'),
            kind: 'cluster',
            experience,
          },
        );
        return { lateMs: Date.now() - doneAt, looks };
      }),
    );
  }
  const simulate = async (lastsMs: number[], apartMs: number) => {
    const waits = wait(lastsMs, apartMs);
    await jest.advanceTimersByTimeAsync(1_000_000);
    return await waits;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    pace.sleep = (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('finds the later ones sooner than the first, at no more looks', async () => {
    const [first, ...others] = await simulate(Array(12).fill(183_000), 1_000);
    const [alone] = await simulate([183_000], 0);
    expect(first).toEqual(alone);
    expect(first.lateMs).toBeGreaterThan(2_000);
    for (const { looks } of others)
      expect(looks).toBeLessThanOrEqual(alone.looks + 2);
    expect(
      Math.max(...others.slice(5).map(({ lateMs }) => lateMs)),
    ).toBeLessThan(500);
  });

  it('wakes those that sleep when another of their kind is done', async () => {
    const waits = await simulate([183_000, 183_000, 183_000], 2_500);
    const [, second, third] = waits.map(({ lateMs }) => lateMs);
    expect(Math.max(second, third)).toBeLessThanOrEqual(5_000);
  });

  it('waits as ever for one that takes longer than the others', async () => {
    const waits = await simulate([60_000, 60_000, 300_000], 1_000);
    expect(waits[2].lateMs).toBeLessThanOrEqual(pace.maxIntervalMs);
    const [alone] = await simulate([300_000], 0);
    expect(waits[2].looks).toBeLessThanOrEqual(alone.looks + 2);
  });
});
