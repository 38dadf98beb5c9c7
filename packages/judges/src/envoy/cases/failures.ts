import type { RetryPolicy } from '../model';
import {
  addresses,
  makeCluster,
  type Case,
  type Ports,
  type Scenario,
} from '../bench';
import { allAtOnce, oneByOne, same, statuses } from '../sequence';
import { asLong, StallMeter } from '../stalls';
import { alike } from '../statistics';
import { AT_ONCE } from './ejections';

/** Istio's default before 1.24. */
export const ISTIO_DEFAULT: RetryPolicy = {
  attempts: 2,
  connectFailure: true,
  on5xx: false,
  onGatewayError: false,
  statusCodes: [503],
  remoteLocalities: false,
};
const NEVER: RetryPolicy = { ...ISTIO_DEFAULT, attempts: 0 };

/** Retries, time limits, connections and their limits. */
export function failureCases(ports: Ports): {
  quick: Case[];
  busy: Case[];
  slow: Case[];
} {
  return {
    busy: [previousHosts(ports)],
    quick: [
      previousPriorities(ports, false),
      previousPriorities(ports, true),
      requestsPerConnection(ports),
    ],
    slow: [
      connectTimeout(ports),
      ...timeLimits(ports),
      limits(ports, 'limit-pending', 2, {
        maxConnections: 1,
        maxPendingRequests: 1,
      }),
      limits(ports, 'limit-requests', 3, { maxRequests: 3 }),
    ],
  };
}

const UNLIMITED = 4_294_967_295;

/** Two hosts, one always fails: a retry seldom meets the same host again. */
function previousHosts(ports: Ports): Case {
  const cluster = makeCluster('previous-hosts', ports, [
    { locality: 'here', total: 2 },
  ]);
  const scenario: Scenario = {
    cluster,
    route: { retry: { ...ISTIO_DEFAULT, attempts: 1 } },
    plans: new Map([[addresses(cluster, 0)[0], { status: 503 }]]),
  };
  // One after the other, since requests beside each other change which host is the less busy.
  const n = 2000;
  const sizes = { envoy: n, model: n };
  return {
    scenarios: [scenario],
    async run(bench) {
      const { envoy, model } = await oneByOne(bench, scenario, n);
      const good = (list: { status: number }[]) =>
        (100 * list.filter(a => a.status === 200).length) / list.length;
      const stats = await bench.envoy.stats(cluster.name, [
        'upstream_rq_retry',
      ]);
      const retries = model.filter(r => r.attempts.length > 1).length;
      return [
        alike(
          'previous_hosts: requests that one retry saves',
          good(envoy),
          good(model.map(r => r.response)),
          sizes,
          1.5,
        ),
        alike(
          'previous_hosts: retries',
          (100 * stats.upstream_rq_retry) / n,
          (100 * retries) / n,
          sizes,
          8.5,
        ),
      ];
    },
  };
}

function previousPriorities(ports: Ports, remoteLocalities: boolean): Case {
  const cluster = makeCluster(
    `previous-priorities-${remoteLocalities}`,
    ports,
    [
      { locality: 'local', total: 2, port: ports.closed },
      { locality: 'remote', priority: 1, total: 2 },
    ],
  );
  const scenario: Scenario = {
    cluster,
    route: { retry: { ...ISTIO_DEFAULT, remoteLocalities } },
  };
  return {
    scenarios: [scenario],
    async run(bench) {
      const { envoy, model } = await oneByOne(bench, scenario, 20);
      return [
        same(
          `all local hosts refuse, ${
            remoteLocalities ? 'with' : 'without'
          } retryRemoteLocalities`,
          statuses(envoy),
          statuses(model.map(r => r.response)),
        ),
      ];
    },
  };
}

function requestsPerConnection(ports: Ports): Case {
  const cluster = makeCluster(
    'requests-per-connection',
    ports,
    [{ locality: 'here', total: 1 }],
    { maxRequestsPerConnection: 3 },
  );
  const kept = makeCluster('kept-connections', ports, [
    { locality: 'here', total: 1 },
  ]);
  return {
    scenarios: [{ cluster }, { cluster: kept }],
    async run(bench) {
      const limited = await oneByOne(bench, { cluster }, 10);
      const open = await oneByOne(bench, { cluster: kept }, 10);
      const total = async (name: string) =>
        (await bench.envoy.stats(name, ['upstream_cx_total']))
          .upstream_cx_total;
      return [
        same(
          'maxRequestsPerConnection 3: connections for 10 requests',
          await total(cluster.name),
          limited.twin.stats()!.upstream_cx_total,
        ),
        same(
          'without it one connection is kept',
          await total(kept.name),
          open.twin.stats()!.upstream_cx_total,
        ),
      ];
    },
  };
}

