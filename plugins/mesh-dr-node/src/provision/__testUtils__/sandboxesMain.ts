/* eslint-disable no-console */
import { startSandbox } from '@mesh-dr/alicloud-sandbox';

/** Starts as many local clouds as the argument says, tells where they are, and ends with its standard input. */
async function main() {
  const sandboxes = await Promise.all(
    Array.from({ length: Number(process.argv[2]) }, () =>
      startSandbox({ timeScale: 1, seed: 1 }),
    ),
  );
  console.log(
    JSON.stringify(
      sandboxes.map(({ endpoint, control, accessKeyId, accessKeySecret }) => ({
        endpoint,
        control,
        accessKeyId,
        accessKeySecret,
      })),
    ),
  );
  process.stdin.resume().once('end', () => process.exit(0));
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
