import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Judge } from '../judge';
import { onFreshCloud, placeOf } from '../tools/cloud';
import { sourceFile, stateFolder } from '../tools/places';
import { runProgram } from '../tools/verdicts';

const run = promisify(execFile);

/** The SDK has some hundred thousand lines; later builds take a second. */
const BUILD_LIMIT_MS = 240_000;
const LIMIT_MS = 120_000;

let binary = '';

/** The guide through the Go SDK below terraform and the cloud's command line, and terraform's second ACK client. */
export const go: Judge = {
  name: 'go',
  description: "the older Go SDK and terraform's second ACK client, over TLS",
  async unavailable() {
    try {
      await run('go', ['version'], { timeout: 20_000 });
    } catch {
      return 'there is no go on the PATH';
    }
    binary = join(stateFolder('go'), 'guide');
    try {
      await run('go', ['build', '-buildvcs=false', '-o', binary, '.'], {
        cwd: sourceFile('go/program'),
        timeout: BUILD_LIMIT_MS,
      });
      return undefined;
    } catch (error) {
      const { stderr, killed } = error as { stderr: string; killed: boolean };
      const reason = killed ? 'it took too long' : stderr.trim().split('\n')[0];
      return `the Go program cannot be built: ${reason}`;
    }
  },
  run: report =>
    onFreshCloud(report, sandbox =>
      runProgram(binary, [JSON.stringify(placeOf(sandbox))], {
        env: { SSL_CERT_FILE: sandbox.caFile! },
        limitMs: LIMIT_MS,
        report,
      }),
    ),
};
