import { runAction } from '../__testUtils__/context';
import { createDeps } from '../__testUtils__/deps';
import { createTrafficVerifyAction } from './trafficVerify';

const share = (percent: number) => ({ percent, low: 0, high: 100 });
const action = createTrafficVerifyAction(
  createDeps({
    meshDr: {
      getMesh: async () => ({ id: 'mesh-1', name: 'mesh' }),
      verifyTraffic: async ({ requests }: any) => ({
        requests,
        byRegion: { 'cn-hangzhou': 9, 'cn-shanghai': 1 },
        byVersion: {},
        failed: 0,
        unknown: 0,
        shares: { 'cn-hangzhou': share(90), 'cn-shanghai': share(10) },
        gateway: { address: '1.2.3.4', region: 'cn-hangzhou' },
        durationMs: 1,
        suggestedRequests: 385,
      }),
    } as any,
  }),
);
const input = { mesh: 'mesh', name: 'reviews', requests: 10 };

describe('dr:traffic:verify', () => {
  it('reports counts and shares', async () => {
    const { output } = await runAction(action, {
      ...input,
      expect: [{ region: 'cn-shanghai', minPercent: 7, maxPercent: 13 }],
    });
    expect(output).toMatchObject({
      byRegion: { 'cn-hangzhou': 9, 'cn-shanghai': 1 },
      percent: { 'cn-hangzhou': 90, 'cn-shanghai': 10 },
      requests: 10,
    });
  });

  it('fails when a share is not as expected, and says how many requests would tell', async () => {
    await expect(
      runAction(action, {
        ...input,
        expect: [
          { region: 'cn-shanghai', minPercent: 100 },
          { region: 'cn-beijing', minPercent: 1 },
        ],
      }),
    ).rejects.toThrow(
      /cn-shanghai answered 10\.0 %, expected 100 to 100 %; cn-beijing answered 0\.0 %, expected 1 to 100 %.*use 385/,
    );
  });
});
