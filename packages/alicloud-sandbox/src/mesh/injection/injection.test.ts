import type {
  CloudView,
  KubeCluster,
  KubeObject,
  MeshView,
} from '../../contract';
import { createControl } from '../../control';
import {
  HANGZHOU,
  MESH,
  eventually,
  nodeSpec,
  testFleet,
} from '../../kube/__testUtils__/fleet';
import { silentLog } from '../../log';
import { createPersistence } from '../../state';
import { isPodReady } from '../../kube/controllers/conditions';
import { JOBS } from '../../kube/kinds';
import { deployment } from '../../kube/__testUtils__/api';
import { viewPod } from '../clusterView';
import { GVR } from '../gvr';
import { createMeshPlane, type MeshPlane } from '../index';
import { parseLocality } from '../istiod/locality';
import { webhookFor } from './decide';

jest.setTimeout(120_000);

const mesh: MeshView = {
  id: MESH.id,
  name: 'mesh',
  region: 'cn-shanghai',
  version: 'v1.22.6.66-g1a2b3c4d-aliyun',
  vpcId: 'vpc-mesh',
  locality: { enabled: true },
  members: [],
  injectByDefault: false,
};

const job = (name: string): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: {
    template: {
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'work', image: 'busybox:1.36' }],
      },
    },
  },
});

describe('who gets a sidecar', () => {
  const ask = (
    namespace: Record<string, string>,
    pod: Record<string, string> = {},
    more: Partial<MeshView> = {},
    name = 'shop',
  ) => webhookFor({ ...mesh, ...more }, { name, labels: namespace }, pod);

  it.each([
    [{}, {}, undefined],
    [{ 'istio-injection': 'enabled' }, {}, 'namespace'],
    [{ 'istio-injection': 'disabled' }, {}, undefined],
    [
      { 'istio-injection': 'disabled' },
      { 'sidecar.istio.io/inject': 'true' },
      undefined,
    ],
    [
      { 'istio-injection': 'enabled' },
      { 'sidecar.istio.io/inject': 'false' },
      undefined,
    ],
    [{}, { 'sidecar.istio.io/inject': 'true' }, 'object'],
    [{ 'istio.io/rev': 'default' }, {}, 'rev.namespace'],
    [{ 'istio.io/rev': '1-22-6' }, {}, 'rev.namespace'],
    [{ 'istio.io/rev': 'canary' }, {}, undefined],
    [
      { 'istio.io/rev': 'canary' },
      { 'sidecar.istio.io/inject': 'true' },
      undefined,
    ],
    [
      { 'istio-injection': 'enabled', 'istio.io/rev': 'canary' },
      {},
      'namespace',
    ],
    [{}, { 'istio.io/rev': 'default' }, 'rev.object'],
  ])('namespace %j and pod %j: %s', (namespace, pod, webhook) => {
    expect(ask(namespace as any, pod as any)).toBe(webhook);
  });

  it('every namespace but those of the system where the mesh says so', () => {
    const byDefault = { injectByDefault: true };
    expect(ask({}, {}, byDefault)).toBe('auto');
    expect(ask({ 'istio-injection': 'disabled' }, {}, byDefault)).toBe(
      undefined,
    );
    for (const name of ['kube-system', 'istio-system']) {
      expect(ask({}, {}, byDefault, name)).toBe(undefined);
    }
  });
});

