import type {
  CandidateCluster,
  Change,
  CreateChangeRequest,
  LocalityIntent,
  MeshDrApi,
  Operation,
  PreflightReport,
  Preview,
  PreviewRequest,
  ServiceTopology,
  VerificationRequest,
  VerificationResult,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { network } from './network';
import { exported } from './shifts';
import { HANGZHOU, makeTopology, mesh, SHANGHAI, split } from './topology';

export const candidate: CandidateCluster = {
  id: 'c5d6e7f8091a2b3c4d5e6f708192a3b4c',
  name: 'ack-shanghai',
  region: SHANGHAI,
  vpcId: 'vpc-uf6shanghai1',
  version: '1.31.1-aliyun.1',
  state: 'running',
  forbiddenFlag: 0,
};

export const failingPreflight: PreflightReport = {
  meshId: mesh.id,
  clusterId: candidate.id,
  ranAt: new Date().toISOString(),
  ready: false,
  checks: [
    {
      id: 'cluster-running',
      status: 'passed',
      title: 'Cluster is running',
      evidence: 'ack-shanghai is running',
    },
    {
      id: 'vpc-attached',
      status: 'passed',
      title: 'VPCs attached',
      evidence:
        'vpc-bp1hangzhou2 and vpc-uf6shanghai1 are attached to transit routers of cen-7qthudw0ll6jmc1abc',
    },
    {
      id: 'cross-region-bandwidth',
      status: 'failed',
      title: 'Cross-region bandwidth',
      evidence:
        'tr-attach-peer between cn-hangzhou and cn-shanghai has 0 Mbit/s',
      fix: 'Set the bandwidth of tr-attach-peer to at least 2 Mbit/s (CEN console → Inter-region connections).',
    },
    {
      id: 'routes',
      status: 'passed',
      title: 'Routes',
      evidence: '21.0.0.0/8 and 192.168.0.0/16 are in both route tables',
    },
    {
      id: 'api-server-reachable',
      status: 'unknown',
      title: 'API server reachable',
      evidence: 'not tried: the link has no bandwidth',
    },
  ],
};
failingPreflight.firstFailure = failingPreflight.checks[2];

const at = (second: number) =>
  new Date(Date.now() - 60_000 + second * 1000).toISOString();

export const runningJoin: Operation = {
  id: 'op-1',
  kind: 'join',
  meshId: mesh.id,
  clusterId: candidate.id,
  status: 'running',
  startedAt: at(0),
  requestedBy: 'user:default/ada',
  progress: [{ at: at(1), message: 'AddClusterIntoServiceMesh accepted' }],
};

export const failedJoin: Operation = {
  ...runningJoin,
  status: 'failed',
  finishedAt: at(42),
  progress: [
    ...runningJoin.progress,
    { at: at(40), message: 'ASM reports the cluster as failed' },
  ],
  diagnosis: {
    summary:
      'ASM in cn-hangzhou cannot reach the API server of ack-shanghai: the inter-region link cn-hangzhou – cn-shanghai has no bandwidth.',
    asmMessage: 'connect to api server 21.0.0.8:6443 timed out',
    preflight: failingPreflight,
  },
};

const ruleLines = (intent: Exclude<LocalityIntent, { mode: 'off' }>) => {
  switch (intent.mode) {
    case 'failover':
      return [
        '      failover:',
        ...intent.failover.flatMap(rule => [
          `      - from: ${rule.from}`,
          `        to: ${rule.to}`,
        ]),
      ];
    case 'distribution':
      return [
        '      distribute:',
        ...intent.distribute.flatMap(rule => [
          `      - from: ${rule.from}`,
          '        to:',
          ...Object.entries(rule.to).map(
            ([region, weight]) => `          ${region}: ${weight}`,
          ),
        ]),
      ];
    default:
      return [
        '      failoverPriority:',
        `      - topology.kubernetes.io/region=${intent.to}`,
      ];
  }
};

const yaml = (intent: LocalityIntent) => {
  if (intent.mode === 'off') {
    return 'trafficPolicy:\n  loadBalancer:\n    localityLbSetting:\n      enabled: false\n';
  }
  const lines = ruleLines(intent);
  const od = Object.entries(intent.outlierDetection ?? {}).map(
    ([field, value]) => `    ${field}: ${value}`,
  );
  return [
    'trafficPolicy:',
    '  loadBalancer:',
    '    localityLbSetting:',
    '      enabled: true',
    ...lines,
    ...(od.length ? ['  outlierDetection:', ...od] : []),
    '',
  ].join('\n');
};

/** A preview as the server would make it: failover without enough ejection is refused with the fix. */
export function makePreview(request: PreviewRequest): Preview {
  const { intent } = request;
  const { findings, predicted, callers } = makeTopology();
  const refused =
    request.target.scope === 'service' &&
    intent.mode === 'failover' &&
    intent.outlierDetection?.maxEjectionPercent === undefined;
  const after = callers.map(caller => {
    if (intent.mode === 'distribution') {
      const rule = intent.distribute.find(r => r.from === caller.region);
      return {
        callerId: caller.id,
        callerRegion: caller.region,
        shares: rule?.to ?? { [HANGZHOU]: 60, [SHANGHAI]: 40 },
        noHealthyUpstream: false,
      };
    }
    const local = caller.region === HANGZHOU ? 100 : 0;
    return split(
      caller.id,
      caller.region,
      intent.mode === 'failover' ? local : 60,
    );
  });
  return {
    ...request,
    services: [
      {
        namespace: 'default',
        name: 'reviews',
        before: predicted,
        after,
        outage: {
          region: HANGZHOU,
          requestsPerSecondPerProxy: 10,
          callers: [
            {
              callerRegion: HANGZHOU,
              before: failures(0, 0, 50),
              after: refused ? failures(0, 0, 50) : failures(12, 1.5, 0),
            },
          ],
        },
      },
    ],
    findings: refused
      ? [
          {
            ...findings[0],
            fix: {
              label: 'Set maxEjectionPercent to 100',
              intent: {
                ...intent,
                outlierDetection: {
                  ...intent.outlierDetection,
                  maxEjectionPercent: 100,
                },
              },
            },
          },
        ]
      : [],
    applicable: !refused,
    before: yaml({
      mode: 'failover',
      failover: [{ from: HANGZHOU, to: SHANGHAI }],
      outlierDetection: {
        consecutive5xxErrors: 1,
        interval: '1s',
        baseEjectionTime: '1m',
      },
    }),
    after: yaml(intent),
    steps: [
      'Apply the fields to DestinationRule default/reviews (server-side, as mesh-dr)',
      'Read the fields back',
    ],
    stepMessages: [
      {
        key: 'service-apply',
        values: {
          object: 'DestinationRule default/reviews',
          manager: 'mesh-dr',
        },
        message:
          'Apply the fields to DestinationRule default/reviews (server-side, as mesh-dr)',
      },
      { key: 'service-read-back', values: {}, message: 'Read the fields back' },
    ],
    hash: `hash-of-${JSON.stringify(intent).length}`,
  };
}

function failures(first: number, firstSeconds: number, stayingPercent: number) {
  return { first, firstSeconds, firstPercent: 50, stayingPercent };
}

export function makeChange(overrides: Partial<Change> = {}): Change {
  const intent: LocalityIntent = {
    mode: 'failover',
    failover: [{ from: HANGZHOU, to: SHANGHAI }],
  };
  return {
    id: 'change-1',
    target: {
      scope: 'service',
      meshId: mesh.id,
      namespace: 'default',
      name: 'reviews',
    },
    intent,
    status: 'applied',
    requestedBy: 'user:default/ada',
    requestedAt: '2026-03-04T05:06:07.000Z',
    reason: 'Game day 12',
    hash: 'hash-1',
    before: yaml({ mode: 'off' }),
    after: yaml(intent),
    findings: [],
    verified: {
      at: '2026-03-04T05:06:09.000Z',
      ok: true,
      detail: 'Read back from the mesh: as written.',
    },
    ...overrides,
  };
}

function makeVerification(request: VerificationRequest): VerificationResult {
  const shanghai = Math.round(request.requests * 0.12);
  const hangzhou = request.requests - shanghai;
  return {
    requests: request.requests,
    byRegion: { [HANGZHOU]: hangzhou, [SHANGHAI]: shanghai },
    byVersion: { v1: hangzhou, v2: shanghai },
    failed: 0,
    unknown: 0,
    shares: {
      [HANGZHOU]: { percent: 88, low: 84.2, high: 91.1 },
      [SHANGHAI]: { percent: 12, low: 8.9, high: 15.8 },
    },
    predicted: { [HANGZHOU]: 90, [SHANGHAI]: 10 },
    gateway: { address: '47.98.12.34:80', region: HANGZHOU },
    durationMs: 480,
    suggestedRequests: 385,
  };
}

/** An API of canned answers; give the methods that a test cares about. */
export function makeApi(
  overrides: Partial<MeshDrApi> & { topology?: ServiceTopology } = {},
): MeshDrApi {
  const { topology = makeTopology(), ...methods } = overrides;
  const unexpected = (name: string) => async () => {
    throw new Error(`${name} was not expected to be called`);
  };
  const pending: Change = makeChange({
    id: 'change-2',
    status: 'pending-approval',
    requestedBy: 'user:default/grace',
    reason: 'Shift ten percent to warm Shanghai up',
    verified: undefined,
    intent: {
      mode: 'distribution',
      distribute: [{ from: HANGZHOU, to: { [HANGZHOU]: 90, [SHANGHAI]: 10 } }],
    },
  });
  return {
    etagOf: () => undefined,
    listMeshes: async () => [mesh],
    getMesh: async () => mesh,
    getNetwork: async () => network,
    listCandidates: async () => [candidate],
    preflight: async () => failingPreflight,
    repair: unexpected('repair'),
    joinCluster: async () => runningJoin,
    previewLeave: unexpected('previewLeave'),
    leaveMesh: unexpected('leaveMesh'),
    cancelOperation: unexpected('cancelOperation'),
    getOperation: async () => failedJoin,
    listServices: async () => ({
      items: [
        {
          meshId: mesh.id,
          namespace: 'default',
          name: 'productpage',
          regions: [
            { region: HANGZHOU, ready: 1, total: 1 },
            { region: SHANGHAI, ready: 1, total: 1 },
          ],
          protection: 'protected',
        },
        {
          meshId: mesh.id,
          namespace: 'default',
          name: 'reviews',
          regions: topology.regions.map(({ region, ready, total }) => ({
            region,
            ready,
            total,
          })),
          protection: topology.verdict.level,
        },
      ],
    }),
    getTopology: async () => topology,
    preview: async request => makePreview(request),
    createChange: async (request: CreateChangeRequest) =>
      makeChange({
        id: 'change-3',
        intent: request.intent,
        target: request.target,
        reason: request.reason,
      }),
    getChange: unexpected('getChange'),
    exportChange: async () => exported,
    planRemoval: unexpected('planRemoval'),
    simulate: unexpected('simulate'),
    listChanges: async () => ({ items: [pending, makeChange()] }),
    approveChange: async () => makeChange({ id: 'change-2' }),
    rejectChange: async () =>
      makeChange({ id: 'change-2', status: 'rejected' }),
    rollbackChange: async () => makeChange({ rollbackOf: 'change-1' }),
    getBreakGlassBundle: unexpected('getBreakGlassBundle'),
    createShift: unexpected('createShift'),
    getShift: unexpected('getShift'),
    listShifts: async () => ({ items: [] }),
    pauseShift: unexpected('pauseShift'),
    resumeShift: unexpected('resumeShift'),
    abortShift: unexpected('abortShift'),
    verifyTraffic: async request => makeVerification(request),
    listEnvironments: async () => [],
    getEnvironment: unexpected('getEnvironment'),
    putEnvironment: unexpected('putEnvironment'),
    forgetEnvironment: unexpected('forgetEnvironment'),
    checkDrift: unexpected('checkDrift'),
    listVpcs: async () => [],
    previewEnvironment: unexpected('previewEnvironment'),
    createGrant: unexpected('createGrant'),
    redeemGrant: unexpected('redeemGrant'),
    listGrants: async () => [],
    revokeGrant: unexpected('revokeGrant'),
    ...methods,
  };
}
