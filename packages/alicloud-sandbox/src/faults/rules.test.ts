import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createControl } from '../control';
import { memoryPersistence } from '../kube/__testUtils__/fleet';
import { createSource } from '../random';
import { FaultBook } from './book';
import { readFaultFile } from './file';
import { addFaultRoutes } from './routes';
import type { FaultCall, FaultRule } from './rule';
import { checkRule } from './validate';

const CALL: FaultCall = {
  api: 'openapi',
  product: 'Vpc',
  operation: 'CreateVpc',
  region: 'cn-hangzhou',
  resources: ['vpc-bp1abc', 'my name'],
};

const open = (seed = 1, state?: Record<string, unknown>) => {
  const { persistence, snapshot } = memoryPersistence(state);
  return { book: new FaultBook(persistence, createSource(seed)), snapshot };
};

/** Which of the first ten calls a rule strikes. */
const struck = (conditions: Partial<FaultRule>, seed = 1) => {
  const { book } = open(seed);
  book.add({ api: 'openapi', kind: 'throttle', ...conditions });
  return Array.from({ length: 10 }, (_, i) => i + 1).filter(() =>
    book.strike(CALL),
  );
};

describe('a fault rule', () => {
  it.each<[Partial<FaultRule>, number[]]>([
    [{ nth: 3 }, [3]],
    [{ every: 4 }, [4, 8]],
    [{ first: 2 }, [1, 2]],
    [{ after: 8 }, [9, 10]],
    [{ times: 3 }, [1, 2, 3]],
    [{ after: 2, every: 2, times: 2 }, [4, 6]],
    [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ])('%j strikes the calls %j', (conditions, calls) => {
    expect(struck(conditions)).toEqual(calls);
  });

  it('draws its share from the seed', () => {
    const share = { probability: 0.5 };
    expect(struck(share, 7)).toEqual(struck(share, 7));
    const runs = [1, 2, 3, 4].map(seed => struck(share, seed).join());
    expect(new Set(runs).size).toBeGreaterThan(1);
    const { book } = open();
    book.add({ api: 'openapi', kind: 'throttle', probability: 0.2 });
    for (let i = 0; i < 2000; i += 1) book.strike(CALL);
    expect(book.list()[0].fired).toBeGreaterThan(330);
    expect(book.list()[0].fired).toBeLessThan(470);
  });

  it.each<[Partial<FaultRule>, boolean]>([
    [{ product: 'vpc' }, true],
    [{ product: 'Ecs' }, false],
    [{ operation: 'Create*' }, true],
    [{ operation: 'Describe*' }, false],
    [{ region: 'cn-*' }, true],
    [{ region: 'cn-shanghai' }, false],
    [{ resource: 'vpc-bp1*' }, true],
    [{ resource: 'my name' }, true],
    [{ resource: 'vpc-bp2*' }, false],
    [{ api: 'kubernetes' }, false],
    [{ kind: 'stale', lagMs: 1 }, false],
  ])('%j is about the call: %s', (conditions, expected) => {
    expect(struck(conditions).length > 0).toBe(expected);
  });

  it('survives a restart with its counts, unless it came from a file', () => {
    const first = open();
    first.book.add({ api: 'openapi', kind: 'throttle', nth: 3 });
    first.book.add({ api: 'openapi', kind: 'slow', delayMs: 1 }, 'file');
    first.book.strike(CALL);
    first.book.strike(CALL);
    const { book } = open(1, first.snapshot());
    expect(book.list()).toEqual([
      expect.objectContaining({ matched: 2, fired: 0 }),
    ]);
    expect(book.strike(CALL)?.nth).toBe(3);
    expect(book.add({ api: 'openapi', kind: 'throttle' }).id).not.toBe(
      book.list()[0].rule.id,
    );
  });
});

describe('what cannot be a rule', () => {
  it.each([
    [undefined, /a fault is an object; give at least its kind/],
    [{}, /fault\.kind is undefined: .*give one of throttle, error/],
    [
      { kind: 'typo' },
      /fault\.kind is "typo": .*openapi API has no such fault/,
    ],
    [{ kind: 'gone' }, /openapi API has no such fault/],
    [
      { api: 'dns', kind: 'slow' },
      /fault\.api is "dns": .*openapi, kubernetes/,
    ],
    [{ kind: 'slow' }, /fault\.delayMs is undefined: .*needs it/],
    [{ kind: 'stale' }, /fault\.lagMs/],
    [
      { kind: 'throttle', probability: 2 },
      /probability is 2: .*above 0 and at most 1/,
    ],
    [{ kind: 'throttle', nth: 0 }, /nth is 0: .*whole number from 1/],
    [{ kind: 'error', status: 200 }, /status is 200: .*from 400 to 599/],
    [
      { kind: 'slow', delayMs: 5, status: 503 },
      /status is 503: it means nothing to a fault of kind slow; leave it out/,
    ],
    [
      { kind: 'slow', delayMs: 5, verb: 'get' },
      /verb is "get": it means nothing to the openapi API/,
    ],
    [
      { api: 'kubernetes', kind: 'slow', delayMs: 5, verb: 'read' },
      /verb is "read": .*get, list, watch/,
    ],
    [
      { kind: 'slow', delayMs: 5, colour: 'red' },
      /colour is "red": a fault has no such field; give only id/,
    ],
  ])('%j is refused by field, value, reason and remedy', (value, message) => {
    expect(() => checkRule(value, 'fault')).toThrow(message);
  });

  it('knows the first names of fields', () => {
    expect(
      checkRule({ kind: 'throttle', action: 'CreateVpc', regionId: 'x' }, 'f'),
    ).toEqual({
      api: 'openapi',
      kind: 'throttle',
      operation: 'CreateVpc',
      region: 'x',
    });
  });
});

describe('a file of faults', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'faults-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const read = (text: string) => {
    const file = join(directory, 'faults.yaml');
    writeFileSync(file, text);
    return readFaultFile(file);
  };

  it('is read as YAML and as JSON', () => {
    const expected = {
      faults: [
        { id: 'file-1', api: 'openapi', kind: 'throttle', every: 2 },
        { id: 'mine', api: 'kubernetes', kind: 'watch-stall' },
      ],
      regions: [{ region: 'cn-hangzhou', mode: 'hanging' }],
    };
    expect(
      read(`
faults:
  - kind: throttle
    every: 2
  - { id: mine, api: kubernetes, kind: watch-stall }
regions:
  - region: cn-hangzhou
`),
    ).toEqual(expected);
    expect(read(JSON.stringify(expected))).toEqual(expected);
  });

  it.each([
    ['faults: [{kind: typo}]', /faults\.yaml: faults\[0\]\.kind is "typo"/],
    ['faults: 3', /faults is 3: it must be a list/],
    ['fault: []', /fault is not known at the top; give faults, regions/],
    ['faults: [', /cannot be read/],
    ['regions: [{region: mars}]', /regions\[0\]\.region is "mars"/],
    [
      'regions: [{region: cn-hangzhou, mode: slow}]',
      /mode is "slow".*hanging, gone/,
    ],
    [
      'faults: [{id: a, kind: throttle}, {id: a, kind: throttle}]',
      /faults\[1\]\.id is "a": another fault has it/,
    ],
  ])('%s is refused', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('has an example that can be used', () => {
    const example = join(__dirname, '../../examples/faults.yaml');
    expect(readFaultFile(example).faults).toHaveLength(7);
  });

  it('may be missing only by mistake', () => {
    expect(() => readFaultFile(join(directory, 'none.yaml'))).toThrow(
      /none\.yaml cannot be read: ENOENT/,
    );
  });
});

