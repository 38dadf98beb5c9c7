import { configMap, deployment } from '../manifests';
import {
  expectSame,
  expectText,
  type Chapter,
  type Check,
  type Kubectl,
} from '../session';

/** Client-side and server-side apply, diff, prune and kustomize. */
export const apply: Chapter = async (k, check) => {
  await check('apply: created, unchanged, configured', async () => {
    const web = deployment('web', 1);
    await k.ok(
      'ack',
      'apply -f -',
      { stdin: web },
      'deployment.apps/web created',
    );
    await k.ok(
      'ack',
      'apply -f -',
      { stdin: web },
      'deployment.apps/web unchanged',
    );
    const next = deployment('web', 2, 'nginx:1.28');
    await k.ok(
      'ack',
      'apply -f -',
      { stdin: next },
      'deployment.apps/web configured',
    );
    expectSame(
      await k.ok(
        'ack',
        'get deploy web -o jsonpath={.spec.replicas}/{.spec.template.spec.containers[0].image}',
      ),
      '2/nginx:1.28',
    );
  });
  await check('apply removes what is no longer said', async () => {
    await k.ok('ack', 'apply -f -', {
      stdin: configMap('trim', { a: '1', b: '2' }),
    });
    await k.ok(
      'ack',
      'apply -f -',
      { stdin: configMap('trim', { a: '1' }) },
      'configured',
    );
    expectSame(
      await k.ok('ack', 'get cm trim -o jsonpath={.data}'),
      '{"a":"1"}',
    );
  });
  await check(
    'apply merges containers by name and ports by number',
    async () => {
      const two: any = deployment('merge');
      two.spec.template.spec.containers.push({
        name: 'side',
        image: 'busybox:1',
        env: [{ name: 'A', value: '1' }],
      });
      await k.ok('ack', 'apply -f -', { stdin: two });
      two.spec.template.spec.containers[1].env = [{ name: 'B', value: '2' }];
      two.spec.template.spec.containers[1].image = 'busybox:2';
      await k.ok('ack', 'apply -f -', { stdin: two }, 'configured');
      const containers = JSON.parse(
        await k.ok('ack', 'get deploy merge -o json'),
      ).spec.template.spec.containers;
      expectSame(
        containers.map((c: any) => c.image).join(),
        'nginx:1.27,busybox:2',
      );
      expectSame(
        JSON.stringify(containers[1].env),
        '[{"name":"B","value":"2"}]',
      );
      two.spec.template.spec.containers.pop();
      await k.ok('ack', 'apply -f -', { stdin: two }, 'configured');
      expectSame(
        await k.ok(
          'ack',
          'get deploy merge -o jsonpath={.spec.template.spec.containers[*].name}',
        ),
        'web',
      );
    },
  );
  await check('apply --dry-run=server', async () => {
    await k.ok(
      'ack',
      'apply --dry-run=server -f -',
      { stdin: configMap('trim', { a: '9' }) },
      'configmap/trim configured (server dry run)',
    );
    expectSame(await k.ok('ack', 'get cm trim -o jsonpath={.data.a}'), '1');
  });
  await check('diff', async () => {
    const { code, stdout } = await k.run('ack', 'diff -f -', {
      stdin: configMap('trim', { a: '2' }),
    });
    expectSame(String(code), '1');
    expectText(stdout, /^-\s+a: "1"$/m, /^\+\s+a: "2"$/m);
    expectSame(
      await k.ok('ack', 'diff -f -', { stdin: configMap('trim', { a: '1' }) }),
      '',
    );
    const fresh = await k.run('ack', 'diff -f -', {
      stdin: configMap('fresh', { a: '1' }),
    });
    expectText(fresh.stdout, /^\+kind: ConfigMap$/m);
    await k.fails('ack', 'get cm fresh', 'NotFound');
  });
  await check('apply --prune', async () => {
    const item = (name: string) => ({
      ...configMap(name, {}),
      metadata: { name, labels: { set: 'p' } },
    });
    await k.ok('ack', 'apply -f -', { stdin: [item('p1'), item('p2')] });
    await k.ok(
      'ack',
      'apply --prune -l set=p --prune-allowlist=core/v1/ConfigMap -f -',
      { stdin: item('p1') },
      'configmap/p2 pruned',
    );
    await k.fails('ack', 'get cm p2', 'NotFound');
  });
  await check('apply -k', async () => {
    k.file('base/cm.yaml', configMap('kust', { a: '1' }));
    k.file('base/kustomization.yaml', {
      resources: ['cm.yaml'],
      namePrefix: 'my-',
      namespace: 'shop',
    });
    await k.ok('ack', `apply -k ${k.home}/base`, 'configmap/my-kust created');
    await k.ok('ack', 'get cm my-kust -n shop', /my-kust\s+1/);
  });
  await serverSide(k, check);
  await lastApplied(k, check);
};

