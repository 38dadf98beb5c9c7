import {
  HANGZHOU,
  SHANGHAI,
  bookinfo,
  bookinfoCluster,
} from '../__fixtures__/bookinfo';
import { buildServiceTopology } from '../topology/build';
import { lintContextOf } from '../topology/lintContext';
import type { TopologyInput } from '../topology/types';
import { trafficFindings } from '../guardrails/traffic';
import { applyIntent } from './apply';
import { lintIntent } from './lint';
import type { LocalityIntent } from './types';

const evacuation: LocalityIntent = {
  mode: 'evacuation',
  from: HANGZHOU,
  to: SHANGHAI,
  outlierDetection: {
    consecutive5xxErrors: 3,
    interval: '1s',
    baseEjectionTime: '30s',
    maxEjectionPercent: 100,
  },
  connectionPool: { connectTimeout: '1s' },
};

const evacuated = (input: TopologyInput, intent = evacuation) =>
  buildServiceTopology({
    ...input,
    destinationRules: applyIntent(
      input.destinationRules,
      input.service,
      intent,
    ),
  });

const lint = (input: TopologyInput, intent: LocalityIntent) =>
  lintIntent({
    target: { scope: 'service', meshId: 'm', ...input.service },
    intent,
    context: lintContextOf([input]),
  });

describe('evacuating a region', () => {
  it('sends every caller to the other region, also those in the one that is emptied', () => {
    const { predicted, findings } = evacuated(bookinfo());
    expect(predicted.map(({ callerRegion, shares }) => [callerRegion, shares]))
      // Gateway and sidecars in Hangzhou, sidecars in Shanghai.
      .toEqual(
        expect.arrayContaining([
          [HANGZHOU, { [HANGZHOU]: 0, [SHANGHAI]: 100 }],
          [SHANGHAI, { [HANGZHOU]: 0, [SHANGHAI]: 100 }],
        ]),
      );
    expect(predicted.every(({ shares }) => shares[SHANGHAI] === 100)).toBe(
      true,
    );
    expect(findings.filter(({ severity }) => severity === 'refuse')).toEqual(
      [],
    );
  });

  it('keeps the emptied region as the last resort', () => {
    const input = bookinfo({
      clusters: [
        bookinfoCluster(HANGZHOU, { v1: 2 }),
        bookinfoCluster(SHANGHAI, { v2: 0 }),
      ],
    });
    const { predicted } = evacuated(input);
    expect(predicted.length).toBeGreaterThan(0);
    predicted.forEach(({ shares }) =>
      expect(shares).toEqual({ [HANGZHOU]: 100 }),
    );
  });

  it.each<[string, Partial<Extract<LocalityIntent, { mode: 'evacuation' }>>]>([
    ['missing-outlier-detection', { outlierDetection: undefined }],
    ['unknown-region', { to: 'cn-shanghia' }],
  ])('is refused for %s', (id, change) => {
    const findings = lint(bookinfo(), { ...evacuation, ...change });
    expect(findings).toContainEqual(
      expect.objectContaining({ id, severity: 'refuse' }),
    );
    expect(
      lint(bookinfo(), evacuation).map(finding => finding.id),
    ).not.toContain(id);
  });

  it('offers the region that was meant', () => {
    const [finding] = lint(bookinfo(), { ...evacuation, to: 'cn-shanghia' });
    expect(finding.fix?.intent).toEqual(evacuation);
  });

  it('warns when the callers could not leave the region that took over', () => {
    const findings = lint(bookinfo(), {
      ...evacuation,
      outlierDetection: { consecutive5xxErrors: 1 },
    });
    expect(findings).toContainEqual(
      expect.objectContaining({
        id: 'max-ejection-too-low',
        severity: 'warn',
        values: expect.objectContaining({ region: SHANGHAI, needed: 50 }),
      }),
    );
  });

  it('is refused while nobody is seen to be healthy where calls would go', () => {
    const input = bookinfo({
      clusters: [
        bookinfoCluster(HANGZHOU, { v1: 2 }),
        bookinfoCluster(SHANGHAI, { v2: 0 }),
      ],
    });
    const findings = trafficFindings(
      [{ before: buildServiceTopology(input), after: evacuated(input) }],
      { maxLoadFactor: 2 },
      evacuation,
    );
    expect(findings).toEqual([
      expect.objectContaining({
        guardrail: 'last-healthy-region',
        severity: 'refuse',
        message: expect.stringContaining('cannot leave cn-hangzhou'),
      }),
    ]);
  });
});
