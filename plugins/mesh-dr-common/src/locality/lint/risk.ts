import type { LintFinding } from '../../api/types';
import { REGIONS, similarRegion } from '../../network/regions';
import type { LintService } from '../lintTypes';
import { list, outlierDetectionFor, readyIn, type LintInput } from './support';

/** Findings about rules that work, but may surprise. */
export function lintRisk(input: LintInput): LintFinding[] {
  return [
    ...lintConnectTimeout(input),
    ...lintNoFallback(input),
    ...lintHops(input),
    ...input.context.services.flatMap(service => lintHash(input, service)),
    ...input.context.services.flatMap(service => lintZones(input, service)),
    ...lintNodes(input),
    ...lintRegionLabels(input),
    ...lintOff(input),
  ];
}

function lintConnectTimeout({
  target,
  intent,
  context,
}: LintInput): LintFinding[] {
  // Where the outage was forecast, `lintOutage` says what the timeout does.
  const forecast = context.services.every(({ remedies }) => remedies);
  if (intent.mode === 'off' || (target.scope === 'service' && forecast)) {
    return [];
  }
  const timeouts =
    target.scope === 'service'
      ? [intent.connectionPool?.connectTimeout]
      : context.services.map(
          ({ current }) => current?.connectionPool?.settings.connectTimeout,
        );
  if (timeouts.every(timeout => timeout !== undefined)) {
    return [];
  }
  return [
    {
      id: 'connect-timeout-default',
      severity: 'warn',
      message:
        'A lost region answers nothing at all, and without connectTimeout each attempt waits 10 s for it.',
      values: { seconds: 10 },
      evidence: 'connectionPool.tcp.connectTimeout is not set',
      ...(target.scope === 'service' && {
        fix: {
          label: 'Set connectTimeout to 1s',
          intent: {
            ...intent,
            connectionPool: { ...intent.connectionPool, connectTimeout: '1s' },
          },
        },
      }),
    },
  ];
}

function lintNoFallback({ intent, context }: LintInput): LintFinding[] {
  if (intent.mode !== 'distribution') {
    return [];
  }
  return intent.distribute.flatMap(({ from, to }): LintFinding[] => {
    const regions = Object.keys(to);
    if (regions.length !== 1) {
      return [];
    }
    const [only] = regions;
    const spare = context.services.reduce(
      (sum, { endpoints }) =>
        sum + readyIn(endpoints) - readyIn(endpoints, only),
      0,
    );
    return [
      {
        id: 'distribution-without-fallback',
        severity: 'warn',
        message: `Callers in ${from} would know ${only} only: if it fails they get errors (503), although ${spare} endpoints are ready elsewhere. A distribution never leaves its list.`,
        values: { from, region: only, spare },
        evidence: `distribute from ${from}: ${only} 100; ready endpoints elsewhere: ${spare}`,
      },
    ];
  });
}

/** A mesh-wide weight is obeyed by every proxy on the way, so that it adds up over a chain of calls. */
function lintHops({ target, intent, context }: LintInput): LintFinding[] {
  const { services } = context;
  if (
    target.scope !== 'mesh' ||
    intent.mode !== 'distribution' ||
    services.length < 2
  ) {
    return [];
  }
  return intent.distribute.flatMap(({ from, to }): LintFinding[] => {
    const stays = to[from] ?? 0;
    if (stays === 0 || stays === 100) {
      return [];
    }
    const leaves = 100 - stays;
    const afterTwo = Math.round(100 - stays ** 2 / 100);
    return [
      {
        id: 'weights-apply-at-every-hop',
        severity: 'inform',
        message: `Each hop of a chain of calls obeys the weights again: ${leaves} % leave ${from} at the first, and of those that pass two services ${afterTwo} % have left it at least once. Give one service a rule of its own to move ${leaves} % of the whole.`,
        values: { from, leaves, afterTwo },
        evidence: `distribute from ${from}: ${from} ${stays}; 100 - ${stays} x ${stays} / 100 = ${afterTwo}; ${services.length} services follow mesh-wide rules`,
      },
    ];
  });
}

