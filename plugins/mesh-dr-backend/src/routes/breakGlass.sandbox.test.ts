import {
  applyManifests,
  type Alicloud,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { documentedCaller } from '../__testUtils__/documentedCaller';
import { startOnSandbox, untilFound } from '../__testUtils__/guideCloud';
import { joinGuide } from '../__testUtils__/joinGuide';
import { sandboxClients } from '../__testUtils__/sandboxClients';

jest.setTimeout(180_000);

const BOTH_WAYS = [
  { from: 'cn-hangzhou', to: 'cn-shanghai' },
  { from: 'cn-shanghai', to: 'cn-hangzhou' },
];

/** As much of the aliyun CLI as the bundle uses: a signed call of one operation with the parameters given. */
const ALIYUN = `#!/usr/bin/env node
const { RPCClient } = require(${JSON.stringify(
  require.resolve('@alicloud/pop-core', {
    paths: [require.resolve('@mesh-dr/backstage-plugin-mesh-dr-node')],
  }),
)});
const [product, action, ...rest] = process.argv.slice(2);
const parameters = {};
for (let i = 0; i < rest.length; i += 2) parameters[rest[i].replace(/^--/, '')] = rest[i + 1];
if (product !== 'servicemesh') throw new Error(product);
new RPCClient({
  accessKeyId: process.env.KEY_ID,
  accessKeySecret: process.env.KEY_SECRET,
  endpoint: process.env.CLOUD,
  apiVersion: '2020-01-11',
}).request(action, parameters, { method: 'POST' }).then(
  answer => console.log(JSON.stringify(answer, null, 1).replace(/":/g, '": ')),
  error => { console.error(error.message); process.exit(1); },
);
`;

/** The portal is gone, and somebody has the bundle, a shell and the CLI. */
describe("the bundle's calls of ASM", () => {
  let started: Awaited<ReturnType<typeof startOnSandbox>>;
  let cloud: Alicloud;
  let meshId: string;
  const folder = mkdtempSync(join(tmpdir(), 'mesh-dr-aliyun-'));

  const call = documentedCaller(() => started.backend.server);
  const run = (commands: string[]) =>
    new Promise<string>((resolve, reject) => {
      const { endpoint, accessKeyId, accessKeySecret } = started.sandbox;
      const shell = spawn('sh', ['-ec', commands.join('\n')], {
        env: {
          ...process.env,
          PATH: [folder, process.env.PATH].join(delimiter),
          CLOUD: endpoint,
          KEY_ID: accessKeyId,
          KEY_SECRET: accessKeySecret,
        },
      });
      let said = '';
      shell.stdout.on('data', piece => (said += piece));
      shell.stderr.on('data', piece => (said += piece));
      shell.on('close', code =>
        code === 0 ? resolve(said) : reject(new Error(said)),
      );
    });
  const rule = async () => {
    const detail = await cloud.asm.describeServiceMesh({
      serviceMeshId: meshId,
    });
    return detail?.state === 'running' ? detail.locality : undefined;
  };

  beforeAll(async () => {
    writeFileSync(join(folder, 'aliyun'), ALIYUN);
    chmodSync(join(folder, 'aliyun'), 0o755);
    started = await startOnSandbox();
    const { accounts, connector } = sandboxClients(started.sandbox);
    cloud = accounts.get('sandbox');
    ({ meshId } = await joinGuide(cloud, connector));
    const [applied] = await applyManifests(
      [connector.mesh({ account: 'sandbox', serviceMeshId: meshId })],
      [
        {
          apiVersion: 'networking.istio.io/v1beta1',
          kind: 'DestinationRule',
          metadata: { name: 'reviews' },
          spec: {
            host: 'reviews',
            trafficPolicy: {
              outlierDetection: {
                consecutive5xxErrors: 3,
                maxEjectionPercent: 100,
              },
            },
          },
        },
      ],
      { fieldManager: 'owner' },
    );
    if (!applied.ok) throw applied.error;
  });
  afterAll(async () => {
    await started?.stop();
    rmSync(folder, { recursive: true });
  });

  it('set the mesh-wide rule and take it back, from a shell', async () => {
    const path = `/v1/meshes/${meshId}/services/default/reviews`;
    await untilFound('reviews is seen with its outlier detection', async () => {
      const { body } = await call('get', `${path}/topology`);
      return body.rule?.outlierDetection && body.regions.length === 2;
    });
    const { body: changed } = await call('post', '/v1/changes', {
      target: { scope: 'mesh', meshId },
      intent: { mode: 'failover', failover: BOTH_WAYS },
      reason: 'drill',
    });
    expect(changed).toMatchObject({ status: 'applied' });
    const { meshWide } = await untilFound('the bundle has it', async () => {
      const { body } = await call('get', `${path}/break-glass`);
      return body.meshWide && body;
    });

    await run(meshWide.back);
    await untilFound('no mesh-wide rule is in force', async () => {
      return (await rule())?.enabled === false;
    });
    await run(meshWide.commands);
    const again = await untilFound('the rule is in force again', async () => {
      const found = await rule();
      return found?.enabled && found;
    });
    expect(again).toMatchObject({ failover: BOTH_WAYS, distribute: [] });
  });

  it('put the rule in force also while one of the other kind is', async () => {
    const { body } = await call(
      'get',
      `/v1/meshes/${meshId}/services/default/reviews/break-glass`,
    );
    await cloud.asm.updateLocality({
      serviceMeshId: meshId,
      setting: { enabled: false },
    });
    await untilFound('off', async () => (await rule())?.enabled === false);
    await cloud.asm.updateLocality({
      serviceMeshId: meshId,
      setting: {
        enabled: true,
        distribute: [
          { from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } },
        ],
      },
    });
    await untilFound('a distribution is in force', async () => {
      return ((await rule())?.distribute.length ?? 0) > 0;
    });
    await run(body.meshWide.commands);
    const found = await untilFound('failover is in force', async () => {
      const now = await rule();
      return now?.failover.length && now;
    });
    expect(found).toMatchObject({ failover: BOTH_WAYS, distribute: [] });
  });
});
