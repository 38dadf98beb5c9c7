import { deployment } from '../manifests';
import {
  expectSame,
  expectText,
  type Chapter,
  type Check,
  type Kubectl,
} from '../session';

/** patch, label, annotate, scale, set, autoscale and rollout on a Deployment. */
export const change: Chapter = async (k, check) => {
  const read = (path: string) =>
    k.ok('ack', `get deploy mod -o jsonpath=${path}`);
  await check('a deployment to change', async () => {
    await k.ok('ack', 'create -f -', { stdin: deployment('mod', 1) });
    await k.ok(
      'ack',
      'rollout status deploy/mod --timeout=30s',
      'successfully rolled out',
    );
  });
  await check('patch: strategic', async () => {
    const spec = {
      template: {
        spec: { containers: [{ name: 'web', imagePullPolicy: 'Always' }] },
      },
    };
    await k.ok(
      'ack',
      `patch deploy mod -p '${JSON.stringify({ spec })}'`,
      'deployment.apps/mod patched',
    );
    expectSame(
      await read(
        '{.spec.template.spec.containers[0].image}/{.spec.template.spec.containers[0].imagePullPolicy}',
      ),
      'nginx:1.27/Always',
    );
    await k.ok(
      'ack',
      `patch deploy mod -p '${JSON.stringify({ spec })}'`,
      'patched (no change)',
    );
  });
  await check('patch: merge', async () => {
    await k.ok(
      'ack',
      `patch deploy mod --type=merge -p '{"metadata":{"labels":{"tier":"x","app":null}}}'`,
      'patched',
    );
    expectSame(await read('{.metadata.labels}'), '{"tier":"x"}');
  });
  await check('patch: json', async () => {
    await k.ok(
      'ack',
      `patch deploy mod --type=json -p '[{"op":"test","path":"/spec/replicas","value":1},{"op":"replace","path":"/spec/replicas","value":2}]'`,
      'patched',
    );
    expectSame(await read('{.spec.replicas}'), '2');
    await k.fails(
      'ack',
      `patch deploy mod --type=json -p '[{"op":"test","path":"/spec/replicas","value":9}]'`,
      /[Tt]est/,
    );
    await k.fails(
      'ack',
      `patch deploy mod --type=json -p '[{"op":"remove","path":"/spec/nothing"}]'`,
      'the server rejected our request due to an error in our request',
    );
  });
  await check('patch --subresource', async () => {
    await k.ok(
      'ack',
      `patch deploy mod --subresource=scale --type=merge -p '{"spec":{"replicas":1}}'`,
      'patched',
    );
    expectSame(await read('{.spec.replicas}'), '1');
    await k.ok(
      'ack',
      `patch node --subresource=status --type=merge -p '{"status":{"capacity":{"example.com/x":"1"}}}' ${await nodeName()}`,
      'patched',
    );
  });
  async function nodeName() {
    return (
      await k.ok('ack', 'get nodes -o jsonpath={.items[0].metadata.name}')
    ).trim();
  }
  await check('label and annotate', async () => {
    await k.ok(
      'ack',
      'label deploy mod a=1 b=2',
      'deployment.apps/mod labeled',
    );
    await k.fails(
      'ack',
      'label deploy mod a=2',
      `'a' already has a value (1), and --overwrite is false`,
    );
    await k.ok('ack', 'label deploy mod a=2 b- --overwrite');
    expectSame(await read('{.metadata.labels.a}{.metadata.labels.b}'), '2');
    await k.fails(
      'ack',
      `label deploy mod 'bad=a b'`,
      /invalid label value|Invalid value/,
    );
    await k.ok(
      'ack',
      `annotate deploy mod note='some words'`,
      /^deployment\.apps\/mod annotated?$/m,
    );
    expectSame(await read('{.metadata.annotations.note}'), 'some words');
    await k.ok('ack', 'label pods -l app=mod seen=yes', 'labeled');
  });
  await check('scale', async () => {
    await k.ok(
      'ack',
      'scale deploy mod --replicas=3',
      'deployment.apps/mod scaled',
    );
    await k.ok(
      'ack',
      'wait deploy/mod --for=jsonpath={.status.readyReplicas}=3 --timeout=30s',
      'condition met',
    );
    await k.fails(
      'ack',
      'scale deploy mod --current-replicas=9 --replicas=1',
      'Expected replicas to be 9, was 3',
    );
    await k
      .ok('ack', 'scale rs -l nothing=here --replicas=1')
      .catch((error: Error) =>
        expectText(error.message, 'no objects passed to scale'),
      );
  });
  await check('set', async () => {
    await k.ok('ack', 'set image deploy/mod web=nginx:1.28', 'image updated');
    await k.ok('ack', 'set env deploy/mod MODE=test', 'env updated');
    await k.ok(
      'ack',
      'set resources deploy/mod --requests=cpu=10m,memory=16Mi',
      'resource requirements updated',
    );
    await k.ok(
      'ack',
      'set serviceaccount deploy/mod default',
      'serviceaccount updated',
    );
    expectSame(
      await read(
        '{.spec.template.spec.containers[0].image}/{.spec.template.spec.containers[0].env[0].value}/{.spec.template.spec.containers[0].resources.requests.cpu}',
      ),
      'nginx:1.28/test/10m',
    );
  });
  await rollout(k, check);
};

async function rollout(k: Kubectl, check: Check) {
  await check('rollout', async () => {
    await k.ok(
      'ack',
      'rollout status deploy/mod --timeout=30s',
      'successfully rolled out',
    );
    await k.ok(
      'ack',
      'rollout history deploy/mod',
      /REVISION\s+CHANGE-CAUSE/,
      /^1\s+<none>/m,
    );
    await k.ok('ack', 'rollout history deploy/mod --revision=1', 'nginx:1.27');
    await k.ok(
      'ack',
      'rollout restart deploy/mod',
      'deployment.apps/mod restarted',
    );
    await k.ok(
      'ack',
      'rollout status deploy/mod --timeout=30s',
      'successfully rolled out',
    );
    await k.ok(
      'ack',
      'get deploy mod -o jsonpath={.spec.template.metadata.annotations}',
      'kubectl.kubernetes.io/restartedAt',
    );
  });
  await check('rollout undo', async () => {
    await k.ok(
      'ack',
      'rollout undo deploy/mod --to-revision=1',
      'deployment.apps/mod rolled back',
    );
    await k.ok(
      'ack',
      'rollout status deploy/mod --timeout=30s',
      'successfully rolled out',
    );
    expectSame(
      await k.ok(
        'ack',
        'get deploy mod -o jsonpath={.spec.template.spec.containers[0].image}',
      ),
      'nginx:1.27',
    );
  });
  await check('rollout pause and resume', async () => {
    await k.ok('ack', 'rollout pause deploy/mod', 'deployment.apps/mod paused');
    await k.ok(
      'ack',
      'rollout resume deploy/mod',
      'deployment.apps/mod resumed',
    );
    await k.ok(
      'ack',
      'rollout status deploy/mod --timeout=30s',
      'successfully rolled out',
    );
  });
}
