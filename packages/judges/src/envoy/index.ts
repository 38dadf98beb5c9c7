import type { Judge, Verdict } from '../judge';
import type { Bench, Case, Ports, Scenario } from './bench';
import { findEnvoy, type EnvoyBinary } from './binary';
import { balancingCases } from './cases/balancing';
import { endpointCases } from './cases/endpoints';
import { ejectionCases } from './cases/ejections';
import { failureCases } from './cases/failures';
import { faultCases } from './cases/faults';
import { orderCases } from './cases/order';
import { overlappingCases } from './cases/overlapping';
import { refusedRegionCases } from './cases/refusedRegion';
import { vectorCases } from './cases/vectors';
import { EnvoyProcess } from './process';
import { Upstreams } from './upstreams';

let binary: EnvoyBinary | undefined;

/** A real Envoy, asked the same questions as the sandbox's model of it. */
export const envoyJudge: Judge = {
  name: 'envoy',
  description:
    'a real Envoy over real servers, next to the model of the data plane',
  async unavailable() {
    if (process.platform !== 'linux') {
      return 'it needs Linux, where all of 127/8 is on loopback';
    }
    try {
      binary = await findEnvoy();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  },
  async run(report) {
    const upstreams = await Upstreams.start();
    try {
      const ports: Ports = {
        open: upstreams.port,
        closed: upstreams.closedPort,
        hole: upstreams.holePort,
      };
      let files = 0;
      for (const sitting of sittings(ports)) {
        files += await sit(sitting, ports, upstreams, report);
      }
      report({ name: `endpoints came from ${files} EDS files`, ok: files > 0 });
    } finally {
      await upstreams.stop();
    }
  },
};

/** Has one Envoy answer some questions; returns how many EDS files it read. */
async function sit(
  { cases, together }: Sitting,
  ports: Ports,
  upstreams: Upstreams,
  report: (verdict: Verdict) => void,
): Promise<number> {
  const { path, version } = binary!;
  const envoy = await EnvoyProcess.start(binary!, scenariosOf(cases));
  try {
    const bench: Bench = {
      envoy,
      port: await envoy.port('judge'),
      ports,
      upstreams,
      version: Number(/^\d+\.\d+/.exec(version)?.[0]),
    };
    report({
      name: `Envoy ${version} serves ${envoy.edsFiles} EDS files`,
      ok: true,
      detail: `${envoy.watches} inotify instances, ${path}`,
    });
    report(await sameConfiguration(bench, cases));
    if (together) {
      const all = await Promise.all(cases.map(c => c.run(bench)));
      all.flat().forEach(report);
    } else {
      for (const one of cases) {
        (await one.run(bench)).forEach(report);
      }
    }
    return envoy.edsFiles;
  } finally {
    await envoy.stop();
  }
}

/** Envoy may ignore what it does not know: what it says it runs with must be what was meant. */
async function sameConfiguration(
  { envoy }: Bench,
  cases: Case[],
): Promise<Verdict> {
  const running = await envoy.clusterConfigs();
  const differs = scenariosOf(cases)
    .filter(({ cluster }) => {
      const config = running.get(cluster.name);
      const percent = config?.outlier_detection?.max_ejection_percent;
      const common = config?.common_lb_config ?? {};
      return (
        config?.type !== 'EDS' ||
        percent !== cluster.outlier?.maxEjectionPercent ||
        (common.healthy_panic_threshold?.value ?? 0) !==
          cluster.panicThreshold ||
        Boolean(common.locality_weighted_lb_config) !== cluster.localityWeighted
      );
    })
    .map(({ cluster }) => cluster.name);
  return {
    name: 'config_dump shows every cluster as it was meant',
    ok: differs.length === 0,
    detail: differs.length > 0 ? differs.join(', ') : undefined,
  };
}

/** Questions that go to the same Envoy: one after the other, or at once when they mostly wait. */
interface Sitting {
  cases: Case[];
  together: boolean;
}

/**
 * Envoy takes an inotify instance for every file that it watches, and a user has 128 of them for everything; so no Envoy
 * gets more than this many EDS files, and there is but one Envoy at a time.
 */
const MOST_FILES = 24;

function sittings(ports: Ports): Sitting[] {
  const balancing = balancingCases(ports);
  const ejections = ejectionCases(ports);
  const failures = failureCases(ports);
  const inTurn = [
    ...vectorCases(ports),
    ...orderCases(ports),
    ...balancing.quick,
    ...ejections.quick,
    ...failures.quick,
    ...faultCases(ports),
  ];
  const busy = [
    ...ejections.busy,
    ...failures.busy,
    ...refusedRegionCases(ports),
    ...endpointCases(ports),
    ...balancing.slow,
  ];
  // Those that measure time have the machine to themselves.
  const timed = [
    ...ejections.slow,
    ...failures.slow,
    ...overlappingCases(ports),
  ];
  return [
    ...batches(inTurn).map(cases => ({ cases, together: false })),
    ...[...batches(busy), ...batches(timed)].map(cases => ({
      cases,
      together: true,
    })),
  ];
}

/** The cases in their order, in as few batches as the limit of files allows. */
function batches(cases: Case[]): Case[][] {
  const result: Case[][] = [[]];
  for (const one of cases) {
    const batch = result[result.length - 1];
    if (scenariosOf([...batch, one]).length <= MOST_FILES) {
      batch.push(one);
    } else {
      result.push([one]);
    }
  }
  return result;
}

function scenariosOf(cases: Case[]): Scenario[] {
  return cases.flatMap(c => c.scenarios);
}
