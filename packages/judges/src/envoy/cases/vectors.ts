import { sendMany } from '../client';
import { readTable, type Vector } from '../fixture';
import {
  localities,
  makeCluster,
  type Case,
  type Ports,
  type Scenario,
} from '../bench';
import { CONNECTIONS, sampleOf } from '../sampling';
import { deviation, MODEL_TIMES, requestsFor } from '../statistics';
import {
  distance,
  placeOf,
  placeOfResult,
  sharesOf,
  written,
  type Shares,
} from '../shares';

/** Enough where all requests must go to one place, or go there in turn. */
const FEW = 2000;
/** Points that Envoy and the model may be from each other, and either from the table. */
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
  const n = requests(vector, expected);
  return {
    scenarios: [scenario],
    async run({ port }) {
      const places = localities(cluster);
      const answers = await sendMany(port, `/${vector.id}`, n, CONNECTIONS);
      const envoy = sharesOf(answers.map(a => placeOf(a, places)));
      const model = sharesOf(
        await sampleOf(scenario, ports, MODEL_TIMES * n, r =>
          placeOfResult(r, places),
        ),
      );
      const apart = distance(envoy, model);
      return [
        {
          name: `${vector.id} ${vector.desc}`,
          ok: [
            apart,
            distance(envoy, expected),
            distance(model, expected),
          ].every(points => points <= TOLERANCE),
          detail: `Envoy ${written(envoy)}; model ${written(
            model,
          )}; ${apart.toFixed(
            2,
          )} points apart (at most ${TOLERANCE}; standard deviation ${scatter(
            vector,
            expected,
            n,
          ).toFixed(2)}, ${n} requests)`,
        },
      ];
    },
  };
}

/** A priority is drawn at random, a locality is taken in turn: only the former needs many requests. */
function isDrawn(vector: Vector): boolean {
  const priorities = new Set(vector.istiod.map(row => row.prio));
  return priorities.size > 1 || !vector.localityWeighted;
}

function requests(vector: Vector, expected: Shares): number {
  return isDrawn(vector)
    ? Math.max(
        FEW,
        ...Object.values(expected).map(share => requestsFor(share, TOLERANCE)),
      )
    : FEW;
}

/** Standard deviation of the largest difference between Envoy's sample and the model's. */
function scatter(vector: Vector, expected: Shares, n: number): number {
  return isDrawn(vector)
    ? Math.max(
        ...Object.values(expected).map(share =>
          deviation(share, n, MODEL_TIMES * n),
        ),
      )
    : 0;
}
