import * as k8s from '@kubernetes/client-node';
import {
  execFile,
  execFileSync,
  type ExecFileException,
} from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { KubeCluster } from '../contract';
import { deployment, destinationRule, service } from './__testUtils__/api';
import {
  eventually,
  HANGZHOU,
  MESH,
  nodeSpec,
  testFleet,
} from './__testUtils__/fleet';
import { CONFIG_MAPS, DEPLOYMENTS } from './kinds';

jest.setTimeout(120_000);

let test: ReturnType<typeof testFleet>;
let ack: KubeCluster;
let asm: KubeCluster;

beforeAll(async () => {
  test = testFleet();
  ack = await test.fleet.open(HANGZHOU);
  asm = await test.fleet.open(MESH);
  ack.addNode(nodeSpec(0));
  ack.addNode(nodeSpec(1));
  test.fleet.setPodRuntime({
    run: async () => ({ exitCode: 0, log: 'reached 10.1.0.2\n' }),
  });
});

afterAll(async () => {
  await test.stop();
});

const yamlOf = (cluster: KubeCluster) =>
  cluster.kubeconfig({ ttlMs: 600_000 }).yaml;

describe('@kubernetes/client-node', () => {
  it('lists, creates, patches, scales and follows with an informer', async () => {
    const config = new k8s.KubeConfig();
    config.loadFromString(yamlOf(ack));
    const core = config.makeApiClient(k8s.CoreV1Api);
    const apps = config.makeApiClient(k8s.AppsV1Api);
    expect((await core.listNode()).items).toHaveLength(2);

    const namespace = 'default';
    const seen: string[] = [];
    const informer = k8s.makeInformer(
      config,
      '/apis/apps/v1/namespaces/default/deployments',
      () => apps.listNamespacedDeployment({ namespace }),
    );
    for (const verb of ['add', 'update', 'delete'] as const) {
      informer.on(verb, (object: any) =>
        seen.push(`${verb} ${object.metadata.name}`),
      );
    }
    await informer.start();
    await apps.createNamespacedDeployment({
      namespace,
      body: deployment('typed', 1) as any,
    });
    await eventually(
      'one pod is available',
      async () =>
        (
          await apps.readNamespacedDeployment({ namespace, name: 'typed' })
        ).status?.availableReplicas === 1,
    );
    const merge = k8s.setHeaderOptions(
      'Content-Type',
      k8s.PatchStrategy.MergePatch,
    );
    await apps.patchNamespacedDeploymentScale(
      { namespace, name: 'typed', body: { spec: { replicas: 2 } } },
      merge,
    );
    await eventually(
      'two pods are available',
      async () =>
        (
          await apps.readNamespacedDeployment({ namespace, name: 'typed' })
        ).status?.availableReplicas === 2,
    );
    await apps.deleteNamespacedDeployment({ namespace, name: 'typed' });
    await eventually('the informer saw it all', () =>
      ['add typed', 'update typed', 'delete typed'].every(e =>
        seen.includes(e),
      ),
    );
    await informer.stop();
    await expect(
      apps.readNamespacedDeployment({ namespace, name: 'typed' }),
    ).rejects.toMatchObject({ code: 404 });
  });

  it('applies Istio objects server-side', async () => {
    const config = new k8s.KubeConfig();
    config.loadFromString(yamlOf(asm));
    const custom = config.makeApiClient(k8s.CustomObjectsApi);
    const target = {
      group: 'networking.istio.io',
      version: 'v1',
      namespace: 'default',
      plural: 'destinationrules',
    };
    await custom.createNamespacedCustomObject({
      ...target,
      body: destinationRule('reviews'),
    });
    const applied = await custom.patchNamespacedCustomObject(
      {
        ...target,
        name: 'reviews',
        fieldManager: 'mesh-dr',
        body: {
          apiVersion: 'networking.istio.io/v1',
          kind: 'DestinationRule',
          metadata: { name: 'reviews' },
          spec: { trafficPolicy: { outlierDetection: { interval: '1s' } } },
        },
      },
      k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.ServerSideApply),
    );
    expect(applied.spec).toEqual({
      host: 'reviews',
      trafficPolicy: { outlierDetection: { interval: '1s' } },
    });
  });
});

function kubectlVersion(): string | undefined {
  try {
    return execFileSync('kubectl', ['version', '--client', '-o', 'json'], {
      encoding: 'utf8',
    });
  } catch {
    return undefined;
  }
}

const present = kubectlVersion() !== undefined;
if (!present) {
  process.stderr.write(
    '\nSKIPPED: no kubectl on this machine, so the API servers were not tried with kubectl.\n\n',
  );
}

