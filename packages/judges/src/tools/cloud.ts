import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Verdict } from '../judge';

/** What a judge's program is told as JSON: where the cloud serves over TLS, and its key. */
export const placeOf = (sandbox: Sandbox) => ({
  authority: new URL(sandbox.httpsEndpoint).host,
  accessKeyId: sandbox.accessKeyId,
  accessKeySecret: sandbox.accessKeySecret,
  ca: sandbox.caFile,
});

/**
 * A new cloud in which an hour passes in some seconds, with its authority in a file. After `deed`, which deletes what
 * it makes, one more verdict says whether anything is left.
 */
export async function onFreshCloud(
  report: (verdict: Verdict) => void,
  deed: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), 'judge-cloud-'));
  const sandbox = await startSandbox({
    timeScale: 1000,
    gatewayPort: 0,
    stateDir,
  });
  try {
    await deed(sandbox);
    const answer = await fetch(`${sandbox.control}/inventory`);
    const { resources } = await answer.json();
    report({
      name: 'nothing is left',
      ok: resources.length === 0,
      detail: resources.length ? JSON.stringify(resources) : undefined,
    });
  } finally {
    await sandbox.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}
