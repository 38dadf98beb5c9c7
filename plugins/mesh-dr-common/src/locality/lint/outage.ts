import type { LintFinding } from '../../api/types';
import { OFFERED_CONNECT_TIMEOUT } from '../../outage/remedies';
import type { LintService } from '../lintTypes';
import { parseDuration } from '../rules';
import type { LintInput } from './support';

/** Findings about settings that decide how an outage ends, where forecasts of it were worked out. */
export function lintOutage(input: LintInput): LintFinding[] {
  const { target, intent, context } = input;
  if (target.scope !== 'service' || intent.mode === 'off') {
    return [];
  }
  return context.services.flatMap(service => [
    ...lintTimeout(input, service),
    ...lintRetries(service),
  ]);
}

function lintTimeout(
  { intent }: LintInput,
  { namespace, name, remedies }: LintService,
): LintFinding[] {
  const found = remedies?.connectTimeout;
  if (!found || intent.mode === 'off') {
    return [];
  }
  const set = intent.connectionPool?.connectTimeout;
  const offered = parseDuration(OFFERED_CONNECT_TIMEOUT);
  if (set !== undefined && parseDuration(set) <= offered) {
    return [];
  }
  const service = `${namespace}/${name}`;
  const { region, requests, proxies, outageSeconds } = remedies;
  const { now, then } = found;
  return [
    {
      id: 'connect-timeout-decides',
      severity: 'warn',
      message: `If ${region} is lost and answers nothing, calls to ${service} wait up to ${now.waitSeconds} s longer and about ${now.failed} of ${requests} fail; with a connect timeout of ${OFFERED_CONNECT_TIMEOUT} they wait up to ${then.waitSeconds} s and about ${then.failed} fail.`,
      values: {
        region,
        service,
        requests,
        proxies,
        seconds: outageSeconds,
        offered: OFFERED_CONNECT_TIMEOUT,
        set: set ?? '10s',
        waitNow: now.waitSeconds,
        waitThen: then.waitSeconds,
        failedNow: now.failed,
        failedThen: then.failed,
      },
      evidence: `connectionPool.tcp.connectTimeout is ${
        set ?? '10s (not set)'
      }; forecast for ${proxies} calling proxies and ${outageSeconds} s`,
      fix: {
        label: `Set connectTimeout to ${OFFERED_CONNECT_TIMEOUT}`,
        intent: {
          ...intent,
          connectionPool: {
            ...intent.connectionPool,
            connectTimeout: OFFERED_CONNECT_TIMEOUT,
          },
        },
      },
    },
  ];
}

function lintRetries({
  namespace,
  name,
  remedies,
}: LintService): LintFinding[] {
  if (!remedies) {
    return [];
  }
  const service = `${namespace}/${name}`;
  const { region, proxies, outageSeconds } = remedies;
  return remedies.retries.map(({ refused, lost, patch }) => ({
    id: 'retries-stay-in-region',
    // A rule that sends calls to what fails for good is helped by nothing else.
    severity:
      refused.now.stayingPercent > 0 || lost.now.stayingPercent > 0
        ? 'warn'
        : 'inform',
    message: `Retries of calls to ${service} may stay in the region that fails: when the pods in ${region} refuse connections, about ${refused.now.failed} calls fail within ${outageSeconds} s, with retryRemoteLocalities ${refused.then.failed}; when ${region} answers nothing at all, ${lost.now.failed} and ${lost.then.failed}. Retries are set in ${patch.object}, which is not the portal's to change.`,
    values: {
      service,
      region,
      proxies,
      seconds: outageSeconds,
      object: patch.object,
      refusedNow: refused.now.failed,
      refusedThen: refused.then.failed,
      lostNow: lost.now.failed,
      lostThen: lost.then.failed,
    },
    evidence: `${patch.object}${
      patch.manifest ? ' does not exist' : ' does not set retryRemoteLocalities'
    }; forecast for ${proxies} calling proxies and ${outageSeconds} s`,
    patch,
  }));
}
