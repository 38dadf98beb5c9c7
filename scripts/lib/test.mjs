import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureAppBuilt, startPortal, startSandbox } from './portal.mjs';
import { freePort, Processes } from './processes.mjs';
import { root, stateDir } from './paths.mjs';
import { foreground } from './run.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const artifacts = path.join(root, 'artifacts');
const one = code => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  skipped: 0,
});

async function lint() {
  const style = await foreground('prettier', [
    '--check',
    '--loglevel',
    'warn',
    '.',
  ]);
  const code = await foreground('backstage-cli', ['repo', 'lint']);
  return {
    passed: Number(style === 0) + Number(code === 0),
    failed: Number(style !== 0) + Number(code !== 0),
    skipped: 0,
  };
}

const types = async () =>
  one(await foreground('tsc', ['--noEmit', '--incremental', 'false']));

/** Unit, component and integration tests of all packages; further arguments go to jest. */
async function unit(args) {
  const report = path.join(stateDir, 'jest.json');
  mkdirSync(stateDir, { recursive: true });
  rmSync(report, { force: true });
  const code = await foreground(
    'backstage-cli',
    [
      'repo',
      'test',
      '--maxWorkers=2',
      '--json',
      `--outputFile=${report}`,
      ...args,
    ],
    {
      env: {
        CI: '1',
        NODE_OPTIONS: '--no-node-snapshot --no-warnings',
        BACKSTAGE_TEST_DISABLE_DOCKER: '1',
      },
      // With --json jest prints the whole report on stdout; the report is read from the file.
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  if (!existsSync(report)) return one(code || 1);
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const brokenSuites = result.testResults.filter(
    suite => suite.status === 'failed' && suite.assertionResults.length === 0,
  ).length;
  return {
    passed: result.numPassedTests,
    failed: Math.max(result.numFailedTests + brokenSuites, code === 0 ? 0 : 1),
    skipped: result.numPendingTests,
  };
}

/** A fresh local cloud and a fresh portal on free ports, for one program that prints `N passed, N failed` last. */
async function inFreshEnvironment(
  name,
  program,
  args,
  extraEnv = {},
  portalEnv = {},
) {
  ensureAppBuilt();
  const state = mkdtempSync(path.join(os.tmpdir(), `mesh-dr-${name}-`));
  mkdirSync(artifacts, { recursive: true });
  const processes = new Processes();
  processes.interrupted.then(async () => {
    await processes.stop();
    rmSync(state, { recursive: true, force: true });
    process.exit(130);
  });
  let died;
  processes.onUnexpectedExit = (entry, code) => {
    died = `${entry.name} ended with ${code}:\n${entry.tail().slice(-3000)}`;
  };
  try {
    const gatewayPort = await freePort();
    const sandbox = await startSandbox(processes, {
      port: 0,
      state,
      gatewayPort,
      fresh: true,
      logFile: path.join(artifacts, `${name}-sandbox.log`),
    });
    const portal = await startPortal(processes, {
      port: await freePort(),
      state,
      sandbox,
      gatewayPort,
      configs: ['app-config.yaml', 'app-config.sandbox.yaml'],
      logFile: path.join(artifacts, `${name}-portal.log`),
      env: portalEnv,
    });
    const report = path.join(state, 'report.json');
    const code = await foreground(
      process.execPath,
      ['--import', 'tsx', path.join(root, program), ...args],
      {
        env: {
          MESH_DR_PORTAL: portal,
          MESH_DR_CONTROL: sandbox.control,
          MESH_DR_GATEWAY_PORT: String(gatewayPort),
          MESH_DR_ARTIFACTS: artifacts,
          MESH_DR_REPORT: report,
          ...extraEnv,
        },
      },
    );
    if (died) console.error(died);
    const counts = existsSync(report)
      ? JSON.parse(readFileSync(report, 'utf8'))
      : one(code);
    return {
      ...counts,
      failed: Math.max(counts.failed, code === 0 && !died ? 0 : 1),
    };
  } finally {
    await processes.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

const walkthrough = args =>
  inFreshEnvironment(
    'walkthrough',
    'packages/e2e/src/walkthrough/main.ts',
    args,
  );

const chromiumCandidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Debian's Chromium, installed when that can be done without asking anybody. */
function findChromium() {
  const find = () => chromiumCandidates.find(file => file && existsSync(file));
  if (!find() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Installing Chromium and a Chinese font …');
    spawnSync(
      'sh',
      [
        '-c',
        'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
  }
  return find();
}

/** A program that looks at the portal through a browser. */
async function inBrowser(name, program, args) {
  const chromium = findChromium();
  if (!chromium) {
    console.error(
      `*** SKIPPED: ${name} needs Chromium. Install it, or set CHROMIUM_PATH to its binary. ***`,
    );
    return { passed: 0, failed: 0, skipped: 1 };
  }
  return inFreshEnvironment(
    name,
    program,
    args,
    { CHROMIUM_PATH: chromium },
    // Mesh-wide rules wait for a second person; those of a service are applied at once.
    { APP_CONFIG_meshDr_approval_required: 'mesh' },
  );
}

const e2e = args => inBrowser('e2e', 'packages/e2e/src/browser/main.ts', args);

/** Programs that no one here wrote, run against the local cloud; each is skipped loudly where it cannot be had. */
async function judges(args) {
  const report = path.join(stateDir, 'judges.json');
  mkdirSync(stateDir, { recursive: true });
  rmSync(report, { force: true });
  const code = await foreground(
    process.execPath,
    [
      '--import',
      'tsx',
      path.join(root, 'packages/judges/src/main.ts'),
      ...args,
    ],
    { env: { MESH_DR_REPORT: report } },
  );
  return existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : one(code || 1);
}

const stages = { lint, types, unit, judges, walkthrough, e2e };

async function run(name, args) {
  console.error(`\n── ${name} ${'─'.repeat(70 - name.length)}`);
  const started = Date.now();
  let counts;
  try {
    counts = await stages[name](args);
  } catch (error) {
    console.error(error.message);
    counts = { passed: 0, failed: 1, skipped: 0 };
  }
  return { name, ...counts, seconds: (Date.now() - started) / 1000 };
}

function report(results) {
  const sum = key => results.reduce((total, result) => total + result[key], 0);
  console.log(
    `\n${'stage'.padEnd(14)}${'passed'.padStart(8)}${'failed'.padStart(
      8,
    )}${'skipped'.padStart(9)}${'seconds'.padStart(9)}`,
  );
  for (const r of results) {
    console.log(
      `${r.name.padEnd(14)}${String(r.passed).padStart(8)}${String(
        r.failed,
      ).padStart(8)}${String(r.skipped).padStart(9)}${r.seconds
        .toFixed(0)
        .padStart(9)}`,
    );
  }
  console.log(
    `${'total'.padEnd(39)}${sum('seconds').toFixed(0).padStart(9)}\n`,
  );
  const skipped = sum('skipped');
  console.log(
    `${sum('passed')} passed, ${sum('failed')} failed${
      skipped ? `, ${skipped} skipped` : ''
    }`,
  );
  return sum('failed') === 0 ? 0 : 1;
}

/** `npm test`: every stage, also after one failed, so that one run tells all. */
export async function test() {
  const results = [];
  for (const name of Object.keys(stages)) {
    results.push(await run(name, []));
  }
  return report(results);
}

/** One stage alone, e.g. `npm run test:unit -- plugins/mesh-dr-common`. */
export const only = name => async args => report([await run(name, args)]);

/** `npm run screenshots`: takes the pictures of `docs/screenshots` anew. */
export const screenshots = async args =>
  report([
    {
      name: 'screenshots',
      seconds: 0,
      ...(await inBrowser(
        'screenshots',
        'packages/e2e/src/browser/screenshots.ts',
        args,
      )),
    },
  ]);
