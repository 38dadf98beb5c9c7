import type { KubeCluster, KubeObject } from '../../contract';
import { deployment, service } from '../__testUtils__/api';
import {
  eventually,
  HANGZHOU,
  nodeSpec,
  testFleet,
} from '../__testUtils__/fleet';
import {
  DEPLOYMENTS,
  ENDPOINTS,
  ENDPOINT_SLICES,
  EVENTS,
  JOBS,
  NAMESPACES,
  NODES,
  PODS,
  REPLICA_SETS,
  SERVICES,
} from '../kinds';
import { isPodReady, isTrue } from './conditions';

let test: ReturnType<typeof testFleet>;
let cluster: KubeCluster;

const pods = () => cluster.storage.list(PODS, 'default');
const readyPods = (app: string) =>
  pods().filter(p => p.metadata.labels?.app === app && isPodReady(p));
const status = (name: string) =>
  cluster.storage.get(DEPLOYMENTS, 'default', name)?.status;
const settled = (name: string, replicas: number) =>
  eventually(`${name} has ${replicas} available replicas and no more`, () => {
    const d = cluster.storage.get(DEPLOYMENTS, 'default', name)!;
    const s = d.status;
    return (
      s?.observedGeneration === d.metadata.generation &&
      (s.availableReplicas ?? 0) === replicas &&
      (s.updatedReplicas ?? 0) === replicas &&
      (s.replicas ?? 0) === replicas
    );
  });

beforeEach(async () => {
  test = testFleet();
  cluster = await test.fleet.open(HANGZHOU);
});

afterEach(async () => {
  await test.stop();
  // A control loop that failed, even once, is a fault in any of these tests.
  if (test.warnings.length > 0) throw new Error(JSON.stringify(test.warnings));
});

async function withNodes(count = 2) {
  const cidrs = Array.from(
    { length: count },
    (_, n) => cluster.addNode(nodeSpec(n)).podCidr,
  );
  await eventually('nodes are ready', () =>
    cluster.storage.list(NODES).every(n => isTrue(n, 'Ready')),
  );
  return cidrs;
}

const job = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: {
    template: {
      metadata: {},
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'ping', image: 'busybox:1', command: ['ping'] }],
      },
    },
    ...spec,
  },
});

describe('nodes', () => {
  it('get labels, their share of the Pod CIDR, and become ready', async () => {
    expect(await withNodes(3)).toEqual([
      '10.0.0.0/26',
      '10.0.0.64/26',
      '10.0.0.128/26',
    ]);
    const [node] = cluster.storage.list(NODES);
    expect(node.metadata.labels).toMatchObject({
      'topology.kubernetes.io/region': 'cn-hangzhou',
      'topology.kubernetes.io/zone': 'cn-hangzhou-h',
      'failure-domain.beta.kubernetes.io/zone': 'cn-hangzhou-h',
      'node.kubernetes.io/instance-type': 'ecs.g7.xlarge',
      'kubernetes.io/hostname': node.metadata.name,
    });
    // Adding a node twice changes nothing; a removed node's network is given away again.
    expect(cluster.addNode(nodeSpec(1))).toEqual({ podCidr: '10.0.0.64/26' });
    cluster.removeNode(nodeSpec(1).name);
    expect(cluster.addNode(nodeSpec(7)).podCidr).toBe('10.0.0.64/26');
  });

  it('take their pods with them when removed, and the pods come back elsewhere', async () => {
    await withNodes();
    cluster.storage.create(DEPLOYMENTS, deployment('web', 2));
    await settled('web', 2);
    cluster.removeNode(nodeSpec(0).name);
    await eventually('both pods run on the other node', () => {
      const names = readyPods('web').map(p => p.spec.nodeName);
      return names.length === 2 && names.every(n => n === nodeSpec(1).name);
    });
    expect(test.warnings).toEqual([]);
  });

  it('make their pods unready when they are lost, give the readiness back, and evict in the end', async () => {
    await withNodes();
    cluster.storage.create(DEPLOYMENTS, deployment('web', 2));
    await settled('web', 2);
    const node = nodeSpec(0).name;
    const setReady = (value: string) =>
      cluster.storage.update(NODES, undefined, node, o => {
        Object.assign(
          o.status.conditions.find((c: any) => c.type === 'Ready'),
          { status: value, reason: 'Test' },
        );
      });
    setReady('Unknown');
    await eventually('one is not', () => readyPods('web').length === 1);
    setReady('True');
    await eventually('both are ready', () => readyPods('web').length === 2);
    setReady('Unknown');
    await eventually(
      'a replacement runs on the other node',
      () => readyPods('web').filter(p => p.spec.nodeName !== node).length === 2,
    );
    expect(test.warnings).toEqual([]);
  });
});

