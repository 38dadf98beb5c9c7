import {
  emptyContext,
  fakePace,
  fakeResource,
} from './__testUtils__/fakeResource';
import { ensure } from './ensure';
import type { ProgressState } from './types';

const failure = (code: string, more: object = {}) =>
  Object.assign(new Error(`failed with ${code}`), { code, ...more });

function run(
  resource: Parameters<typeof ensure>[0],
  pace = fakePace(),
  signal?: AbortSignal,
) {
  const states: ProgressState[] = [];
  return {
    states,
    result: ensure(resource, emptyContext, {
      pace,
      signal,
      emit: state => states.push(state),
    }),
  };
}

describe('ensure', () => {
  it('creates what is missing and waits until it is ready, through listing lag', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace, { lagMs: 500, readyMs: 3000 });
    const { result, states } = run(thing, pace);
    expect(await result).toMatchObject({
      result: 'created',
      observed: { id: 'id-1', state: 'ready' },
    });
    expect(states).toEqual(['looking', 'creating', 'created', 'ready']);
    expect(thing.creates).toHaveLength(1);
    expect(pace.now()).toBeLessThan(3000 + 1000);
  });

  it('creates nothing when it exists', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    await run(thing, pace).result;
    const second = run(thing, pace);
    expect((await second.result).result).toBe('unchanged');
    expect(second.states).toEqual(['looking', 'found', 'ready']);
    expect(thing.creates).toHaveLength(1);
  });

  it('looks once at what is ready', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    await run(thing, pace).result;
    const find = jest.spyOn(thing, 'find');
    await run(thing, pace).result;
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('never looks at what is adopted by its id alone', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace, { readyMs: 3000 });
    await thing.create!(emptyContext, 'theirs');
    const { find } = thing;
    const ids: (string | undefined)[] = [];
    thing.find = async (ctx, id) => {
      ids.push(id);
      const seen = await find(ctx, id);
      return seen && { ...seen, adopted: true };
    };
    expect((await run(thing, pace).result).observed.adopted).toBe(true);
    expect(ids.length).toBeGreaterThan(2);
    expect(ids.filter(id => id !== undefined)).toEqual([]);
  });

  it('finds what an unanswered create made, although the listing lags', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace, { lagMs: 1000 });
    const create = thing.create!;
    let calls = 0;
    thing.create = async ctx => {
      calls += 1;
      await create(ctx, `no token ${calls}`);
      throw failure('NetworkError', { unclear: true });
    };
    const { result } = run(thing, pace);
    expect((await result).observed.id).toBe('id-1');
    expect(calls).toBe(1);
    expect(thing.stored.size).toBe(1);
  });

  it('makes no twin while the look-ups after an unanswered create are not answered either', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    const { create, find } = thing;
    let calls = 0;
    let lagsUntil = -Infinity;
    let failures = 0;
    thing.create = async ctx => {
      calls += 1;
      await create!(ctx, `no token ${calls}`);
      lagsUntil = pace.now() + pace.listingLagMs;
      throw failure('NetworkError', { unclear: true });
    };
    thing.find = async (ctx, id) => {
      // Not answered until well after the time by which an answer is taken for good.
      if (pace.now() >= lagsUntil + 500) return await find(ctx, id);
      failures += 1;
      // Now and then a listing that lags, or nobody would go on asking.
      if (failures % 4 === 0 && pace.now() < lagsUntil) return undefined;
      throw failure('ServiceUnavailable');
    };
    expect((await run(thing, pace).result).observed.id).toBe('id-1');
    expect(failures).toBeGreaterThan(0);
    expect(calls).toBe(1);
  });

  it('makes no twin because the answer to a look came late and was old', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace, { lagMs: 0.95 * pace.listingLagMs });
    const { create, find } = thing;
    let calls = 0;
    thing.create = async ctx => {
      calls += 1;
      await create!(ctx, `no token ${calls}`);
      throw failure('NetworkError', { unclear: true });
    };
    thing.find = async (ctx, id) => {
      const seen = await find(ctx, id);
      // The second answer comes when the listing cannot lag any more, and shows what was while it could.
      await pace.sleep(0.475 * pace.listingLagMs);
      return seen;
    };
    expect((await run(thing, pace).result).observed.id).toBe('id-1');
    expect(calls).toBe(1);
  });

  it('looks again when its first look is not answered', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    await run(thing, pace).result;
    const { find } = thing;
    let failures = 2;
    thing.find = async (ctx, id) => {
      failures -= 1;
      if (failures >= 0) throw failure('ServiceUnavailable');
      return await find(ctx, id);
    };
    expect((await run(thing, pace).result).result).toBe('unchanged');
    expect(thing.creates).toHaveLength(1);
  });

  it('creates again with the same token when an unanswered create made nothing', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    const create = thing.create!;
    const tokens: string[] = [];
    thing.create = async (ctx, token) => {
      tokens.push(token);
      if (tokens.length === 1) throw failure('ServiceUnavailable');
      return await create(ctx, token);
    };
    await run(thing, pace).result;
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).toBe(tokens[1]);
    expect(pace.now()).toBeGreaterThanOrEqual(pace.listingLagMs);
  });

  it('asks under a new token when the old one answers with something that is gone', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    const create = thing.create!;
    const tokens: string[] = [];
    thing.create = async (ctx, token) => {
      tokens.push(token);
      return tokens.length === 1 ? 'id-deleted' : await create(ctx, token);
    };
    expect((await run(thing, pace).result).observed.id).toBe('id-1');
    expect(new Set(tokens).size).toBe(2);
  });

  it('asks under a new token when the old one belongs to a request below a parent that is gone', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    const { create } = thing;
    const tokens: string[] = [];
    thing.create = async (ctx, token) => {
      tokens.push(token);
      if (tokens.length === 1) throw failure('IdempotentParameterMismatch');
      return await create!(ctx, token);
    };
    expect((await run(thing, pace).result).observed.id).toBe('id-1');
    expect(new Set(tokens).size).toBe(2);
    // Before that it has to be sure that the earlier request made nothing.
    expect(pace.now()).toBeGreaterThanOrEqual(pace.listingLagMs);
  });

  it('does not create again what takes no token and is not visible yet, and finds it in the next run', async () => {
    for (const guard of ['look', 'name'] as const) {
      const pace = fakePace();
      const thing = {
        ...fakeResource(pace, { lagMs: 8 * pace.listingLagMs }),
        guard,
      };
      await expect(run(thing, pace).result).rejects.toThrow(
        'thing thing (id-1) was created and is not visible after 12 seconds. It is not created again',
      );
      expect(thing.creates).toHaveLength(1);
      await pace.sleep(2 * pace.listingLagMs);
      expect((await run(thing, pace).result).result).toBe('unchanged');
    }
  });

  it('looks twice before it creates what nothing but looking guards, if an earlier run may have made it', async () => {
    const pace = fakePace();
    const thing = {
      ...fakeResource(pace, { lagMs: pace.listingLagMs }),
      guard: 'look' as const,
    };
    // An earlier run's create, whose answer nobody got.
    await thing.create!(emptyContext, 'token of the earlier run');
    const later = ensure(thing, emptyContext, {
      pace,
      trustedFrom: pace.now() + pace.listingLagMs,
      emit: () => {},
    });
    expect((await later).observed.id).toBe('id-1');
    expect(thing.creates).toHaveLength(1);
  });

  it('loses no time before it creates what no earlier run can have made', async () => {
    const pace = fakePace();
    const thing = {
      ...fakeResource(pace, { readyMs: 100 }),
      guard: 'look' as const,
    };
    const { isNew } = await run(thing, pace).result;
    expect(isNew).toBe(true);
    expect(pace.now()).toBeLessThan(pace.listingLagMs);
  });

  it('makes no twin of what takes a token and shows itself late', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace, { lagMs: 4 * pace.listingLagMs });
    expect((await run(thing, pace).result).observed.id).toBe('id-1');
    expect(thing.creates).toHaveLength(1);
  });

  it('leaves alone what has the name but not the tag', async () => {
    const thing = fakeResource(fakePace());
    thing.create = async () => {
      throw failure('ErrorClusterNameAlreadyExist');
    };
    await expect(run(thing).result).rejects.toThrow(
      /does not carry this environment's tag, so it is left alone/,
    );
  });

  it('waits while a neighbour is busy', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    const create = thing.create!;
    let refusals = 3;
    thing.create = async (ctx, token) => {
      refusals -= 1;
      if (refusals >= 0) throw failure('Operation.Blocking', { busy: true });
      return await create(ctx, token);
    };
    expect((await run(thing, pace).result).result).toBe('created');
    expect(refusals).toBe(-1);
  });

  it('gives up at once on an error that waiting does not cure', async () => {
    const thing = fakeResource(fakePace());
    let calls = 0;
    thing.create = async () => {
      calls += 1;
      throw failure('QuotaExceeded.Vpc');
    };
    await expect(run(thing).result).rejects.toThrow('QuotaExceeded.Vpc');
    expect(calls).toBe(1);
  });

  it('updates what differs, until it differs no more', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    await run(thing, pace).result;
    const find = thing.find;
    let open = ['a', 'b'];
    thing.find = async ctx => ({ ...(await find(ctx))!, changes: open });
    thing.update = async () => {
      open = open.slice(1);
    };
    const { result, states } = run(thing, pace);
    expect((await result).result).toBe('updated');
    expect(states.filter(state => state === 'updating')).toHaveLength(2);
  });

  it('refuses a difference that cannot be changed in place', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    await run(thing, pace).result;
    const find = thing.find;
    thing.find = async ctx => ({
      ...(await find(ctx))!,
      mismatch: 'its CIDR is another',
    });
    await expect(run(thing, pace).result).rejects.toThrow(
      'thing thing exists as id-1, but its CIDR is another',
    );
  });

  it('reports a failed resource with the reason of the cloud', async () => {
    const pace = fakePace();
    const thing = fakeResource(pace);
    await run(thing, pace).result;
    const find = thing.find;
    thing.find = async ctx => ({
      ...(await find(ctx))!,
      state: 'failed',
      status: 'failed',
      reason: 'no stock in the zone',
    });
    await expect(run(thing, pace).result).rejects.toThrow(
      'thing thing (id-1) failed with status "failed": no stock in the zone',
    );
  });

  it('says what it still waits for when time is over', async () => {
    const pace = fakePace({ timeoutMs: 10_000 });
    const thing = fakeResource(pace, { readyMs: 1e9 });
    await expect(run(thing, pace).result).rejects.toThrow(
      /still "Pending" after 0 minutes; .*run again to resume/,
    );
  });

  it('stops when it is cancelled', async () => {
    const pace = fakePace();
    const controller = new AbortController();
    const thing = fakeResource(pace, { readyMs: 1e9 });
    const find = thing.find;
    thing.find = async ctx => {
      const seen = await find(ctx);
      if (seen) controller.abort();
      return seen;
    };
    await expect(run(thing, pace, controller.signal).result).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect(thing.stored.size).toBe(1);
  });
});
