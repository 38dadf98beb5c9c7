import { deployment } from '../__testUtils__/api';
import { setUpControllers } from '../__testUtils__/controllers';
import { eventually, nodeSpec } from '../__testUtils__/fleet';
import { DEPLOYMENTS, EVENTS, NODES, PODS, REPLICA_SETS } from '../kinds';
import { isPodReady } from './conditions';

describe('workloads in trouble', () => {
  const setup = setUpControllers();
  const { pods, readyPods, settled, withNodes } = setup;

  const ask = async (method: string, path: string, body?: object) => {
    const answer = await setup.test.control.handle(
      method,
      path,
      new URLSearchParams(),
      body ? JSON.stringify(body) : '',
    );
    if (answer.status >= 400) throw new Error(JSON.stringify(answer.body));
    return answer.body as any;
  };
  const node = (n: number) =>
    setup.cluster.storage.get(NODES, undefined, nodeSpec(n).name)!;
  const create = (object: any) =>
    setup.cluster.storage.create(DEPLOYMENTS, object);

  it('a lost zone is tainted and evicted, and its pods run in the other', async () => {
    await withNodes();
    create(deployment('web', 2));
    await settled('web', 2);
    const lost = nodeSpec(0);
    await ask('POST', '/faults/zones', { zone: lost.zone });
    await eventually(
      'the node is Unknown and tainted',
      () =>
        node(0).spec.taints?.filter(
          (t: any) => t.key === 'node.kubernetes.io/unreachable',
        ).length === 2,
    );
    await eventually('both run on what is left', () => {
      const there = readyPods('web').filter(p => p.spec.nodeName !== lost.name);
      return there.length === 2;
    });
    expect(
      pods().some(p => p.metadata.deletionTimestamp && p.spec.nodeName),
    ).toBe(true);
    await ask('DELETE', `/faults/zones/${lost.zone}`);
    await eventually(
      'it is back, and what was evicted is gone',
      () =>
        !node(0).spec.taints &&
        pods().every(p => !p.metadata.deletionTimestamp),
    );
  });

  it('nothing is evicted where every node is lost', async () => {
    await withNodes(1);
    create(deployment('web', 1));
    await settled('web', 1);
    const [before] = pods();
    await ask('POST', '/faults/nodes', { node: nodeSpec(0).name });
    await eventually('the pod is not ready', () => !isPodReady(pods()[0]));
    expect(node(0).spec.taints.map((t: any) => t.effect)).toEqual([
      'NoSchedule',
    ]);
    await ask('DELETE', `/faults/nodes/${nodeSpec(0).name}`);
    await eventually('the same pod is ready', () => isPodReady(pods()[0]));
    expect(pods()[0].metadata.uid).toBe(before.metadata.uid);
    await expect(
      ask('POST', '/faults/nodes', { node: 'none' }),
    ).rejects.toThrow('There is no node none');
  });

  it('a failing probe takes readiness, and gives it back', async () => {
    await withNodes(1);
    create(deployment('web', 1));
    await settled('web', 1);
    const { id } = await ask('POST', '/faults/readiness', {
      selector: { app: 'web' },
    });
    await eventually('it is unready', () => readyPods('web').length === 0);
    expect(await ask('GET', '/faults/readiness')).toEqual({
      faults: [{ id, namespace: 'default', selector: { app: 'web' } }],
    });
    await ask('DELETE', `/faults/readiness/${id}`);
    await settled('web', 1);
    await ask('POST', '/faults/readiness', { selector: { app: 'web' } });
    await ask('POST', '/faults/readiness', { selector: { tier: 'none' } });
    await eventually('it is unready', () => readyPods('web').length === 0);
    await ask('DELETE', '/faults/readiness');
    expect(await ask('GET', '/faults/readiness')).toEqual({ faults: [] });
    await settled('web', 1);
  });

  it('a pod that fits nowhere waits, says why, and starts when there is room', async () => {
    await withNodes(1);
    const large = deployment('large', 1) as any;
    large.spec.template.spec.containers[0].resources = {
      requests: { cpu: '6' },
    };
    create(large);
    const event = await eventually('the scheduler tells', () =>
      setup.cluster.storage
        .list(EVENTS)
        .find(e => e.reason === 'FailedScheduling'),
    );
    expect(event.message).toContain(
      '0/1 nodes are available: 1 Insufficient cpu.',
    );
    setup.cluster.addNode({ ...nodeSpec(1), cpu: '8' });
    await settled('large', 1);
  });

  it('an image that cannot be had keeps a rollout, past its deadline', async () => {
    await withNodes(1);
    const web = deployment('web', 1) as any;
    web.spec.progressDeadlineSeconds = 30;
    create(web);
    await settled('web', 1);
    setup.cluster.storage.update(DEPLOYMENTS, 'default', 'web', o => {
      o.spec.template.spec.containers[0].image = 'shop.invalid/app:2';
    });
    await eventually('the deadline passed', () =>
      setup
        .status('web')
        .conditions.some((c: any) => c.reason === 'ProgressDeadlineExceeded'),
    );
    const reasons = pods().flatMap(p =>
      p.status.containerStatuses.map((c: any) => c.state.waiting?.reason),
    );
    expect(reasons).toContain('ImagePullBackOff');
    expect(readyPods('web')).toHaveLength(1);
  });

  it('a ReplicaSet lets pods go that lose its labels, and takes strays in', async () => {
    await withNodes(1);
    create(deployment('web', 1));
    await settled('web', 1);
    const [pod] = pods();
    const relabel = (app: string) =>
      setup.cluster.storage.update(PODS, 'default', pod.metadata.name, o => {
        o.metadata.labels!.app = app;
      });
    relabel('debugged');
    await eventually(
      'another is made and ready',
      () => pods().filter(isPodReady).length === 2,
    );
    const released = setup.cluster.storage.get(
      PODS,
      'default',
      pod.metadata.name,
    )!;
    expect(released.metadata.ownerReferences ?? []).toEqual([]);
    relabel('web');
    await eventually('one of two is given up', () => pods().length === 1);
    expect(setup.cluster.storage.list(REPLICA_SETS)).toHaveLength(1);
  });
});