describe('deployments', () => {
  it('bring up pods over simulated time, spread over zones, with addresses of their nodes', async () => {
    await withNodes();
    cluster.storage.create(DEPLOYMENTS, deployment('web', 4));
    await settled('web', 4);
    const first = readyPods('web')
      .map(p => p.spec.nodeName)
      .sort()
      .slice(0, 2);
    expect(first).toEqual([nodeSpec(0).name, nodeSpec(0).name]);
    for (const pod of readyPods('web')) {
      const node = cluster.storage.get(NODES, undefined, pod.spec.nodeName)!;
      const last = Number(pod.status.podIP.split('.')[3]);
      const base = Number(node.spec.podCIDR.split('.')[3].split('/')[0]);
      expect(last > base && last < base + 64).toBe(true);
    }
    expect(status('web').conditions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'Available', status: 'True' }),
        expect.objectContaining({
          type: 'Progressing',
          reason: 'NewReplicaSetAvailable',
        }),
      ]),
    );
    const reasons = cluster.storage.list(EVENTS).map(e => e.reason);
    expect(reasons).toEqual(
      expect.arrayContaining([
        'Scheduled',
        'Started',
        'ScalingReplicaSet',
        'SuccessfulCreate',
      ]),
    );
  });

  it('roll to a new template without ever having too few or too many pods', async () => {
    await withNodes();
    cluster.storage.create(DEPLOYMENTS, deployment('web', 4));
    await settled('web', 4);
    const seen: { ready: number; planned: number }[] = [];
    const stop = cluster.storage.subscribe(({ object }) => {
      if (!['Pod', 'ReplicaSet'].includes(object.kind)) return;
      const alive = pods().filter(p => !p.metadata.deletionTimestamp);
      const sets = cluster.storage.list(REPLICA_SETS, 'default');
      seen.push({
        ready: alive.filter(isPodReady).length,
        planned: sets.reduce((n, s) => n + s.spec.replicas, 0),
      });
    });
    cluster.storage.update(DEPLOYMENTS, 'default', 'web', o => {
      o.spec.template.spec.containers[0].image = 'example/app:2';
    });
    await settled('web', 4);
    stop();
    expect(Math.min(...seen.map(s => s.ready))).toBeGreaterThanOrEqual(3);
    expect(Math.max(...seen.map(s => s.planned))).toBeLessThanOrEqual(5);
    const sets = cluster.storage.list(REPLICA_SETS, 'default');
    expect(sets.map(s => s.spec.replicas).sort()).toEqual([0, 4]);
    // Back to the first template: its ReplicaSet is used again.
    cluster.storage.update(DEPLOYMENTS, 'default', 'web', o => {
      o.spec.template.spec.containers[0].image = 'example/app:1';
    });
    await settled('web', 4);
    expect(cluster.storage.list(REPLICA_SETS, 'default')).toHaveLength(2);
  });

  it('scale to nothing and back, and leave nothing when deleted', async () => {
    await withNodes();
    cluster.storage.create(DEPLOYMENTS, deployment('web', 2));
    await settled('web', 2);
    const scale = (n: number) =>
      cluster.storage.update(DEPLOYMENTS, 'default', 'web', o => {
        o.spec.replicas = n;
      });
    scale(0);
    await settled('web', 0);
    await eventually('pods are gone', () => pods().length === 0);
    scale(3);
    await settled('web', 3);
    cluster.storage.delete(DEPLOYMENTS, 'default', 'web');
    await eventually(
      'all dependents are gone',
      () =>
        pods().length + cluster.storage.list(REPLICA_SETS, 'default').length ===
        0,
    );
    expect(test.warnings).toEqual([]);
  });

  it('leave pods pending, with the reason, until a node fits', async () => {
    const picky = deployment('picky');
    picky.spec.template.spec.nodeSelector = {
      'topology.kubernetes.io/zone': 'cn-hangzhou-i',
    };
    cluster.addNode(nodeSpec(0));
    cluster.storage.create(DEPLOYMENTS, picky);
    await eventually('the reason is told', () =>
      pods()[0]?.status.conditions?.some(
        (c: any) =>
          c.reason === 'Unschedulable' &&
          /didn't match Pod's node affinity/.test(c.message),
      ),
    );
    cluster.addNode(nodeSpec(1));
    await settled('picky', 1);
    expect(pods()[0].spec.nodeName).toBe(nodeSpec(1).name);
  });

  it('do not fight others over the readiness of a pod that was ready once', async () => {
    await withNodes();
    cluster.storage.create(DEPLOYMENTS, deployment('web', 1));
    cluster.storage.create(SERVICES, service('web'));
    await settled('web', 1);
    const [pod] = readyPods('web');
    cluster.storage.update(PODS, 'default', pod.metadata.name, o => {
      Object.assign(
        o.status.conditions.find((c: any) => c.type === 'Ready'),
        { status: 'False', reason: 'Failing' },
      );
    });
    await eventually(
      'the deployment notices',
      () => !status('web').availableReplicas,
    );
    await eventually('the endpoint is not ready', () =>
      cluster.storage
        .list(ENDPOINT_SLICES, 'default')
        .some(s => s.endpoints?.[0]?.conditions.ready === false),
    );
    // Long enough for a kubelet that fights: start and readiness take 3.5 simulated seconds.
    await test.clock.sleep(10_000);
    expect(readyPods('web')).toHaveLength(0);
  });
});

