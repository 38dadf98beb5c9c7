import {
  entryRequirement,
  type EndpointTopology,
  type MeshSummary,
  type PredictedSplit,
  type ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { complete } from './whatIf';

export const HANGZHOU = 'cn-hangzhou';
export const SHANGHAI = 'cn-shanghai';

const ago = (seconds: number) =>
  new Date(Date.now() - seconds * 1000).toISOString();

export const mesh: MeshSummary = {
  id: 'c0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d',
  name: 'mesh-dr',
  account: 'default',
  region: HANGZHOU,
  version: 'v1.22.6.66-g1a2b3c4-aliyun',
  state: 'running',
  gates: { distribution: { allowed: true, requires: '1.22.6.66' } },
  freshness: { state: 'ok', observedAt: ago(2) },
  clusters: [
    {
      id: 'c9f0e1d2c3b4a5968778695a4b3c2d1e0',
      name: 'ack-hangzhou',
      region: HANGZHOU,
      vpcId: 'vpc-bp1hangzhou1',
      version: '1.31.1-aliyun.1',
      state: 'running',
      connection: { state: 'ok', observedAt: ago(2) },
    },
    {
      id: 'c1a2b3c4d5e6f708192a3b4c5d6e7f809',
      name: 'ack-shanghai',
      region: SHANGHAI,
      vpcId: 'vpc-uf6shanghai1',
      version: '1.31.1-aliyun.1',
      state: 'failed',
      errorMessage:
        'connect to api server 21.0.0.8:6443 timed out, please check the network between the cluster and the mesh',
      connection: { state: 'ok', observedAt: ago(4) },
    },
  ],
  locality: { mode: 'off' },
};

const pod = (
  name: string,
  version: string,
  zone: string,
  ready = true,
): EndpointTopology => ({
  pod: name,
  ip: '10.0.0.1',
  version,
  zone,
  ready,
});

export const split = (
  callerId: string,
  callerRegion: string,
  hangzhou: number,
): PredictedSplit => ({
  callerId,
  callerRegion,
  shares: { [HANGZHOU]: hangzhou, [SHANGHAI]: 100 - hangzhou },
  noHealthyUpstream: false,
});

/** reviews in two regions, failover set by a DestinationRule that never ejects anything. */
export function makeTopology(
  overrides: Partial<ServiceTopology> = {},
): ServiceTopology {
  return complete({
    mesh: {
      id: mesh.id,
      name: mesh.name,
      region: mesh.region,
      version: mesh.version,
      gates: mesh.gates,
    },
    service: {
      namespace: 'default',
      name: 'reviews',
      host: 'reviews.default.svc.cluster.local',
      ports: [9080],
    },
    regions: [
      {
        region: HANGZHOU,
        freshness: { state: 'ok', observedAt: ago(2) },
        ready: 3,
        total: 4,
        clusters: [
          {
            id: 'c9f0e1d2c3b4a5968778695a4b3c2d1e0',
            name: 'ack-hangzhou',
            freshness: { state: 'ok', observedAt: ago(2) },
            workloads: [
              { name: 'reviews-v1', version: 'v1', desired: 2, ready: 2 },
              { name: 'reviews-v2', version: 'v2', desired: 2, ready: 1 },
            ],
            endpoints: [
              pod('reviews-v1-a', 'v1', 'cn-hangzhou-h'),
              pod('reviews-v1-b', 'v1', 'cn-hangzhou-i'),
              pod('reviews-v2-a', 'v2', 'cn-hangzhou-h'),
              pod('reviews-v2-b', 'v2', 'cn-hangzhou-i', false),
            ],
          },
        ],
      },
      {
        region: SHANGHAI,
        freshness: { state: 'ok', observedAt: ago(3) },
        ready: 2,
        total: 2,
        clusters: [
          {
            id: 'c1a2b3c4d5e6f708192a3b4c5d6e7f809',
            name: 'ack-shanghai',
            freshness: { state: 'ok', observedAt: ago(3) },
            workloads: [
              { name: 'reviews-v2', version: 'v2', desired: 2, ready: 2 },
            ],
            endpoints: [
              pod('reviews-v2-c', 'v2', 'cn-shanghai-b'),
              pod('reviews-v2-d', 'v2', 'cn-shanghai-g'),
            ],
          },
        ],
      },
    ],
    gateways: [
      {
        name: 'ingressgateway',
        namespace: 'istio-system',
        clusterId: 'c9f0e1d2c3b4a5968778695a4b3c2d1e0',
        region: HANGZHOU,
        address: '47.98.12.34',
        ports: [80],
        ready: 2,
      },
    ],
    callers: [
      {
        id: 'gateway:ingressgateway',
        kind: 'gateway',
        name: 'ingressgateway',
        region: HANGZHOU,
        proxies: 2,
        localitySource: 'node',
      },
      {
        id: 'sidecars:cn-hangzhou',
        kind: 'sidecars',
        name: 'sidecars in cn-hangzhou',
        region: HANGZHOU,
        proxies: 4,
        localitySource: 'node',
      },
      {
        id: 'sidecars:cn-shanghai',
        kind: 'sidecars',
        name: 'sidecars in cn-shanghai',
        region: SHANGHAI,
        proxies: 3,
        localitySource: 'node',
      },
    ],
    rule: {
      locality: {
        setting: { failover: [{ from: HANGZHOU, to: SHANGHAI }] },
        source: 'destination-rule',
        object: 'DestinationRule default/reviews',
      },
      outlierDetection: {
        settings: {
          consecutive5xxErrors: 1,
          interval: '1s',
          baseEjectionTime: '1m',
        },
        object: 'DestinationRule default/reviews',
      },
      shadowed: [],
    },
    predicted: [
      split('gateway:ingressgateway', HANGZHOU, 100),
      split('sidecars:cn-hangzhou', HANGZHOU, 90),
      split('sidecars:cn-shanghai', SHANGHAI, 0),
    ],
    findings: [
      {
        id: 'max-ejection-too-low',
        severity: 'refuse',
        message:
          "default/reviews would not leave cn-hangzhou: maxEjectionPercent is not set, so Envoy's default of 10 applies, and of its 5 endpoints Envoy may eject none. At least 60 is needed; 100 is recommended.",
        values: {
          service: 'default/reviews',
          region: HANGZHOU,
          cap: 10,
          total: 5,
          local: 3,
          ejected: 0,
          needed: 60,
        },
        evidence:
          '3 of 5 ready endpoints in cn-hangzhou; floor(10 % of 5) = 0 may be ejected',
        fix: {
          label: 'Set maxEjectionPercent to 100',
          intent: {
            mode: 'failover',
            failover: [{ from: HANGZHOU, to: SHANGHAI }],
            outlierDetection: {
              consecutive5xxErrors: 1,
              interval: '1s',
              baseEjectionTime: '1m',
              maxEjectionPercent: 100,
            },
          },
        },
      },
    ],
    verdict: {
      level: 'unprotected',
      key: 'neverEjects',
      values: {
        endpoints: 5,
        maxEjectionPercent: 10,
        region: HANGZHOU,
        percent: 60,
      },
      sentence:
        'Not protected: with 5 endpoints and maxEjectionPercent 10, Envoy never ejects anything.',
    },
    entry: entryRequirement([{ region: HANGZHOU }]),
    version: 'v1',
    computedAt: ago(2),
    ...overrides,
  });
}

/** Hangzhou cannot be reached; its last known pods stay in the picture. */
export function makeDeadRegionTopology(): ServiceTopology {
  const topology = makeTopology();
  const [hangzhou, shanghai] = topology.regions;
  const unreachable = {
    state: 'unreachable' as const,
    since: ago(185),
    reason: 'connect ETIMEDOUT 20.0.0.8:6443',
  };
  return complete({
    ...topology,
    regions: [
      {
        ...hangzhou,
        freshness: unreachable,
        clusters: hangzhou.clusters.map(cluster => ({
          ...cluster,
          freshness: unreachable,
        })),
      },
      shanghai,
    ],
    predicted: [
      split('gateway:ingressgateway', HANGZHOU, 0),
      split('sidecars:cn-hangzhou', HANGZHOU, 0),
      split('sidecars:cn-shanghai', SHANGHAI, 0),
    ],
    findings: [],
    verdict: {
      level: 'partial',
      key: 'protected',
      values: {
        region: HANGZHOU,
        targets: '100 % of calls go to cn-shanghai',
        calls: 4,
      },
      sentence:
        'If cn-hangzhou is lost, 100 % of calls go to cn-shanghai; about 4 calls fail first.',
    },
  });
}

/** Everybody prefers Shanghai. */
export function makeEvacuatedTopology(): ServiceTopology {
  const { rule } = makeTopology();
  return makeTopology({
    rule: {
      ...rule,
      locality: {
        ...rule.locality,
        setting: {
          failoverPriority: [`topology.kubernetes.io/region=${SHANGHAI}`],
        },
      },
    },
    predicted: [
      split('gateway:ingressgateway', HANGZHOU, 0),
      split('sidecars:cn-hangzhou', HANGZHOU, 0),
      split('sidecars:cn-shanghai', SHANGHAI, 0),
    ],
  });
}

/** Three regions, a distribution that sends a little everywhere. */
export function makeThreeRegionTopology(): ServiceTopology {
  const topology = makeTopology();
  const beijing = 'cn-beijing';
  return complete({
    ...topology,
    regions: [
      ...topology.regions,
      {
        region: beijing,
        freshness: { state: 'ok', observedAt: ago(1) },
        ready: 1,
        total: 1,
        clusters: [
          {
            id: 'c2beijing',
            name: 'ack-beijing',
            freshness: { state: 'ok', observedAt: ago(1) },
            workloads: [
              { name: 'reviews-v3', version: 'v3', desired: 1, ready: 1 },
            ],
            endpoints: [pod('reviews-v3-a', 'v3', 'cn-beijing-h')],
          },
        ],
      },
    ],
    callers: [
      ...topology.callers,
      {
        id: 'sidecars:cn-beijing',
        kind: 'sidecars',
        name: 'sidecars in cn-beijing',
        region: beijing,
        proxies: 1,
        localitySource: 'assumed',
      },
    ],
    rule: {
      locality: {
        setting: {
          distribute: [
            {
              from: HANGZHOU,
              to: { [HANGZHOU]: 80, [SHANGHAI]: 10, [beijing]: 10 },
            },
            { from: SHANGHAI, to: { [HANGZHOU]: 10, [SHANGHAI]: 90 } },
          ],
        },
        source: 'mesh',
      },
      shadowed: [
        {
          object: 'DestinationRule default/reviews-old',
          reason: 'an older DestinationRule of the same host is obeyed',
        },
      ],
    },
    predicted: [
      ...['gateway:ingressgateway', 'sidecars:cn-hangzhou'].map(callerId => ({
        callerId,
        callerRegion: HANGZHOU,
        shares: { [HANGZHOU]: 80, [SHANGHAI]: 10, [beijing]: 10 },
        noHealthyUpstream: false,
      })),
      {
        callerId: 'sidecars:cn-shanghai',
        callerRegion: SHANGHAI,
        shares: { [HANGZHOU]: 10, [SHANGHAI]: 90 },
        noHealthyUpstream: false,
      },
      {
        callerId: 'sidecars:cn-beijing',
        callerRegion: beijing,
        shares: { [HANGZHOU]: 50, [SHANGHAI]: 33.3, [beijing]: 16.7 },
        noHealthyUpstream: false,
      },
    ],
  });
}
