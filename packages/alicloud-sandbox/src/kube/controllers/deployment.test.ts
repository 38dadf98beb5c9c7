import { deployment, service } from '../__testUtils__/api';
import { setUpControllers } from '../__testUtils__/controllers';
import { eventually, nodeSpec } from '../__testUtils__/fleet';
import {
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  EVENTS,
  NODES,
  PODS,
  REPLICA_SETS,
  SERVICES,
} from '../kinds';
import { isPodReady } from './conditions';
import { share } from './rollout';

describe('percentages of a rollout', () => {
  it.each([
    ['25%', 4, true, 1],
    ['25%', 1, true, 1],
    ['25%', 1, false, 0],
    [2, 10, false, 2],
  ])('%s of %i (up: %s) are %i', (value, total, up, expected) => {
    expect(share(value, total, up)).toBe(expected);
  });
});

describe('deployments', () => {
  const setup = setUpControllers();
  const { pods, readyPods, settled, status, withNodes } = setup;

  it('bring up pods over simulated time, spread over zones, with addresses of their nodes', async () => {
    await withNodes();
    setup.cluster.storage.create(DEPLOYMENTS, deployment('web', 4));
    await settled('web', 4);
    const first = readyPods('web')
      .map(p => p.spec.nodeName)
      .sort()
      .slice(0, 2);
    expect(first).toEqual([nodeSpec(0).name, nodeSpec(0).name]);
    for (const pod of readyPods('web')) {
      const node = setup.cluster.storage.get(
        NODES,
        undefined,
        pod.spec.nodeName,
      )!;
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
    const reasons = setup.cluster.storage.list(EVENTS).map(e => e.reason);
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
    setup.cluster.storage.create(DEPLOYMENTS, deployment('web', 4));
    await settled('web', 4);
    const seen: { ready: number; planned: number }[] = [];
    const stop = setup.cluster.storage.subscribe(({ object }) => {
      if (!['Pod', 'ReplicaSet'].includes(object.kind)) return;
      const alive = pods().filter(p => !p.metadata.deletionTimestamp);
      const sets = setup.cluster.storage.list(REPLICA_SETS, 'default');
      seen.push({
        ready: alive.filter(isPodReady).length,
        planned: sets.reduce((n, s) => n + s.spec.replicas, 0),
      });
    });
    setup.cluster.storage.update(DEPLOYMENTS, 'default', 'web', o => {
      o.spec.template.spec.containers[0].image = 'example/app:2';
    });
    await settled('web', 4);
    stop();
    expect(Math.min(...seen.map(s => s.ready))).toBeGreaterThanOrEqual(3);
    expect(Math.max(...seen.map(s => s.planned))).toBeLessThanOrEqual(5);
    const sets = setup.cluster.storage.list(REPLICA_SETS, 'default');
    expect(sets.map(s => s.spec.replicas).sort()).toEqual([0, 4]);
    // Back to the first template: its ReplicaSet is used again.
    setup.cluster.storage.update(DEPLOYMENTS, 'default', 'web', o => {
      o.spec.template.spec.containers[0].image = 'example/app:1';
    });
    await settled('web', 4);
    expect(setup.cluster.storage.list(REPLICA_SETS, 'default')).toHaveLength(2);
  });

  it('scale to nothing and back, and leave nothing when deleted', async () => {
    await withNodes();
    setup.cluster.storage.create(DEPLOYMENTS, deployment('web', 2));
    await settled('web', 2);
    const scale = (n: number) =>
      setup.cluster.storage.update(DEPLOYMENTS, 'default', 'web', o => {
        o.spec.replicas = n;
      });
    scale(0);
    await settled('web', 0);
    await eventually('pods are gone', () => pods().length === 0);
    scale(3);
    await settled('web', 3);
    setup.cluster.storage.delete(DEPLOYMENTS, 'default', 'web');
    await eventually(
      'all dependents are gone',
      () =>
        pods().length +
          setup.cluster.storage.list(REPLICA_SETS, 'default').length ===
        0,
    );
    expect(setup.test.warnings).toEqual([]);
  });

  it('leave pods pending, with the reason, until a node fits', async () => {
    const picky = deployment('picky');
    picky.spec.template.spec.nodeSelector = {
      'topology.kubernetes.io/zone': 'cn-hangzhou-i',
    };
    setup.cluster.addNode(nodeSpec(0));
    setup.cluster.storage.create(DEPLOYMENTS, picky);
    await eventually('the reason is told', () =>
      pods()[0]?.status.conditions?.some(
        (c: any) =>
          c.reason === 'Unschedulable' &&
          /didn't match Pod's node affinity/.test(c.message),
      ),
    );
    setup.cluster.addNode(nodeSpec(1));
    await settled('picky', 1);
    expect(pods()[0].spec.nodeName).toBe(nodeSpec(1).name);
  });

  it('do not fight others over the readiness of a pod that was ready once', async () => {
    await withNodes();
    setup.cluster.storage.create(DEPLOYMENTS, deployment('web', 1));
    setup.cluster.storage.create(SERVICES, service('web'));
    await settled('web', 1);
    const [pod] = readyPods('web');
    setup.cluster.storage.update(PODS, 'default', pod.metadata.name, o => {
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
      setup.cluster.storage
        .list(ENDPOINT_SLICES, 'default')
        .some(s => s.endpoints?.[0]?.conditions.ready === false),
    );
    // Long enough for a kubelet that fights: start and readiness take 3.5 simulated seconds.
    await setup.test.clock.sleep(10_000);
    expect(readyPods('web')).toHaveLength(0);
  });
});
