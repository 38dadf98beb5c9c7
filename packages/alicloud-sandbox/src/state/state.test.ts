import fs, {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPersistence, StateError } from '.';
import { createClock } from '../clock';
import type { SandboxLog } from '../contract';
import { silentLog } from '../log';
import { createTransitions, type Transitions } from '../openapi/transitions';

let directory: string;
/** Ends what a test left behind as a crash would: without another word to the state. */
let ends: (() => void)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => {
  ends.forEach(end => end());
  ends = [];
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

const path = (file: string) => join(directory, file);

/** A persistence with one small part and one table; `crash` forgets it as SIGKILL would. */
function open(
  options: {
    fresh?: boolean;
    compactFromBytes?: number;
    log?: SandboxLog;
    value?: unknown;
  } = {},
) {
  const persistence = createPersistence({
    directory,
    log: silentLog,
    ...options,
  });
  ends.push(() => persistence.stop());
  const part = { value: options.value };
  const table = new Map<string, unknown>();
  persistence.register({
    snapshotKey: 'part',
    dump: () => part.value,
    load: state => {
      part.value = state;
    },
  });
  persistence.addTable({
    name: 'table',
    entries: () => table,
    load: records => records.forEach((value, key) => table.set(key, value)),
  });
  const put = (key: string, value?: unknown) => {
    persistence.append([{ part: 'table', key, value }]);
    if (value === undefined) table.delete(key);
    else table.set(key, value);
  };
  return { persistence, part, table, put };
}

describe('the state', () => {
  it('has everything that was acknowledged when the process is gone at once', () => {
    const first = open();
    first.put('a', { n: 1 });
    first.put('b', 'gone soon');
    first.put('b');
    first.part.value = ['small'];
    first.persistence.changed();
    const again = open();
    expect(again.persistence.resumed).toBe(true);
    expect(again.part.value).toEqual(['small']);
    expect([...again.table]).toEqual([['a', { n: 1 }]]);
    const fresh = open({ fresh: true });
    expect(fresh.persistence.resumed).toBe(false);
    expect(fresh.table.size).toBe(0);
  });

  it('keeps the changes of one commit together or not at all', () => {
    const first = open();
    first.put('before', 1);
    first.persistence.append([
      { part: 'table', key: 'x', value: 1 },
      { part: 'other', key: 'y', value: 2 },
    ]);
    const file = path('sandbox.1.journal');
    const whole = readFileSync(file, 'utf8');
    // The process died in the middle of the last write, wherever that is.
    const last = whole.trimEnd().lastIndexOf('\n') + 1;
    for (let end = last; end < whole.length; end += 1) {
      writeFileSync(file, whole.slice(0, end));
      const again = open();
      expect([...again.table]).toEqual([['before', 1]]);
      again.put('after', 2);
      expect([...open().table.keys()]).toEqual(['before', 'after']);
    }
    writeFileSync(file, whole);
    expect(open().table.get('x')).toBe(1);
  });

  it('says where it is damaged rather than losing what follows', () => {
    const first = open();
    first.put('a', 1);
    first.put('b', 2);
    const file = path('sandbox.1.journal');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"a"', '"a'));
    expect(() => open()).toThrow(/sandbox\.1\.journal .*line 2 .*--fresh/);
    writeFileSync(file, '{"format":99}\n');
    expect(() => open()).toThrow(/format 99, this sandbox reads 2.*--fresh/);
  });

  it('keeps what a part saved that did not register this time', () => {
    const first = open({ value: 'kept' });
    first.put('a', 1);
    first.persistence.stop();
    const between = createPersistence({
      directory,
      log: silentLog,
      compactFromBytes: 1,
    });
    between.append([{ part: 'other', key: 'k', value: 1 }]);
    between.stop();
    const again = open();
    expect(again.part.value).toBe('kept');
    expect(again.table.get('a')).toBe(1);
  });

  it('forgets a table as a whole', () => {
    const first = open();
    first.put('a', 1);
    first.persistence.dropTable('table');
    expect(open().table.size).toBe(0);
  });

  it('knows the simulated time of its last moment', () => {
    const first = open();
    const clock = createClock({ timeScale: 1, elapsedMs: 5_000_000 });
    first.persistence.keepTime(clock.elapsed);
    first.put('a', 1);
    clock.stop();
    first.persistence.stop();
    expect(open().persistence.elapsedMs).toBeGreaterThanOrEqual(5_000_000);
  });

  it('reads a snapshot of format 1 once and goes on from it', () => {
    writeFileSync(
      path('sandbox.json'),
      JSON.stringify({
        format: 1,
        savedAt: '2026-01-01T00:00:00.000Z',
        parts: { part: { old: true }, cloud: { vpcs: { 'vpc-1': { a: 1 } } } },
      }),
    );
    const first = open();
    expect(first.part.value).toEqual({ old: true });
    first.persistence.addTable({
      name: 'cloud',
      entries: () => [],
      load: records => expect([...records]).toEqual([['vpcs/vpc-1', { a: 1 }]]),
    });
    expect(readdirSync(directory).sort()).toEqual([
      'sandbox.1.base',
      'sandbox.1.journal',
    ]);
    expect(open().part.value).toEqual({ old: true });
  });
});

describe('compaction', () => {
  const settled = async (file: string) => {
    while (!readdirSync(directory).includes(file)) {
      await new Promise(resolve => setImmediate(resolve));
    }
  };

  it('replaces the journal while changes go on, and loses none', async () => {
    const first = open({ compactFromBytes: 20_000 });
    const text = 'x'.repeat(100);
    for (let i = 0; i < 3000; i += 1) {
      first.put(`k${i % 500}`, { i, text });
      if (i % 7 === 0) first.put(`k${(i + 250) % 500}`);
      if (i % 100 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    const expected = [...first.table].sort();
    expect([...open().table].sort()).toEqual(expected);
    expect(readdirSync(directory)).not.toContain('sandbox.1.journal');
    const size = readdirSync(directory)
      .map(file => readFileSync(path(file)).length)
      .reduce((sum, length) => sum + length, 0);
    expect(size).toBeLessThan(300_000);
  });

  it('does not count a base that the process did not finish', async () => {
    const first = open({ compactFromBytes: 100 });
    for (let i = 0; i < 20; i += 1) first.put(`k${i}`, i);
    // The base is written in later turns of the event loop; this is a death before the first of them.
    expect(readdirSync(directory)).toContain('sandbox.2.base.tmp');
    expect(open().table.size).toBe(20);
    await settled('sandbox.2.base');
    first.put('last', 1);
    expect(open().table.size).toBe(21);
  });

  it('writes everything anew when somebody removed the directory', async () => {
    const warnings: string[] = [];
    const first = open({
      log: { info: () => {}, warn: message => warnings.push(message) },
    });
    first.persistence.keepTime(() => 1);
    first.put('a', 1);
    rmSync(directory, { recursive: true });
    while (
      !fs.existsSync(directory) ||
      !readdirSync(directory).includes('sandbox.2.base')
    ) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    expect(warnings).toEqual(['The state was removed and is written anew']);
    expect(open().table.get('a')).toBe(1);
    first.persistence.stop();
  });
});

describe('a state that cannot be written', () => {
  it('names the remedy when the directory cannot be used', () => {
    const occupied = path('file');
    writeFileSync(occupied, '');
    for (const unusable of [occupied, join(occupied, 'below')]) {
      expect(() =>
        createPersistence({ directory: unusable, log: silentLog }),
      ).toThrow(`${unusable} (`);
    }
  });

  it('names the remedy when an old snapshot is damaged', () => {
    writeFileSync(path('sandbox.json'), '{"format":1,');
    expect(() => open()).toThrow('--fresh');
  });

  it('refuses the change, and goes on when there is room again', () => {
    const first = open();
    first.put('a', 1);
    const full = Object.assign(new Error('ENOSPC: no space left on device'), {
      code: 'ENOSPC',
    });
    const write = jest.spyOn(fs, 'writeSync');
    // The disk takes a piece of the record before it is full.
    write.mockImplementationOnce(((
      fd: number,
      data: Buffer,
      _from: number,
      _length: number,
      at: number,
    ) => {
      write.mockImplementationOnce(() => {
        throw full;
      });
      return fs.writevSync(fd, [data.subarray(0, 5)], at);
    }) as typeof fs.writeSync);
    expect(() => first.put('b', 'a long value that is cut')).toThrow(
      StateError,
    );
    first.put('c', 3);
    expect([...open().table.keys()]).toEqual(['a', 'c']);
    write.mockImplementation(() => {
      throw full;
    });
    expect(() => first.put('d', 4)).toThrow(
      new RegExp(`cannot be written to ${directory} .*no space.*--memory`),
    );
    write.mockRestore();
    expect([...open().table.keys()]).toEqual(['a', 'c']);
  });
});

describe('a pending state change', () => {
  const begin = (timeScale: number) => {
    const persistence = createPersistence({ directory, log: silentLog });
    const clock = createClock({ timeScale, elapsedMs: persistence.elapsedMs });
    persistence.keepTime(clock.elapsed);
    ends.push(() => {
      clock.stop();
      persistence.stop();
    });
    const late: Partial<Transitions> = {};
    const commit = () => {
      const { changes, apply } = late.unsaved!();
      persistence.append(changes);
      apply();
    };
    const transitions = createTransitions({
      clock,
      persistence,
      log: silentLog,
      commit,
    });
    Object.assign(late, transitions);
    const ran: string[] = [];
    transitions.handle('ready', ({ id }) => {
      ran.push(id);
    });
    return { persistence, clock, transitions, commit, ran };
  };

  it('waits out what was left after a restart, and happens once', async () => {
    const first = begin(1);
    first.transitions.schedule('ready', { id: 'vpc-1' }, 60_000);
    first.transitions.schedule('ready', { id: 'vpc-2' }, 90_000);
    first.commit();
    await first.clock.advance(70_000);
    first.persistence.noteTime();
    expect(first.ran).toEqual(['vpc-1']);
    first.clock.stop();
    const second = begin(1);
    second.transitions.resume();
    await second.clock.advance(15_000);
    expect(second.ran).toEqual([]);
    await second.clock.advance(10_000);
    expect(second.ran).toEqual(['vpc-2']);
    second.clock.stop();
    const third = begin(1);
    third.transitions.resume();
    await third.clock.advance(100_000);
    expect(third.ran).toEqual([]);
    third.clock.stop();
  });

  it('that was never committed is not there', async () => {
    const first = begin(1);
    first.transitions.schedule('ready', { id: 'vpc-1' }, 60_000);
    first.clock.stop();
    appendFileSync(path('sandbox.1.journal'), '[60000,["transitions","1",{"ki');
    const second = begin(1);
    second.transitions.resume();
    expect(second.clock.read().waiting).toBe(0);
    second.clock.stop();
  });
});
