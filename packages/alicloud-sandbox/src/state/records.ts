import type { StateChange } from '../contract';
import { readLines } from './segments';

/** Version of the files' format; the first line of each says it. */
export const FORMAT = 2;
export const HEADER = JSON.stringify({ format: FORMAT });

/** The records of all parts, by part and key. */
export type Records = Map<string, Map<string, unknown>>;

/**
 * One line of a file: the simulated time, then what changed with it, together or not at all. `[part, key, value]` is
 * kept from now on, `[part, key]` is gone, `[part]` is gone with all its keys.
 */
export function encodeLine(elapsedMs: number, changes: StateChange[]): string {
  let line = `[${Math.round(elapsedMs)}`;
  for (const { part, key, value } of changes) {
    line += `,[${JSON.stringify(part)}`;
    if (key !== undefined) line += `,${JSON.stringify(key)}`;
    if (key !== undefined && value !== undefined) {
      line += `,${JSON.stringify(value)}`;
    }
    line += ']';
  }
  return `${line}]`;
}

/**
 * Reads files one after the other into `records`; returns the simulated time at the end.
 * @throws Error naming file and line when a complete line cannot be understood: something kept would be lost.
 */
export function readRecords(files: string[], records: Records): number {
  let elapsedMs = 0;
  for (const file of files) {
    let number = 0;
    for (const line of readLines(file)) {
      number += 1;
      if (number === 1) checkHeader(file, line);
      else
        elapsedMs = Math.max(elapsedMs, applyLine(records, file, number, line));
    }
  }
  return elapsedMs;
}

function checkHeader(file: string, line: string): void {
  let format: unknown;
  try {
    format = JSON.parse(line).format;
  } catch {
    format = undefined;
  }
  if (format === FORMAT) return;
  throw new Error(
    format === undefined
      ? `The state file ${file} cannot be read: its first line names no format; start with --fresh to begin anew`
      : `The state file ${file} has format ${format}, this sandbox reads ${FORMAT}; start with --fresh to begin anew`,
  );
}

function applyLine(
  records: Records,
  file: string,
  number: number,
  line: string,
): number {
  let parsed: [number, ...[string, string?, unknown?][]];
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new Error(
      `The state file ${file} cannot be read: line ${number} is damaged (${
        (error as Error).message
      }); start with --fresh to begin anew`,
    );
  }
  const [elapsedMs, ...changes] = parsed;
  for (const change of changes) {
    const [part, key, value] = change;
    if (key === undefined) {
      records.delete(part);
      continue;
    }
    const table = records.get(part) ?? new Map<string, unknown>();
    records.set(part, table);
    if (change.length < 3) table.delete(key);
    else table.set(key, value);
  }
  return elapsedMs;
}
