import { createRandom, route } from '../model';
import { makeCluster, type Case, type Ports } from '../bench';
import { sendMany } from '../client';
import { alike, sizesFor } from '../statistics';

const TOLERANCE = 2;
const SIZES = sizesFor(TOLERANCE);
const DELAY_MS = 30;
/** Envoy's timers count from the start of a round of its loop, so that a delay may seem a few milliseconds too short. */
const SEEMING_MS = 20;

/** Fault injection by percentage: the fault of a VirtualService beside Envoy's fault filter. */
export function faultCases(ports: Ports): Case[] {
  return [
    fault(
      'fault-abort',
      'abort 25 % with 418',
      ports,
      {
        abort: {
          http_status: 418,
          percentage: { numerator: 250_000, denominator: 'MILLION' },
        },
      },
      { abort: { httpStatus: 418, percentage: { value: 25 } } },
    ),
    fault(
      'fault-both',
      'delay 20 % and abort 50 % together',
      ports,
      {
        delay: {
          fixed_delay: '0.03s',
          percentage: { numerator: 200_000, denominator: 'MILLION' },
        },
        abort: {
          http_status: 503,
          percentage: { numerator: 500_000, denominator: 'MILLION' },
        },
      },
      {
        delay: { fixedDelay: '0.03s', percentage: { value: 20 } },
        abort: { httpStatus: 503, percentage: { value: 50 } },
      },
    ),
  ];
}

function fault(
  name: string,
  title: string,
  ports: Ports,
  envoyFault: unknown,
  istioFault: unknown,
): Case {
  const cluster = makeCluster(name, ports, [{ locality: 'here', total: 1 }]);
  return {
    scenarios: [{ cluster, route: { fault: envoyFault } }],
    async run(bench) {
      const before = await bench.envoy.faults();
      const answers = await sendMany(bench.port, `/${name}`, SIZES.envoy, 32);
      const after = await bench.envoy.faults();
      const delays = after.delays - before.delays;
      const random = createRandom(3);
      const decisions = Array.from({ length: SIZES.model }, () =>
        decide(istioFault, random),
      );
      const delayed = decisions.filter(d => (d.delayMs ?? 0) >= DELAY_MS);
      const late = answers.filter(a => a.ms >= SEEMING_MS).length;
      return [
        alike(
          `${title}: aborted`,
          (100 * answers.filter(a => a.status !== 200).length) / SIZES.envoy,
          (100 * decisions.filter(d => d.kind === 'reply').length) /
            SIZES.model,
          SIZES,
          TOLERANCE,
        ),
        alike(
          `${title}: delayed`,
          (100 * delays) / SIZES.envoy,
          (100 * delayed.length) / SIZES.model,
          SIZES,
          TOLERANCE,
        ),
        {
          name: `${title}: as many answers at least took that long`,
          ok: late >= delays,
          detail: `${delays} delays of ${DELAY_MS} ms, ${late} answers after ${SEEMING_MS} ms or later`,
        },
      ];
    },
  };
}

function decide(istioFault: unknown, random: () => number) {
  const virtualService = {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'VirtualService',
    metadata: { name: 'fault', namespace: 'default' },
    spec: {
      hosts: ['svc'],
      http: [{ fault: istioFault, route: [{ destination: { host: 'svc' } }] }],
    },
  };
  return route(
    [virtualService],
    {
      request: { method: 'GET', path: '/', headers: {} },
      host: 'svc.default.svc.cluster.local',
      port: 80,
      gateway: 'mesh',
      namespace: 'default',
      labels: {},
    },
    { retry503: false },
    random,
  )!;
}