// A machine without kubectl runs none of these, and says so above.
(present ? describe : describe.skip)('kubectl', () => {
  let home: string;

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'kubectl-'));
    writeFileSync(join(home, 'ack.yaml'), yamlOf(ack));
    writeFileSync(join(home, 'asm.yaml'), yamlOf(asm));
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  function run(
    cluster: 'ack' | 'asm',
    args: string,
    input?: unknown,
  ): Promise<{ code: number; out: string }> {
    return new Promise(resolve => {
      const child = execFile(
        'kubectl',
        args.split(' '),
        {
          env: {
            ...process.env,
            HOME: home,
            KUBECONFIG: join(home, `${cluster}.yaml`),
          },
          timeout: 30_000,
        },
        (error: ExecFileException | null, stdout, stderr) =>
          resolve({
            code: error ? Number(error.code ?? 1) : 0,
            out: `${stdout}${stderr}`,
          }),
      );
      const documents = Array.isArray(input) ? input : [input ?? ''];
      child.stdin?.end(documents.map(d => stringify(d)).join('---\n'));
    });
  }

  /** Runs and expects success. */
  async function ok(cluster: 'ack' | 'asm', args: string, input?: unknown) {
    const { code, out } = await run(cluster, args, input);
    expect({ args, code, out }).toEqual({ args, code: 0, out });
    return out;
  }

  it('applies, waits for the rollout, scales, and deletes', async () => {
    const web = [deployment('web', 2), service('web')];
    expect(await ok('ack', 'apply -f -', web)).toContain(
      'deployment.apps/web created',
    );
    expect(await ok('ack', 'apply -f -', web)).toContain(
      'deployment.apps/web unchanged',
    );
    expect(
      await ok('ack', 'rollout status deploy/web --timeout=20s'),
    ).toContain('successfully rolled out');
    expect(await ok('ack', 'get deploy web')).toMatch(/web\s+2\/2\s+2\s+2/);
    expect(await ok('ack', 'get pods -o wide')).toMatch(
      /web-\S+\s+1\/1\s+Running\s+0\s+\S+\s+10\.0\.0\.\d+\s+cn-hangzhou/,
    );
    const next = deployment('web', 2);
    next.spec.template.spec.containers[0].image = 'example/app:2';
    expect((await run('ack', 'diff -f -', next)).code).toBe(1);
    expect(await ok('ack', 'apply -f -', next)).toContain(
      'deployment.apps/web configured',
    );
    await ok('ack', 'rollout status deploy/web --timeout=20s');
    expect(
      ack.storage.get(DEPLOYMENTS, 'default', 'web')!.spec.template.spec
        .containers[0].image,
    ).toBe('example/app:2');
    await ok('ack', 'scale deploy/web --replicas=0');
    await ok('ack', 'wait --for=delete pod -l app=web --timeout=20s');
    await ok('ack', 'scale deploy/web --replicas=1');
    await ok('ack', 'wait --for=condition=Available deploy/web --timeout=20s');
    expect(await ok('ack', 'describe deploy web')).toContain(
      'ScalingReplicaSet',
    );
    await ok('ack', 'delete deploy,svc web --timeout=20s');
    expect(await ok('ack', 'get deploy')).toContain('No resources found');
  });

  it('applies server-side and reports conflicts', async () => {
    const rule = (spec: object) => ({ ...destinationRule('ratings', spec) });
    await ok('asm', 'apply -f -', rule({ host: 'ratings' }));
    const policy = (interval: string) =>
      rule({
        host: 'ratings',
        trafficPolicy: { outlierDetection: { interval } },
      });
    await ok(
      'asm',
      'apply --server-side --field-manager=one --force-conflicts -f -',
      policy('1s'),
    );
    const { code, out } = await run(
      'asm',
      'apply --server-side --field-manager=two -f -',
      policy('2s'),
    );
    expect(code).toBe(1);
    expect(out).toContain(
      'conflict with "one": .spec.trafficPolicy.outlierDetection.interval',
    );
    expect(await ok('asm', 'get dr')).toMatch(/NAME\s+HOST\s+AGE/);
    const { out: refused } = await run(
      'asm',
      'apply -f -',
      rule({ hosst: 'x' }),
    );
    expect(refused).toContain('unknown field "spec.hosst"');
  });

  it('reads logs of a Job, explains, and follows with -w', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'probe', namespace: 'default' },
      spec: {
        backoffLimit: 0,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              { name: 'ping', image: 'busybox:1', command: ['ping'] },
            ],
          },
        },
      },
    };
    await ok('ack', 'create -f -', job);
    await ok('ack', 'wait --for=condition=Complete job/probe --timeout=20s');
    expect(await ok('ack', 'logs job/probe')).toBe('reached 10.1.0.2\n');
    expect(await ok('ack', 'explain deployment.spec.replicas')).toContain(
      '<integer>',
    );
    expect(
      await ok('asm', 'explain dr.spec.trafficPolicy.outlierDetection'),
    ).toContain('maxEjectionPercent');
    const following = run('ack', 'get cm -w --request-timeout=3s');
    ack.storage.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'early', namespace: 'default' },
    });
    expect((await following).out).toContain('early');
    expect(await ok('ack', 'create ns shop')).toContain(
      'namespace/shop created',
    );
  });
});
