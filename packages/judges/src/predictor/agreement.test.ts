import { run, type Seen } from './mechanism';
import { predict, versionsOf, type Prediction } from './prediction';
import { drawScenario, type Scenario } from './scenario';

const SCENARIOS = 1000;
const FIRST_SEED = 1;
/** Hosts drawn per scenario. */
const DRAWS = 3000;
/** Standard errors that a share may be off. */
const ERRORS = 5;
/** Places on a ring of hashes: its shares are themselves a sample. */
const RING = 1024;
/** A host with so many percent of the calls has met enough of them to be ejected, if that is allowed. */
const MET_PERCENT = 4;

/** Shares that are farther apart than chance explains, in words. */
function disagreements({ pool, shares }: Prediction, seen: Seen): string[] {
  const ring = pool.rule.loadBalancer === 'CONSISTENT_HASH' ? 1 / RING : 0;
  const keys = new Set([...Object.keys(shares), ...Object.keys(seen.shares)]);
  return [...keys].flatMap(key => {
    const predicted = shares[key] ?? 0;
    const observed = seen.shares[key] ?? 0;
    const p = predicted / 100;
    const bound = 100 * ERRORS * Math.sqrt(p * (1 - p) * (1 / DRAWS + ring));
    return Math.abs(predicted - observed) > bound + 1e-9
      ? [`${key}: predicted ${predicted}, seen ${observed} (± ${bound})`]
      : [];
  });
}

/** Whether ejection went as far as the cap and the traffic let it, by the rule that the predictor takes to be in force. */
function ejectionFaults(
  scenario: Scenario,
  { pool }: Prediction,
  { ejected, cluster, podShares }: Seen,
): string[] {
  const settings = pool.rule.outlierDetection?.settings;
  if (!cluster || !settings) {
    return ejected.size > 0 ? ['ejected without outlier detection'] : [];
  }
  const hosts = cluster.groups.reduce((n, g) => n + g.endpoints.length, 0);
  const cap = settings.maxEjectionPercent ?? 10;
  const may = (n: number) =>
    (n === 1 && !versionsOf(scenario).strictEjection) ||
    (100 * n) / hosts <= cap;
  const faults = [];
  if (ejected.size > 0 && !may(ejected.size)) {
    faults.push(`${ejected.size} of ${hosts} ejected with a cap of ${cap} %`);
  }
  const met = scenario.pods.filter(
    ({ name, failing }) =>
      failing && !ejected.has(name) && (podShares[name] ?? 0) > MET_PERCENT,
  );
  if (met.length > 0 && may(ejected.size + 1)) {
    faults.push(`${met.map(p => p.name)} keep failing although one may go`);
  }
  return faults;
}

describe('the predictor and the mechanism of the sandbox', () => {
  it(`agree in ${SCENARIOS} random scenarios`, async () => {
    const apart: string[] = [];
    const met = { ejections: 0, splits: 0, silent: 0 };
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCENARIOS; seed++) {
      const scenario = drawScenario(seed);
      const seen = await run(scenario, DRAWS);
      const prediction = predict(scenario, seen.ejected);
      const faults = [
        ...disagreements(prediction, seen),
        ...ejectionFaults(scenario, prediction, seen),
      ];
      met.ejections += seen.ejected.size > 0 ? 1 : 0;
      met.splits += Object.keys(seen.shares).length > 1 ? 1 : 0;
      met.silent += Object.keys(seen.shares).length === 0 ? 1 : 0;
      if (faults.length > 0) {
        apart.push(
          `seed ${seed}: ${faults.join('; ')}\n${JSON.stringify(scenario)}`,
        );
      }
    }
    expect(apart.join('\n\n')).toBe('');
    // The scenarios are worth something only while all of this happens in them.
    for (const count of Object.values(met)) {
      expect(count).toBeGreaterThan(SCENARIOS / 50);
    }
  }, 120_000);
});
