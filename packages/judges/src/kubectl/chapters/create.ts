import { configMap, deployment } from '../manifests';
import { expectSame, type Chapter, type Check, type Kubectl } from '../session';

/** `create` with its generators: kubectl from 1.32 on sends these as protobuf. */
export const create: Chapter = async (k, check) => {
  const made = (
    name: string,
    line: string,
    what: string,
    ...then: [string, RegExp][]
  ) =>
    check(`create ${name}`, async () => {
      await k.ok('ack', `create ${line}`, `${what} created`);
      for (const [read, pattern] of then) await k.ok('ack', read, pattern);
    });

  await made('namespace', 'ns shop', 'namespace/shop', [
    'get ns shop',
    /shop\s+Active/,
  ]);
  await made(
    'configmap',
    `cm settings --from-literal=a=1 --from-literal=b=two`,
    'configmap/settings',
    ['get cm settings -o jsonpath={.data}', /^\{"a":"1","b":"two"\}$/],
  );
  await made(
    'secret generic',
    'secret generic key --from-literal=token=s3cret',
    'secret/key',
    ['get secret key -o jsonpath={.data.token}', /^czNjcmV0$/],
    ['get secret key', /key\s+Opaque\s+1/],
  );
  await made(
    'secret docker-registry',
    'secret docker-registry pull --docker-server=r.example --docker-username=u --docker-password=p',
    'secret/pull',
    ['get secret pull', /pull\s+kubernetes\.io\/dockerconfigjson\s+1/],
  );
  await made('serviceaccount', 'sa robot', 'serviceaccount/robot', [
    'get sa robot',
    /robot\s+\d/,
  ]);
  await made(
    'deployment',
    'deployment gen --image=nginx:1.27 --replicas=2 --port=80',
    'deployment.apps/gen',
    [
      'get deploy gen -o jsonpath={.spec.replicas}/{.spec.template.spec.containers[0].ports[0].containerPort}',
      /^2\/80$/,
    ],
    ['rollout status deploy/gen --timeout=30s', /successfully rolled out/],
  );
  await made(
    'service clusterip',
    'service clusterip inner --tcp=80:8080',
    'service/inner',
    [
      'get svc inner',
      /inner\s+ClusterIP\s+172\.16\.\d+\.\d+\s+<none>\s+80\/TCP/,
    ],
    ['get svc inner -o jsonpath={.spec.ports[0].targetPort}', /^8080$/],
  );
  await made(
    'service clusterip, headless',
    'service clusterip bare --tcp=80 --clusterip=None',
    'service/bare',
    ['get svc bare', /bare\s+ClusterIP\s+None/],
  );
  await made(
    'service nodeport',
    'service nodeport outer --tcp=80:8080 --node-port=30123',
    'service/outer',
    ['get svc outer', /outer\s+NodePort\s+\S+\s+<none>\s+80:30123\/TCP/],
  );
  await made(
    'service externalname',
    'service externalname far --external-name=example.com',
    'service/far',
    ['get svc far', /far\s+ExternalName\s+<none>\s+example\.com\s+<none>/],
  );
  await made(
    'job',
    'job once --image=busybox:1.36 -- echo hello',
    'job.batch/once',
    ['wait --for=condition=Complete job/once --timeout=30s', /condition met/],
    ['logs job/once', /^hello$/m],
  );
  await check('run and expose', async () => {
    await k.ok(
      'ack',
      'run solo --image=nginx:1.27 --port=80 --labels=app=solo',
      'pod/solo created',
    );
    await k.ok(
      'ack',
      'wait --for=condition=Ready pod/solo --timeout=30s',
      'condition met',
    );
    await k.ok(
      'ack',
      'expose pod solo --port=81 --target-port=80',
      'service/solo exposed',
    );
    await k.ok('ack', 'get svc solo', /81\/TCP/);
  });
  await fromFiles(k, check);
  await refusals(k, check);
};

