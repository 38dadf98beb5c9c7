import { waitForRollout } from './rollout';
import type {
  KubernetesConnection,
  KubernetesObject,
  WatchHandlers,
} from './types';

function fakeCluster() {
  let handlers: WatchHandlers | undefined;
  let signal: AbortSignal | undefined;
  const connection = {
    id: 'c1',
    watch: (
      _: unknown,
      given: WatchHandlers,
      options: { signal: AbortSignal },
    ) => {
      handlers = given;
      signal = options.signal;
    },
  } as unknown as KubernetesConnection;
  return {
    connection,
    tell: () => handlers!,
    stopped: () => signal!.aborted,
  };
}

const deployment = (
  name: string,
  status: Record<string, unknown>,
): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, generation: 2 },
  spec: { replicas: 2 },
  status,
});
const ready = {
  observedGeneration: 2,
  replicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
};

describe('waitForRollout', () => {
  it('waits for all, ignoring others, and ends the watch', async () => {
    const cluster = fakeCluster();
    const progress: string[] = [];
    const done = waitForRollout(cluster.connection, {
      namespace: 'bookinfo',
      deployments: ['a', 'b'],
      onProgress: message => progress.push(message),
    });
    cluster.tell().onState({ state: 'unreachable', reason: 'away' });
    cluster.tell().onState({ state: 'ok' });
    cluster
      .tell()
      .onList([
        deployment('a', ready),
        deployment('b', { ...ready, observedGeneration: 1 }),
        deployment('other', {}),
      ]);
    cluster
      .tell()
      .onEvent('MODIFIED', deployment('b', { ...ready, replicas: 3 }));
    expect(cluster.stopped()).toBe(false);
    cluster.tell().onEvent('MODIFIED', deployment('b', ready));
    await done;
    expect(cluster.stopped()).toBe(true);
    expect(progress).toEqual([
      'c1: away',
      'c1: 1 of 2 Deployments in bookinfo are ready',
      'c1: 2 of 2 Deployments in bookinfo are ready',
    ]);
  });

  it('fails when Kubernetes gave up', async () => {
    const cluster = fakeCluster();
    const done = waitForRollout(cluster.connection, {
      namespace: 'bookinfo',
      deployments: ['a'],
    });
    cluster.tell().onList([
      deployment('a', {
        observedGeneration: 2,
        conditions: [
          {
            type: 'Progressing',
            status: 'False',
            reason: 'ProgressDeadlineExceeded',
            message: 'ReplicaSet "a-1" has timed out progressing.',
          },
        ],
      }),
    ]);
    await expect(done).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('has timed out progressing'),
    });
  });

  it('says what is missing when the time is over', async () => {
    const cluster = fakeCluster();
    const done = waitForRollout(cluster.connection, {
      namespace: 'bookinfo',
      deployments: ['a', 'b', 'c'],
      deadlineMs: 30,
    });
    cluster
      .tell()
      .onList([
        deployment('a', ready),
        deployment('b', { ...ready, availableReplicas: 1 }),
      ]);
    await expect(done).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining(
        'b (1 of 2 available), c (does not exist)',
      ),
    });
    expect(cluster.stopped()).toBe(true);
  });

  it('ends with the reason of the signal', async () => {
    const cluster = fakeCluster();
    const controller = new AbortController();
    const done = waitForRollout(cluster.connection, {
      namespace: 'bookinfo',
      deployments: ['a'],
      signal: controller.signal,
    });
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(done).rejects.toBe(reason);
  });

  it('has nothing to wait for without Deployments', async () => {
    await expect(
      waitForRollout(fakeCluster().connection, {
        namespace: 'x',
        deployments: [],
      }),
    ).resolves.toBeUndefined();
  });
});
