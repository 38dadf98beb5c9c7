#!/usr/bin/env node
/**
 * The one entry of the npm scripts. A bare clone has only some Node and npm: the first call runs itself again under the
 * exact Node and yarn this repository is tested with, installs the dependencies once, then does what was asked for.
 */
import { reexecUnderToolchain } from './lib/toolchain.mjs';

// Loaded late: these modules may use what only the tested Node has.
const commands = {
  start: async () => (await import('./lib/start.mjs')).start,
  test: async () => (await import('./lib/test.mjs')).test,
  lint: async () => (await import('./lib/test.mjs')).only('lint'),
  types: async () => (await import('./lib/test.mjs')).only('types'),
  unit: async () => (await import('./lib/test.mjs')).only('unit'),
  judges: async () => (await import('./lib/test.mjs')).only('judges'),
  walkthrough: async () => (await import('./lib/test.mjs')).only('walkthrough'),
  e2e: async () => (await import('./lib/test.mjs')).only('e2e'),
  screenshots: async () => (await import('./lib/test.mjs')).screenshots,
  sandbox: async () => (await import('./lib/run.mjs')).sandbox,
  doctor: async () => (await import('./lib/run.mjs')).doctor,
  bench: async () => (await import('./lib/run.mjs')).bench,
  exec: async () => (await import('./lib/run.mjs')).exec,
};

const [name, ...args] = process.argv.slice(2);
if (!Object.keys(commands).includes(name)) {
  console.error(
    `Unknown command '${name ?? ''}'. Use one of: ${Object.keys(commands).join(
      ', ',
    )}`,
  );
  process.exitCode = 2;
} else if (!reexecUnderToolchain()) {
  try {
    const { ensureInstalled } = await import('./lib/install.mjs');
    ensureInstalled();
    const command = await commands[name]();
    process.exitCode = await command(args);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
