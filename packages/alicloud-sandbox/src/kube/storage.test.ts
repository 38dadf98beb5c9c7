import fc from 'fast-check';
import type { KubeObject } from '../contract';
import { createAdmission } from './admission';
import { configMap, deployment, service } from './__testUtils__/api';
import { HANGZHOU } from './__testUtils__/fleet';
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  KindTable,
  NAMESPACES,
  PODS,
  SERVICES,
} from './kinds';
import { ClusterStorage } from './storage';

function newStorage(historySize?: number) {
  const storage = new ClusterStorage({
    kinds: new KindTable('ack'),
    now: Date.now,
    historySize,
  });
  storage.admission = createAdmission(HANGZHOU, storage, Date.now);
  storage.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'default' },
  });
  return storage;
}

const failure = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    return error as { code: number; reason: string; message: string };
  }
  throw new Error('expected a failure');
};

describe('ClusterStorage', () => {
  it('gives objects a uid, a version and a generation, and freezes them', () => {
    const storage = newStorage();
    const made = storage.create(DEPLOYMENTS, deployment('web'));
    expect(made.metadata).toMatchObject({
      generation: 1,
      uid: expect.any(String),
    });
    expect(made.metadata.creationTimestamp).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );
    expect(() => {
      made.spec.replicas = 9;
    }).toThrow(TypeError);
    expect(storage.get(DEPLOYMENTS, 'default', 'web')).toBe(made);
  });

  it('says what is wrong the way Kubernetes does', () => {
    const storage = newStorage();
    storage.create(CONFIG_MAPS, configMap('a'));
    expect(
      failure(() => storage.create(CONFIG_MAPS, configMap('a'))),
    ).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
    });
    const lost = configMap('b');
    lost.metadata.namespace = 'nowhere';
    expect(failure(() => storage.create(CONFIG_MAPS, lost))).toMatchObject({
      code: 404,
      message: 'namespaces "nowhere" not found',
    });
    expect(
      failure(() => storage.create(CONFIG_MAPS, configMap('No Good'))),
    ).toMatchObject({
      code: 422,
      message: expect.stringContaining(
        'ConfigMap "No Good" is invalid: metadata.name: Invalid value: "No Good"',
      ),
    });
    const mismatch = deployment('web');
    mismatch.spec.template.metadata.labels = { app: 'other' };
    expect(failure(() => storage.create(DEPLOYMENTS, mismatch))).toMatchObject({
      code: 422,
      message: expect.stringContaining(
        '`selector` does not match template `labels`',
      ),
    });
  });

  it('counts the generation with the spec alone, and versions with real changes alone', () => {
    const storage = newStorage();
    const first = storage.create(DEPLOYMENTS, deployment('web'));
    const same = storage.update(DEPLOYMENTS, 'default', 'web', () => {});
    expect(same).toBe(first);
    const status = storage.update(DEPLOYMENTS, 'default', 'web', o => {
      o.status = { replicas: 1 };
    })!;
    expect(status.metadata.generation).toBe(1);
    expect(Number(status.metadata.resourceVersion)).toBe(
      Number(first.metadata.resourceVersion) + 1,
    );
    const scaled = storage.update(DEPLOYMENTS, 'default', 'web', o => {
      o.spec.replicas = 4;
    })!;
    expect(scaled.metadata.generation).toBe(2);
    expect(
      storage.update(DEPLOYMENTS, 'default', 'none', () => {}),
    ).toBeUndefined();
  });

  it('keeps an object until its last finalizer is gone', () => {
    const storage = newStorage();
    const held = configMap('held');
    storage.create(CONFIG_MAPS, {
      ...held,
      metadata: { ...held.metadata, finalizers: ['example.com/a'] },
    });
    storage.delete(CONFIG_MAPS, 'default', 'held');
    expect(
      storage.get(CONFIG_MAPS, 'default', 'held')!.metadata.deletionTimestamp,
    ).toBeDefined();
    storage.update(CONFIG_MAPS, 'default', 'held', o => {
      o.metadata.finalizers = [];
    });
    expect(storage.get(CONFIG_MAPS, 'default', 'held')).toBeUndefined();
  });

  it('lets a placed pod terminate gracefully, and an unplaced one go at once', () => {
    const storage = newStorage();
    const pod = (name: string, nodeName?: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { nodeName, containers: [{ name: 'app', image: 'x:1' }] },
    });
    storage.create(PODS, pod('placed', 'node'));
    storage.create(PODS, pod('waiting'));
    storage.delete(PODS, 'default', 'placed');
    storage.delete(PODS, 'default', 'waiting');
    expect(storage.get(PODS, 'default', 'waiting')).toBeUndefined();
    // A status change must not finish the deletion.
    storage.update(PODS, 'default', 'placed', o => {
      o.status.phase = 'Running';
    });
    expect(storage.get(PODS, 'default', 'placed')!.metadata).toMatchObject({
      deletionGracePeriodSeconds: 30,
    });
  });

  it('refuses to delete the namespaces that every cluster has', () => {
    expect(
      failure(() => newStorage().delete(NAMESPACES, undefined, 'default')),
    ).toMatchObject({ code: 403 });
  });

  it('announces a listener’s own writes after the event that caused them', () => {
    const storage = newStorage();
    const seen: string[] = [];
    storage.subscribe(event => {
      if (event.type === 'ADDED' && event.object.metadata.name === 'a') {
        storage.create(CONFIG_MAPS, configMap('b'));
      }
    });
    storage.subscribe(event => seen.push(event.object.metadata.name));
    storage.create(CONFIG_MAPS, configMap('a'));
    expect(seen).toEqual(['a', 'b']);
  });

  it('replays exactly the changes after a version, and none that it has forgotten', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 4, max: 40 }),
        (changes, size) => {
          const storage = newStorage(size);
          const start = storage.resourceVersion;
          for (let i = 0; i < changes; i += 1)
            storage.create(CONFIG_MAPS, configMap(`c${i}`));
          for (let v = start; v <= start + changes; v += 1) {
            const wanted = start + changes - v;
            const replay = storage.since(v)?.map(e => e.rv);
            const complete = Array.from(
              { length: wanted },
              (_, i) => v + 1 + i,
            );
            // Forgetting is allowed only beyond the promised size.
            expect(replay ?? (wanted > size && complete)).toEqual(complete);
          }
          expect(storage.since(start + changes + 1)).toBeUndefined();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('skips versions at a restart, so that no watcher takes them for known ones', () => {
    const storage = newStorage();
    storage.create(CONFIG_MAPS, configMap('a', { x: '1' }));
    const before = storage.resourceVersion;
    const next = newStorage();
    next.load(new Map(JSON.parse(JSON.stringify([...storage.records()]))));
    expect(next.get(CONFIG_MAPS, 'default', 'a')).toEqual(
      storage.get(CONFIG_MAPS, 'default', 'a'),
    );
    expect(next.since(before)).toBeUndefined();
    expect(next.resourceVersion).toBeGreaterThan(before);
  });

  it('allocates cluster addresses and node ports without a collision, and frees them', () => {
    const storage = newStorage();
    const ports = () =>
      storage
        .list(SERVICES)
        .flatMap(s => s.spec.ports.map((p: any) => p.nodePort));
    for (let i = 0; i < 20; i += 1)
      storage.create(
        SERVICES,
        service(`s${i}`, { app: 'x' }, { type: 'LoadBalancer' }),
      );
    const ips = storage.list(SERVICES).map(s => s.spec.clusterIP);
    expect(new Set(ips).size).toBe(20);
    expect(new Set(ports()).size).toBe(20);
    expect(ips.every(ip => ip.startsWith('172.16.'))).toBe(true);
    storage.delete(SERVICES, 'default', 's0');
    expect(storage.create(SERVICES, service('again')).spec.clusterIP).toBe(
      ips[0],
    );
    expect(
      failure(() =>
        storage.create(SERVICES, service('taken', {}, { clusterIP: ips[1] })),
      ).message,
    ).toContain('provided IP is already allocated');
    expect(
      storage.create(SERVICES, service('headless', {}, { clusterIP: 'None' }))
        .spec.clusterIP,
    ).toBe('None');
  });
});