describe('the routes of the faults', () => {
  it('add, show, count and remove', async () => {
    const { book } = open();
    const control = createControl();
    addFaultRoutes(book, control);
    const ask = async (method: string, path: string, body?: object) => {
      const text = body ? JSON.stringify(body) : '';
      const query = new URLSearchParams();
      return control.handle(method, path, query, text);
    };
    const made = await ask('POST', '/faults/rules', {
      kind: 'throttle',
      times: 1,
    });
    expect(made.body).toMatchObject({ id: 'fault-1', api: 'openapi' });
    await ask('POST', '/faults/rules', {
      api: 'kubernetes',
      kind: 'gone',
      id: 'old',
    });
    book.strike(CALL);
    book.strike(CALL);
    expect((await ask('GET', '/faults')).body).toMatchObject({
      rules: [
        { id: 'fault-1', matched: 2, fired: 1, origin: 'control' },
        { id: 'old', matched: 0, fired: 0 },
      ],
    });
    const old = (await ask('GET', '/faults/openapi')).body as any;
    expect(old.faults).toHaveLength(1);
    const bad = await ask('POST', '/faults/rules', { kind: 'slow' });
    expect(bad.status).toBe(400);
    expect((await ask('DELETE', '/faults/rules/old')).status).toBe(204);
    expect((await ask('DELETE', '/faults/rules/old')).status).toBe(404);
    await ask('DELETE', '/faults/openapi');
    expect(book.list()).toEqual([]);
  });
});
