import { createRandom, route } from '../model';
import { makeCluster, type Case, type Ports } from '../bench';
import { sendMany } from '../client';
import { near } from '../sequence';

const N = 12_000;

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
      N,
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
      N,
    ),
  ];
}

function fault(
  name: string,
  title: string,
  ports: Ports,
  envoyFault: unknown,
  istioFault: unknown,
  n: number,
): Case {
  const cluster = makeCluster(name, ports, [{ locality: 'here', total: 1 }]);
  return {
    scenarios: [{ cluster, route: { fault: envoyFault } }],
    async run(bench) {
      const answers = await sendMany(bench.port, `/${name}`, n, 32);
      const random = createRandom(3);
      const decisions = Array.from({ length: n }, () =>
        decide(istioFault, random),
      );
      const percent = (count: number) => (100 * count) / n;
      return [
        near(
          `${title}: percent aborted`,
          percent(answers.filter(a => a.status !== 200).length),
          percent(decisions.filter(d => d.kind === 'reply').length),
          2,
        ),
        near(
          `${title}: percent delayed`,
          percent(answers.filter(a => a.ms > 25).length),
          percent(decisions.filter(d => (d.delayMs ?? 0) > 25).length),
          3,
        ),
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