function connectTimeout(ports: Ports): Case {
  const cluster = makeCluster(
    'connect-timeout',
    ports,
    [{ locality: 'here', total: 1, port: ports.hole }],
    { connectTimeoutMs: 400, outlier: AT_ONCE },
  );
  const scenario: Scenario = { cluster, route: { retry: NEVER } };
  return {
    scenarios: [scenario],
    async run(bench) {
      const meter = new StallMeter();
      const { envoy, model, twin } = await oneByOne(bench, scenario, 1);
      const stall = meter.stop();
      return [
        same(
          'a black hole: answer after the connect timeout',
          [envoy[0].status, envoy[0].body],
          [model[0].response.status, model[0].response.body],
        ),
        asLong('a black hole', envoy[0].ms, twin.time.now(), stall),
        same(
          'a black hole: charged to the host',
          (await bench.envoy.stats(cluster.name, ['ejections_active']))
            .ejections_active,
          twin.stats()!.ejections_active,
        ),
      ];
    },
  };
}

/** Route and per-try time limits on hosts that hang, with and without a connection. */
function timeLimits(ports: Ports): Case[] {
  const make = (
    name: string,
    title: string,
    port: number,
    route: NonNullable<Scenario['route']>,
  ): Case => {
    const cluster = makeCluster(
      name,
      ports,
      [
        { locality: 'here', total: 1, port },
        { locality: 'there', priority: 1, total: 1, port },
      ],
      { connectTimeoutMs: 1500, outlier: { ...AT_ONCE, consecutive5xx: 3 } },
    );
    const scenario: Scenario = {
      cluster,
      route,
      plans: new Map(
        cluster.groups.flatMap(g =>
          g.endpoints.map(e => [e.ip, { hang: true }] as const),
        ),
      ),
    };
    return {
      scenarios: [scenario],
      async run(bench) {
        const meter = new StallMeter();
        const { envoy, model, twin } = await oneByOne(bench, scenario, 1);
        const stall = meter.stop();
        const counted = ['upstream_rq_retry', 'ejections_active'];
        const stats = await bench.envoy.stats(cluster.name, counted);
        return [
          same(
            `${title}: answer, retries, ejections`,
            [
              envoy[0].status,
              envoy[0].body,
              stats.upstream_rq_retry,
              stats.ejections_active,
            ],
            [
              model[0].response.status,
              model[0].response.body,
              model[0].attempts.length - 1,
              twin.stats()!.ejections_active,
            ],
          ),
          asLong(title, envoy[0].ms, twin.time.now(), stall),
        ];
      },
    };
  };
  const perTry = { ...ISTIO_DEFAULT, perTryTimeoutMs: 300 };
  const three = { ...perTry, onReset: true };
  return [
    make('route-timeout', 'route timeout on a hanging host', ports.open, {
      retry: NEVER,
      timeoutMs: 400,
    }),
    make('per-try', "per-try timeout with Istio's default words", ports.open, {
      retry: perTry,
    }),
    make('per-try-reset', 'per-try timeout with reset', ports.open, {
      retry: three,
    }),
    make('per-try-5xx', 'per-try timeout within a route timeout', ports.open, {
      retry: { ...perTry, on5xx: true },
      timeoutMs: 500,
    }),
    make('per-try-hole', 'per-try timeout while connecting', ports.hole, {
      retry: three,
    }),
    make('route-hole', 'route timeout while connecting', ports.hole, {
      retry: NEVER,
      timeoutMs: 400,
    }),
  ];
}

/** Circuit breakers on slow hosts: how many of six requests at once get through. */
function limits(
  ports: Ports,
  name: string,
  hosts: number,
  breakers: Partial<NonNullable<Scenario['cluster']['circuitBreakers']>>,
): Case {
  const cluster = makeCluster(name, ports, [{ locality: 'here', total: 1 }], {
    outlier: AT_ONCE,
    circuitBreakers: {
      maxConnections: UNLIMITED,
      maxPendingRequests: UNLIMITED,
      maxRequests: UNLIMITED,
      maxRetries: UNLIMITED,
      ...breakers,
    },
  });
  const scenario: Scenario = {
    cluster,
    route: { retry: ISTIO_DEFAULT },
    plans: new Map([[addresses(cluster, 0)[0], { delayMs: 1000 }]]),
  };
  return {
    scenarios: [scenario],
    async run(bench) {
      const { envoy, model, twin } = await allAtOnce(bench, scenario, 6);
      const refused = envoy.find(a => a.status === 503);
      const own = model.find(r => r.flag === 'UO');
      const stats = await bench.envoy.stats(name, ['ejections_active']);
      return [
        same(
          `${JSON.stringify(
            breakers,
          )}: ${hosts} of 6 requests at once get through`,
          statuses(envoy),
          statuses(model.map(r => r.response)),
        ),
        same(
          `${JSON.stringify(
            breakers,
          )}: the others are told so, and nobody is ejected`,
          [
            refused?.body,
            refused?.headers['x-envoy-overloaded'],
            stats.ejections_active,
          ],
          [
            own?.response.body,
            own?.response.headers['x-envoy-overloaded'],
            twin.stats()!.ejections_active,
          ],
        ),
      ];
    },
  };
}
