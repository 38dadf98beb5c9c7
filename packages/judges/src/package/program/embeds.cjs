// A stranger's test: the sandbox in the same process, as the README shows it. The process must end by itself.
const { Agent } = require('node:https');
// eslint-disable-next-line @backstage/no-undeclared-imports -- installed where the copy of this program runs
const { RPCClient } = require('@alicloud/pop-core');
const { startSandbox } = require('@mesh-dr/alicloud-sandbox');

async function main() {
  const sandbox = await startSandbox({ timeScale: 1000, gatewayPort: 0 });
  const agent = new Agent({ ca: sandbox.caPem });
  const client = new RPCClient({
    endpoint: sandbox.httpsEndpoint,
    apiVersion: '2016-04-28',
    accessKeyId: sandbox.accessKeyId,
    accessKeySecret: sandbox.accessKeySecret,
    opts: { agent },
  });
  const { Regions } = await client.request('DescribeRegions', {});
  await sandbox.stop();
  if (Regions.Region.length < 10) throw new Error('few regions');
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
