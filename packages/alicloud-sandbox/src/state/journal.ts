import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Persistence,
  Persistent,
  PersistentTable,
  SandboxLog,
  StateChange,
} from '../contract';
import { Compaction } from './compaction';
import { FORMAT_1_FILE, readFormat1 } from './format1';
import { encodeLine, HEADER, readRecords, type Records } from './records';
import { Segments, type LineFile } from './segments';

/** A journal that is worth being replaced by a base: at least this long, and longer than the base before it. */
const COMPACT_FROM_BYTES = 8 * 1024 * 1024;
/** How often simulated time is noted while nothing else happens, in real milliseconds. */
const HEARTBEAT_MS = 1000;

/** A change could not be kept, so it must not be acknowledged. */
export class StateError extends Error {
  constructor(directory: string, cause: unknown) {
    super(
      `The state cannot be written to ${directory} (${
        (cause as Error).message
      }); make room or writable, or start with --memory`,
    );
    this.name = 'StateError';
  }
}

/** Persistence with a life cycle. */
export interface StatePersistence extends Persistence {
  /** Whether an earlier process left a state that was loaded. */
  readonly resumed: boolean;
  /** Simulated time at which the earlier process was last seen, in milliseconds; 0 for a new state. */
  readonly elapsedMs: number;
  /** Notes simulated time with every change from now on, and every second besides. */
  keepTime(elapsed: () => number): void;
  /** Notes simulated time now. @throws StateError */
  noteTime(): void;
  /** Keeps the small parts as they are now, notes the time for the last time and closes the files. */
  stop(): void;
}

/** Fails at the start rather than with the first change, which nobody would see lost. */
function checkWritable(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw new Error(
      `The state cannot be kept in ${directory} (${
        (error as Error).message
      }); choose another directory with --state, or none with --memory`,
    );
  }
}

/** The state in a directory; see `createPersistence`. */
export class Journal implements StatePersistence {
  readonly resumed: boolean;
  readonly elapsedMs: number;
  private readonly directory: string;
  private readonly log: SandboxLog;
  private readonly compactFrom: number;
  private readonly segments: Segments;
  /** What the earlier process kept of parts that have not registered yet. */
  private readonly loaded: Records = new Map();
  private readonly parts = new Map<string, Persistent>();
  private readonly tables = new Map<string, PersistentTable>();
  /** What is kept of each small part, as JSON. */
  private readonly kept = new Map<string, string>();
  private number: number;
  private journal: LineFile;
  private baseBytes = 0;
  private compaction?: Compaction;
  private elapsed = () => 0;
  private heartbeat?: NodeJS.Timeout;
  private stopped = false;

  constructor(options: {
    directory: string;
    fresh?: boolean;
    log: SandboxLog;
    compactFromBytes?: number;
  }) {
    this.directory = options.directory;
    this.log = options.log;
    this.compactFrom = options.compactFromBytes ?? COMPACT_FROM_BYTES;
    this.segments = new Segments(this.directory);
    checkWritable(this.directory);
    if (options.fresh) {
      this.segments.clear();
      rmSync(join(this.directory, FORMAT_1_FILE), { force: true });
    }
    let { files, newest } = this.segments.list();
    if (!files.length && readFormat1(this.directory, this.loaded)) {
      this.writeBase(1);
      rmSync(join(this.directory, FORMAT_1_FILE));
      ({ files, newest } = this.segments.list());
    }
    this.loaded.clear();
    this.elapsedMs = readRecords(files, this.loaded);
    this.resumed = this.loaded.size > 0;
    this.number = Math.max(1, newest);
    this.journal = this.openJournal(this.number);
  }

  register(part: Persistent): void {
    this.checkName(part.snapshotKey);
    this.parts.set(part.snapshotKey, part);
    const earlier = this.claim(part.snapshotKey)?.get('');
    if (earlier === undefined) return;
    this.kept.set(part.snapshotKey, JSON.stringify(earlier));
    part.load(earlier);
  }