async function serverSide(k: Kubectl, check: Check) {
  const line = 'apply --server-side -f -';
  await check('apply --server-side', async () => {
    await k.ok(
      'ack',
      line,
      { stdin: deployment('ssa', 1) },
      'deployment.apps/ssa serverside-applied',
    );
    await k.ok(
      'ack',
      line,
      { stdin: deployment('ssa', 2) },
      'deployment.apps/ssa serverside-applied',
    );
    const { metadata } = JSON.parse(
      await k.ok('ack', 'get deploy ssa -o json --show-managed-fields'),
    );
    const mine = metadata.managedFields.find(
      (m: any) => m.manager === 'kubectl',
    );
    expectSame(mine.operation, 'Apply');
    expectText(
      JSON.stringify(mine.fieldsV1),
      '"f:replicas":{}',
      '"k:{\\"name\\":\\"web\\"}"',
    );
  });
  await check('a conflict, and --force-conflicts', async () => {
    await k.ok('ack', 'scale deploy ssa --replicas=5');
    await k.fails(
      'ack',
      line,
      { stdin: deployment('ssa', 2) },
      /Apply failed with 1 conflict: conflict with "kubectl[^"]*" (using apps\/v1|with subresource "scale" using apps\/v1).*: \.spec\.replicas/,
      'Please review the fields above--they currently have other managers.',
    );
    await k.ok(
      'ack',
      `${line} --force-conflicts`,
      { stdin: deployment('ssa', 2) },
      'serverside-applied',
    );
    expectSame(
      await k.ok('ack', 'get deploy ssa -o jsonpath={.spec.replicas}'),
      '2',
    );
  });
  await check('two managers share an object', async () => {
    const part = (data: Record<string, string>) => ({
      stdin: configMap('shared', data),
    });
    await k.ok(
      'ack',
      'apply --server-side --field-manager=one -f -',
      part({ a: '1', b: '1' }),
    );
    await k.ok(
      'ack',
      'apply --server-side --field-manager=two -f -',
      part({ c: '1' }),
    );
    await k.fails(
      'ack',
      'apply --server-side --field-manager=two -f -',
      part({ a: '2', c: '1' }),
      'conflict with "one": .data.a',
    );
    await k.ok(
      'ack',
      'apply --server-side --field-manager=one -f -',
      part({ a: '1' }),
    );
    expectSame(
      await k.ok('ack', 'get cm shared -o jsonpath={.data}'),
      '{"a":"1","c":"1"}',
    );
  });
  await check('from client-side to server-side', async () => {
    await k.ok('ack', 'apply -f -', {
      stdin: configMap('move', { a: '1', b: '1' }),
    });
    await k.ok(
      'ack',
      line,
      { stdin: configMap('move', { a: '2' }) },
      'serverside-applied',
    );
    expectSame(
      await k.ok('ack', 'get cm move -o jsonpath={.data}'),
      '{"a":"2"}',
    );
  });
  await check('diff --server-side', async () => {
    const { code, stdout } = await k.run('ack', 'diff --server-side -f -', {
      stdin: configMap('move', { a: '3' }),
    });
    expectSame(String(code), '1');
    expectText(stdout, /^\+\s+a: "3"$/m);
  });
}

async function lastApplied(k: Kubectl, check: Check) {
  await check('apply view-last-applied, edit', async () => {
    await k.ok('ack', 'apply view-last-applied cm/trim -o json', '"a": "1"');
    const editor = k.file(
      'editor.sh',
      `#!/bin/sh\nsed -i 's/a: "1"/a: "7"/' "$1"\n`,
    );
    await k.ok(
      'ack',
      'edit cm trim',
      { env: { KUBE_EDITOR: editor } },
      'configmap/trim edited',
    );
    expectSame(await k.ok('ack', 'get cm trim -o jsonpath={.data.a}'), '7');
  });
}
