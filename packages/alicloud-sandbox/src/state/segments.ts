import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const NAME = /^sandbox\.(\d+)\.(journal|base)$/;
const READ_AT_ONCE = 4 * 1024 * 1024;

/** A file of lines that only grows. */
export interface LineFile {
  readonly bytes: number;
  /** Adds one line; after an error the file is as it was before. @throws the error of the file system. */
  append(line: string): void;
  /** Whether somebody removed the file under us. */
  isGone(): boolean;
  close(): void;
}

/**
 * The files of a state: `sandbox.N.base` holds every living record once, `sandbox.N.journal` what changed since base N
 * was begun. Files of a lower number than the newest base are left over from before it.
 */
export class Segments {
  constructor(readonly directory: string) {}

  /** The files that make up the state, in the order in which they are read, and the highest number in use. */
  list(): { files: string[]; newest: number } {
    if (!existsSync(this.directory)) return { files: [], newest: 0 };
    const found = readdirSync(this.directory).flatMap(file => {
      const parts = NAME.exec(file);
      return parts ? [{ file, number: Number(parts[1]), kind: parts[2] }] : [];
    });
    const base = Math.max(
      0,
      ...found.filter(f => f.kind === 'base').map(f => f.number),
    );
    const journals = found
      .filter(f => f.kind === 'journal' && f.number >= base)
      .sort((a, b) => a.number - b.number);
    return {
      files: [
        ...(base ? [this.path(base, 'base')] : []),
        ...journals.map(f => join(this.directory, f.file)),
      ],
      newest: Math.max(base, ...journals.map(f => f.number), 0),
    };
  }

  /** Opens journal N, made if need be; a torn last line is cut off. */
  openJournal(number: number): LineFile {
    mkdirSync(this.directory, { recursive: true });
    const path = this.path(number, 'journal');
    const fd = openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600);
    const whole = lengthOfWholeLines(fd);
    ftruncateSync(fd, whole);
    return lineFile(fd, whole);
  }

  /** Begins base N beside the living state; nobody reads it before `finishBase`. */
  openBase(number: number): LineFile {
    mkdirSync(this.directory, { recursive: true });
    const path = `${this.path(number, 'base')}.tmp`;
    return lineFile(openSync(path, 'w+', 0o600), 0);
  }

  /** From now on the state begins with base N; what came before it is removed. */
  finishBase(number: number): void {
    renameSync(`${this.path(number, 'base')}.tmp`, this.path(number, 'base'));
    for (const file of readdirSync(this.directory)) {
      const parts = NAME.exec(file);
      if (parts && Number(parts[1]) < number)
        rmSync(join(this.directory, file));
    }
  }

  /** Removes every file of the state. */
  clear(): void {
    if (!existsSync(this.directory)) return;
    for (const file of readdirSync(this.directory)) {
      if (NAME.test(file) || /^sandbox\.\d+\.base\.tmp$/.test(file)) {
        rmSync(join(this.directory, file));
      }
    }
  }

  private path(number: number, kind: 'journal' | 'base'): string {
    return join(this.directory, `sandbox.${number}.${kind}`);
  }
}

function lineFile(fd: number, length: number): LineFile {
  let bytes = length;
  let closed = false;
  return {
    get bytes() {
      return bytes;
    },
    append(line) {
      const data = Buffer.from(`${line}\n`);
      let done = 0;
      try {
        while (done < data.length) {
          done += writeSync(fd, data, done, data.length - done, bytes + done);
        }
        bytes += data.length;
      } catch (error) {
        // Half a record is unfinished business: the next one is written over it, and a restart cuts it off.
        throw error;
      }
    },
    isGone: () => fstatSync(fd).nlink === 0,
    close() {
      if (!closed) closeSync(fd);
      closed = true;
    },
  };
}

/** Reads a file line by line; what follows the last line end was never acknowledged and is left out. */
export function* readLines(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(READ_AT_ONCE);
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const length = readSync(fd, chunk, 0, READ_AT_ONCE, null);
      if (length === 0) return;
      const data = Buffer.concat([rest, chunk.subarray(0, length)]);
      let from = 0;
      for (
        let end = data.indexOf(10, from);
        end >= 0;
        end = data.indexOf(10, from)
      ) {
        yield data.toString('utf8', from, end);
        from = end + 1;
      }
      rest = data.subarray(from);
    }
  } finally {
    closeSync(fd);
  }
}

function lengthOfWholeLines(fd: number): number {
  const { size } = fstatSync(fd);
  const chunk = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    readSync(fd, chunk, 0, end - start, start);
    const last = chunk.subarray(0, end - start).lastIndexOf(10);
    if (last >= 0) return start + last + 1;
    end = start;
  }
  return 0;
}
