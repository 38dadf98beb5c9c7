import { LINT_IDS, type LintInput } from '../locality/lint';
import type { LocalityIntent } from '../locality/types';
import {
  HZ,
  SH,
  service,
  failover,
  distribution,
  detection,
  input,
  meshInput,
  withDetection,
  overridden,
  meshFailover,
  rule,
} from './lintBuilders';
import { outageCases } from './outageCases';

/** One situation per finding that triggers it, and one close by that does not. */
export const lintCases: {
  id: (typeof LINT_IDS)[number];
  severity: string;
  trigger: LintInput;
  nearMiss: LintInput;
}[] = [
  {
    id: 'failover-to-itself',
    severity: 'refuse',
    trigger: input(
      failover({
        failover: [
          { from: HZ, to: HZ },
          { from: SH, to: HZ },
        ],
      }),
    ),
    nearMiss: input(failover()),
  },
  {
    id: 'weight-zero',
    severity: 'refuse',
    trigger: input(
      distribution({ distribute: [{ from: HZ, to: { [HZ]: 100, [SH]: 0 } }] }),
    ),
    nearMiss: input(
      distribution({ distribute: [{ from: HZ, to: { [HZ]: 99, [SH]: 1 } }] }),
    ),
  },
  {
    id: 'weights-sum',
    severity: 'refuse',
    trigger: input(
      distribution({ distribute: [{ from: HZ, to: { [HZ]: 90, [SH]: 9 } }] }),
    ),
    nearMiss: input(distribution()),
  },
  {
    id: 'failover-and-distribution',
    severity: 'refuse',
    trigger: input({
      ...distribution(),
      failover: failover().failover,
    } as LocalityIntent),
    nearMiss: input(distribution()),
  },
  {
    id: 'unknown-region',
    severity: 'refuse',
    trigger: input(failover({ failover: [{ from: HZ, to: 'cn-shangai' }] })),
    nearMiss: input(failover()),
  },
  {
    id: 'version-gate',
    severity: 'refuse',
    trigger: input(distribution(), {
      gates: { distribution: { allowed: false, requires: '1.22.6.66' } },
    }),
    nearMiss: input(failover(), {
      gates: { distribution: { allowed: false, requires: '1.22.6.66' } },
    }),
  },
  {
    id: 'missing-outlier-detection',
    severity: 'refuse',
    trigger: input(failover({ outlierDetection: undefined })),
    // Even an empty one switches the priorities on.
    nearMiss: input(failover({ outlierDetection: {} })),
  },
  {
    id: 'distribution-without-outlier-detection',
    severity: 'warn',
    trigger: input(distribution({ outlierDetection: undefined })),
    nearMiss: input(distribution()),
  },
  {
    // Vector E03: 2 + 2 endpoints need 50.
    id: 'max-ejection-too-low',
    severity: 'refuse',
    trigger: input(detection({ maxEjectionPercent: 49 })),
    nearMiss: input(detection({ maxEjectionPercent: 50 })),
  },
  {
    id: 'no-error-counter',
    severity: 'refuse',
    trigger: input(detection({ consecutive5xxErrors: 0 })),
    nearMiss: input(
      detection({ consecutive5xxErrors: 0, consecutiveGatewayErrors: 3 }),
    ),
  },
  {
    id: 'gateway-errors-never-count',
    severity: 'inform',
    // Five 5xx errors eject by default.
    trigger: input(
      detection({
        consecutive5xxErrors: undefined,
        consecutiveGatewayErrors: 5,
      }),
    ),
    nearMiss: input(
      detection({
        consecutive5xxErrors: undefined,
        consecutiveGatewayErrors: 4,
      }),
    ),
  },
  {
    id: 'min-health-percent',
    severity: 'warn',
    trigger: input(detection({ minHealthPercent: 50 })),
    nearMiss: input(detection({ minHealthPercent: 0 })),
  },
  {
    id: 'tcp-port',
    severity: 'warn',
    trigger: input(failover(), {
      services: [service({ ports: [{ name: 'tcp-reviews', number: 9080 }] })],
    }),
    nearMiss: input(failover(), {
      services: [
        service({
          ports: [{ name: 'tcp-reviews', number: 9080, appProtocol: 'http' }],
        }),
      ],
    }),
  },
  {
    id: 'mesh-carries-no-outlier-detection',
    severity: 'warn',
    trigger: meshInput(failover()),
    nearMiss: meshInput(meshFailover()),
  },
  {
    id: 'headless',
    severity: 'refuse',
    trigger: input(failover(), { services: [service({ headless: true })] }),
    nearMiss: input(failover(), { services: [service({ headless: false })] }),
  },
  {
    id: 'passthrough',
    severity: 'refuse',
    trigger: input(failover(), {
      services: [
        service({
          current: { ...service().current!, loadBalancer: 'PASSTHROUGH' },
        }),
      ],
    }),
    nearMiss: input(failover(), {
      services: [
        service({
          current: { ...service().current!, loadBalancer: 'ROUND_ROBIN' },
        }),
      ],
    }),
  },
  {
    id: 'service-missing-near-callers',
    severity: 'warn',
    trigger: input(failover(), {
      services: [service({ clustersWithoutService: ['ack-shanghai'] })],
    }),
    nearMiss: input(failover(), {
      services: [service({ clustersWithoutService: [] })],
    }),
  },
  {
    id: 'target-without-endpoints',
    severity: 'refuse',
    trigger: input(failover({ failover: [{ from: HZ, to: SH }] }), {
      services: [
        service({
          endpoints: [
            { region: HZ, total: 2, healthy: 2 },
            { region: SH, total: 2, healthy: 0, notReady: 2 },
          ],
        }),
      ],
    }),
    nearMiss: input(failover({ failover: [{ from: HZ, to: SH }] }), {
      services: [
        service({
          endpoints: [
            { region: HZ, total: 2, healthy: 2 },
            { region: SH, total: 2, healthy: 1, notReady: 1 },
          ],
        }),
      ],
    }),
  },
  {
    id: 'from-without-callers',
    severity: 'refuse',
    trigger: input(failover({ failover: [{ from: SH, to: HZ }] }), {
      callers: [{ name: 'gateway', region: HZ }],
    }),
    nearMiss: input(failover({ failover: [{ from: HZ, to: SH }] }), {
      callers: [{ name: 'gateway', region: HZ }],
    }),
  },
  {
    id: 'caller-region-not-covered',
    severity: 'warn',
    trigger: input(
      distribution({ distribute: [{ from: HZ, to: { [HZ]: 90, [SH]: 10 } }] }),
    ),
    nearMiss: input(distribution()),
  },
  {
    id: 'rule-not-obeyed',
    severity: 'refuse',
    trigger: input(failover(), {
      services: [
        service({
          destinationRules: [
            rule({
              trafficPolicy: {
                portLevelSettings: [
                  {
                    port: { number: 9080 },
                    loadBalancer: { simple: 'RANDOM' },
                  },
                ],
              },
            }),
          ],
        }),
      ],
    }),
    nearMiss: input(failover(), {
      services: [
        service({
          destinationRules: [
            rule({
              trafficPolicy: {
                portLevelSettings: [
                  {
                    port: { number: 9443 },
                    loadBalancer: { simple: 'RANDOM' },
                  },
                ],
              },
            }),
          ],
        }),
      ],
    }),
  },
  {
    id: 'mesh-rule-overridden',
    severity: 'warn',
    trigger: meshInput(meshFailover(), {
      services: [overridden('reviews'), withDetection('ratings')],
    }),
    nearMiss: meshInput(meshFailover(), {
      services: [withDetection('reviews'), withDetection('ratings')],
    }),
  },
  {
    id: 'replaces-mesh-rule',
    severity: 'inform',
    trigger: input(failover(), { currentSetting: meshFailover() }),
    nearMiss: input(failover(), { currentSetting: { enabled: true } }),
  },
  {
    id: 'switches-off-first',
    severity: 'inform',
    trigger: meshInput(
      { mode: 'distribution', distribute: distribution().distribute },
      { currentSetting: { failover: failover().failover } },
    ),
    nearMiss: meshInput(meshFailover(), {
      currentSetting: { failover: failover().failover },
    }),
  },
  {
    id: 'connect-timeout-default',
    severity: 'warn',
    trigger: input(
      failover({ connectionPool: { maxRequestsPerConnection: 1 } }),
    ),
    nearMiss: input(failover()),
  },
  {
    id: 'distribution-without-fallback',
    severity: 'warn',
    trigger: input(
      distribution({
        distribute: [
          { from: HZ, to: { [HZ]: 100 } },
          { from: SH, to: { [SH]: 90, [HZ]: 10 } },
        ],
      }),
    ),
    nearMiss: input(distribution()),
  },
  {
    id: 'weights-apply-at-every-hop',
    severity: 'inform',
    trigger: meshInput(
      { mode: 'distribution', distribute: distribution().distribute },
      { services: [withDetection('reviews'), withDetection('ratings')] },
    ),
    // One service is one hop.
    nearMiss: meshInput({
      mode: 'distribution',
      distribute: distribution().distribute,
    }),
  },
  {
    id: 'consistent-hash',
    severity: 'inform',
    trigger: input(distribution(), {
      services: [
        service({
          current: { ...service().current!, loadBalancer: 'CONSISTENT_HASH' },
        }),
      ],
    }),
    nearMiss: input(distribution(), {
      services: [
        service({
          current: { ...service().current!, loadBalancer: 'LEAST_REQUEST' },
        }),
      ],
    }),
  },
  {
    id: 'zonal-concentration',
    severity: 'inform',
    trigger: input(failover(), {
      services: [
        service({
          endpoints: [
            { region: HZ, zone: 'cn-hangzhou-h', total: 1, healthy: 1 },
            { region: HZ, zone: 'cn-hangzhou-i', total: 1, healthy: 1 },
            { region: SH, zone: 'cn-shanghai-b', total: 2, healthy: 2 },
          ],
        }),
      ],
    }),
    nearMiss: input(failover(), {
      callers: [{ name: 'gateway', region: HZ, zone: 'cn-hangzhou-k' }],
      services: [
        service({
          endpoints: [
            { region: HZ, zone: 'cn-hangzhou-h', total: 1, healthy: 1 },
            { region: HZ, zone: 'cn-hangzhou-i', total: 1, healthy: 1 },
            { region: SH, zone: 'cn-shanghai-b', total: 2, healthy: 2 },
          ],
        }),
      ],
    }),
  },
  {
    id: 'node-without-region',
    severity: 'warn',
    trigger: input(failover(), { nodesWithoutRegion: ['ack/node-1'] }),
    nearMiss: input(failover(), { nodesWithoutRegion: [] }),
  },
  {
    id: 'region-label-typo',
    severity: 'warn',
    trigger: input(failover(), { knownRegions: [HZ, SH, 'cn-hangzou'] }),
    nearMiss: input(failover(), { knownRegions: [HZ, SH, 'cn-beijing'] }),
  },
  {
    id: 'off-spreads-calls',
    severity: 'inform',
    trigger: input({ mode: 'off' }),
    nearMiss: input(
      { mode: 'off' },
      { services: [service({ endpoints: [service().endpoints[0]] })] },
    ),
  },
  ...outageCases,
];
