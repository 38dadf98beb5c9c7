import {
  HANGZHOU,
  SHANGHAI,
  bookinfo,
  bookinfoCluster,
} from '../__fixtures__/bookinfo';
import { createShiftRequestSchema } from '../api/shiftSchema';
import type { Freshness } from '../api/types';
import { buildServiceTopology } from '../topology/build';
import { shiftHealth, shiftIntent } from './shift';

const BEIJING = 'cn-beijing';
const outlierDetection = { consecutive5xxErrors: 3, maxEjectionPercent: 100 };
const shift = { from: HANGZHOU, to: SHANGHAI, outlierDetection };
const topologyOf = (reviews: Record<string, number>) =>
  buildServiceTopology(
    bookinfo({
      clusters: Object.entries(reviews).map(([region, v1]) =>
        bookinfoCluster(region, { v1 }),
      ),
    }),
  );

describe('the rule of a step', () => {
  it('moves a part, and leaves callers of the target region there', () => {
    const topology = topologyOf({ [HANGZHOU]: 2, [SHANGHAI]: 2 });
    expect(shiftIntent(shift, 25, topology)).toEqual({
      mode: 'distribution',
      distribute: [
        { from: HANGZHOU, to: { [HANGZHOU]: 75, [SHANGHAI]: 25 } },
        { from: SHANGHAI, to: { [SHANGHAI]: 100 } },
      ],
      outlierDetection,
    });
  });

  it('has an entry for callers of a third region: at home, or as the others where nobody is ready', () => {
    const third = (ready: number) => {
      const topology = topologyOf({
        [HANGZHOU]: 2,
        [SHANGHAI]: 2,
        [BEIJING]: ready,
      });
      const intent = shiftIntent(shift, 5, topology);
      return intent.mode === 'distribution'
        ? intent.distribute.find(({ from }) => from === BEIJING)?.to
        : undefined;
    };
    expect(third(1)).toEqual({ [BEIJING]: 100 });
    expect(third(0)).toEqual({ [HANGZHOU]: 95, [SHANGHAI]: 5 });
  });

  it('keeps the last resort at 100 %', () => {
    const topology = topologyOf({ [HANGZHOU]: 2, [SHANGHAI]: 2 });
    expect(shiftIntent(shift, 100, topology)).toEqual({
      mode: 'evacuation',
      ...shift,
    });
  });
});

describe('the health of the target region', () => {
  const health = (
    ready: number,
    total: number,
    state: Freshness['state'] = 'ok',
    ...rest: [
      { minReadyPercent?: number; minSuccessPercent?: number }?,
      number?,
    ]
  ) =>
    shiftHealth(
      {
        regions: [
          {
            region: SHANGHAI,
            ready,
            total,
            clusters: [],
            freshness: { state } as Freshness,
          },
        ],
      },
      SHANGHAI,
      ...rest,
    );

  it.each([
    [health(2, 2), 'good', ''],
    [health(1, 2), 'good', ''],
    [health(1, 3), 'bad', '1 of 3 pods are ready in cn-shanghai'],
    [health(0, 2), 'bad', 'no endpoint is ready'],
    [health(0, 0), 'bad', 'no endpoint is ready'],
    [health(2, 2, 'unreachable'), 'bad', 'is unreachable'],
    [health(2, 2, 'syncing'), 'unknown', 'is syncing'],
    [health(2, 2, 'stale'), 'unknown', 'is stale'],
    [health(1, 3, 'ok', { minReadyPercent: 30 }), 'good', ''],
    [health(2, 2, 'ok', { minSuccessPercent: 99 }, 98.5), 'bad', '98.5 %'],
    [health(2, 2, 'ok', { minSuccessPercent: 99 }, 99), 'good', ''],
    [health(2, 2, 'ok', { minSuccessPercent: 99 }), 'good', ''],
    [shiftHealth({ regions: [] }, SHANGHAI), 'bad', 'no cluster'],
  ])('%j is %s', (judged, state, reason) => {
    const { reason: given = '' } = { reason: undefined, ...judged };
    expect([judged.state, given]).toEqual([
      state,
      expect.stringContaining(reason),
    ]);
  });
});

describe('asking for a shift', () => {
  const request = {
    target: { meshId: 'm', namespace: 'default', name: 'reviews' },
    ...shift,
    steps: [5, 25, 50, 100],
    holdSeconds: 60,
    reason: 'moving out',
  };

  it.each([
    [{}, 'fits'],
    [{ steps: [5, 5] }, 'steps has 5 after 5'],
    [{ steps: [50, 25] }, 'steps has 25 after 50'],
    [{ steps: [] }, 'steps is empty'],
    [{ steps: [0] }, 'from 1 to 100'],
    [{ to: HANGZHOU }, 'the region that calls are to leave'],
    [{ holdSeconds: 0 }, 'holdSeconds is 0'],
    [{ outlierDetection: undefined }, 'expected object'],
    [{ overrides: ['active-shift'] }, 'cannot be overridden'],
  ])('with %j: %s', (change, message) => {
    const result = createShiftRequestSchema.safeParse({
      ...request,
      ...change,
    });
    const text = result.error?.issues.map(issue => issue.message).join();
    expect(text ?? 'fits').toContain(message);
  });
});
