import {
  bookinfo,
  destinationRule,
  guideDistribution,
  guideOutlierDetection,
  HANGZHOU,
  SHANGHAI,
} from '../__fixtures__/bookinfo';
import { simulate } from './simulate';
import { whatIfSnapshot } from './snapshot';

const calls = [
  { from: 'default/productpage', to: 'default/reviews' },
  { from: 'default/reviews', to: 'default/ratings', optional: true },
];

describe('whatIfSnapshot', () => {
  it("E15: finds the guide's 14 % through the gateway", () => {
    const snapshot = whatIfSnapshot(
      bookinfo({ meshSetting: guideDistribution }),
      { calls },
    );
    expect(snapshot.entries).toHaveLength(1);
    const { shares } = simulate(snapshot, []).service('default/reviews');
    expect(shares.after[HANGZHOU]).toBeCloseTo(86, 9);
    expect(shares.after[SHANGHAI]).toBeCloseTo(14, 9);
  });

  it("shows that the guide's outlier detection saves nobody", () => {
    const failing = (maxEjectionPercent?: number) => {
      const facts = bookinfo({
        meshSetting: guideDistribution,
        destinationRules: [
          destinationRule('reviews', {
            outlierDetection: { ...guideOutlierDetection, maxEjectionPercent },
          }),
        ],
      });
      const [atHome, ...gone] = simulate(whatIfSnapshot(facts, { calls }), [
        { kind: 'down', region: SHANGHAI },
      ]).hop('default/productpage', 'default/reviews');
      // Callers in Shanghai went down with it: nothing is left to say about them.
      expect(gone.map(({ region, after }) => [region, after])).toEqual([
        [SHANGHAI, {}],
      ]);
      return atHome.failedPercent.after;
    };
    expect(failing()).toBeCloseTo(10, 9);
    expect(failing(100)).toBe(0);
  });

  it('tells versions and subsets apart', () => {
    const facts = bookinfo({ hangzhou: { v1: 2 }, shanghai: { v2: 2 } });
    const snapshot = whatIfSnapshot(facts, { calls });
    const reviews = snapshot.services.find(({ id }) => id.endsWith('reviews'))!;
    expect(reviews.endpoints.map(({ labels }) => labels)).toEqual([
      { version: 'v1' },
      { version: 'v2' },
    ]);
    expect(
      simulate(snapshot, [
        { kind: 'version-removed', service: reviews.id, version: 'v1' },
      ]).service(reviews.id).shares.after,
    ).toEqual({ [SHANGHAI]: 100 });
  });

  it('shares one rule object between callers that obey the same rule', () => {
    const { hops } = whatIfSnapshot(bookinfo(), {
      calls: [
        { from: 'default/productpage', to: 'default/ratings' },
        { from: 'default/reviews', to: 'default/ratings' },
      ],
    });
    const rules = hops
      .filter(({ to }) => to === 'default/ratings')
      .map(({ pools }) => pools[0].rule);
    expect(rules[0]).toBe(rules[1]);
  });

  it('refuses a call whose end is no service', () => {
    expect(() =>
      whatIfSnapshot(bookinfo(), { calls: [{ from: 'reviews', to: 'a/b' }] }),
    ).toThrow('"reviews" is no service');
  });
});
