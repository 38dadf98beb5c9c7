/** The sandbox in a process of its own, so that what it uses is not counted as the engine's. */
import { startSandbox } from '@mesh-dr/alicloud-sandbox';
import type { Cloud } from './protocol';

async function main() {
  const timeScale = Number(process.argv[2]);
  const sandbox = await startSandbox({ timeScale, gatewayPort: 0, seed: 1 });
  const { endpoint, control, accessKeyId, accessKeySecret } = sandbox;
  // The parent is gone: nobody will call again.
  process.on('disconnect', () => process.exit(0));
  process.send!({
    endpoint,
    control,
    accessKeyId,
    accessKeySecret,
    timeScale,
  } satisfies Cloud);
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
