import { sendMany } from '../client';
import { readTable, type Vector } from '../fixture';
import {
  localities,
  makeCluster,
  Model,
  type Case,
  type Ports,
  type Scenario,
} from '../bench';
import {
  distance,
  placeOf,
  placeOfResult,
  sharesOf,
  written,
  type Shares,
} from '../shares';

/** Standard deviation of a share over the requests of a case, in points: one point is more than four of them. */
const DEVIATION = 0.23;
/** Enough where all requests must go to one place, or go there in turn. */
const FEW = 2000;
const CONNECTIONS = 8;
const TOLERANCE = 1;

/** The published table of locality vectors: what istiod would send, and the shares that must come out. */
export function vectorCases(ports: Ports): Case[] {
  const { vectors } = readTable();
  return vectors.map(vector => vectorCase(vector, ports));
}

function vectorCase(vector: Vector, ports: Ports): Case {
  const cluster = makeCluster(
    vector.id,
    ports,
    vector.istiod.map(row => ({
      locality: row.loc,
      priority: row.prio,
      weight: row.weight,
      total: row.endpoints,
      healthy: Math.min(row.endpoints, vector.endpoints[row.loc].healthy),
    })),
    {
      panicThreshold: vector.panicThreshold,
      localityWeighted: vector.localityWeighted,
    },
  );
  const scenario: Scenario = { cluster };
  const expected: Shares =
    Object.keys(vector.expected.share).length > 0
      ? vector.expected.share
      : { 503: 100 };
  const n = requestsFor(vector, expected);
  return {
    scenarios: [scenario],
    async run({ port }) {
      const places = localities(cluster);
      const answers = await sendMany(port, `/${vector.id}`, n, CONNECTIONS);
      const envoy = sharesOf(answers.map(a => placeOf(a, places)));
      const model = await modelShares(scenario, ports, n, places);
      return [
        {
          name: `${vector.id} ${vector.desc}`,
          // Each against the table: the difference of two samples scatters more than either of them.
          ok:
            distance(model, expected) <= TOLERANCE &&
            distance(envoy, expected) <= TOLERANCE,
          detail: `Envoy ${written(envoy)}; model ${written(model)}`,
        },
      ];
    },
  };
}

/** A priority is drawn at random, a locality is taken in turn: only the former needs many requests. */
function requestsFor(vector: Vector, expected: Shares): number {
  const priorities = new Set(vector.istiod.map(row => row.prio));
  const variance = Math.max(
    ...Object.values(expected).map(share => share * (100 - share)),
  );
  return priorities.size === 1 && vector.localityWeighted
    ? FEW
    : Math.max(FEW, Math.round(variance / DEVIATION ** 2));
}

/** Shares of the model over `n` requests, sent as Envoy got them: several at a time. */
export async function modelShares(
  scenario: Scenario,
  ports: Ports,
  n: number,
  places: Map<string, string>,
): Promise<Shares> {
  const model = new Model(scenario, ports);
  const keys: string[] = [];
  for (let sent = 0; sent < n; sent += CONNECTIONS) {
    const results = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => model.send()),
    );
    keys.push(...results.map(r => placeOfResult(r, places)));
  }
  return sharesOf(keys);
}