async function fromFiles(k: Kubectl, check: Check) {
  await check('create -f several documents', () =>
    k.ok(
      'ack',
      'create -f -',
      { stdin: [configMap('f1', { a: '1' }), configMap('f2', {})] },
      'configmap/f1 created',
      'configmap/f2 created',
    ),
  );
  await check('create with generateName', () =>
    k.ok(
      'ack',
      'create -f -',
      {
        stdin: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { generateName: 'made-' },
        },
      },
      /^configmap\/made-[a-z0-9]{5} created/,
    ),
  );
  await check('create --dry-run=server changes nothing', async () => {
    await k.ok(
      'ack',
      'create cm ghost --dry-run=server -o yaml',
      /uid: /,
      /name: ghost/,
    );
    await k.fails(
      'ack',
      'get cm ghost',
      'Error from server (NotFound): configmaps "ghost" not found',
    );
  });
  await check('a null creation time is no value', async () => {
    const yaml = await k.ok(
      'ack',
      'create deployment dry --image=nginx --dry-run=client -o yaml',
    );
    await k.ok(
      'ack',
      'create -f -',
      { stdin: yaml },
      'deployment.apps/dry created',
    );
  });
  await check('replace', async () => {
    const stale = await k.ok('ack', 'get cm f1 -o json');
    await k.ok(
      'ack',
      'replace -f -',
      { stdin: configMap('f1', { a: '2' }) },
      'configmap/f1 replaced',
    );
    expectSame(await k.ok('ack', 'get cm f1 -o jsonpath={.data.a}'), '2');
    await k.fails(
      'ack',
      'replace -f -',
      { stdin: stale },
      'Error from server (Conflict)',
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  });
  await check('replace --force', async () => {
    const before = await k.ok('ack', 'get cm f1 -o jsonpath={.metadata.uid}');
    await k.ok(
      'ack',
      'replace --force -f -',
      { stdin: configMap('f1', { a: '3' }) },
      'configmap/f1 replaced',
    );
    const after = await k.ok('ack', 'get cm f1 -o jsonpath={.metadata.uid}');
    if (before === after) throw new Error('the object is still the old one');
  });
}

async function refusals(k: Kubectl, check: Check) {
  await check('what exists already', async () => {
    await k.fails(
      'ack',
      'create ns shop',
      'Error from server (AlreadyExists): namespaces "shop" already exists',
    );
    await k.fails(
      'ack',
      'create -f -',
      { stdin: deployment('gen') },
      'Error from server (AlreadyExists)',
      'deployments.apps "gen" already exists',
    );
  });
  await check('a name that cannot be', () =>
    k.fails(
      'ack',
      'create cm Upper',
      'metadata.name: Invalid value: "Upper": a lowercase RFC 1123 subdomain must consist of',
    ),
  );
  await check('a namespace that is missing', () =>
    k.fails(
      'ack',
      'create cm lost -n nowhere',
      'namespaces "nowhere" not found',
    ),
  );
  await check('an unknown field', () =>
    k.fails(
      'ack',
      'create -f -',
      { stdin: { ...configMap('odd', {}), dtaa: {} } },
      /unknown field "dtaa"/,
    ),
  );
  await check('an unknown field with a warning', async () => {
    const { code, stderr } = await k.run('ack', 'create --validate=warn -f -', {
      stdin: { ...configMap('odd', {}), dtaa: {} },
    });
    if (code !== 0 || !/Warning: unknown field "dtaa"/.test(stderr))
      throw new Error(`${code} ${stderr}`);
  });
  await check('an unknown field, ignored', () =>
    k.ok(
      'ack',
      'create --validate=ignore -f -',
      { stdin: { ...configMap('odd2', {}), dtaa: {} } },
      'created',
    ),
  );
  await check('a wrong type', () => {
    const wrong: any = deployment('wrong');
    wrong.spec.replicas = 'many';
    return k.fails(
      'ack',
      'create --validate=ignore -f -',
      { stdin: wrong },
      'Error from server (BadRequest)',
      'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    );
  });
  await check('a missing field', () => {
    const wrong: any = deployment('wrong');
    delete wrong.spec.template.spec.containers[0].image;
    delete wrong.spec.template.metadata;
    return k.fails(
      'ack',
      'create --validate=ignore -f -',
      { stdin: wrong },
      'The Deployment "wrong" is invalid:',
      '* spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
      '* spec.template.spec.containers[0].image: Required value',
    );
  });
}
