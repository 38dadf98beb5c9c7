import {
  whatIfRule,
  type EffectiveRule,
  type MeshSummary,
  type NetworkMap,
  type Page,
  type ServiceSummary,
  type ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

export const REGIONS = 10;
export const VERSIONS = 20;
export const SERVICES = 5000;

const regionName = (index: number) => `region-${index % REGIONS}`;
const at = new Date().toISOString();
const ok = { state: 'ok' as const, observedAt: at };
const gates = { distribution: { allowed: true, requires: '1.22.6.66' } };

export const mesh: MeshSummary = {
  id: 'mesh',
  name: 'mesh',
  account: 'default',
  region: regionName(0),
  version: 'v1.22.6.66',
  state: 'running',
  gates,
  freshness: ok,
  clusters: Array.from({ length: REGIONS }, (_, i) => ({
    id: `cluster-${i}`,
    name: `ack-${i}`,
    region: regionName(i),
    vpcId: `vpc-${i}`,
    version: '1.31.1-aliyun.1',
    state: 'running',
    connection: ok,
  })),
  locality: { mode: 'off' },
};

export const network: NetworkMap = {
  cen: ok,
  regions: [],
  cens: [],
  vpcs: [],
};

const rule: EffectiveRule = {
  locality: {
    setting: {
      failover: Array.from({ length: REGIONS }, (_, i) => ({
        from: regionName(i),
        to: regionName(i + 1),
      })),
    },
    source: 'mesh',
  },
  shadowed: [],
};

const regions = Array.from({ length: REGIONS }, (_, i) => ({
  region: regionName(i),
  freshness: ok,
  ready: VERSIONS,
  total: VERSIONS,
  clusters: [
    {
      id: `cluster-${i}`,
      name: `ack-${i}`,
      freshness: ok,
      workloads: Array.from({ length: VERSIONS }, (__, v) => ({
        name: `reviews-v${v}`,
        version: `v${v}`,
        desired: 1,
        ready: 1,
      })),
      endpoints: Array.from({ length: VERSIONS }, (__, v) => ({
        pod: `reviews-v${v}-${i}`,
        ip: `10.${i}.0.${v + 1}`,
        version: `v${v}`,
        zone: `${regionName(i)}-${'ab'[v % 2]}`,
        ready: true,
      })),
    },
  ],
}));

const callers = regions.map(({ region }) => ({
  id: `sidecars:${region}`,
  kind: 'sidecars' as const,
  name: region,
  region,
  proxies: 10,
  localitySource: 'node' as const,
}));

/** One service with a pod of every version in every region, called from every region: the most that the canvas must bear. */
export const topology: ServiceTopology = {
  mesh: {
    id: mesh.id,
    name: mesh.name,
    region: mesh.region,
    version: mesh.version,
    gates,
  },
  service: {
    namespace: 'default',
    name: 'reviews',
    host: 'reviews.default.svc.cluster.local',
    ports: [9080],
  },
  regions,
  gateways: [],
  callers,
  rule,
  // Three in four calls stay, the rest goes to the neighbours: every column has arrows to others.
  predicted: callers.map(({ id, region }, i) => ({
    callerId: id,
    callerRegion: region,
    shares: { [region]: 75, [regionName(i + 1)]: 15, [regionName(i + 2)]: 10 },
    noHealthyUpstream: false,
  })),
  findings: [],
  verdict: {
    level: 'unknown',
    key: 'off',
    values: {},
    sentence: 'Locality is off.',
  },
  entry: {
    state: 'unknown',
    key: 'noGateway',
    values: {},
    sentence: 'No ingress gateway was seen.',
  },
  version: 'v1',
  computedAt: at,
  whatIf: {
    meshVersion: mesh.version,
    services: [
      {
        id: 'default/reviews',
        endpoints: regions.flatMap(({ region, clusters }) =>
          clusters[0].endpoints.map(({ zone, version }) => ({
            region,
            zone,
            labels: { version },
            total: 1,
            healthy: 1,
          })),
        ),
      },
    ],
    entries: callers.map(({ id, region, proxies }) => ({
      id,
      region,
      proxies,
      requestsPerSecond: proxies,
    })),
    hops: callers.map(({ id }) => ({
      from: id,
      to: 'default/reviews',
      pools: [{ weight: 100, rule: whatIfRule(rule) }],
    })),
  },
};

const LEVELS = ['unprotected', 'partial', 'unknown', 'protected'] as const;

const services: ServiceSummary[] = Array.from(
  { length: SERVICES },
  (_, service) => ({
    meshId: mesh.id,
    namespace: `team-${service % 50}`,
    name: `service-${String(service).padStart(4, '0')}`,
    regions: [0, 1, 2].map(i => ({
      region: regionName(service + i),
      ready: 2,
      total: 2 + (service % 2),
    })),
    protection: LEVELS[service % LEVELS.length],
  }),
);

/** Pages of services as the backend gives them: `limit` at most 500, the cursor names the next. */
export function servicesPage(query: URLSearchParams): Page<ServiceSummary> {
  const from = Number(query.get('cursor') ?? 0);
  const to = from + Math.min(Number(query.get('limit') ?? 50), 500);
  return {
    items: services.slice(from, to),
    ...(to < SERVICES && { nextCursor: String(to) }),
  };
}
