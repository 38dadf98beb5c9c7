import {
  HANGZHOU,
  SHANGHAI,
  bookinfoCluster,
  bookinfo,
} from '../__fixtures__/bookinfo';
import { buildServiceTopology } from '../topology/build';
import type { ClusterFacts } from '../topology/types';
import type { DistributionRule } from '../locality/types';
import { trafficFindings } from './traffic';

const BEIJING = 'cn-beijing';
const unreachable = {
  state: 'unreachable' as const,
  since: '2026-01-01T00:00:00Z',
  reason: 'timeout',
};

/** Findings about a distribution, coming from no rule. */
function judge(
  clusters: ClusterFacts[],
  distribute: DistributionRule[],
  maxLoadFactor = 2,
) {
  const input = bookinfo({ clusters });
  const before = buildServiceTopology(input);
  const after = buildServiceTopology({
    ...input,
    meshSetting: { enabled: true, distribute },
  });
  return trafficFindings([{ before, after }], { maxLoadFactor });
}

const to = (region: string, ...from: string[]) =>
  from.map(name => ({ from: name, to: { [region]: 100 } }));

describe('guardrails of traffic', () => {
  it('have nothing to say while nobody gets more', () => {
    expect(
      judge(
        [
          bookinfoCluster(HANGZHOU, { v1: 2 }),
          bookinfoCluster(SHANGHAI, { v1: 2 }),
        ],
        [...to(HANGZHOU, HANGZHOU), ...to(SHANGHAI, SHANGHAI)],
      ),
    ).toEqual([]);
  });

  it('tell what one of two equal regions would bear for the other, and allow it', () => {
    const findings = judge(
      [
        bookinfoCluster(HANGZHOU, { v1: 2 }),
        bookinfoCluster(SHANGHAI, { v1: 2 }),
      ],
      to(SHANGHAI, HANGZHOU, SHANGHAI),
    );
    expect(findings).toEqual([
      expect.objectContaining({
        id: 'guardrail-capacity',
        severity: 'inform',
        values: expect.objectContaining({
          region: SHANGHAI,
          factor: 2,
          before: '25 %',
          after: '50 %',
        }),
        evidence: `2 ready in ${SHANGHAI}`,
      }),
    ]);
  });

  it.each([
    [1, 'refuse'],
    [2, 'refuse'],
    [3, 'inform'],
  ])('with 3 pods against %d: %s', (pods, severity) => {
    const [finding] = judge(
      [
        bookinfoCluster(HANGZHOU, { v1: 3 }),
        bookinfoCluster(SHANGHAI, { v1: pods }),
      ],
      to(SHANGHAI, HANGZHOU, SHANGHAI),
    );
    expect(finding).toMatchObject({ guardrail: 'capacity', severity });
  });

  it('take the limit that is set', () => {
    const clusters = [
      bookinfoCluster(HANGZHOU, { v1: 3 }),
      bookinfoCluster(SHANGHAI, { v1: 1 }),
    ];
    const [finding] = judge(clusters, to(SHANGHAI, HANGZHOU, SHANGHAI), 4);
    expect(finding).toMatchObject({
      severity: 'inform',
      values: { factor: 4, limit: 4 },
    });
  });

  it('refuse to take the last healthy region away, with the numbers', () => {
    const findings = judge(
      [
        bookinfoCluster(HANGZHOU, { v1: 2 }),
        bookinfoCluster(SHANGHAI, { v1: 0 }),
      ],
      to(SHANGHAI, HANGZHOU),
    );
    expect(findings).toEqual([
      expect.objectContaining({
        guardrail: 'last-healthy-region',
        severity: 'refuse',
        message: expect.stringContaining('default/reviews'),
        evidence: `now: ${HANGZHOU} (2 of 2 ready), ${SHANGHAI} (0 of 0 ready)`,
      }),
    ]);
  });

  it('do not take a region for healthy that nobody sees', () => {
    const clusters = [
      bookinfoCluster(HANGZHOU, { v1: 2 }),
      { ...bookinfoCluster(SHANGHAI, { v1: 2 }), freshness: unreachable },
    ];
    const findings = judge(clusters, to(SHANGHAI, HANGZHOU, SHANGHAI));
    expect(findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['guardrail-last-healthy-region', 'refuse'],
      ['guardrail-capacity-unknown', 'inform'],
    ]);
    expect(findings[0].message).toContain('2 of 2 ready, unreachable');
  });

  it('do not hold back the way out of a rule that already leads nowhere', () => {
    const clusters = [
      { ...bookinfoCluster(HANGZHOU, { v1: 2 }), freshness: unreachable },
      { ...bookinfoCluster(SHANGHAI, { v1: 2 }), freshness: unreachable },
    ];
    const findings = judge(clusters, to(SHANGHAI, HANGZHOU, SHANGHAI));
    expect(findings.filter(({ severity }) => severity === 'refuse')).toEqual(
      [],
    );
  });

  it('let a third region help', () => {
    const clusters = [HANGZHOU, SHANGHAI, BEIJING].map(region =>
      bookinfoCluster(region, { v1: 2 }),
    );
    const even = { [SHANGHAI]: 50, [BEIJING]: 50 };
    const [finding] = judge(
      clusters,
      [HANGZHOU, SHANGHAI, BEIJING].map(from => ({ from, to: even })),
    );
    expect(finding).toMatchObject({
      severity: 'inform',
      values: { factor: 1.5 },
    });
  });
});
