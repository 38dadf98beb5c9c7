import {
  bookinfo,
  destinationRule,
  guideOutlierDetection,
  guideFailover,
  HANGZHOU,
  SHANGHAI,
} from '../__fixtures__/bookinfo';
import { buildServiceTopology } from '../topology/build';
import { withSharedRules } from './ofService';
import { simulate } from './simulate';

const REVIEWS = 'default/reviews';

const working = destinationRule('reviews', {
  outlierDetection: { ...guideOutlierDetection, maxEjectionPercent: 100 },
});

describe('what-if of one service', () => {
  it('starts from the very shares that the page predicts, after a trip through JSON, too', () => {
    for (const input of [
      bookinfo({ meshSetting: guideFailover, destinationRules: [working] }),
      bookinfo({
        service: { namespace: 'default', name: 'productpage' },
        meshSetting: guideFailover,
      }),
      bookinfo({
        virtualServices: [
          {
            metadata: { name: 'reviews', namespace: 'default' },
            spec: {
              hosts: ['reviews'],
              http: [
                {
                  route: [
                    {
                      destination: { host: 'reviews', subset: 'v1' },
                      weight: 75,
                    },
                    {
                      destination: { host: 'reviews', subset: 'v2' },
                      weight: 25,
                    },
                  ],
                },
              ],
            },
          },
        ],
        destinationRules: [working],
      }),
    ]) {
      const topology = JSON.parse(JSON.stringify(buildServiceTopology(input)));
      const id = topology.whatIf.services[0].id;
      expect(topology.predicted.length).toBeGreaterThan(1);
      for (const { callerId, shares } of topology.predicted) {
        const [{ after }] = simulate(topology.whatIf, []).hop(callerId, id);
        for (const region of [HANGZHOU, SHANGHAI]) {
          expect(after[region] ?? 0).toBeCloseTo(shares[region] ?? 0, 1);
        }
      }
    }
  });

  it('loses the service in a region while its callers there live, as the verdict does', () => {
    const topology = buildServiceTopology(
      bookinfo({ meshSetting: guideFailover, destinationRules: [working] }),
    );
    const { region, calls } = topology.verdict.values;
    const lost = simulate(topology.whatIf, [
      { kind: 'down', service: REVIEWS, region: String(region) },
    ]);
    const other = region === HANGZHOU ? SHANGHAI : HANGZHOU;
    for (const { id } of topology.callers) {
      expect(lost.hop(id, REVIEWS)).toMatchObject([
        { after: { [other]: 100 } },
      ]);
    }
    expect(lost.failedPercent.after).toBe(0);
    expect(lost.failAtFirst()).toBe(calls);
    expect(calls).toBeGreaterThan(0);
    expect(
      lost.service(REVIEWS).loads.find(load => load.region === other),
    ).toMatchObject({ ready: { after: 2 }, factor: 2 });
  });

  it('shares equal rules again after a trip through JSON, and what comes out is the same', () => {
    const { whatIf } = JSON.parse(
      JSON.stringify(
        buildServiceTopology(
          bookinfo({ meshSetting: guideFailover, destinationRules: [working] }),
        ),
      ),
    );
    const shared = withSharedRules(whatIf);
    expect(new Set(shared.hops.map(({ pools }) => pools[0].rule)).size).toBe(1);
    expect(withSharedRules(whatIf)).toBe(shared);
    const lose = [{ kind: 'down' as const, region: HANGZHOU }];
    expect(simulate(shared, lose).report()).toEqual(
      simulate(whatIf, lose).report(),
    );
  });

  it('takes the callers of a lost region away, or lets them come in elsewhere', () => {
    const topology = buildServiceTopology(
      bookinfo({ meshSetting: guideFailover, destinationRules: [working] }),
    );
    const lose = (entriesMove: boolean) =>
      simulate(topology.whatIf, [
        { kind: 'down', region: HANGZHOU, entriesMove },
      ]);
    const shanghai = (result: ReturnType<typeof lose>) =>
      result.service(REVIEWS).loads.find(({ region }) => region === SHANGHAI)!;
    expect(lose(false).failedPercent.after).toBeGreaterThan(0);
    expect(shanghai(lose(false)).factor).toBeCloseTo(1, 9);
    expect(lose(true).failedPercent.after).toBe(0);
    expect(shanghai(lose(true)).factor).toBeGreaterThan(1.9);
    // Nobody who is left called Hangzhou.
    expect(lose(true).failAtFirst()).toBe(0);
  });
});
