import type { OutageRemedies } from '../outage/remedies';
import { failover, HZ, input, service } from './lintBuilders';

const cost = (failed: number, waitSeconds = 0, stayingPercent = 0) => ({
  failed,
  waitSeconds,
  stayingPercent,
});

/** Forecasts for three proxies in Hangzhou. */
export const remedies = (
  change: Partial<OutageRemedies> = {},
): OutageRemedies => ({
  region: HZ,
  requests: 3600,
  proxies: 3,
  requestsPerSecondPerProxy: 10,
  outageSeconds: 120,
  retries: [],
  ...change,
});

const forecast = (
  intent: ReturnType<typeof failover>,
  change: Partial<OutageRemedies>,
) => input(intent, { services: [service({ remedies: remedies(change) })] });

const noTimeout = failover({ connectionPool: undefined });
const connectTimeout = { now: cost(51, 10.3), then: cost(12, 1.5) };

/** Situations for what forecasts of an outage bring to light. */
export const outageCases = [
  {
    id: 'connect-timeout-decides' as const,
    severity: 'warn',
    trigger: forecast(noTimeout, { connectTimeout }),
    nearMiss: forecast(noTimeout, {}),
  },
  {
    id: 'retries-stay-in-region' as const,
    severity: 'inform',
    trigger: forecast(failover(), {
      retries: [
        {
          refused: { now: cost(70), then: cost(0) },
          lost: { now: cost(12, 1.5), then: cost(6, 1.3) },
          patch: { object: 'VirtualService default/reviews', command: 'true' },
        },
      ],
    }),
    nearMiss: forecast(failover(), { retries: [] }),
  },
];
