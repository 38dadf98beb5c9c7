import { configMap } from '../manifests';
import {
  expectSame,
  expectText,
  type Chapter,
  type Check,
  type Kubectl,
} from '../session';

/** `get` in its forms, selectors, pages, `describe`, `events` and `logs`; reads what `create` left. */
export const read: Chapter = async (k, check) => {
  await check('get nodes', async () => {
    await k.ok(
      'ack',
      'get nodes',
      /NAME\s+STATUS\s+ROLES\s+AGE\s+VERSION/,
      /Ready\s+<none>\s+\S+\s+v1\.32\.1/,
    );
    await k.ok(
      'ack',
      'get nodes -o wide',
      /INTERNAL-IP\s+EXTERNAL-IP\s+OS-IMAGE\s+KERNEL-VERSION\s+CONTAINER-RUNTIME/,
    );
  });
  await check('get deployments and pods', async () => {
    await k.ok(
      'ack',
      'get deploy gen',
      /NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE/,
      /gen\s+2\/2\s+2\s+2\s+\d/,
    );
    await k.ok(
      'ack',
      'get deploy gen -o wide',
      /CONTAINERS\s+IMAGES\s+SELECTOR/,
      /nginx\s+nginx:1\.27\s+app=gen/,
    );
    await k.ok(
      'ack',
      'get rs -l app=gen',
      /NAME\s+DESIRED\s+CURRENT\s+READY\s+AGE/,
      /gen-\S+\s+2\s+2\s+2/,
    );
    await k.ok(
      'ack',
      'get po -l app=gen -o wide',
      /NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE\s+NOMINATED NODE\s+READINESS GATES/,
      /1\/1\s+Running\s+0/,
    );
  });
  await check('get all', () =>
    k.ok(
      'ack',
      'get all',
      /^service\/kubernetes/m,
      /^deployment\.apps\/gen/m,
      /^pod\/gen-/m,
      /^job\.batch\/once/m,
    ),
  );
  await check(
    'get endpoints, endpoint slices, jobs, leases, events',
    async () => {
      await k.ok('ack', 'get ep', /NAME\s+ENDPOINTS\s+AGE/);
      await k.ok(
        'ack',
        'get endpointslices',
        /NAME\s+ADDRESSTYPE\s+PORTS\s+ENDPOINTS\s+AGE/,
      );
      await k.ok(
        'ack',
        'get job once',
        /NAME\s+STATUS\s+COMPLETIONS\s+DURATION\s+AGE/,
        /once\s+Complete\s+1\/1\s+\d+/,
      );
      await k.ok('ack', 'create -f -', {
        stdin: {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: 'leader' },
          spec: { holderIdentity: 'me', leaseDurationSeconds: 15 },
        },
      });
      await k.ok(
        'ack',
        'get leases -A',
        /NAMESPACE\s+NAME\s+HOLDER\s+AGE/,
        /leader\s+me\s/,
      );
      await k.ok(
        'ack',
        'get events',
        /LAST SEEN\s+TYPE\s+REASON\s+OBJECT\s+MESSAGE/,
        /ScalingReplicaSet\s+deployment\/gen/,
      );
    },
  );
  await check('events', () =>
    k.ok(
      'ack',
      'events --for deployment/gen',
      /ScalingReplicaSet\s+Deployment\/gen/i,
    ),
  );
  await check('output forms', async () => {
    expectSame(
      await k.ok('ack', 'get cm settings -o name'),
      'configmap/settings\n',
    );
    await k.ok(
      'ack',
      'get cm settings -o yaml',
      /^kind: ConfigMap$/m,
      /^ {2}b: two$/m,
    );
    expectSame(
      JSON.parse(
        await k.ok('ack', 'get cm settings f2 -o json'),
      ).items.length.toString(),
      '2',
    );
    expectSame(
      await k.ok(
        'ack',
        `get deploy gen -o jsonpath='{.metadata.name}{"/"}{.status.readyReplicas}'`,
      ),
      'gen/2',
    );
    await k.ok(
      'ack',
      'get pods -l app=gen -o custom-columns=N:.metadata.name,P:.status.phase',
      /N\s+P\n/,
      /gen-\S+\s+Running/,
    );
    await k.ok('ack', `get cm settings -o go-template='{{.data.a}}'`, /^1$/);
    const shown = JSON.parse(
      await k.ok('ack', 'get cm settings -o json --show-managed-fields'),
    ).metadata.managedFields;
    expectSame(shown[0].manager, 'kubectl-create');
    await k.ok('ack', 'get deploy gen --show-labels', /LABELS\n.*app=gen/);
    await k.ok('ack', 'get deploy gen -L app', /AGE\s+APP\n.*gen$/m);
    await k.ok(
      'ack',
      'get svc --sort-by=.metadata.name',
      /bare[\s\S]*far[\s\S]*inner/,
    );
    await k.ok(
      'ack',
      'get cm/settings secret/key',
      /configmap\/settings\s+2/,
      /secret\/key\s+Opaque/,
    );
  });
  await selectors(k, check);
  await describe(k, check);
  await logs(k, check);
};

