import { makeCluster, type Case, type Ports, type Scenario } from '../bench';
import { overlapping, same, statuses } from '../sequence';
import { asLong, StallMeter } from '../stalls';
import { AT_ONCE } from './ejections';

const NEVER = {
  attempts: 0,
  connectFailure: false,
  on5xx: false,
  onGatewayError: false,
  statusCodes: [],
  remoteLocalities: false,
};

/**
 * Puts the moment the connection fails in the middle between two requests' time limits: a machine that is late by a sixth
 * of a second does not change who is charged.
 */
const EVERY_MS = 333;

/** Requests to a black hole that come while others still wait for it. */
export function overlappingCases(ports: Ports): Case[] {
  return [joined(ports), givenUp(ports)];
}

/** A connection that fails takes everybody with it who waits for the host, however late they came. */
function joined(ports: Ports): Case {
  const cluster = makeCluster(
    'joined',
    ports,
    [{ locality: 'here', total: 1, port: ports.hole }],
    { connectTimeoutMs: 1000 },
  );
  const scenario: Scenario = { cluster, route: { retry: NEVER } };
  return {
    scenarios: [scenario],
    async run(bench) {
      const meter = new StallMeter();
      const { envoy, model } = await overlapping(bench, scenario, 3, 300);
      const stall = meter.stop();
      return envoy.map((answer, i) =>
        asLong(
          `black hole, request ${i + 1} of 3 at 300 ms apart`,
          answer.ms,
          model[i].ms,
          stall,
        ),
      );
    },
  };
}

/** A route timeout while connecting charges nobody; who waits when the connection fails that was given up, does. */
function givenUp(ports: Ports): Case {
  const cluster = makeCluster(
    'given-up',
    ports,
    [{ locality: 'here', total: 1, port: ports.hole }],
    { connectTimeoutMs: 2500, outlier: AT_ONCE },
  );
  const scenario: Scenario = {
    cluster,
    route: { retry: NEVER, timeoutMs: 1000 },
  };
  return {
    scenarios: [scenario],
    async run(bench) {
      const { envoy, model, twin } = await overlapping(
        bench,
        scenario,
        8,
        EVERY_MS,
      );
      const stats = await bench.envoy.stats(cluster.name, ['ejections_active']);
      return [
        same(
          'route timeout while connecting, 8 requests at 333 ms apart: answers, ejections',
          [statuses(envoy), stats.ejections_active],
          [
            statuses(model.map(({ result }) => result.response)),
            twin.stats()!.ejections_active,
          ],
        ),
      ];
    },
  };
}
