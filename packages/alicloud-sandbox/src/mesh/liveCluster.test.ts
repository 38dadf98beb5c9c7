import fc from 'fast-check';
import type {
  GroupVersionResource,
  KubeCluster,
  KubeObject,
} from '../contract';
import { KindTable } from '../kube/kinds';
import { ClusterStorage } from '../kube/storage';
import type { ClusterView } from './clusterView';
import { GVR } from './gvr';
import { LiveCluster } from './liveCluster';

const NODES = ['node-1', 'node-2'];
const NAMES = ['a', 'b', 'c'];
const PORTS = ['http', 'grpc'];

/** Something that happens to the object of a kind and name: it is put in place, deleted, or killed at once. */
interface Change {
  gvr: GroupVersionResource;
  name: string;
  spec: Record<string, unknown> | 'delete' | 'kill';
}

/** A number that any object is made from: its digits decide. */
const digit = (n: number, place: number, of: number) =>
  Math.floor(n / 4 ** place) % of;

const shapes: [GroupVersionResource, (n: number) => Record<string, unknown>][] =
  [
    [
      GVR.nodes,
      n => ({
        metadata: {
          labels: {
            'topology.kubernetes.io/region': `region-${digit(n, 0, 2)}`,
            'topology.kubernetes.io/zone': `zone-${digit(n, 1, 2)}`,
          },
        },
        status: { beat: n },
      }),
    ],
    [
      GVR.pods,
      n => ({
        metadata: { labels: { version: `v${digit(n, 0, 3)}` } },
        spec: { nodeName: NODES[digit(n, 1, 3)], containers: [] },
        status: {
          phase: digit(n, 2, 2) ? 'Running' : 'Pending',
          podIP: `10.0.0.${digit(n, 3, 4)}`,
        },
      }),
    ],
    [
      GVR.services,
      n => ({
        metadata: {},
        spec: { ports: [{ name: PORTS[digit(n, 0, 2)], port: 80 }] },
      }),
    ],
    [
      GVR.endpointSlices,
      n => ({
        metadata: {
          labels: { 'kubernetes.io/service-name': NAMES[digit(n, 0, 3)] },
        },
        ports: [{ name: PORTS[digit(n, 1, 2)], port: 8080 }],
        endpoints: [
          {
            addresses: [`10.0.0.${digit(n, 2, 4)}`],
            targetRef: { kind: 'Pod', name: NAMES[digit(n, 3, 3)] },
          },
        ],
      }),
    ],
    [GVR.namespaces, n => ({ metadata: { labels: { team: `t${n}` } } })],
    // Nothing that a view shows.
    [GVR.secrets, n => ({ metadata: {}, stringData: { n: `${n}` } })],
  ];

const namesOf = (gvr: GroupVersionResource) =>
  gvr === GVR.nodes ? NODES : NAMES;

const change: fc.Arbitrary<Change> = fc
  .tuple(
    fc.constantFrom(...shapes),
    fc.nat({ max: 255 }),
    fc.constantFrom('put', 'put', 'put', 'delete', 'kill'),
    fc.nat(),
  )
  .map(([[gvr, shape], n, what, name]) => ({
    gvr,
    name: namesOf(gvr)[name % namesOf(gvr).length],
    spec: what === 'put' ? shape(n) : (what as 'delete' | 'kill'),
  }));

const changes = fc.array(change, { minLength: 20, maxLength: 60 });

class Cluster {
  readonly storage = new ClusterStorage({
    kinds: new KindTable('ack'),
    now: Date.now,
  });
  readonly live: LiveCluster;

  constructor() {
    this.storage.create(GVR.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'default' },
    });
    this.live = new LiveCluster(this.described());
    this.storage.subscribe(({ gvr, object }) =>
      this.live.changed(gvr, object.metadata),
    );
  }

  /** What a view shows that is made now. */
  fresh(): unknown {
    return shown(new LiveCluster(this.described()).view);
  }

  make({ gvr, name, spec }: Change): void {
    const row = this.storage.row(gvr);
    const namespace = row.namespaced ? 'default' : undefined;
    const current = this.storage.read(row, namespace, name);
    if (spec === 'delete' || spec === 'kill') {
      const gracePeriodSeconds = spec === 'kill' ? 0 : undefined;
      if (current) this.storage.remove(row, current, { gracePeriodSeconds });
      return;
    }
    if (!current) this.storage.create(gvr, named(spec, namespace, name));
    else {
      this.storage.update(gvr, namespace, name, object =>
        Object.assign(object, named(spec, namespace, name)),
      );
    }
  }

  private described(): KubeCluster {
    const spec = { id: 'c-1', region: 'cn-hangzhou', kind: 'ack' };
    return { spec, storage: this.storage } as unknown as KubeCluster;
  }
}

function named(
  spec: Record<string, any>,
  namespace: string | undefined,
  name: string,
): KubeObject {
  const metadata = { ...spec.metadata, namespace, name };
  return { apiVersion: '', kind: '', ...spec, metadata };
}

/** All that a view tells. */
function shown(view: ClusterView): unknown {
  const services = [...view.services];
  return structuredClone({
    services,
    pods: view.pods,
    namespaces: view.namespaces,
    localities: [...NODES, undefined].map(view.nodeLocality),
    endpoints: services.map(([, service]) =>
      PORTS.map(port => view.endpoints(service, port)),
    ),
  });
}

describe('LiveCluster', () => {
  it('shows after any changes what a view shows that is made then', () => {
    fc.assert(
      fc.property(changes, list => {
        const cluster = new Cluster();
        for (const one of list) {
          cluster.make(one);
          expect(shown(cluster.live.view)).toEqual(cluster.fresh());
        }
      }),
    );
  });

  it('stands still while it is paused, and has caught up when it is resumed', () => {
    fc.assert(
      fc.property(changes, changes, (before, meanwhile) => {
        const cluster = new Cluster();
        before.forEach(one => cluster.make(one));
        const last = shown(cluster.live.view);
        cluster.live.pause();
        meanwhile.forEach(one => cluster.make(one));
        expect(shown(cluster.live.view)).toEqual(last);
        cluster.live.resume();
        expect(shown(cluster.live.view)).toEqual(cluster.fresh());
      }),
    );
  });

  it('gives a view that no later change reaches', () => {
    fc.assert(
      fc.property(changes, changes, (before, later) => {
        const cluster = new Cluster();
        before.forEach(one => cluster.make(one));
        const frozen = cluster.live.frozen();
        const then = shown(cluster.live.view);
        later.forEach(one => cluster.make(one));
        expect(shown(frozen)).toEqual(then);
      }),
    );
  });
});
