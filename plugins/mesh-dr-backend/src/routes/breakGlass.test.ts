import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  BOTH_WAYS,
  MESH,
  OUTLIER_DETECTION,
  SUBSETS,
  startChanges as start,
} from '../__testUtils__/changes';
import { MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { destinationRule, podName } from '../__testUtils__/objects';
import { bundleSigner } from '../locality/bundleSignature';
import { hashOf } from '../locality/canonical';

const path = `/v1/meshes/${MESH_ID}/services/default/reviews/break-glass`;

describe('the break-glass bundle', () => {
  it('empties each region with kubectl alone, and leads back', async () => {
    const { mesh, change, get, stop } = await start();
    mesh.put(
      'destinationrules',
      destinationRule('reviews', { host: 'reviews', subsets: SUBSETS }),
    );
    await change({}).expect(201);
    const { body } = await get(path).expect(200);
    expect(
      body.acts.map(({ leave, to, ready }: any) => [leave, to, ready]),
    ).toEqual([
      ['cn-hangzhou', 'cn-shanghai', 1],
      ['cn-shanghai', 'cn-hangzhou', 1],
    ]);
    const [{ files, commands, back }] = body.acts;
    const [there, before] = files.map(({ content }: any) => parse(content));
    expect(there).toMatchObject({
      kind: 'DestinationRule',
      metadata: { namespace: 'default', name: 'reviews' },
      spec: {
        trafficPolicy: {
          loadBalancer: {
            localityLbSetting: {
              failoverPriority: ['topology.kubernetes.io/region=cn-shanghai'],
            },
          },
          // What is in force stays in force.
          outlierDetection: OUTLIER_DETECTION,
        },
      },
    });
    expect(
      before.spec.trafficPolicy.loadBalancer.localityLbSetting.failover,
    ).toHaveLength(2);
    expect(commands[0]).toContain(files[0].path);
    expect(back[0]).toContain(files[1].path);
    expect(body.instructions).toContain(commands[0]);
    expect(body.instructions).toContain('cn-hangzhou is lost');
    const { digest, ...content } = body;
    expect(digest).toBe(hashOf(content));
    await stop();
  });

  describe('signed', () => {
    const pem = { type: 'pkcs8', format: 'pem' } as const;
    const pair = () => generateKeyPairSync('ed25519');
    const folder = mkdtempSync(join(tmpdir(), 'mesh-dr-bundle-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    /** Runs the command of the README. */
    function check(
      bundle: object,
      publicKey: ReturnType<typeof pair>['publicKey'],
    ) {
      writeFileSync(
        join(folder, 'reviews-break-glass.json'),
        JSON.stringify(bundle, null, 2),
      );
      writeFileSync(
        join(folder, 'mesh-dr.pub'),
        publicKey.export({ type: 'spki', format: 'pem' }),
      );
      const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
      const [, command] = readme.match(/```sh\n(node -e '[^]*?)\n```/)!;
      const { stdout, stderr, status } = spawnSync('sh', ['-c', command], {
        cwd: folder,
        encoding: 'utf8',
      });
      return { said: `${stdout}${stderr}`, status };
    }

    it('is checked with the documented command, which sees every change and every other key', async () => {
      const { privateKey, publicKey } = pair();
      const signingKey = privateKey.export(pem) as string;
      const { get, stop } = await start({
        meshDr: { breakGlass: { signingKey } },
      });
      const { body } = await get(path).expect(200);
      expect(check(body, publicKey)).toEqual({
        said: `signed by the portal, made ${body.createdAt}\n`,
        status: 0,
      });
      const acts = [{ ...body.acts[0], to: 'cn-beijing' }];
      const changed = check({ ...body, acts }, publicKey);
      expect(changed.said).toContain('the bundle was changed');
      expect(changed.status).not.toBe(0);
      const other = check(body, pair().publicKey);
      expect(other.said).toContain('not signed by this key');
      expect(other.status).not.toBe(0);
      await stop();
    });

    it('refuses what is no Ed25519 key, and does not repeat it', () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      expect(() => bundleSigner(privateKey.export(pem) as string)).toThrow(
        /meshDr.breakGlass.signingKey has to be an Ed25519[^]*is ec$/,
      );
      const error = (() => {
        try {
          return bundleSigner('s3cret') && undefined;
        } catch (thrown) {
          return thrown as Error;
        }
      })();
      expect(error?.message).toContain('cannot be read as a key');
      expect(error?.message).not.toContain('s3cret');
    });
  });

  it("has the calls of ASM's API for a service that follows the mesh-wide rule", async () => {
    const { mesh, change, get, stop } = await start();
    expect((await get(path).expect(200)).body.meshWide).toBeUndefined();
    mesh.put(
      'destinationrules',
      destinationRule('reviews', {
        host: 'reviews',
        trafficPolicy: { outlierDetection: OUTLIER_DETECTION },
      }),
    );
    const intent = { mode: 'failover', failover: BOTH_WAYS };
    await change({ target: MESH, intent }).expect(201);
    const { body } = await get(path).expect(200);
    const { meshWide, instructions, digest, ...rest } = body;
    expect(meshWide.intent).toEqual(intent);
    const on = {
      ServiceMeshId: MESH_ID,
      LocalityLoadBalancing: true,
      LocalityLBConf: JSON.stringify({ failover: BOTH_WAYS }),
    };
    const off = { ServiceMeshId: MESH_ID, LocalityLoadBalancing: false };
    expect(
      meshWide.files.map(({ content }: any) => JSON.parse(content)),
    ).toEqual(
      [[off, on], [off]].map(calls => ({
        action: 'UpdateMeshFeature',
        version: '2020-01-11',
        calls,
      })),
    );
    const update = `aliyun servicemesh UpdateMeshFeature --ServiceMeshId ${MESH_ID} --LocalityLoadBalancing`;
    expect(meshWide.back).toEqual([`${update} false`]);
    const [first, wait, last] = meshWide.commands;
    expect(first).toBe(`${update} false`);
    expect(wait).toContain('DescribeServiceMeshDetail');
    expect(last).toBe(`${update} true --LocalityLBConf '${on.LocalityLBConf}'`);
    [...meshWide.commands, ...meshWide.back].forEach(command =>
      expect(instructions).toContain(command),
    );
    expect(digest).toBe(hashOf({ ...rest, instructions, meshWide }));
    expect(JSON.stringify(body)).not.toMatch(/access.?key|secret|password/i);

    // A rule of its own takes the mesh-wide one's place.
    await change({}).expect(201);
    expect((await get(path).expect(200)).body.meshWide).toBeUndefined();
    await stop();
  });

  it('deletes on the way back what did not exist before', async () => {
    const { get, rule, stop } = await start();
    const { body } = await get(path).expect(200);
    expect(body.acts[0].back).toEqual([
      expect.stringContaining('delete destinationrule reviews'),
    ]);
    expect(await rule()).toBeUndefined();
    await stop();
  });

  it('does not pretend that there is somewhere to go', async () => {
    const { connector, get, stop } = await start();
    connector
      .server(SHANGHAI_ID)
      .remove('pods', 'default', podName('cn-shanghai', 'reviews', 'v2'));
    const { body } = await get(path).expect(409);
    expect(body.error.message).toContain('deploy it to a second one');
    await stop();
  });
});
