import type { LintFinding } from '../../api/types';
import type { LintService } from '../lintTypes';
import type { LocalityIntent } from '../types';
import {
  fromRegions,
  list,
  pools,
  readyIn,
  serviceSeverity,
  type LintInput,
} from './support';

/** Findings about where calls come from and whether somebody is there to answer them. */
export function lintReach(input: LintInput): LintFinding[] {
  const { intent, context } = input;
  if (intent.mode === 'off') {
    return [];
  }
  return [
    ...context.services.flatMap(service => [
      ...lintBypass(input, service),
      ...lintName(service),
      ...lintTargets(input, service),
    ]),
    ...lintCallers(input),
    ...lintUncovered(input),
  ];
}

function lintBypass(input: LintInput, service: LintService): LintFinding[] {
  const passthrough = service.current?.loadBalancer === 'PASSTHROUGH';
  if (!service.headless && !passthrough) {
    return [];
  }
  const name = `${service.namespace}/${service.name}`;
  return [
    {
      id: service.headless ? 'headless' : 'passthrough',
      severity: serviceSeverity(input.target),
      message: service.headless
        ? `${name} is headless: clients choose a pod by its address and proxies follow, so no locality rule applies.`
        : `${name} uses the load balancer PASSTHROUGH: proxies keep the address the client chose, so no locality rule applies.`,
      values: { service: name },
      evidence: service.headless
        ? 'Service clusterIP: None'
        : 'DestinationRule trafficPolicy.loadBalancer.simple: PASSTHROUGH',
    },
  ];
}

/** A proxy answers for every host of the mesh, but the program first asks its own cluster's DNS for the name. */
function lintName(service: LintService): LintFinding[] {
  const clusters = service.clustersWithoutService ?? [];
  if (!clusters.length) {
    return [];
  }
  const name = `${service.namespace}/${service.name}`;
  return [
    {
      id: 'service-missing-near-callers',
      severity: 'warn',
      message: `${list(
        clusters,
      )} has workloads but no Service ${name}: the name does not resolve there unless the mesh answers DNS for its proxies (DNS proxying), so calls fail before any rule is asked. Create the Service there, without pods if need be.`,
      values: { service: name, clusters: clusters.join(', ') },
      evidence: `no Service ${name} in ${clusters.join(', ')}`,
    },
  ];
}

/** Regions a rule sends to that have no ready endpoint in some pool of the service. */
function lintTargets(input: LintInput, service: LintService): LintFinding[] {
  const { intent, context } = input;
  const moves = movesOf(intent);
  return pools(service).flatMap(({ label, endpoints }): LintFinding[] => {
    // Mistyped regions have a finding of their own.
    const judged = moves.filter(
      ({ from, to }) =>
        (from !== to || intent.mode === 'distribution') &&
        (!context.knownRegions.length || context.knownRegions.includes(to)),
    );
    const empty = judged.filter(({ to }) => readyIn(endpoints, to) === 0);
    if (!empty.length) {
      return [];
    }
    const regions = [...new Set(empty.map(({ to }) => to))];
    const all = empty.length === judged.length;
    return [
      {
        id: 'target-without-endpoints',
        severity: all ? serviceSeverity(input.target) : 'warn',
        message: `${label} has no ready endpoint in ${list(
          regions,
        )}, so nothing can answer there${
          all ? ' and the rule has no effect' : ''
        }. Start pods there first.`,
        values: {
          service: label,
          regions: regions.join(', '),
          ready: regionCounts(endpoints),
        },
        evidence: endpoints.length
          ? `ready endpoints: ${regionCounts(endpoints)}`
          : 'no endpoints at all',
      },
    ];
  });
}

/** Every region a rule sends calls to, with where they come from. */
function movesOf(intent: LocalityIntent): { from: string; to: string }[] {
  switch (intent.mode) {
    case 'failover':
      return intent.failover;
    case 'distribution':
      return intent.distribute.flatMap(({ from, to }) =>
        Object.keys(to).map(region => ({ from, to: region })),
      );
    case 'evacuation':
      return [{ from: intent.from ?? '', to: intent.to }];
    default:
      return [];
  }
}

function regionCounts(endpoints: LintService['endpoints']): string {
  const regions = [...new Set(endpoints.map(({ region }) => region))];
  return regions
    .map(region => `${region} ${readyIn(endpoints, region)}`)
    .join(', ');
}

function lintCallers({ intent, context }: LintInput): LintFinding[] {
  const callers = [...new Set(context.callers.map(({ region }) => region))];
  if (!callers.length) {
    return [];
  }
  const idle = [...new Set(fromRegions(intent))].filter(
    from => !callers.includes(from),
  );
  if (!idle.length) {
    return [];
  }
  const none = idle.length === new Set(fromRegions(intent)).size;
  return [
    {
      id: 'from-without-callers',
      severity: none ? 'refuse' : 'inform',
      message: `"from" is the caller's region, and no caller stands in ${list(
        idle,
      )}${
        none ? '; the rule would apply to nobody' : ''
      }. Callers are in ${list(callers)}.`,
      values: { regions: idle.join(', '), callers: callers.join(', ') },
      evidence: context.callers
        .map(({ name, region }) => `${name}: ${region || 'no region'}`)
        .join('; '),
    },
  ];
}

/** Caller regions a distribution says nothing about: their calls spread by number of endpoints. */
function lintUncovered({ intent, context }: LintInput): LintFinding[] {
  if (intent.mode !== 'distribution') {
    return [];
  }
  const covered = new Set(intent.distribute.map(({ from }) => from));
  if (!context.callers.some(({ region }) => covered.has(region))) {
    return [];
  }
  const missing = [
    ...new Set(context.callers.map(({ region }) => region)),
  ].filter(region => region && !covered.has(region));
  return missing.map(region => {
    const fixed = coverRegion(intent, region);
    return {
      id: 'caller-region-not-covered',
      severity: 'warn',
      message: `Callers in ${region} match no entry: their calls spread over all regions by number of endpoints, without any preference.`,
      values: { region, covered: [...covered].join(', ') },
      evidence: `callers in ${region}: ${
        context.callers
          .filter(caller => caller.region === region)
          .map(({ name }) => name)
          .join(', ') || 'unnamed'
      }; distribute.from: ${[...covered].join(', ')}`,
      ...(fixed && {
        fix: {
          label: `Give callers in ${region} the mirrored weights`,
          intent: fixed,
        },
      }),
    };
  });
}

/** Adds an entry for a region: the weights of the first entry with the two regions' parts exchanged. */
function coverRegion(
  intent: Extract<LocalityIntent, { mode: 'distribution' }>,
  region: string,
): LocalityIntent | undefined {
  const model = intent.distribute.find(({ to }) => to[region] !== undefined);
  if (!model) {
    return undefined;
  }
  const to = Object.fromEntries(
    Object.entries(model.to).map(([key, weight]) => {
      if (key === region) {
        return [model.from, weight];
      }
      return key === model.from ? [region, weight] : [key, weight];
    }),
  );
  return to[region] === undefined
    ? undefined
    : { ...intent, distribute: [...intent.distribute, { from: region, to }] };
}