describe('injection', () => {
  let test: ReturnType<typeof testFleet>;
  let plane: MeshPlane;
  let cluster: KubeCluster;
  let asm: KubeCluster;
  const control = createControl();
  let members: string[];
  let changed: () => void;

  const cloud: CloudView = {
    meshes: () => [{ ...mesh, members }],
    mesh: id => (id === mesh.id ? { ...mesh, members } : undefined),
    clusterNetwork: () => undefined,
    reach: () => ({ ok: true, roundTripMs: 0 }),
    onChange: listener => {
      // Labels are synchronised by the last who asked.
      const before = changed;
      changed = () => {
        before();
        listener();
      };
      return () => undefined;
    },
  };

  beforeEach(async () => {
    members = [];
    changed = () => {};
    test = testFleet();
    plane = createMeshPlane({
      clock: test.clock,
      persistence: createPersistence({ log: silentLog }),
      log: { info: () => undefined, warn: () => undefined },
      control,
      cloud,
      kube: test.fleet,
      gatewayPort: 0,
    });
    test.fleet.setPodInjector(plane.podInjector);
    test.fleet.setPodRuntime({
      run: async () => ({ exitCode: 0, log: 'done' }),
    });
    cluster = await test.fleet.open(HANGZHOU);
    asm = await test.fleet.open(MESH);
    cluster.addNode(nodeSpec(0));
  });

  afterEach(async () => {
    await plane.stop();
    await test.stop();
  });

  const label = (
    where: KubeCluster,
    labels: Record<string, string>,
    name = 'default',
  ) =>
    where.storage.update(GVR.namespaces, undefined, name, o => {
      o.metadata.labels = { ...o.metadata.labels, ...labels };
    });
  const namespaceLabel = (name = 'default') =>
    cluster.storage.get(GVR.namespaces, undefined, name)!.metadata.labels?.[
      'istio-injection'
    ];
  const pods = (app: string) =>
    cluster.storage
      .list(GVR.pods, 'default')
      .filter(
        p => p.metadata.labels?.app === app && !p.metadata.deletionTimestamp,
      );
  const join = () => {
    members = [HANGZHOU.id];
    changed();
  };
  const settledPod = (app: string) =>
    eventually(`${app} is ready`, () => pods(app).find(isPodReady));

  it('adds init container, proxy and status to a member’s new pods, which are ready 2/2', async () => {
    join();
    label(cluster, { 'istio-injection': 'enabled' });
    cluster.storage.create(GVR.deployments, deployment('web', 1));
    const pod = await settledPod('web');
    const image =
      'registry-cn-hangzhou-vpc.ack.aliyuncs.com/acs/proxyv2:v1.22.6.66-g1a2b3c4d-aliyun';
    expect(pod.spec.initContainers).toMatchObject([
      { name: 'istio-init', image },
    ]);
    expect(pod.spec.containers).toMatchObject([
      { name: 'app' },
      { name: 'istio-proxy', image },
    ]);
    expect(
      JSON.parse(pod.metadata.annotations!['sidecar.istio.io/status']),
    ).toMatchObject({ containers: ['istio-proxy'], revision: 'default' });
    expect(pod.metadata.labels).toMatchObject({
      app: 'web',
      'service.istio.io/canonical-name': 'web',
      'security.istio.io/tlsMode': 'istio',
    });
    expect(
      pod.status.containerStatuses.map((c: any) => [c.name, c.ready]),
    ).toEqual([
      ['app', true],
      ['istio-proxy', true],
    ]);
    expect(pod.status.initContainerStatuses[0].state.terminated.reason).toBe(
      'Completed',
    );
  });

  it('leaves pods alone that are older than the label or the join, until they are made again', async () => {
    const view = () =>
      pods('web').map(
        p => viewPod(HANGZHOU.id, p, () => parseLocality('')).sidecar,
      );
    label(cluster, { 'istio-injection': 'enabled' });
    cluster.storage.create(GVR.deployments, deployment('web', 1));
    const old = await settledPod('web');
    join();
    expect(view()).toEqual([false]);
    cluster.storage.delete(GVR.pods, 'default', old.metadata.name);
    await eventually('a new pod is ready', () => {
      const [pod] = pods('web');
      return pod && pod.metadata.uid !== old.metadata.uid && isPodReady(pod);
    });
    expect(view()).toEqual([true]);
    label(cluster, { 'istio-injection': 'disabled' });
    expect(view()).toEqual([true]);
  });

  it('keeps a Job from ending, unless its pods opt out', async () => {
    join();
    label(cluster, { 'istio-injection': 'enabled' });
    const out = job('out');
    out.spec.template.metadata = {
      labels: { 'sidecar.istio.io/inject': 'false' },
    };
    cluster.storage.create(JOBS, job('in'));
    cluster.storage.create(JOBS, out);
    await eventually(
      'the one without a sidecar is complete',
      () => cluster.storage.get(JOBS, 'default', 'out')!.status?.completionTime,
    );
    const held = await eventually('the other one’s own container ended', () =>
      cluster.storage
        .list(GVR.pods, 'default')
        .find(
          p =>
            p.status?.containerStatuses?.some(
              (c: any) => c.name !== 'istio-proxy' && c.state?.terminated,
            ) && p.metadata.name.startsWith('in-'),
        ),
    );
    expect(held.status.phase).toBe('Running');
    expect(
      cluster.storage.get(JOBS, 'default', 'in')!.status.completionTime,
    ).toBeUndefined();
  });

  it('refuses pods while the mesh’s region is lost, and makes them when it is back', async () => {
    join();
    label(cluster, { 'istio-injection': 'enabled' });
    const send = (method: 'POST' | 'DELETE') =>
      control.handle(
        method,
        '/faults/regions',
        new URLSearchParams(),
        JSON.stringify({ region: mesh.region }),
      );
    await send('POST');
    cluster.storage.create(GVR.deployments, deployment('web', 1));
    const stuck = await eventually('the failure is told', () => {
      const found = cluster.storage.get(GVR.deployments, 'default', 'web')!;
      return found.status?.conditions?.find(
        (c: any) => c.type === 'ReplicaFailure',
      );
    });
    expect(stuck.message).toContain(
      'failed calling webhook "namespace.sidecar-injector.istio.io"',
    );
    expect(pods('web')).toEqual([]);
    await send('DELETE');
    const pod = await settledPod('web');
    expect(pod.spec.containers).toHaveLength(2);
    await eventually(
      'the failure is forgotten',
      () =>
        !cluster.storage
          .get(GVR.deployments, 'default', 'web')!
          .status.conditions.some((c: any) => c.type === 'ReplicaFailure'),
    );
  });

  it('carries the control plane’s labels to the clusters, and takes them back', async () => {
    label(asm, { 'istio-injection': 'enabled' });
    expect(namespaceLabel()).toBeUndefined();
    join();
    expect(namespaceLabel()).toBe('enabled');
    asm.storage.update(GVR.namespaces, undefined, 'default', o => {
      delete o.metadata.labels!['istio-injection'];
    });
    expect(namespaceLabel()).toBeUndefined();
    // What only the cluster says is its own.
    label(cluster, { 'istio-injection': 'disabled' });
    label(asm, { team: 'shop' });
    expect(namespaceLabel()).toBe('disabled');
    for (const where of [asm, cluster]) {
      where.storage.create(GVR.namespaces, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name: 'shop',
          ...(where === asm
            ? { labels: { 'istio-injection': 'enabled' } }
            : {}),
        },
      });
    }
    expect(namespaceLabel('shop')).toBe('enabled');
  });
});