async function selectors(k: Kubectl, check: Check) {
  await check('label selectors', async () => {
    await k.ok('ack', 'create -f -', {
      stdin: ['red', 'blue', 'green'].map(color => ({
        ...configMap(`l-${color}`, {}),
        metadata: { name: `l-${color}`, labels: { color } },
      })),
    });
    const names = (selector: string) =>
      k.ok('ack', `get cm -o name -l '${selector}'`);
    expectSame(await names('color=red'), 'configmap/l-red\n');
    expectSame(
      await names('color in (red,blue)'),
      'configmap/l-blue\nconfigmap/l-red\n',
    );
    expectSame(
      await names('color,color notin (red)'),
      'configmap/l-blue\nconfigmap/l-green\n',
    );
    expectSame(
      await names('color,color!=blue'),
      'configmap/l-green\nconfigmap/l-red\n',
    );
    expectText(await names('!color'), 'configmap/settings');
    await k.fails('ack', `get cm -l 'a=b=c'`, 'BadRequest');
  });
  await check('field selectors', async () => {
    expectSame(
      await k.ok(
        'ack',
        'get cm -o name --field-selector metadata.name=settings',
      ),
      'configmap/settings\n',
    );
    await k.ok(
      'ack',
      'get pods --field-selector status.phase=Running,spec.nodeName!=',
      'Running',
    );
    expectSame(
      await k.ok(
        'ack',
        'get pods -o name --field-selector status.phase=Failed',
      ),
      '',
    );
    await k.ok(
      'ack',
      'get events --field-selector involvedObject.name=gen,type=Normal',
      'ScalingReplicaSet',
    );
    await k.ok('ack', 'get secrets --field-selector type=Opaque', 'key');
    await k.fails(
      'ack',
      'get cm --field-selector data.a=1',
      'field label not supported',
    );
  });
  await check('pages', async () => {
    const all = await k.ok('ack', 'get cm -o name');
    expectSame(await k.ok('ack', 'get cm -o name --chunk-size=2'), all);
    const page = JSON.parse(
      await k.ok(
        'ack',
        'get --raw /api/v1/namespaces/default/configmaps?limit=2',
      ),
    );
    expectSame(
      String(page.items.length + page.metadata.remainingItemCount),
      String(all.trim().split('\n').length),
    );
  });
  await check('all namespaces', async () => {
    await k.ok(
      'ack',
      'get cm -A',
      /NAMESPACE\s+NAME\s+DATA/,
      /shop\s+kube-root-ca\.crt/,
      /default\s+settings/,
    );
  });
  await check('nothing there', async () => {
    const { stderr } = await k.run('ack', 'get pods -n shop');
    expectSame(stderr, 'No resources found in shop namespace.\n');
    await k.fails(
      'ack',
      'get pod nothing',
      'Error from server (NotFound): pods "nothing" not found',
    );
    await k.ok('ack', 'get pod nothing --ignore-not-found');
  });
}

async function describe(k: Kubectl, check: Check) {
  await check('describe', async () => {
    await k.ok(
      'ack',
      'describe deploy gen',
      /Replicas:\s+2 desired \| 2 updated \| 2 total \| 2 available/,
      /NewReplicaSet:\s+gen-/,
      /ScalingReplicaSet/,
    );
    await k.ok(
      'ack',
      'describe pod -l app=gen',
      /Controlled By:\s+ReplicaSet\/gen/,
      /Status:\s+Running/,
      /Scheduled/,
    );
    await k.ok('ack', 'describe rs -l app=gen', /SuccessfulCreate/);
    await k.ok(
      'ack',
      'describe svc inner',
      /Type:\s+ClusterIP/,
      /TargetPort:\s+8080\/TCP/,
    );
    await k.ok('ack', 'describe nodes', /Non-terminated Pods:/, /Allocatable:/);
    await k.ok('ack', 'describe ns shop', /Status:\s+Active/);
    await k.ok('ack', 'describe secret key', /token:\s+6 bytes/);
    await k.ok('ack', 'describe cm settings', /two/);
    await k.ok('ack', 'describe job once', /1 Succeeded/, /Completed/);
    await k.ok('ack', 'describe sa robot', /Name:\s+robot/);
    await k.ok('ack', 'describe ep inner', /Name:\s+inner/);
  });
}

async function logs(k: Kubectl, check: Check) {
  await check('logs', async () => {
    await k.ok('ack', 'logs -f job/once', /^hello$/m);
    await k.ok('ack', 'logs -l job-name=once --tail=1', /^hello$/m);
    await k.ok(
      'ack',
      'logs job/once --timestamps',
      /^\d{4}-\d\d-\d\dT[\d:.]+Z hello$/m,
    );
    await k.fails(
      'ack',
      'logs job/once -c other',
      'container other is not valid for pod once-',
    );
    await k.fails(
      'ack',
      'logs job/once --previous',
      /previous terminated container "once" in pod "once-\S+" not found/,
    );
    await k.ok('ack', 'logs deploy/gen --all-containers');
  });
  await check('exec, attach, port-forward end with a clean error', async () => {
    await k.fails('ack', 'exec deploy/gen -- true', /rror/);
    await k.fails('ack', 'attach deploy/gen', /rror/);
    await k.fails('ack', 'port-forward deploy/gen 0:80', /rror/);
  });
}
