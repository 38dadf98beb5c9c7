import { randomInt } from 'node:crypto';
import type {
  ControlApi,
  KubeCluster,
  KubeClusterSpec,
  KubeFleet,
  Persistence,
  PodInjector,
  PodRuntime,
  SandboxClock,
  SandboxLog,
} from '../contract';
import {
  createClusterCertificates,
  createFleetKeys,
  type FleetKeys,
} from './certificates';
import type { KubeDisturbance } from '../faults/kubernetes';
import { createSource, type SeededSource } from '../random';
import { SimulatedCluster, type ClusterIdentity } from './cluster';
import { NODES } from './kinds';
import { clusterTable } from './records';
import {
  addWorkloadFaultRoutes,
  WorkloadFaults,
  type WorkloadFaultsDump,
} from './workloadFaults';
import { WorkLoop } from './workLoop';

interface FleetOptions {
  clock: SandboxClock;
  persistence: Persistence;
  log: SandboxLog;
  control: ControlApi;
  /** Where uids and generated names come from; default: not repeatable. */
  names?: SeededSource;
  /** Disturbs requests to the API servers; default: nothing does. */
  disturbance?: KubeDisturbance;
  /** Port to try first for a new cluster, by its id; 0 or absent: any free one. */
  ports?: (clusterId: string) => number;
}

interface FleetDump {
  keys?: FleetKeys;
  clusters: ClusterIdentity[];
  faults?: WorkloadFaultsDump;
}

/** The fleet, and what is plugged in later: what runs inside pods, and what is added to them. */
export type SimulatedKubeFleet = KubeFleet & {
  /** From now on the commands of Jobs and other pods that end run in `runtime`. */
  setPodRuntime(runtime: PodRuntime): void;
  /** Resolves when no controller has anything left to do. */
  settled(): Promise<void>;
  /** From now on new pods are shown to `injector`. */
  setPodInjector(injector: PodInjector): void;
};

/** Creates the API servers of all clusters: objects, controllers and TLS listeners, restored from the snapshot. */
export function createKubeFleet(options: FleetOptions): SimulatedKubeFleet {
  const { clock, persistence, log } = options;
  const names = options.names ?? createSource(randomInt(2 ** 47));
  const clusters = new Map<string, SimulatedCluster>();
  const opening = new Map<string, Promise<KubeCluster>>();
  const saved = new Map<string, ClusterIdentity>();
  const openListeners: ((cluster: KubeCluster) => void)[] = [];
  const destroyListeners: ((id: string) => void)[] = [];
  const loop = new WorkLoop();
  const faults = new WorkloadFaults(() => {
    persistence.changed();
    for (const cluster of clusters.values()) cluster.faultsChanged();
  });
  let keys: FleetKeys | undefined;
  let runtime: PodRuntime | undefined;
  let injector: PodInjector | undefined;

  const workers = () =>
    [...clusters.values()].filter(c => c.spec.kind === 'ack');

  persistence.register({
    snapshotKey: 'kube',
    dump(): FleetDump {
      const open = [...clusters.values()].map(c => c.identity());
      const closed = [...saved.values()].filter(d => !clusters.has(d.spec.id));
      return { keys, clusters: [...open, ...closed], faults: faults.dump() };
    },
    load(state) {
      const dump = state as FleetDump;
      keys = dump.keys ?? keys;
      faults.load(dump.faults);
      for (const cluster of dump.clusters ?? [])
        saved.set(cluster.spec.id, cluster);
    },
  });

  const nodesOf = (cluster: SimulatedCluster) => cluster.storage.list(NODES);
  addWorkloadFaultRoutes(options.control, faults, {
    clustersWithNode: name =>
      workers()
        .filter(c => c.storage.get(NODES, undefined, name))
        .map(c => c.spec.id),
    zones: () =>
      new Set(
        workers()
          .flatMap(nodesOf)
          .map(n => n.metadata.labels?.['topology.kubernetes.io/zone'] ?? ''),
      ),
  });

  async function start(spec: KubeClusterSpec): Promise<KubeCluster> {
    const before = saved.get(spec.id);
    const fleetKeys = keys ?? (await createFleetKeys());
    keys = fleetKeys;
    const certificates =
      before?.certificates ??
      createClusterCertificates(fleetKeys, spec.id, clock.now());
    const table = clusterTable(spec.id);
    const kept: { cluster?: SimulatedCluster } = {};
    let records: ReadonlyMap<string, unknown> = new Map();
    persistence.addTable({
      name: table,
      entries: () => kept.cluster?.records() ?? records,
      load: found => {
        records = found;
      },
    });
    const cluster = new SimulatedCluster(
      spec,
      { certificates, credentialGeneration: before?.credentialGeneration },
      {
        clock,
        log,
        keys: fleetKeys,
        loop,
        faults,
        disturbance: options.disturbance,
        changed: () => persistence.changed(),
        keep: changes =>
          persistence.append(
            changes.map(change => ({ part: table, ...change })),
          ),
        names: names.split(spec.id),
        runtime: () => runtime,
        injector: () => injector,
      },
      records,
    );
    kept.cluster = cluster;
    // The cluster has them now; those that change or go must not be held here.
    records = new Map();
    await cluster.start(before?.port ?? options.ports?.(spec.id) ?? 0);
    clusters.set(spec.id, cluster);
    saved.delete(spec.id);
    persistence.changed();
    log.info('Kubernetes API server listens', {
      cluster: spec.id,
      name: spec.name,
      port: cluster.port,
    });
    for (const listener of openListeners) listener(cluster);
    return cluster;
  }

  return {
    open(spec) {
      const known = clusters.get(spec.id);
      if (known) return Promise.resolve(known);
      const pending =
        opening.get(spec.id) ??
        start(spec).finally(() => opening.delete(spec.id));
      opening.set(spec.id, pending);
      return pending;
    },
    async destroy(id) {
      await opening.get(id);
      const cluster = clusters.get(id);
      const known = saved.delete(id) || cluster;
      clusters.delete(id);
      await cluster?.stop();
      if (known) persistence.dropTable(clusterTable(id));
      persistence.changed();
      if (!cluster) return;
      for (const listener of destroyListeners) listener(id);
    },
    get: id => clusters.get(id),
    list: () => [...clusters.values()],
    onOpen(listener) {
      openListeners.push(listener);
      for (const cluster of clusters.values()) listener(cluster);
    },
    onDestroy(listener) {
      destroyListeners.push(listener);
    },
    async stop() {
      await Promise.allSettled(opening.values());
      await Promise.all([...clusters.values()].map(c => c.stop()));
    },
    isNodeLost(clusterId, name) {
      const cluster = clusters.get(clusterId);
      const node = cluster?.storage.get(NODES, undefined, name);
      return node !== undefined && faults.nodeLost(clusterId, node);
    },
    async settled() {
      while (loop.busy) {
        await new Promise(resolve => setImmediate(resolve));
      }
    },
    setPodRuntime(value) {
      runtime = value;
    },
    setPodInjector(value) {
      injector = value;
    },
  };
}
