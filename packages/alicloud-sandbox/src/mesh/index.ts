import type {
  CloudView,
  ControlApi,
  KubeFleet,
  Persistence,
  PodInjector,
  PodRuntime,
  SandboxClock,
  SandboxLog,
} from '../contract';
import { createMeshPrometheus, type MeshPrometheus } from '../prometheus';
import { MeshMetrics } from '../prometheus/meshMetrics';
import { scrapeTargets } from '../prometheus/targets';
import { registerControlRoutes } from './controlRoutes';
import { DataPlane } from './dataPlane';
import { Faults } from './faults';
import { GatewayServer } from './gateway';
import { GVR } from './gvr';
import { createInjector } from './injection/injector';
import { LabelSync } from './injection/labelSync';
import { IstioGateways } from './istioGateways';
import { LoadBalancers } from './loadBalancers';
import { Network } from './network';
import { createPodRuntime } from './podRuntime';
import { createPodServer } from './podServer';
import { createRandom } from './random';
import { Registry } from './registry';
import { createDataPlaneTime } from './time';
import { TraceLog } from './traces';
import type { PodView } from './types';

/** What the mesh floor needs from the others, and its own switches. */
export interface MeshPlaneOptions {
  clock: SandboxClock;
  persistence: Persistence;
  log: SandboxLog;
  control: ControlApi;
  cloud: CloudView;
  kube: KubeFleet;
  /** Real port that stands for port 80 of a load balancer; 0 takes any free one. Default 18080. */
  gatewayPort?: number;
  /** Loopback range of load balancer addresses. Default 127.77.0.0/16. */
  lbCidr?: string;
  /** Seed of all random choices; absent: not repeatable. */
  seed?: number;
  /** Data-plane seconds per real second: outlier detection, timeouts, latencies. Default 1. */
  dataPlaneTimeScale?: number;
  /** Upper bound of connect timeouts in data-plane milliseconds. Default: none. */
  connectTimeoutCapMs?: number;
  /** Hops kept for GET /traces. Default 2000. */
  traceCapacity?: number;
  /** Real milliseconds between two scrapes of the proxies' metrics. Default 15 s. */
  scrapeIntervalMs?: number;
}

/** The running mesh floor. */
export interface MeshPlane {
  /** Runs the commands of Job pods. */
  podRuntime: PodRuntime;
  /** What the proxies' metrics were. */
  prometheus: MeshPrometheus;
  /** Adds sidecars to new pods of member clusters. */
  podInjector: PodInjector;
  /** Closes every listener and ends everything that waits. */
  stop(): Promise<void>;
}

/** Starts the mesh floor: istiod and Envoy per proxy, gateways, load balancers, Bookinfo, faults and traces. */
export function createMeshPlane(options: MeshPlaneOptions): MeshPlane {
  const { cloud, kube, log, control, clock, persistence } = options;
  const time = createDataPlaneTime(options.dataPlaneTimeScale ?? 1, () =>
    clock.stepped(),
  );
  const random = createRandom(options.seed);
  const traces = new TraceLog(options.traceCapacity ?? 2000);
  const registry = new Registry(cloud, kube);
  const faults = new Faults(persistence, registry, random);

  const network = new Network(
    registry,
    cloud,
    faults,
    time,
    options.connectTimeoutCapMs ?? Number.POSITIVE_INFINITY,
  );
  const dataPlane = new DataPlane(registry, network, traces, time, random);
  network.serveWith(
    createPodServer(
      dataPlane,
      new GatewayServer(
        registry,
        dataPlane,
        time,
        random,
        (clusterId, namespace, name) =>
          kube.get(clusterId)?.storage.get(GVR.secrets, namespace, name),
      ),
    ),
  );
  const sidecar = (pod: PodView) =>
    pod.sidecar && registry.meshOf(pod.clusterId) !== undefined;
  const metrics = new MeshMetrics(registry, sidecar);
  dataPlane.reportTo(metrics);
  network.reportTo(metrics);
  const prometheus = createMeshPrometheus({
    control,
    metrics,
    targets: () => scrapeTargets(registry, metrics, sidecar),
    intervalMs: options.scrapeIntervalMs,
  });
  const loadBalancers = new LoadBalancers({
    clock,
    persistence,
    log,
    kube,
    registry,
    network,
    gatewayPort: options.gatewayPort ?? 18080,
    lbCidr: options.lbCidr ?? '127.77.0.0/16',
  });
  const gateways = new IstioGateways(cloud, kube, registry, log);
  const labels = new LabelSync(cloud, kube, registry);
  registerControlRoutes({
    control,
    persistence,
    kube,
    registry,
    faults,
    traces,
    dataPlane,
    loadBalancers,
    onRegionBack: () => {
      gateways.schedule();
      labels.syncAll();
    },
  });
  return {
    podInjector: createInjector(cloud, registry),
    podRuntime: createPodRuntime({
      clock,
      cloud,
      kube,
      registry,
      network,
      dataPlane,
      loadBalancers,
    }),
    prometheus,
    async stop() {
      prometheus.stop();
      gateways.stop();
      labels.stop();
      registry.stop();
      network.stop();
      await loadBalancers.stop();
      time.stop();
    },
  };
}
