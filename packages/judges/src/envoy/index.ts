import type { Judge, Verdict } from '../judge';
import type { Bench, Case, Ports } from './bench';
import { findEnvoy, type EnvoyBinary } from './binary';
import { balancingCases } from './cases/balancing';
import { ejectionCases } from './cases/ejections';
import { failureCases } from './cases/failures';
import { faultCases } from './cases/faults';
import { overlappingCases } from './cases/overlapping';
import { vectorCases } from './cases/vectors';
import { EnvoyProcess } from './process';
import { cdsOf, listenerOf } from './toEnvoy';
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
    const ports: Ports = {
      open: upstreams.port,
      closed: upstreams.closedPort,
      hole: upstreams.holePort,
    };
    const { quick, slow } = cases(ports);
    const envoy = await startEnvoy(binary!, [...quick, ...slow]);
    try {
      const bench: Bench = {
        envoy,
        port: await envoy.port('judge'),
        ports,
        upstreams,
        version: Number(/^\d+\.\d+/.exec(binary!.version)?.[0]),
      };
      report({
        name: `Envoy ${binary!.version} serves`,
        ok: true,
        detail: binary!.path,
      });
      report(await sameConfiguration(bench, [...quick, ...slow]));
      // Those that mostly wait run beside those that mostly work.
      const waiting = Promise.all(slow.map(c => c.run(bench)));
      waiting.catch(() => undefined);
      for (const one of quick) {
        (await one.run(bench)).forEach(report);
      }
      (await waiting).flat().forEach(report);
    } finally {
      await envoy.stop();
      await upstreams.stop();
    }
  },
};

/** Envoy may ignore what it does not know: what it says it runs with must be what was meant. */
async function sameConfiguration(
  { envoy }: Bench,
  all: Case[],
): Promise<Verdict> {
  const running = await envoy.clusterConfigs();
  const differs = all
    .flatMap(c => c.scenarios)
    .filter(({ cluster }) => {
      const config = running.get(cluster.name);
      const percent = config?.outlier_detection?.max_ejection_percent;
      const common = config?.common_lb_config ?? {};
      return (
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

function cases(ports: Ports): { quick: Case[]; slow: Case[] } {
  const balancing = balancingCases(ports);
  const ejections = ejectionCases(ports);
  const failures = failureCases(ports);
  return {
    quick: [
      ...vectorCases(ports),
      ...balancing.quick,
      ...ejections.quick,
      ...failures.quick,
      ...faultCases(ports),
    ],
    slow: [
      ...balancing.slow,
      ...ejections.slow,
      ...failures.slow,
      ...overlappingCases(ports),
    ],
  };
}

function startEnvoy(envoy: EnvoyBinary, all: Case[]): Promise<EnvoyProcess> {
  const scenarios = all.flatMap(c => c.scenarios);
  const clusters = scenarios.map(s => s.cluster);
  const routes = new Map(
    scenarios.map(s => [s.cluster.name, s.route ?? {}] as const),
  );
  return EnvoyProcess.start(envoy, {
    clusters: clusters.map(cdsOf),
    listeners: [listenerOf(clusters, routes)],
  });
}
