import type { LintInput } from '../locality/lint';
import type { LintContext, LintService } from '../locality/lintTypes';
import type { LocalityIntent } from '../locality/types';

export const HZ = 'cn-hangzhou';
export const SH = 'cn-shanghai';

export type Failover = Extract<LocalityIntent, { mode: 'failover' }>;
export type Distribution = Extract<LocalityIntent, { mode: 'distribution' }>;

export const service = (change: Partial<LintService> = {}): LintService => ({
  namespace: 'default',
  name: 'reviews',
  host: 'reviews.default.svc.cluster.local',
  endpoints: [
    { region: HZ, zone: 'cn-hangzhou-h', total: 2, healthy: 2 },
    { region: SH, zone: 'cn-shanghai-b', total: 2, healthy: 2 },
  ],
  ports: [{ name: 'http', number: 9080 }],
  current: { locality: { setting: {}, source: 'default' }, shadowed: [] },
  destinationRules: [],
  ...change,
});

export const context = (change: Partial<LintContext> = {}): LintContext => ({
  gates: { distribution: { allowed: true, requires: '1.22.6.66' } },
  version: 'v1.22.6.66-g1-aliyun',
  services: [service()],
  callers: [
    { name: 'gateway', region: HZ, zone: 'cn-hangzhou-h', proxies: 1 },
    { name: 'workloads', region: SH, zone: 'cn-shanghai-b', proxies: 3 },
  ],
  knownRegions: [HZ, SH],
  ...change,
});

/** Rules nobody could object to. */
export const failover = (change: Partial<Failover> = {}): Failover => ({
  mode: 'failover',
  failover: [
    { from: HZ, to: SH },
    { from: SH, to: HZ },
  ],
  outlierDetection: {
    consecutive5xxErrors: 1,
    interval: '1s',
    baseEjectionTime: '1m',
    maxEjectionPercent: 100,
  },
  connectionPool: { connectTimeout: '1s' },
  ...change,
});
export const distribution = (
  change: Partial<Distribution> = {},
): Distribution => ({
  mode: 'distribution',
  distribute: [
    { from: HZ, to: { [HZ]: 90, [SH]: 10 } },
    { from: SH, to: { [SH]: 90, [HZ]: 10 } },
  ],
  outlierDetection: failover().outlierDetection,
  connectionPool: { connectTimeout: '1s' },
  ...change,
});
export const detection = (change: object) =>
  failover({
    outlierDetection: { ...failover().outlierDetection, ...change },
  });

export const target = {
  scope: 'service',
  meshId: 'c1',
  namespace: 'default',
  name: 'reviews',
} as const;
export const meshTarget = { scope: 'mesh', meshId: 'c1' } as const;

export const input = (
  intent: LocalityIntent,
  change: Partial<LintContext> = {},
): LintInput => ({ target, intent, context: context(change) });
export const withDetection = (name: string) =>
  service({
    name,
    current: {
      locality: { setting: {}, source: 'default' },
      outlierDetection: {
        settings: failover().outlierDetection!,
        object: `DestinationRule default/${name}`,
      },
      connectionPool: {
        settings: { connectTimeout: '1s' },
        object: `DestinationRule default/${name}`,
      },
      shadowed: [],
    },
  });
/** A mesh-wide rule over services whose own outlier detection is in order. */
export const meshInput = (
  intent: LocalityIntent,
  change: Partial<LintContext> = {},
): LintInput => ({
  target: meshTarget,
  intent,
  context: context({ services: [withDetection('reviews')], ...change }),
});
export const overridden = (name: string) => {
  const base = withDetection(name);
  return {
    ...base,
    current: {
      ...base.current!,
      locality: {
        setting: { enabled: false },
        source: 'destination-rule' as const,
        object: `DestinationRule default/${name}`,
      },
    },
  };
};
export const meshFailover = () => {
  const { outlierDetection, connectionPool, ...rest } = failover();
  return rest;
};
export const rule = (spec: object, namespace = 'default') => ({
  metadata: { name: 'reviews', namespace },
  spec: { host: 'reviews.default.svc.cluster.local', ...spec },
});