/** Hashing picks the region first, by whole weights, and knows nothing of a region that is half ejected. */
function lintHash(input: LintInput, service: LintService): LintFinding[] {
  if (
    input.intent.mode !== 'distribution' ||
    service.current?.loadBalancer !== 'CONSISTENT_HASH'
  ) {
    return [];
  }
  const name = `${service.namespace}/${service.name}`;
  return [
    {
      id: 'consistent-hash',
      severity: 'inform',
      message: `${name} hashes calls to endpoints (consistentHash): a region keeps its full weight while any of its endpoints is left, so those few get the calls of all.`,
      values: { service: name },
      evidence: 'DestinationRule trafficPolicy.loadBalancer.consistentHash',
    },
  ];
}

/** Once outlier detection is on, the caller's own zone comes before the rest of its region. */
function lintZones(input: LintInput, service: LintService): LintFinding[] {
  const { intent, context } = input;
  if (intent.mode !== 'failover' || !outlierDetectionFor(input, service)) {
    return [];
  }
  const concentrated = context.callers.filter(
    ({ region, zone }) =>
      zone &&
      service.endpoints.some(
        group => group.region === region && group.zone === zone,
      ) &&
      service.endpoints.some(
        group => group.region === region && group.zone && group.zone !== zone,
      ),
  );
  if (!concentrated.length) {
    return [];
  }
  const zones = [...new Set(concentrated.map(({ zone }) => zone!))];
  const name = `${service.namespace}/${service.name}`;
  return [
    {
      id: 'zonal-concentration',
      severity: 'inform',
      message: `Callers in ${list(
        zones,
      )} use only the endpoints of ${name} in their own zone while those are healthy; other zones of the region come second.`,
      values: { service: name, zones: zones.join(', ') },
      evidence: service.endpoints
        .map(
          group =>
            `${group.region}/${group.zone ?? '–'}: ${
              group.total - (group.notReady ?? 0)
            }`,
        )
        .join(', '),
    },
  ];
}

function lintNodes({ intent, context }: LintInput): LintFinding[] {
  const nodes = context.nodesWithoutRegion ?? [];
  if (intent.mode === 'off' || !nodes.length) {
    return [];
  }
  return [
    {
      id: 'node-without-region',
      severity: 'warn',
      message: `${nodes.length === 1 ? 'Node' : 'Nodes'} ${list(
        nodes.slice(0, 5),
      )}${
        nodes.length > 5 ? ` and ${nodes.length - 5} more` : ''
      } lack the label topology.kubernetes.io/region: pods there have no locality, so the rule neither starts from them nor prefers them.`,
      values: { nodes: nodes.slice(0, 5).join(', '), count: nodes.length },
      evidence: nodes.join(', '),
    },
  ];
}

/** A node label such as `cn-hangzou` makes a region of its own. */
function lintRegionLabels({ intent, context }: LintInput): LintFinding[] {
  if (intent.mode === 'off') {
    return [];
  }
  const official = REGIONS.map(({ id }) => id);
  return context.knownRegions.flatMap((region): LintFinding[] => {
    const others = context.knownRegions.filter(other =>
      official.includes(other),
    );
    const meant = official.includes(region)
      ? undefined
      : similarRegion(region, others);
    return meant
      ? [
          {
            id: 'region-label-typo',
            severity: 'warn',
            message: `The mesh knows both ${meant} and "${region}", which looks like a mistyped node label; proxies take them for two regions.`,
            values: { region, meant, known: context.knownRegions.join(', ') },
            evidence: `regions of the mesh: ${context.knownRegions.join(', ')}`,
          },
        ]
      : [];
  });
}

/** Switching off spreads calls over all regions. */
function lintOff({ intent, context }: LintInput): LintFinding[] {
  if (intent.mode !== 'off') {
    return [];
  }
  return context.services.flatMap(({ namespace, name, endpoints }) => {
    const all = readyIn(endpoints);
    const regions = [...new Set(endpoints.map(({ region }) => region))].filter(
      region => readyIn(endpoints, region) > 0,
    );
    if (regions.length < 2) {
      return [];
    }
    const split = regions
      .map(
        region =>
          `${region} ${Math.round((100 * readyIn(endpoints, region)) / all)} %`,
      )
      .join(', ');
    const ready = regions
      .map(region => `${region} ${readyIn(endpoints, region)}`)
      .join(', ');
    return [
      {
        id: 'off-spreads-calls',
        severity: 'inform' as const,
        message: `Without a rule, calls to ${namespace}/${name} spread over the regions by number of endpoints: ${split}.`,
        values: { service: `${namespace}/${name}`, split, ready },
        evidence: `ready endpoints: ${ready}`,
      },
    ];
  });
}