  changed(): void {
    const changes: StateChange[] = [];
    for (const [name, part] of this.parts) {
      const value = part.dump();
      if (JSON.stringify(value) !== this.kept.get(name)) {
        changes.push({ part: name, key: '', value });
      }
    }
    this.append(changes);
    for (const { part, value } of changes) {
      this.kept.set(part, JSON.stringify(value));
    }
  }

  addTable(table: PersistentTable): void {
    this.checkName(table.name);
    this.tables.set(table.name, table);
    table.load(this.claim(table.name) ?? new Map());
  }

  dropTable(name: string): void {
    this.append([{ part: name }]);
    this.tables.delete(name);
    this.loaded.delete(name);
  }

  append(changes: StateChange[]): void {
    if (changes.length) this.write(changes);
  }

  noteTime(): void {
    this.write([]);
  }

  private write(changes: StateChange[]): void {
    if (this.stopped) return;
    try {
      this.journal.append(encodeLine(this.elapsed(), changes));
    } catch (error) {
      throw new StateError(this.directory, error);
    }
    if (this.journal.bytes > Math.max(this.compactFrom, this.baseBytes)) {
      this.compact();
    }
  }

  keepTime(elapsed: () => number): void {
    this.elapsed = elapsed;
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  stop(): void {
    if (this.stopped) return;
    clearInterval(this.heartbeat);
    this.compaction?.abandon();
    try {
      this.changed();
      this.noteTime();
    } catch (error) {
      this.log.warn('The end of the state could not be written', {
        error: String(error),
      });
    }
    this.stopped = true;
    this.journal.close();
  }

  /** Notes the time; writes everything anew if somebody tidied the directory up. */
  private beat(): void {
    try {
      if (this.journal.isGone()) {
        this.log.warn('The state was removed and is written anew', {
          directory: this.directory,
        });
        this.compact();
      }
      this.noteTime();
    } catch (error) {
      this.log.warn('The state cannot be written', { error: String(error) });
    }
  }

  /** Goes on in a new journal and writes a base for it in the background. */
  private compact(): void {
    if (this.compaction || this.stopped) return;
    const number = this.number + 1;
    try {
      const journal = this.openJournal(number);
      this.journal.close();
      this.journal = journal;
      this.number = number;
      this.compaction = new Compaction(
        this.segments,
        number,
        this.elapsed(),
        this.everything(),
      );
    } catch (error) {
      this.log.warn('The journal cannot be compacted', {
        error: String(error),
      });
      return;
    }
    this.compaction.done
      .then(bytes => {
        this.baseBytes = bytes;
      })
      .catch(error =>
        // The files before this base are still there and still hold everything.
        this.log.warn('The journal was not compacted', {
          error: String(error),
        }),
      )
      .finally(() => {
        this.compaction = undefined;
      });
  }

  /** Every living record; read in pieces. A record that changes meanwhile is in the new journal too, which is read later. */
  private *everything(): Generator<StateChange> {
    for (const [part, records] of this.loaded) {
      for (const [key, value] of records) yield { part, key, value };
    }
    for (const part of this.parts.values()) {
      yield { part: part.snapshotKey, key: '', value: part.dump() };
    }
    for (const table of [...this.tables.values()]) {
      for (const [key, value] of table.entries()) {
        yield { part: table.name, key, value };
      }
    }
  }

  private writeBase(number: number): void {
    const compaction = new Compaction(
      this.segments,
      number,
      0,
      this.everything(),
    );
    compaction.finishNow();
  }

  private openJournal(number: number): LineFile {
    const journal = this.segments.openJournal(number);
    if (journal.bytes === 0) journal.append(HEADER);
    return journal;
  }

  private claim(name: string): Map<string, unknown> | undefined {
    const records = this.loaded.get(name);
    this.loaded.delete(name);
    return records;
  }

  private checkName(name: string): void {
    if (this.parts.has(name) || this.tables.has(name)) {
      throw new Error(`Two parts save themselves as '${name}'`);
    }
  }
}
