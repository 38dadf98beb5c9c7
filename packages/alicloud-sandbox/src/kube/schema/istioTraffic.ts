import {
  boolean,
  integer,
  list,
  map,
  number,
  object,
  oneOf,
  string,
  type Schema,
} from './schema';

const LENGTH = /^([0-9]+(\.[0-9]+)?(h|m|s|ms|us|ns))+$/;

/** A duration: `1m`, `1.5s`, `300ms`. */
export const duration: Schema = {
  kind: 'scalar',
  type: 'string',
  pattern: {
    test: LENGTH,
    says: 'must be a valid duration greater than 1ms',
  },
};

/** Chooses workloads by labels. */
export const workloadSelector = object({ matchLabels: map(string) });

export const workloadLabels = object({ labels: map(string) });

export const portSelector = object({ number: integer });

const clientTls = object({
  mode: oneOf('DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'),
  clientCertificate: string,
  privateKey: string,
  caCertificates: string,
  caCrl: string,
  credentialName: string,
  subjectAltNames: list(string),
  sni: string,
  insecureSkipVerify: boolean,
});

const connectionPool = object({
  tcp: object({
    maxConnections: integer,
    connectTimeout: duration,
    idleTimeout: duration,
    maxConnectionDuration: duration,
    tcpKeepalive: object({
      probes: integer,
      time: duration,
      interval: duration,
    }),
  }),
  http: object({
    http1MaxPendingRequests: integer,
    http2MaxRequests: integer,
    maxRequestsPerConnection: integer,
    maxRetries: integer,
    maxConcurrentStreams: integer,
    idleTimeout: duration,
    h2UpgradePolicy: oneOf('DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'),
    useClientProtocol: boolean,
  }),
});

const outlierDetection = object({
  consecutive5xxErrors: integer,
  consecutiveErrors: integer,
  consecutiveGatewayErrors: integer,
  consecutiveLocalOriginFailures: integer,
  splitExternalLocalOriginErrors: boolean,
  interval: duration,
  baseEjectionTime: duration,
  maxEjectionPercent: integer,
  minHealthPercent: integer,
});

/** `localityLbSetting`; weights and the pairing of regions are judged in `admission/locality.ts`. */
export const localityLbSetting = object({
  enabled: boolean,
  distribute: list(object({ from: string, to: map(integer) })),
  failover: list(object({ from: string, to: string })),
  failoverPriority: list(string),
});

const loadBalancer = object({
  simple: oneOf(
    'UNSPECIFIED',
    'LEAST_CONN',
    'RANDOM',
    'PASSTHROUGH',
    'ROUND_ROBIN',
    'LEAST_REQUEST',
  ),
  consistentHash: object({
    httpHeaderName: string,
    httpQueryParameterName: string,
    httpCookie: object(
      { name: string, path: string, ttl: duration },
      { required: ['name'] },
    ),
    useSourceIp: boolean,
    minimumRingSize: integer,
    ringHash: object({ minimumRingSize: integer }),
    maglev: object({ tableSize: integer }),
  }),
  localityLbSetting,
  warmupDurationSecs: duration,
  warmup: object({
    duration,
    aggression: number,
    minimumPercent: number,
  }),
});

const portPolicy = object({
  port: portSelector,
  connectionPool,
  loadBalancer,
  outlierDetection,
  tls: clientTls,
});

const trafficPolicy = object({
  connectionPool,
  loadBalancer,
  outlierDetection,
  tls: clientTls,
  portLevelSettings: list(portPolicy),
  proxyProtocol: object({ version: oneOf('V1', 'V2') }),
  tunnel: object(
    { protocol: string, targetHost: string, targetPort: integer },
    { required: ['targetHost', 'targetPort'] },
  ),
});

/** `DestinationRule.spec`. */
export const DESTINATION_RULE = object(
  {
    host: string,
    exportTo: list(string),
    subsets: list(
      object(
        { name: string, labels: map(string), trafficPolicy },
        { required: ['name'] },
      ),
    ),
    trafficPolicy,
    workloadSelector,
  },
  { required: ['host'] },
);
