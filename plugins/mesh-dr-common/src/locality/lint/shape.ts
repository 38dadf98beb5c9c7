import type { LintFinding } from '../../api/types';
import { similarRegion } from '../../network/regions';
import type { LocalityIntent } from '../types';
import { list, regionsNamed, type LintInput } from './support';

/** Findings that the intent alone gives away, or the intent and the list of regions. */
export function lintShape(input: LintInput): LintFinding[] {
  const { intent } = input;
  return [
    ...(intent.mode === 'failover' ? lintPairs(intent) : []),
    ...(intent.mode === 'distribution' ? lintWeights(intent) : []),
    ...lintExclusive(intent),
    ...lintRegions(input),
    ...lintGate(input),
  ];
}

function lintPairs(
  intent: Extract<LocalityIntent, { mode: 'failover' }>,
): LintFinding[] {
  return intent.failover.flatMap(({ from, to }, i): LintFinding[] => {
    if (from !== to) {
      return [];
    }
    const rest = intent.failover.filter((_, j) => j !== i);
    return [
      {
        id: 'failover-to-itself',
        severity: 'refuse',
        message: `${from} cannot fail over to itself; Istio refuses the rule.`,
        values: { region: from },
        evidence: `failover[${i}].from = failover[${i}].to = ${from}`,
        ...(rest.length && {
          fix: {
            label: `Remove the pair ${from} → ${to}`,
            intent: { ...intent, failover: rest },
          },
        }),
      },
    ];
  });
}

function lintWeights(
  intent: Extract<LocalityIntent, { mode: 'distribution' }>,
): LintFinding[] {
  return intent.distribute.flatMap(({ from, to }, i): LintFinding[] => {
    const entries = Object.entries(to);
    const replace = (next: Record<string, number>): LocalityIntent => ({
      ...intent,
      distribute: intent.distribute.map((rule, j) =>
        j === i ? { ...rule, to: next } : rule,
      ),
    });
    const zeros = entries.filter(([, weight]) => weight === 0);
    const positive = entries.filter(([, weight]) => weight > 0);
    const sum = entries.reduce((total, [, weight]) => total + weight, 0);
    const findings: LintFinding[] = [];
    if (zeros.length) {
      const names = zeros.map(([region]) => region);
      findings.push({
        id: 'weight-zero',
        severity: 'refuse',
        message: `Istio refuses a weight of 0; a region that must get nothing is left out. For callers in ${from} that is ${list(
          names,
        )}.`,
        values: { from, regions: names.join(', ') },
        evidence: `distribute[${i}].to: ${describe(entries)}`,
        ...(sum === 100 && {
          fix: {
            label: `Leave out ${list(names)}`,
            intent: replace(Object.fromEntries(positive)),
          },
        }),
      });
    }
    if (sum !== 100) {
      const scaled = toHundred(positive);
      findings.push({
        id: 'weights-sum',
        severity: 'refuse',
        message: `The weights for callers in ${from} sum to ${sum}, but Istio accepts only exactly 100.`,
        values: { from, sum },
        evidence: `distribute[${i}].to: ${describe(entries)}`,
        ...(scaled && {
          fix: {
            label: `Use ${describe(Object.entries(scaled))}`,
            intent: replace(scaled),
          },
        }),
      });
    }
    return findings;
  });
}

function describe(entries: [string, number][]): string {
  return entries.map(([region, weight]) => `${region} ${weight}`).join(', ');
}

/** Scales weights to whole numbers summing to 100, none below 1. */
function toHundred(
  entries: [string, number][],
): Record<string, number> | undefined {
  const sum = entries.reduce((total, [, weight]) => total + weight, 0);
  if (!entries.length || !(sum > 0) || entries.length > 100) {
    return undefined;
  }
  const weights = entries.map(([, weight]) =>
    Math.max(1, Math.floor((100 * weight) / sum)),
  );
  // What rounding lost or added goes to the largest, which it changes least.
  const largest = weights.indexOf(Math.max(...weights));
  weights[largest] += 100 - weights.reduce((a, b) => a + b, 0);
  return Object.fromEntries(
    entries.map(([region], index) => [region, weights[index]]),
  );
}

function lintExclusive(intent: LocalityIntent): LintFinding[] {
  const raw = intent as { failover?: unknown[]; distribute?: unknown[] };
  if (!raw.failover?.length || !raw.distribute?.length) {
    return [];
  }
  const { failover, distribute, ...rest } = raw;
  return [
    {
      id: 'failover-and-distribution',
      severity: 'refuse',
      message:
        'Failover and distribution exclude each other; Istio refuses a rule that has both.',
      values: { failover: failover.length, distribute: distribute.length },
      evidence: `failover has ${failover.length} entries, distribute has ${distribute.length}`,
      fix: {
        label: `Keep ${intent.mode} only`,
        intent: (intent.mode === 'distribution'
          ? { ...rest, distribute }
          : { ...rest, failover }) as LocalityIntent,
      },
    },
  ];
}

function lintRegions({ intent, context }: LintInput): LintFinding[] {
  if (context.knownRegions.length === 0) {
    return [];
  }
  const seen = new Set<string>();
  return regionsNamed(intent).flatMap(({ region, path }): LintFinding[] => {
    if (context.knownRegions.includes(region) || seen.has(region)) {
      return [];
    }
    seen.add(region);
    const similar = similarRegion(region, context.knownRegions);
    return [
      {
        id: 'unknown-region',
        severity: 'refuse',
        message: `The mesh has no cluster in region "${region}"; proxies compare region names letter by letter, so this part of the rule would never apply.${
          similar ? ` Did you mean ${similar}?` : ''
        }`,
        values: { region, known: context.knownRegions.join(', ') },
        evidence: `${path} = ${region}; regions of the mesh: ${context.knownRegions.join(
          ', ',
        )}`,
        ...(similar && {
          fix: {
            label: `Use ${similar}`,
            intent: renameRegion(intent, region, similar),
          },
        }),
      },
    ];
  });
}

function renameRegion(
  intent: LocalityIntent,
  wrong: string,
  right: string,
): LocalityIntent {
  const rename = (region: string) => (region === wrong ? right : region);
  if (intent.mode === 'failover') {
    return {
      ...intent,
      failover: intent.failover.map(({ from, to }) => ({
        from: rename(from),
        to: rename(to),
      })),
    };
  }
  if (intent.mode === 'distribution') {
    return {
      ...intent,
      distribute: intent.distribute.map(({ from, to }) => ({
        from: rename(from),
        to: Object.fromEntries(
          Object.entries(to).map(([region, weight]) => [
            rename(region),
            weight,
          ]),
        ),
      })),
    };
  }
  if (intent.mode === 'evacuation') {
    return {
      ...intent,
      ...(intent.from && { from: rename(intent.from) }),
      to: rename(intent.to),
    };
  }
  return intent;
}

function lintGate({ intent, context }: LintInput): LintFinding[] {
  const { allowed, requires } = context.gates.distribution;
  if (intent.mode !== 'distribution' || allowed) {
    return [];
  }
  const version = context.version ?? 'older';
  return [
    {
      id: 'version-gate',
      severity: 'refuse',
      message: `Traffic distribution needs ASM ${requires} or later; this mesh is ${version}. Failover works on it.`,
      values: { requires, version },
      evidence: `ASM version ${version} < ${requires}`,
    },
  ];
}