describe('services', () => {
  it('have endpoints with node, zone and target of ready pods', async () => {
    await withNodes();
    cluster.storage.create(DEPLOYMENTS, deployment('web', 2));
    cluster.storage.create(SERVICES, service('web'));
    await settled('web', 2);
    const slice = await eventually('both are in the slice', () =>
      cluster.storage
        .list(ENDPOINT_SLICES, 'default')
        .find(
          s => s.endpoints.filter((e: any) => e.conditions.ready).length === 2,
        ),
    );
    expect(slice.metadata.labels).toMatchObject({
      'kubernetes.io/service-name': 'web',
    });
    expect(slice.ports).toEqual([
      { name: 'http', port: 9080, protocol: 'TCP' },
    ]);
    expect(slice.endpoints.map((e: any) => e.zone).sort()).toEqual([
      'cn-hangzhou-h',
      'cn-hangzhou-i',
    ]);
    expect(slice.endpoints[0].targetRef).toMatchObject({
      kind: 'Pod',
      namespace: 'default',
    });
    await eventually(
      'the old Endpoints say the same',
      () =>
        cluster.storage.get(ENDPOINTS, 'default', 'web')?.subsets?.[0].addresses
          ?.length === 2,
    );
    cluster.storage.delete(SERVICES, 'default', 'web');
    await eventually(
      'nothing is left',
      () =>
        cluster.storage.list(ENDPOINT_SLICES, 'default').length === 0 &&
        !cluster.storage.get(ENDPOINTS, 'default', 'web'),
    );
  });
});

describe('jobs', () => {
  it('run their pod and keep its log', async () => {
    await withNodes();
    test.fleet.setPodRuntime({
      run: async (_c, pod) => ({
        exitCode: 0,
        log: `ran ${pod.spec.containers[0].command[0]}\n`,
      }),
    });
    cluster.storage.create(JOBS, job('good'));
    const done = await eventually('the job is complete', () => {
      const j = cluster.storage.get(JOBS, 'default', 'good')!;
      return isTrue(j, 'Complete') ? j : undefined;
    });
    expect(done.status).toMatchObject({
      succeeded: 1,
      completionTime: expect.any(String),
    });
    expect(pods()[0].status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
    });
  });

  it('try again as often as the back-off limit says, then fail', async () => {
    await withNodes();
    let runs = 0;
    test.fleet.setPodRuntime({
      run: async () => {
        runs += 1;
        return { exitCode: 7, log: 'no\n' };
      },
    });
    cluster.storage.create(JOBS, job('bad', { backoffLimit: 2 }));
    await eventually('the job failed', () =>
      isTrue(cluster.storage.get(JOBS, 'default', 'bad')!, 'Failed'),
    );
    expect(runs).toBe(3);
    expect(cluster.storage.get(JOBS, 'default', 'bad')!.status.failed).toBe(3);
  });

  it('end at their deadline', async () => {
    await withNodes();
    test.fleet.setPodRuntime({ run: () => new Promise(() => {}) });
    cluster.storage.create(JOBS, job('slow', { activeDeadlineSeconds: 20 }));
    await eventually('the job failed', () => {
      const j = cluster.storage.get(JOBS, 'default', 'slow')!;
      return j.status.conditions?.some(
        (c: any) => c.reason === 'DeadlineExceeded',
      );
    });
    await eventually('its pod is gone', () => pods().length === 0);
    expect(test.warnings).toEqual([]);
  });
});

describe('namespaces', () => {
  it('take everything in them along', async () => {
    await withNodes();
    cluster.storage.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop' },
    });
    const inShop = (o: any) => ({
      ...o,
      metadata: { ...o.metadata, namespace: 'shop' },
    });
    cluster.storage.create(DEPLOYMENTS, inShop(deployment('web', 2)));
    cluster.storage.create(SERVICES, inShop(service('web')));
    await eventually(
      'pods run',
      () => cluster.storage.list(PODS, 'shop').filter(isPodReady).length === 2,
    );
    cluster.storage.delete(NAMESPACES, undefined, 'shop');
    expect(() =>
      cluster.storage.create(SERVICES, inShop(service('late'))),
    ).toThrow('because it is being terminated');
    await eventually(
      'the namespace is gone',
      () => !cluster.storage.get(NAMESPACES, undefined, 'shop'),
    );
    for (const kind of [PODS, DEPLOYMENTS, SERVICES, EVENTS])
      expect(cluster.storage.list(kind, 'shop')).toEqual([]);
  });
});
