import {
  createRandom,
  Proxy,
  VirtualTime,
  type Endpoint,
  type EnvoyCluster,
  type ProxyResult,
  type Transport,
} from './model';
import type { Verdict } from '../judge';
import type { EnvoyProcess } from './process';
import type { JudgeRoute } from './toEnvoy';
import type { HostPlan, Upstreams } from './upstreams';

/** Ports that hosts can have: an answering one, a closed one, and one whose SYNs vanish. */
export interface Ports {
  open: number;
  closed: number;
  hole: number;
}

/** An Envoy cluster under test. */
export interface Scenario {
  cluster: EnvoyCluster;
  route?: JudgeRoute;
  /** By address; without a plan a host answers 200 at once. */
  plans?: Map<string, HostPlan>;
}

/** What cases work with while they run. */
export interface Bench {
  envoy: EnvoyProcess;
  /** Port of Envoy's listener. */
  port: number;
  ports: Ports;
  upstreams: Upstreams;
  /** Of the Envoy under test, such as 1.40. */
  version: number;
}

/** A question put to Envoy and to the model. */
export interface Case {
  scenarios: Scenario[];
  run(bench: Bench): Promise<Verdict[]>;
}

/** A group of hosts in one locality. */
export interface HostGroup {
  /** `region/zone`. */
  locality: string;
  priority?: number;
  weight?: number;
  total: number;
  /** Default: all. */
  healthy?: number;
  /** Default: the answering port. */
  port?: number;
}

/** Second octets of 127/8 that are given away: 127.0 is left to others. */
let octets = 0;
const MOST_OCTETS = 255;

/** A cluster with loopback hosts of its own: 127.<serial>.<group>.<host>. */
export function makeCluster(
  name: string,
  ports: Ports,
  groups: HostGroup[],
  change: Partial<EnvoyCluster> = {},
): EnvoyCluster {
  octets++;
  if (octets > MOST_OCTETS) {
    throw new Error(
      `${name} gets no addresses: 127/8 has room for ${MOST_OCTETS} clusters by second octet; let cases share hosts`,
    );
  }
  const serial = octets;
  return {
    name,
    localityWeighted: false,
    panicThreshold: 0,
    lbPolicy: 'LEAST_REQUEST',
    connectTimeoutMs: 1000,
    groups: groups.map((group, g) => {
      const [region, zone = ''] = group.locality.split('/');
      const locality = { region, zone, subzone: '' };
      return {
        locality,
        priority: group.priority ?? 0,
        weight: group.weight ?? group.total,
        endpoints: Array.from({ length: group.total }, (_, i): Endpoint => {
          const ip = `127.${serial}.${g}.${i + 1}`;
          return {
            key: ip,
            clusterId: region,
            namespace: 'default',
            ip,
            port: group.port ?? ports.open,
            locality,
            labels: {},
            weight: 1,
            healthy: i < (group.healthy ?? group.total),
          };
        }),
      };
    }),
    ...change,
  };
}

/** Addresses of one group of a cluster. */
export function addresses(cluster: EnvoyCluster, group: number): string[] {
  return cluster.groups[group].endpoints.map(e => e.ip);
}

/** Region (or whole locality) of every address. */
export function localities(cluster: EnvoyCluster): Map<string, string> {
  return new Map(
    cluster.groups.flatMap(({ locality: l, endpoints }) =>
      endpoints.map(
        e => [e.ip, l.zone ? `${l.region}/${l.zone}` : l.region] as const,
      ),
    ),
  );
}

const NO_RETRY = {
  attempts: 0,
  connectFailure: false,
  on5xx: false,
  onGatewayError: false,
  statusCodes: [],
  remoteLocalities: false,
};

/** The sandbox's proxy over the same hosts, with time that passes only when told to. */
export class Model {
  readonly time = new VirtualTime();
  private readonly proxy: Proxy;
  private readonly transport: Transport;
  private cluster: EnvoyCluster;

  constructor(private readonly scenario: Scenario, ports: Ports, seed = 1) {
    this.cluster = scenario.cluster;
    this.proxy = new Proxy(
      {
        uid: 'judge',
        name: 'judge',
        clusterId: 'judge',
        namespace: 'default',
        locality: { region: '', zone: '', subzone: '' },
        labels: {},
      },
      createRandom(seed),
      this.time,
    );
    this.transport = transportOf(scenario, ports, this.time);
  }

  /** Sends one request; time has to be moved for what waits. */
  send(headers: Record<string, string> = {}): Promise<ProxyResult> {
    const { route = {} } = this.scenario;
    return this.proxy.request(
      this.cluster,
      { method: 'GET', path: '/', headers },
      { retry: NO_RETRY, ...route },
      this.transport,
    );
  }

  /** Sends one request and lets time pass until it is answered. */
  request(): Promise<ProxyResult> {
    return this.time.run(this.send());
  }

  /** Takes over new endpoints now, as a proxy does that EDS sends them to. */
  replaceEndpoints(cluster: EnvoyCluster): void {
    this.cluster = cluster;
    this.proxy.pick(cluster);
  }

  stats() {
    return this.proxy.stats(this.cluster.name);
  }
}

function transportOf(
  { plans }: Scenario,
  ports: Ports,
  time: VirtualTime,
): Transport {
  const never = <T>(signal?: AbortSignal) =>
    new Promise<T>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  return {
    async connect(endpoint, signal) {
      if (endpoint.port === ports.closed) {
        return 'refused';
      }
      if (endpoint.port === ports.hole) {
        return never(signal);
      }
      return {
        isOpen: () => true,
        async exchange(_, limited) {
          const plan = plans?.get(endpoint.ip) ?? {};
          if (plan.reset) {
            return 'reset';
          }
          if (plan.hang) {
            return never(limited);
          }
          if (plan.delayMs) {
            await time.sleep(plan.delayMs, limited);
          }
          return { status: plan.status ?? 200, headers: {}, body: 'ok' };
        },
      };
    },
  };
}
