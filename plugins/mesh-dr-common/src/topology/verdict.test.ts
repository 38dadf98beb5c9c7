import {
  bookinfo,
  bookinfoCluster,
  destinationRule,
  guideFailover,
  guideOutlierDetection,
  HANGZHOU,
  SHANGHAI,
} from '../__fixtures__/bookinfo';
import { intentToSetting } from '../locality/intent';
import { buildServiceTopology } from './build';
import type { TopologyInput } from './types';
import { computeVerdict } from './verdict';

const working = destinationRule('reviews', {
  outlierDetection: { ...guideOutlierDetection, maxEjectionPercent: 100 },
  connectionPool: { tcp: { connectTimeout: '1s' } },
});
const guide = destinationRule('reviews', {
  outlierDetection: guideOutlierDetection,
});

const pods = { a: 2, b: 2, narrow: 1, roomy: 4 };

describe('verdict', () => {
  const verdict = (input: TopologyInput) => buildServiceTopology(input).verdict;

  it('protected, with the numbers', () => {
    expect(
      verdict(
        bookinfo({ meshSetting: guideFailover, destinationRules: [working] }),
      ),
    ).toEqual({
      level: 'protected',
      key: 'protected',
      values: {
        region: HANGZHOU,
        targets: '100 % of calls go to cn-shanghai',
        // 3 proxies in Hangzhou × 2 endpoints × 1 error.
        calls: 6,
      },
      sentence:
        'If cn-hangzhou is lost, 100 % of calls go to cn-shanghai; about 6 calls fail first.',
    });
  });

  it("not protected by the guide's outlier detection", () => {
    expect(
      verdict(
        bookinfo({ meshSetting: guideFailover, destinationRules: [guide] }),
      ),
    ).toMatchObject({
      level: 'unprotected',
      key: 'neverEjects',
      sentence:
        'Not protected: with 4 endpoints and maxEjectionPercent 10, Envoy never ejects anything.',
    });
  });

  it.each<[string, string, TopologyInput]>([
    ['noOutlierDetection', '50 %', bookinfo({ meshSetting: guideFailover })],
    [
      'ejectsTooFew',
      'ejects only 1 of the 2 in cn-hangzhou; if it is lost, 70 % of calls',
      bookinfo({
        meshSetting: guideFailover,
        destinationRules: [
          destinationRule('reviews', {
            outlierDetection: { maxEjectionPercent: 49 },
          }),
        ],
      }),
    ],
    [
      'noErrorCounter',
      'counts no errors',
      bookinfo({
        destinationRules: [
          destinationRule('reviews', {
            outlierDetection: {
              consecutive5xxErrors: 0,
              maxEjectionPercent: 100,
            },
          }),
        ],
      }),
    ],
    [
      'singleRegion',
      'all ready endpoints (2) are in cn-hangzhou',
      bookinfo({ shanghai: {}, destinationRules: [working] }),
    ],
    ['noEndpoints', 'no endpoint', bookinfo({ hangzhou: {}, shanghai: {} })],
    [
      'noFallback',
      'callers in cn-hangzhou get no answer',
      bookinfo({
        destinationRules: [working],
        meshSetting: {
          distribute: [
            { from: HANGZHOU, to: { [HANGZHOU]: 100 } },
            { from: SHANGHAI, to: { [SHANGHAI]: 100 } },
          ],
        },
      }),
    ],
  ])('%s', (key, text, input) => {
    const result = verdict(input);
    expect(result).toMatchObject({ level: 'unprotected', key });
    expect(result.sentence).toContain(text);
  });

  it('partial: the cap suffices for the smaller region only', () => {
    const result = verdict(
      bookinfo({
        hangzhou: { v1: 1 },
        shanghai: { v2: 3 },
        meshSetting: guideFailover,
        destinationRules: [
          destinationRule('reviews', {
            outlierDetection: {
              consecutive5xxErrors: 1,
              maxEjectionPercent: 50,
            },
          }),
        ],
      }),
    );
    expect(result.level).toBe('partial');
    // Vector E06: 2 of 3 ejected, 46 % stay.
    expect(result.sentence).toBe(
      'Partly protected: if cn-hangzhou is lost, 100 % of calls go to cn-shanghai; about 3 calls fail first; but if cn-shanghai is lost, 46 % of calls keep failing.',
    );
  });

  it('tells the loss of the region that takes all calls, not of one that takes none', () => {
    const evacuated = bookinfo({
      meshSetting: intentToSetting({
        mode: 'evacuation',
        from: HANGZHOU,
        to: SHANGHAI,
      }),
      destinationRules: [working],
    });
    expect(verdict(evacuated)).toMatchObject({
      level: 'protected',
      values: { region: SHANGHAI, targets: '100 % of calls go to cn-hangzhou' },
    });
    expect(verdict(evacuated).values.calls).toBeGreaterThan(0);
  });

  it('of equal losses tells the one that leaves the fullest pods', () => {
    const pool = {
      weight: 100,
      endpoints: Object.entries(pods).map(([region, healthy]) => ({
        region,
        total: healthy,
        healthy,
      })),
      rule: {
        locality: {
          setting: {
            failover: [
              { from: 'a', to: 'roomy' },
              { from: 'b', to: 'narrow' },
            ],
          },
          source: 'mesh' as const,
        },
        outlierDetection: {
          settings: { consecutive5xxErrors: 1, maxEjectionPercent: 100 },
          object: 'a rule',
        },
        shadowed: [],
      },
    };
    const told = computeVerdict({
      clusters: [],
      callers: ['a', 'b'].map(region => ({
        caller: {
          namespace: 'default',
          topology: {
            id: region,
            kind: 'sidecars',
            name: region,
            region,
            proxies: 3,
            localitySource: 'node',
          },
        },
        pools: [pool],
      })),
      ready: pods,
      headless: false,
      meshVersion: 'v1.22.6.66',
    });
    expect(told).toMatchObject({
      level: 'protected',
      values: {
        region: 'b',
        targets: 'calls go to a (50 %), narrow (50 %)',
        calls: 6,
      },
    });
  });

  it('unknown while a cluster has not been read', () => {
    const input = bookinfo();
    input.clusters[1] = {
      ...bookinfoCluster(SHANGHAI, {}),
      freshness: { state: 'syncing' },
    };
    expect(verdict(input)).toMatchObject({
      level: 'unknown',
      values: { regions: SHANGHAI },
    });
  });

  it('holds on to what it knew of a cluster that is gone', () => {
    const input = bookinfo({
      meshSetting: guideFailover,
      destinationRules: [working],
    });
    input.clusters[1].freshness = {
      state: 'unreachable',
      since: '2025-07-01T00:00:00Z',
      reason: 'timeout',
    };
    expect(verdict(input).level).toBe('protected');
  });
});
