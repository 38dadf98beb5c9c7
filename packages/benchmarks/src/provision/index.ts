import type { EnvironmentSpec } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { figures } from '../measure';
import type { Benchmark, CaseResult } from '../types';
import {
  minimalCreation,
  minimalRemoval,
  sortCalls,
  type MinimalCalls,
} from './minimum';
import { withProcesses, type Measured } from './processes';
import { CLUSTERS_PER_REGION, guide, large, REGIONS } from './specs';

/** Simulated seconds a second. The engine's patience and rates are scaled likewise. */
const DEFAULT_TIME_SCALE = 10;
const GUIDE_ROUNDS = 3;
const GUIDE_RATIO = 1.05;
const LARGE_RATIO = 1.1;
const CPU_PERCENT = 5;
const HEAP_GROWTH_PERCENT = 10;
const CALLS_RATIO = 1.5;

const LARGE = `${REGIONS.length} regions × ${CLUSTERS_PER_REGION} clusters`;

const total = ({ calls }: Measured) =>
  Object.values(calls).reduce((sum, n) => sum + n, 0);

function succeeded(run: Measured): Measured {
  const { status, resources } = run.report;
  if (status === 'ready' || status === 'destroyed') return run;
  const failures = resources.filter(({ reason }) => reason);
  throw new Error(
    `The run ended ${status}: ${failures
      .map(({ title, reason }) => `${title}: ${reason}`)
      .join('; ')}`,
  );
}

function below(
  name: string,
  unit: CaseResult['unit'],
  series: number[],
  limit: number,
  notes: string[],
): CaseResult {
  const ours = figures(series);
  return {
    case: name,
    unit,
    ours,
    peer: null,
    ratio: null,
    goal: `p50 ≤ ${limit} ${unit}`,
    met: ours.p50 <= limit,
    notes,
  };
}

/** Wall time over what the cloud's own durations allow at best. */
function wallTime(name: string, runs: Measured[], limit: number): CaseResult {
  const [{ criticalPath, criticalSeconds, timeScale }] = runs;
  return below(
    `${name}: wall time ÷ critical path`,
    '×',
    runs.map(run => run.seconds / run.criticalSeconds),
    limit,
    [
      `critical path: ${criticalSeconds} s of the sandbox's durations along ${criticalPath.join(
        ' → ',
      )}`,
      `wall: ${runs
        .map(run => run.seconds.toFixed(1))
        .join(
          ', ',
        )} s of the same clock, which runs ${timeScale} times as fast as ours`,
    ],
  );
}

const listed = ({ calls }: Measured) =>
  Object.entries(calls)
    .sort(([, x], [, y]) => y - x)
    .map(([operation, n]) => `${operation} ${n}`)
    .join(', ');

/** What was called besides looking again at what is not ready or gone yet, and how often that was done. */
function callCases(
  name: string,
  run: Measured,
  least: MinimalCalls,
): CaseResult[] {
  const { writes, polls, others } = sortCalls(run.calls, run.kinds);
  const minimum = least.writes + least.lookUps;
  return [
    below(
      `${name}: API calls without polls of state ÷ minimum`,
      '×',
      [(writes + others) / minimum],
      CALLS_RATIO,
      [
        `${total(
          run,
        )} calls: ${writes} write, ${polls} look again or search all regions, ${others} are first looks and other questions`,
        `minimum ${minimum}: ${least.writes} writes, and ${least.lookUps} to look at each thing once`,
        listed(run),
      ],
    ),
    below(
      `${name}: polls of state ÷ those of each thing for itself at the engine's pace`,
      '×',
      [polls / least.polls],
      1,
      [`${polls} of ${least.polls}`],
    ),
  ];
}

const callsOfCreation = (name: string, run: Measured, spec: EnvironmentSpec) =>
  callCases(name, run, minimalCreation(spec));

const callsOfRemoval = (name: string, run: Measured, spec: EnvironmentSpec) =>
  callCases(name, run, minimalRemoval(run.kinds, spec));

/** The engine's use of a processor: in the sandbox's time, in which the calls are as far apart as in the real cloud's. */
function cpu(name: string, run: Measured): CaseResult {
  const { cpuSeconds, seconds, timeScale } = run;
  return below(
    `${name}: CPU time of the engine ÷ wall time`,
    '% of a core',
    [(100 * cpuSeconds) / seconds],
    CPU_PERCENT,
    [
      `${cpuSeconds.toFixed(2)} s of CPU time over ${seconds.toFixed(
        0,
      )} s of the sandbox's clock; of our own clock ${(
        (100 * cpuSeconds * timeScale) /
        seconds
      ).toFixed(1)} %`,
    ],
  );
}

/** Whether the heap after a garbage collection grows as the run goes on. */
function memory(name: string, { heap }: Measured): CaseResult {
  const third = Math.floor(heap.length / 3);
  const early = figures(heap.slice(0, third)).p50;
  const late = figures(heap.slice(-third)).p50;
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  return below(
    `${name}: heap of the last third over the first, after garbage collections`,
    '% more',
    [100 * (late / early - 1)],
    HEAP_GROWTH_PERCENT,
    [`${heap.length} samples, MiB: ${heap.map(mib).join(' ')}`],
  );
}

async function guideCases(timeScale: number): Promise<CaseResult[]> {
  const spec = guide('guide');
  return await withProcesses(timeScale, async measure => {
    const made: Measured[] = [];
    const gone: Measured[] = [];
    const task = { spec, limited: true };
    for (let round = 0; round < GUIDE_ROUNDS; round++) {
      made.push(succeeded(await measure({ ...task, kind: 'provision' })));
      gone.push(succeeded(await measure({ ...task, kind: 'destroy' })));
    }
    return [
      wallTime('guide, provision', made, GUIDE_RATIO),
      ...callsOfCreation('guide, provision', made[0], spec),
      wallTime('guide, destroy', gone, GUIDE_RATIO),
      ...callsOfRemoval('guide, destroy', gone[0], spec),
    ];
  });
}

async function largeCases(
  timeScale: number,
  limited: boolean,
): Promise<CaseResult[]> {
  const spec = large('large');
  const suffix = limited ? '' : ', no limits on the rate of calls';
  return await withProcesses(timeScale, async measure => {
    const cases: CaseResult[] = [];
    for (const kind of ['provision', 'destroy'] as const) {
      const name = `${LARGE}, ${kind}${suffix}`;
      const run = succeeded(await measure({ kind, spec, limited }));
      cases.push(
        wallTime(name, [run], LARGE_RATIO),
        ...(kind === 'provision' ? callsOfCreation : callsOfRemoval)(
          name,
          run,
          spec,
        ),
        cpu(name, run),
        memory(name, run),
      );
    }
    return cases;
  });
}

/** How much the provisioning engine adds to what the cloud needs anyway, and what it uses for that. */
export const provision: Benchmark = {
  name: 'provision',
  description: `the guide's environment and ${LARGE}, made and destroyed: wall time, API calls, CPU, memory`,
  async run({ timeScale = DEFAULT_TIME_SCALE }) {
    return [
      ...(await guideCases(timeScale)),
      ...(await largeCases(timeScale, true)),
      ...(await largeCases(timeScale, false)),
    ];
  },
};
