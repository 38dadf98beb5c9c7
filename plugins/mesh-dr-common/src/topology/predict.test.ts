import {
  bookinfo,
  bookinfoCluster,
  destinationRule,
  guideDistribution,
  guideFailover,
  guideOutlierDetection,
  HANGZHOU,
  SHANGHAI,
} from '../__fixtures__/bookinfo';
import { predictThroughGateway } from './predict';
import type { TopologyInput } from './types';

const working = destinationRule('reviews', {
  outlierDetection: { ...guideOutlierDetection, maxEjectionPercent: 100 },
  connectionPool: { tcp: { connectTimeout: '1s' } },
});
describe('predictThroughGateway', () => {
  const chain = ['productpage', 'reviews'].map(name => ({
    namespace: 'default',
    name,
  }));
  const through = (facts: TopologyInput) =>
    predictThroughGateway({
      gatewayRegion: HANGZHOU,
      gatewayZone: 'cn-hangzhou-h',
      chain,
      facts,
    });

  it("E15: the guide's 10 % is 14 % end to end", () => {
    expect(through(bookinfo({ meshSetting: guideDistribution }))).toEqual({
      [HANGZHOU]: 86,
      [SHANGHAI]: 14,
    });
  });

  it('E16: 19 % when Shanghai keeps its own', () => {
    const meshSetting = {
      distribute: [
        ...guideDistribution.distribute,
        { from: SHANGHAI, to: { [SHANGHAI]: 100 } },
      ],
    };
    expect(through(bookinfo({ meshSetting }))).toEqual({
      [HANGZHOU]: 81,
      [SHANGHAI]: 19,
    });
  });

  it('E17: outlier detection on reviews alone leaves the first hop at 50/50', () => {
    expect(
      predictThroughGateway({
        gatewayRegion: HANGZHOU,
        chain: chain.slice(0, 1),
        facts: bookinfo({
          meshSetting: guideFailover,
          destinationRules: [working],
        }),
      }),
    ).toEqual({ [HANGZHOU]: 50, [SHANGHAI]: 50 });
  });

  it("takes the gateway's zone from its pods", () => {
    const facts = bookinfo({
      meshSetting: {
        distribute: [
          { from: `${HANGZHOU}/cn-hangzhou-h`, to: { [SHANGHAI]: 100 } },
        ],
      },
    });
    const first = { gatewayRegion: HANGZHOU, chain: chain.slice(0, 1), facts };
    expect(predictThroughGateway(first)).toEqual({ [SHANGHAI]: 100 });
    expect(
      predictThroughGateway({ ...first, gatewayZone: 'cn-hangzhou-i' }),
    ).toEqual({ [HANGZHOU]: 50, [SHANGHAI]: 50 });
  });

  it('10 % when productpage is in Hangzhou only', () => {
    const facts = bookinfo({ meshSetting: guideDistribution });
    facts.clusters[1] = bookinfoCluster(
      SHANGHAI,
      { v2: 2 },
      { apps: { productpage: {} } },
    );
    expect(through(facts)).toEqual({ [HANGZHOU]: 90, [SHANGHAI]: 10 });
  });
});
