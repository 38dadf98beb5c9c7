import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder. */
export const root = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../..',
);
/** Where a local portal and a local cloud keep their state; not in git. */
export const stateDir = path.join(root, '.mesh-dr');
/** Command of an installed package. */
export const bin = name => path.join(root, 'node_modules', '.bin', name);
