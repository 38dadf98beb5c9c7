import { deployment } from '../manifests';
import { expectSame, type Chapter, type Check, type Kubectl } from '../session';

/** Deleting in its variants, and nodes that are emptied. */
export const remove: Chapter = async (k, check) => {
  const grown = async (name: string) => {
    await k.ok('ack', 'create -f -', { stdin: deployment(name, 1) });
    await k.ok('ack', `rollout status deploy/${name} --timeout=30s`);
  };
  await check('delete: background', async () => {
    await grown('bg');
    await k.ok('ack', 'delete deploy bg', 'deployment.apps "bg" deleted');
    await k.ok('ack', 'wait --for=delete pod -l app=bg --timeout=30s');
  });
  await check('delete: foreground', async () => {
    await grown('fg');
    await k.ok(
      'ack',
      'delete deploy fg --cascade=foreground --timeout=30s',
      'deleted',
    );
    expectSame(await k.ok('ack', 'get rs -l app=fg -o name'), '');
  });
  await check('delete: orphan', async () => {
    await grown('or');
    await k.ok('ack', 'delete deploy or --cascade=orphan', 'deleted');
    const rs = await k.ok('ack', 'get rs -l app=or -o name', /replicaset/);
    expectSame(
      await k.ok(
        'ack',
        `get ${rs.trim()} -o jsonpath={.metadata.ownerReferences}`,
      ),
      '',
    );
    await k.ok('ack', `delete ${rs.trim()}`, 'deleted');
  });
  await check('delete --grace-period=0 --force', async () => {
    await k.ok('ack', 'run quick --image=nginx');
    await k.ok('ack', 'wait --for=condition=Ready pod/quick --timeout=30s');
    await k.ok(
      'ack',
      'delete pod quick --grace-period=0 --force',
      'force deleted',
    );
    await k.fails('ack', 'get pod quick', 'NotFound');
  });
  await check('delete with finalizers', async () => {
    await k.ok('ack', 'create -f -', {
      stdin: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'held', finalizers: ['example.com/hold'] },
      },
    });
    await k.ok('ack', 'delete cm held --wait=false', 'deleted');
    await k.ok(
      'ack',
      'get cm held -o jsonpath={.metadata.deletionTimestamp}',
      /^\d{4}-/,
    );
    await k.ok(
      'ack',
      `patch cm held --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]'`,
      'patched',
    );
    await k.fails('ack', 'get cm held', 'NotFound');
  });
  await check(
    'delete by selector, all, by file, --dry-run=server',
    async () => {
      await k.ok('ack', 'delete cm -l color=red', 'configmap "l-red" deleted');
      await k.ok(
        'ack',
        'delete cm -l color --dry-run=server',
        /"l-blue" deleted.* \(server dry run\)/,
      );
      await k.ok('ack', 'get cm l-blue');
      await k.ok(
        'ack',
        'delete -f -',
        {
          stdin: {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'l-blue' },
          },
        },
        'deleted',
      );
      await k.fails('ack', 'delete cm l-blue', 'NotFound');
      await k.ok('ack', 'delete cm l-blue --ignore-not-found');
    },
  );
  await check('delete a namespace and what is in it', async () => {
    await k.ok(
      'ack',
      'delete ns shop --timeout=30s',
      'namespace "shop" deleted',
    );
    await k.fails('ack', 'get ns shop', 'NotFound');
    await k.fails(
      'ack',
      'delete ns default',
      'namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });
  await nodes(k, check);
};

async function nodes(k: Kubectl, check: Check) {
  const nodeName = async () =>
    (
      await k.ok('ack', 'get nodes -o jsonpath={.items[0].metadata.name}')
    ).trim();
  await check('taint', async () => {
    const node = await nodeName();
    await k.ok('ack', `taint node ${node} key=v:NoSchedule`, 'tainted');
    await k.ok(
      'ack',
      `get node ${node} -o jsonpath={.spec.taints[0].key}`,
      /^key$/,
    );
    await k.ok('ack', `taint node ${node} key-`, 'untainted');
  });
  await check('cordon, drain, uncordon', async () => {
    const node = await nodeName();
    await k.ok('ack', `cordon ${node}`, 'cordoned');
    await k.ok('ack', `get node ${node}`, 'Ready,SchedulingDisabled');
    await k.ok(
      'ack',
      `drain ${node} --ignore-daemonsets --force --delete-emptydir-data --timeout=60s`,
      'drained',
    );
    expectSame(
      await k.ok(
        'ack',
        `get pods -A -o name --field-selector=spec.nodeName=${node},status.phase=Running`,
      ),
      '',
    );
    await k.ok('ack', `uncordon ${node}`, 'uncordoned');
  });
}
