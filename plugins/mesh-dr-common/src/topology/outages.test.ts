import {
  bookinfo,
  destinationRule,
  guideFailover,
  guideOutlierDetection,
  HANGZHOU,
  SHANGHAI,
} from '../__fixtures__/bookinfo';
import { intentToSetting } from '../locality/intent';
import { OutagePredictor } from './outages';

const working = destinationRule('reviews', {
  outlierDetection: { ...guideOutlierDetection, maxEjectionPercent: 100 },
});
const now = bookinfo({ meshSetting: guideFailover });
const protectedNow = bookinfo({
  meshSetting: guideFailover,
  destinationRules: [working],
});

describe('OutagePredictor', () => {
  it('compares what keeps failing with what fails until it is ejected', () => {
    const outage = new OutagePredictor().predict(now, protectedNow)!;
    expect(outage.region).toBe(HANGZHOU);
    const at = (region: string) =>
      outage.callers.find(({ callerRegion }) => callerRegion === region)!;
    const { before, after } = at(HANGZHOU);
    // No outlier detection: half of all calls, forever.
    expect(before.firstSeconds).toBe(0);
    expect(before.stayingPercent).toBeCloseTo(50, -1);
    expect(before.firstPercent).toBe(before.stayingPercent);
    // Three proxies put two pods aside at the first error each, and workers learn the second a moment late.
    expect(after.stayingPercent).toBe(0);
    expect(after.first).toBeGreaterThanOrEqual(3 * 2);
    expect(after.firstSeconds).toBeGreaterThan(0);
    // Callers in Shanghai stay there.
    expect(at(SHANGHAI).after).toEqual({
      first: 0,
      firstSeconds: 0,
      firstPercent: 0,
      stayingPercent: 0,
    });
  });

  it('counts calls that nobody answers as failing for good', () => {
    const alone = bookinfo({
      destinationRules: [working],
      meshSetting: {
        distribute: [
          { from: HANGZHOU, to: { [HANGZHOU]: 100 } },
          { from: SHANGHAI, to: { [SHANGHAI]: 100 } },
        ],
      },
    });
    const outage = new OutagePredictor().predict(
      protectedNow,
      alone,
      SHANGHAI,
    )!;
    const shanghai = outage.callers.find(c => c.callerRegion === SHANGHAI)!;
    expect(shanghai.before.stayingPercent).toBe(0);
    expect(shanghai.after.stayingPercent).toBe(100);
  });

  it('loses the region that matters under the new rule', () => {
    const evacuated = bookinfo({
      destinationRules: [working],
      meshSetting: intentToSetting({
        mode: 'evacuation',
        from: HANGZHOU,
        to: SHANGHAI,
      }),
    });
    expect(new OutagePredictor().predict(now, evacuated)!.region).toBe(
      SHANGHAI,
    );
  });

  it('hides failures that the route retries', () => {
    const retried = {
      ...now,
      virtualServices: [
        {
          metadata: { name: 'reviews', namespace: 'default' },
          spec: {
            hosts: ['reviews'],
            http: [
              {
                retries: { attempts: 3, retryOn: '5xx' },
                route: [{ destination: { host: 'reviews' } }],
              },
            ],
          },
        },
      ],
    };
    const sidecars = new OutagePredictor()
      .predict(now, retried, HANGZHOU)!
      .callers.find(({ callerRegion }) => callerRegion === SHANGHAI)!;
    expect(sidecars.after.stayingPercent).toBeLessThan(
      sidecars.before.stayingPercent / 2,
    );
  });

  it('stops forecasting once an answer has cost enough', () => {
    const predictor = new OutagePredictor(1);
    expect(predictor.predict(now, protectedNow)).toBeDefined();
    expect(predictor.predict(now, protectedNow)).toBeUndefined();
  });
});
