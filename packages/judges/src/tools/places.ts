import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

// eslint-disable-next-line no-restricted-syntax -- judges run from their sources, never from a build
const sources = join(__dirname, '..');

/** The repository's top folder. */
export const repository = join(sources, '../../..');

/** A file beside the judges' sources, e.g. `sourceFile('python/program/main.py')`. */
export const sourceFile = (path: string): string => join(sources, path);

/** The folder in which a judge keeps the tools that it fetched; made when it is not there. Never in git. */
export function stateFolder(judge: string): string {
  const folder = join(repository, '.mesh-dr/judges', judge);
  mkdirSync(folder, { recursive: true });
  return folder;
}
