import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Sandbox } from '@mesh-dr/alicloud-sandbox';

/** What is known of a local cloud in another process. */
export type RemoteSandbox = Pick<
  Sandbox,
  'endpoint' | 'control' | 'accessKeyId' | 'accessKeySecret'
>;

/** Local clouds in a process of their own, so that they and their clients have a core each. */
export async function startSandboxes(
  count: number,
): Promise<{ sandboxes: RemoteSandbox[]; stop(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'sandboxesMain.ts'), String(count)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  const gone = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    gone.then(([code]) => {
      throw new Error(`The local clouds ended with status ${code}`);
    }),
  ]);
  return {
    sandboxes: JSON.parse(line),
    async stop() {
      child.stdin.end();
      await gone;
    },
  };
}
