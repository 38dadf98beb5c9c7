import type { Chapter, Check, Kubectl } from '../session';

/** What kubectl asks before it knows anything: versions, resources, schemas, permissions. */
export const discovery: Chapter = async (k, check) => {
  await check('version', () =>
    k.ok('ack', 'version', /Server Version: .*v1\.32\.1/),
  );
  await check('cluster-info', () =>
    k.ok('ack', 'cluster-info', /control plane.* is running at .*https:\/\//),
  );
  await check('api-versions', () =>
    k.ok('asm', 'api-versions', /^networking\.istio\.io\/v1beta1$/m, /^v1$/m),
  );
  await check('api-resources', () =>
    k.ok(
      'ack',
      'api-resources',
      /deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/,
      /nodes\s+no\s+v1\s+false\s+Node/,
      /leases\s+coordination\.k8s\.io\/v1\s+true\s+Lease/,
    ),
  );
  await check('api-resources by group, wide', () =>
    k.ok(
      'asm',
      'api-resources --api-group=networking.istio.io -o wide',
      /destinationrules\s+dr\s+networking\.istio\.io\/v1\s+true\s+DestinationRule\s+create,delete,deletecollection,get,list,patch,update,watch/,
    ),
  );
  await check('get --raw', () => k.ok('ack', 'get --raw /readyz', /^ok$/));
  await check('get --raw of a list', () =>
    k.ok(
      'ack',
      'get --raw /api/v1/namespaces?limit=1',
      /"kind":"NamespaceList"/,
    ),
  );
  await check('a resource that is not served', () =>
    k.fails(
      'ack',
      'get unicorns',
      `the server doesn't have a resource type "unicorns"`,
    ),
  );
  await explain(k, check);
  await check('auth can-i', async () => {
    await k.ok('ack', 'auth can-i create deployments', /^yes$/m);
    await k.ok(
      'asm',
      'auth can-i delete destinationrules -n default',
      /^yes$/m,
    );
    await k.ok(
      'ack',
      'auth can-i --list',
      /Resources\s+Non-Resource URLs/,
      '*.*',
    );
  });
  if (k.minor >= 28) {
    await check('auth whoami', () =>
      k.ok(
        'ack',
        'auth whoami',
        /Username\s+kubernetes-admin/,
        'system:authenticated',
      ),
    );
  }
  await check('top without a metrics server', async () => {
    await k.fails('ack', 'top nodes', 'Metrics API not available');
    await k.fails('ack', 'top pods', 'Metrics API not available');
  });
};

async function explain(k: Kubectl, check: Check) {
  await check('explain', async () => {
    await k.ok(
      'ack',
      'explain deployment.spec.replicas',
      /replicas\s+<integer>/,
    );
    await k.ok(
      'ack',
      'explain pods',
      /KIND:\s+Pod/,
      /spec\s+<(PodSpec|Object)>/,
    );
    await k.ok(
      'ack',
      'explain deploy.spec.template.spec.containers',
      /image\s+<string>/,
    );
  });
  await check('explain --recursive', () =>
    k.ok(
      'ack',
      'explain svc --recursive',
      /nodePort\s+<integer>/,
      /clusterIP\s+<string>/,
    ),
  );
  await check('explain an Istio kind', async () => {
    await k.ok(
      'asm',
      'explain dr.spec.trafficPolicy.outlierDetection',
      /GROUP:\s+networking\.istio\.io|VERSION:\s+networking\.istio\.io\/v1/,
      /maxEjectionPercent\s+<integer>/,
    );
    await k.ok('asm', 'explain dr --recursive', /localityLbSetting\s+<Object>/);
    await k.ok(
      'asm',
      'explain vs --api-version=networking.istio.io/v1beta1',
      /VirtualService/,
    );
  });
  await check('explain a field that is none', () =>
    k.fails(
      'ack',
      'explain deploy.spec.nothing',
      /field "nothing" does not exist|couldn't find|does not exist/,
    ),
  );
}
