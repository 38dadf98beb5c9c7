import * as k8s from '@kubernetes/client-node';
import type { KubeCluster, KubeObject } from '../contract';
import { apiOf, configMap } from './__testUtils__/api';
import { breakableProxy } from './__testUtils__/breakableProxy';
import { eventually, HANGZHOU, testFleet } from './__testUtils__/fleet';
import { CONFIG_MAPS } from './kinds';

jest.setTimeout(120_000);

type Fleet = ReturnType<typeof testFleet>;

const PATH = '/api/v1/namespaces/default/configmaps';

/** An informer of the client library on the ConfigMaps of a cluster, and what it told. */
function informerOf(cluster: KubeCluster, port: number, path = PATH) {
  const config = new k8s.KubeConfig();
  config.loadFromString(
    cluster.kubeconfig({
      ttlMs: 600_000,
      server: `https://127.0.0.1:${port}`,
    }).yaml,
  );
  const core = config.makeApiClient(k8s.CoreV1Api);
  let lists = 0;
  const informer = k8s.makeInformer(config, path, () => {
    lists += 1;
    return core.listNamespacedConfigMap({ namespace: 'default' });
  });
  const told: string[] = [];
  const errors: unknown[] = [];
  let connections = 0;
  for (const verb of ['add', 'update', 'delete'] as const) {
    informer.on(verb, object => told.push(`${verb} ${object.metadata?.name}`));
  }
  informer.on('error', error => errors.push(error));
  informer.on('connect', () => {
    connections += 1;
  });
  return {
    informer,
    told,
    errors,
    get lists() {
      return lists;
    },
    get connections() {
      return connections;
    },
  };
}

const dataOf = (objects: readonly { metadata?: any; data?: any }[]) =>
  Object.fromEntries(
    objects
      .map(o => [o.metadata.name, o.data?.n ?? ''])
      .sort(([a], [b]) => String(a).localeCompare(String(b))),
  );

describe('an informer of @kubernetes/client-node', () => {
  let test: Fleet;
  let cluster: KubeCluster;
  let proxy: Awaited<ReturnType<typeof breakableProxy>>;
  let stop: (() => Promise<void>)[];

  beforeEach(async () => {
    stop = [];
    test = testFleet();
    cluster = await test.fleet.open(HANGZHOU);
    proxy = await breakableProxy(() => cluster.port);
  });
  afterEach(async () => {
    for (const end of stop) await end();
    await proxy.stop();
    await test.stop();
  });

  const put = (n: number, name: string) =>
    cluster.storage.get(CONFIG_MAPS, 'default', name)
      ? cluster.storage.update(CONFIG_MAPS, 'default', name, o => {
          o.data = { n: String(n) };
        })
      : cluster.storage.create(
          CONFIG_MAPS,
          configMap(name, { n: String(n) }) as KubeObject,
        );
  const drop = (name: string) =>
    cluster.storage.delete(CONFIG_MAPS, 'default', name);

  async function started(path?: string) {
    const seen = informerOf(cluster, proxy.port, path);
    stop.push(() => seen.informer.stop());
    await seen.informer.start();
    return seen;
  }

  /** The cache is what the server has. */
  const agrees = (seen: Awaited<ReturnType<typeof started>>) =>
    eventually('the cache is right', () => {
      const held = dataOf(seen.informer.list());
      const kept = dataOf(cluster.storage.list(CONFIG_MAPS, 'default'));
      return JSON.stringify(held) === JSON.stringify(kept);
    });

  it('stops at a torn connection, and begun anew goes on without a gap or a list', async () => {
    put(1, 'a');
    const seen = await started();
    put(2, 'b');
    await agrees(seen);
    proxy.tear();
    await eventually('it tells the error', () => seen.errors.length > 0);
    put(3, 'a');
    put(3, 'c');
    drop('b');
    await seen.informer.start();
    await agrees(seen);
    expect(seen.told).toEqual(
      expect.arrayContaining(['update a', 'add c', 'delete b']),
    );
  });

  it('goes on over many clean ends with what bookmarks say, and never lists again', async () => {
    put(1, 'a');
    const seen = await started(
      `${PATH}?timeoutSeconds=1&allowWatchBookmarks=true`,
    );
    for (let n = 2; n <= 3; n += 1) {
      const before = seen.connections;
      put(n, 'a');
      await eventually(
        'the server ended the watch and the client came again',
        () => seen.connections > before,
      );
    }
    put(9, 'z');
    await agrees(seen);
    expect([seen.lists, seen.errors]).toEqual([1, []]);
  });

  it('lists again after a server that lost its latest changes, and drops what is gone', async () => {
    put(1, 'kept');
    const state = test.snapshot();
    const { port } = cluster;
    const seen = await started();
    put(2, 'lost');
    await agrees(seen);
    await test.stop();
    await eventually('it tells the error', () => seen.errors.length > 0);

    test = testFleet({ restore: state });
    cluster = await test.fleet.open(HANGZHOU);
    expect(cluster.port).toBe(port);
    // As many changes again: a version of before must not be taken for one of now.
    for (let n = 3; n < 10; n += 1) put(n, 'kept');
    put(4, 'new');
    await seen.informer.start();
    await agrees(seen);
    expect(seen.told).toEqual(
      expect.arrayContaining(['delete lost', 'add new', 'update kept']),
    );
    expect(seen.lists).toBe(2);
  });

  it('hears nothing while the region is out, and everything afterwards', async () => {
    put(1, 'a');
    const seen = await started();
    await agrees(seen);
    cluster.suspend();
    put(2, 'a');
    put(2, 'b');
    const other = await test.fleet.open({ ...HANGZHOU, id: 'cother' });
    expect((await apiOf(other)('/version')).status).toBe(200);
    expect(dataOf(seen.informer.list())).toMatchObject({ a: '1' });
    cluster.resume();
    await agrees(seen);
    expect([seen.lists, seen.errors]).toEqual([1, []]);
  });
});
