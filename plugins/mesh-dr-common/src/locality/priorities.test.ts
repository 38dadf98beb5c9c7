import { modelVersions } from '../versions';
import { assignLocalities, type AssignmentInput } from './priorities';
import { predictSplit } from './split';

const versions = modelVersions('v1.31.0.1');

const at = (
  region: string,
  zone: string,
  hosts: number,
  labels?: Record<string, string>,
) => ({
  region,
  zone,
  total: hosts,
  healthy: hosts,
  ...(labels && { labels }),
});

const priorities = (input: Omit<AssignmentInput, 'versions'>) =>
  assignLocalities({ ...input, versions }).groups.map(
    ({ region, zone, priority, total }) =>
      `${region}/${zone}:${priority}:${total}`,
  );

describe('failoverPriority', () => {
  const caller = { region: 'hz', zone: 'h', labels: { version: 'v1' } };

  it('splits a locality by the rank of its endpoints, not by their values', () => {
    expect(
      priorities({
        caller,
        endpoints: [
          at('hz', 'h', 1, { version: 'v1' }),
          at('hz', 'h', 2, { version: 'v2' }),
          at('hz', 'h', 3, { version: 'v3' }),
          at('sh', 'b', 4, { version: 'v1' }),
        ],
        setting: { failoverPriority: ['version'] },
        outlierDetection: {},
      }),
    ).toEqual(['hz/h:0:1', 'hz/h:1:5', 'sh/b:0:4']);
  });

  it('takes a label that both lack for equal', () => {
    expect(
      priorities({
        caller,
        endpoints: [at('sh', 'b', 1), at('hz', 'i', 1), at('hz', 'h', 1)],
        setting: {
          failoverPriority: [
            'topology.istio.io/network',
            'topology.kubernetes.io/region',
            'topology.kubernetes.io/zone',
          ],
        },
        forced: true,
      }),
    ).toEqual(['sh/b:2:1', 'hz/i:1:1', 'hz/h:0:1']);
  });

  it('orders equals by failover, when that is set as well', () => {
    const endpoints = [
      at('bj', 'a', 1, { version: 'v1' }),
      at('sh', 'b', 1, { version: 'v1' }),
      at('sh', 'b', 1, { version: 'v2' }),
      at('hz', 'h', 1, { version: 'v2' }),
    ];
    expect(
      priorities({
        caller,
        endpoints,
        setting: {
          failoverPriority: ['version'],
          failover: [{ from: 'hz', to: 'sh' }],
        },
        outlierDetection: {},
      }),
    ).toEqual(['bj/a:1:1', 'sh/b:0:1', 'sh/b:3:1', 'hz/h:2:1']);
  });

  it('ignores labels where no rule asks for them', () => {
    expect(
      priorities({
        caller,
        endpoints: [
          at('hz', 'h', 1, { version: 'v1' }),
          at('hz', 'h', 2, { version: 'v2' }),
        ],
        setting: { distribute: [{ from: 'hz', to: { hz: 100 } }] },
      }),
    ).toEqual(['hz/h:0:3']);
  });
});

describe('zone-aware balancing', () => {
  it('makes a priority of each region, failover targets first', () => {
    const input = {
      caller: { region: 'hz', zone: 'h' },
      endpoints: [
        at('hz', 'h', 1),
        at('hz', 'i', 1),
        at('bj', 'a', 1),
        at('sh', 'b', 1),
      ],
      setting: { zoneAware: true, failover: [{ from: 'hz', to: 'sh' }] },
      forced: true,
    };
    expect(priorities(input)).toEqual([
      'hz/h:0:1',
      'hz/i:0:1',
      'bj/a:2:1',
      'sh/b:1:1',
    ]);
    expect(assignLocalities({ ...input, versions }).weighted).toBe(false);
  });
});

describe('consistent hashing', () => {
  const input = {
    caller: { region: 'hz' },
    endpoints: [
      { region: 'hz', total: 2, healthy: 1 },
      { region: 'sh', total: 2, healthy: 2 },
    ],
    setting: { distribute: [{ from: 'hz', to: { hz: 90, sh: 10 } }] },
    outlierDetection: {},
    versions,
  };

  it('does not lower the weight of a locality that is partly out of use', () => {
    expect(
      predictSplit({ ...input, consistentHash: true }).shares.hz,
    ).toBeCloseTo(90, 6);
    expect(predictSplit(input).shares.hz).toBeCloseTo(86.3, 1);
  });

  it('leaves a locality without hosts', () => {
    const [local, remote] = input.endpoints;
    expect(
      predictSplit({
        ...input,
        endpoints: [{ ...local, healthy: 0 }, remote],
        consistentHash: true,
      }).shares,
    ).toEqual({ hz: 0, sh: 100 });
  });
});
