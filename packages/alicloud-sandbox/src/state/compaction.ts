import type { StateChange } from '../contract';
import { encodeLine, HEADER } from './records';
import type { LineFile, Segments } from './segments';

/** Records are written in blocks of about this many characters. */
const BLOCK = 256 * 1024;
/** The process answers others again after at most about so many milliseconds of writing. */
const SLICE_MS = 4;

/**
 * Writes a base in the background, a slice at a time. Nothing of it counts until the last record is in it and the file
 * gets its name.
 */
export class Compaction {
  /** Resolves to the base's length when it is in place; rejects when it could not be written. */
  readonly done: Promise<number>;
  private readonly file: LineFile;
  private finished!: (bytes: number) => void;
  private failed!: (error: unknown) => void;
  private next?: NodeJS.Immediate;

  constructor(
    private readonly segments: Segments,
    private readonly number: number,
    elapsedMs: number,
    private readonly records: Iterator<StateChange>,
  ) {
    this.file = segments.openBase(number);
    this.done = new Promise((resolve, reject) => {
      this.finished = resolve;
      this.failed = reject;
    });
    this.file.append(`${HEADER}\n${encodeLine(elapsedMs, [])}`);
    this.next = setImmediate(() => this.slice());
  }

  /** Stops writing; the unfinished file is never read. */
  abandon(): void {
    clearImmediate(this.next);
    this.file.close();
  }

  /** Writes all of it at once. */
  finishNow(): void {
    clearImmediate(this.next);
    while (this.block());
    this.finish();
  }

  private slice(): void {
    const until = performance.now() + SLICE_MS;
    try {
      while (performance.now() < until) {
        if (!this.block()) {
          this.finish();
          return;
        }
      }
    } catch (error) {
      this.file.close();
      this.failed(error);
      return;
    }
    this.next = setImmediate(() => this.slice());
  }

  /** Writes the next block; false after the last. */
  private block(): boolean {
    const lines: string[] = [];
    let size = 0;
    while (size < BLOCK) {
      const { value, done } = this.records.next();
      if (done) break;
      const line = encodeLine(0, [value]);
      size += line.length;
      lines.push(line);
    }
    if (lines.length) this.file.append(lines.join('\n'));
    return size >= BLOCK;
  }

  private finish(): void {
    const { bytes } = this.file;
    this.file.close();
    this.segments.finishBase(this.number);
    this.finished(bytes);
  }
}
