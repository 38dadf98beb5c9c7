import {
  buildCluster,
  createRandom,
  Proxy,
  VirtualTime,
  type ClusterView,
  type EnvoyCluster,
  type Locality,
  type MeshSnapshot,
  type PodView,
  type ProxyIdentity,
  type ServiceView,
  type Transport,
} from '../envoy/model';
import { SERVICE, type Scenario, type ScenarioPod } from './scenario';

/** What the sandbox's istiod and Envoy do in a scenario. */
export interface Seen {
  /** Undefined where the caller has no such Envoy cluster: 503. */
  cluster?: EnvoyCluster;
  /** Names of the pods that the proxy ejected. */
  ejected: Set<string>;
  /** Percent of draws by `region/zone`; empty when none found a host. */
  shares: Record<string, number>;
  /** The same by pod. */
  podShares: Record<string, number>;
}

const NO_RETRY = {
  retry: {
    attempts: 0,
    connectFailure: false,
    on5xx: false,
    onGatewayError: false,
    statusCodes: [],
    remoteLocalities: false,
  },
};
const REQUEST = { method: 'GET', path: '/', headers: {} };
/** Requests between two looks at what has been ejected. */
const BATCH = 40;
/** Batches without an ejection after which no more are expected. */
const QUIET = 10;
/** Longer than Envoy's merge window. */
const PAUSE_MS = 1100;

/** Lets failing pods fail until nobody is ejected any more, then draws `draws` hosts. */
export async function run(scenario: Scenario, draws: number): Promise<Seen> {
  const caller = identityOf(scenario);
  const cluster = buildCluster(snapshotOf(scenario), caller, {
    host: `${SERVICE.name}.${SERVICE.namespace}.svc.cluster.local`,
    port: SERVICE.port,
    subset: scenario.subset,
  });
  if (!cluster) {
    return { ejected: new Set(), shares: {}, podShares: {} };
  }
  const time = new VirtualTime();
  const proxy = new Proxy(caller, createRandom(scenario.seed), time);
  if (cluster.outlier && scenario.pods.some(({ failing }) => failing)) {
    await failUntilQuiet(proxy, cluster, time, scenario);
  }
  const ejected = new Set(Object.values(proxy.ejected()).flat());
  const shares: Record<string, number> = {};
  const podShares: Record<string, number> = {};
  const part = 100 / draws;
  for (let i = 0; i < draws; i++) {
    const choice = proxy.pick(cluster);
    if (choice) {
      const { pod, locality } = choice.endpoint;
      const place = `${locality.region}/${locality.zone}`;
      shares[place] = (shares[place] ?? 0) + part;
      podShares[pod!] = (podShares[pod!] ?? 0) + part;
    }
  }
  return { cluster, ejected, shares, podShares };
}

async function failUntilQuiet(
  proxy: Proxy,
  cluster: EnvoyCluster,
  time: VirtualTime,
  { pods }: Scenario,
): Promise<void> {
  const failing = new Set(
    pods.filter(pod => pod.failing).map(({ name }) => name),
  );
  const transport: Transport = {
    connect: async ({ pod }) => ({
      isOpen: () => true,
      exchange: async () => ({
        status: failing.has(pod!) ? 503 : 200,
        headers: {},
        body: '',
      }),
    }),
  };
  let known = -1;
  for (let quiet = 0; quiet < QUIET; quiet++) {
    for (let i = 0; i < BATCH; i++) {
      await proxy.request(cluster, REQUEST, NO_RETRY, transport);
    }
    await time.advanceTo(time.now() + PAUSE_MS);
    const ejected = proxy.stats(cluster.name)!.ejections_active;
    if (ejected !== known) {
      known = ejected;
      quiet = -1;
    }
  }
}

function identityOf({ caller }: Scenario): ProxyIdentity {
  const locality = { region: caller.region, zone: caller.zone, subzone: '' };
  return {
    uid: 'caller',
    name: 'caller',
    clusterId: 'c-caller',
    namespace: caller.namespace,
    locality,
    labels: {
      ...caller.labels,
      'topology.kubernetes.io/region': locality.region,
      'topology.kubernetes.io/zone': locality.zone,
    },
  };
}

function snapshotOf(scenario: Scenario): MeshSnapshot {
  const regions = [...new Set(scenario.pods.map(({ region }) => region))];
  return {
    mesh: {
      id: 'm',
      name: 'm',
      region: 'hz',
      version: scenario.meshVersion,
      vpcId: 'vpc',
      locality: { enabled: true, ...scenario.meshSetting },
      members: regions.map(region => `c-${region}`),
      injectByDefault: false,
    },
    clusters: regions.map(region => viewOf(scenario, region)),
    destinationRules: scenario.destinationRules.map(({ metadata, spec }) => ({
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'DestinationRule',
      metadata,
      spec,
    })),
    virtualServices: [],
    gateways: [],
    namespaces: new Map(),
  };
}

function viewOf(scenario: Scenario, region: string): ClusterView {
  const service: ServiceView = {
    namespace: SERVICE.namespace,
    name: SERVICE.name,
    headless: false,
    type: 'ClusterIP',
    selector: { app: SERVICE.name },
    ports: [{ name: 'http', port: SERVICE.port }],
    trafficDistribution: scenario.trafficDistribution,
  };
  const nowhere: Locality = { region: '', zone: '', subzone: '' };
  return {
    id: `c-${region}`,
    region,
    namespaces: new Map(),
    pods: new Map(),
    services: new Map([[`${SERVICE.namespace}/${SERVICE.name}`, service]]),
    endpoints: () =>
      scenario.pods
        .map((pod, i) => ({ pod, ip: `10.0.0.${i + 1}` }))
        .filter(({ pod }) => pod.region === region)
        .map(({ pod, ip }) => ({
          ip,
          port: SERVICE.port,
          ready: pod.ready,
          terminating: pod.terminating,
          pod: podView(pod, ip),
          nodeName: `${region}-${pod.zone}`,
        })),
    nodeLocality: () => nowhere,
  };
}

/** The parts of a pod that istiod reads. */
function podView({ name, region, zone, version }: ScenarioPod, ip: string) {
  const view: Pick<PodView, 'name' | 'ip' | 'labels' | 'locality'> = {
    name,
    ip,
    labels: { app: SERVICE.name, version },
    locality: { region, zone, subzone: '' },
  };
  return view as PodView;
}
