import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Persistence, Persistent, SandboxLog } from './contract';

const FORMAT = 1;
/** Changes of a burst share one write; a killed process loses at most this much, or what a few writes take. */
const DEBOUNCE_MS = 150;
/** A large state must not keep the process busy with writing it: at most one part in this many. */
const WRITE_SHARE = 10;

/** Persistence with a life cycle: `flush` writes what is pending, `stop` does so and ends. */
export interface SnapshotPersistence extends Persistence {
  /** Whether the last process left a snapshot that was loaded. */
  readonly resumed: boolean;
  flush(): void;
  stop(): void;
}

interface SnapshotFile {
  format: number;
  savedAt: string;
  parts: Record<string, unknown>;
}

/**
 * One snapshot file for all parts, `sandbox.json` in `directory` (none: memory only). A part gets its earlier state
 * during `register`. The file is replaced by rename, so that a crash leaves the old or the new state, never half of one.
 * @throws Error when the directory cannot be written to, or when the file exists but cannot be used; the message says
 * what to do.
 */
export function createPersistence(options: {
  directory?: string;
  fresh?: boolean;
  log: SandboxLog;
}): SnapshotPersistence {
  const { directory, log } = options;
  const file = directory ? join(directory, 'sandbox.json') : undefined;
  if (directory) checkWritable(directory);
  if (file && options.fresh) rmSync(file, { force: true });
  const loaded = file && existsSync(file) ? readSnapshot(file) : undefined;

  const parts = new Map<string, Persistent>();
  let timer: NodeJS.Timeout | undefined;
  let dirty = false;
  let lastWriteMs = 0;
  let stopped = false;

  const write = () => {
    timer = undefined;
    if (!file || !dirty) return;
    dirty = false;
    const started = performance.now();
    // Parts that have not registered yet keep what the last process saved for them.
    const snapshot: SnapshotFile = {
      format: FORMAT,
      savedAt: new Date().toISOString(),
      parts: { ...loaded?.parts },
    };
    for (const part of parts.values()) {
      snapshot.parts[part.snapshotKey] = part.dump();
    }
    const temporary = `${file}.${process.pid}.tmp`;
    try {
      // Someone may have tidied up while the sandbox ran.
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(temporary, JSON.stringify(snapshot), { mode: 0o600 });
      renameSync(temporary, file);
    } catch (error) {
      dirty = true;
      log.warn('snapshot not written', { file, error: String(error) });
    }
    lastWriteMs = performance.now() - started;
  };

  const flush = () => {
    if (timer) clearTimeout(timer);
    write();
  };

  return {
    resumed: loaded !== undefined,
    register(part) {
      if (parts.has(part.snapshotKey)) {
        throw new Error(`Two parts save themselves as '${part.snapshotKey}'`);
      }
      parts.set(part.snapshotKey, part);
      const earlier = loaded?.parts[part.snapshotKey];
      if (earlier !== undefined) part.load(earlier);
    },
    changed() {
      dirty = true;
      if (!file || timer || stopped) return;
      timer = setTimeout(
        write,
        Math.max(DEBOUNCE_MS, lastWriteMs * WRITE_SHARE),
      );
    },
    flush,
    stop() {
      stopped = true;
      dirty = true;
      flush();
    },
  };
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

function readSnapshot(file: string): SnapshotFile {
  let snapshot: SnapshotFile;
  try {
    snapshot = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(
      `The snapshot ${file} cannot be read (${error}); start with --fresh to begin anew`,
    );
  }
  if (snapshot.format !== FORMAT) {
    throw new Error(
      `The snapshot ${file} has format ${snapshot.format}, this sandbox reads ${FORMAT}; start with --fresh to begin anew`,
    );
  }
  return snapshot;
}
