// A stranger's strictly typed test: the declarations stand on their own.
import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';

export async function use(): Promise<string> {
  const sandbox: Sandbox = await startSandbox({ timeScale: 60, port: 0 });
  await sandbox.stop();
  return sandbox.httpsEndpoint;
}

// @ts-expect-error a misspelt option is noticed
export const wrong = () => startSandbox({ timescale: 60 });
