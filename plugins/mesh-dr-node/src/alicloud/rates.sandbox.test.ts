import { setUpSandboxCloud } from '../__testUtils__/sandboxCloud';
import { createAlicloudAccounts } from './accounts';
import { UNLIMITED_RATES } from './rates';

interface Call {
  time: string;
  operation: string;
}

const PER_SECOND = 10;
/** Between sending and the server's clock there is a network. */
const LEEWAY_MS = 50;

describe('the rate of calls as the cloud sees it', () => {
  const setup = setUpSandboxCloud();

  const seen = async (): Promise<Call[]> => {
    const answer = await fetch(`${setup.sandbox.control}/calls`);
    return (await answer.json()).latest.reverse();
  };

  it('stays below what is configured, for all users of an account together', async () => {
    const { account, logger } = setup;
    const cen = { reads: PER_SECOND, writes: 0 };
    const accounts = createAlicloudAccounts(
      [account({ rates: { ...UNLIMITED_RATES, cbn: cen } })],
      { logger },
    );
    const begin = performance.now();
    await Promise.all([
      ...Array.from({ length: 18 }, () =>
        accounts.get('sandbox').cen.describeCens({}),
      ),
      ...Array.from({ length: 17 }, () =>
        accounts.get('sandbox').cen.checkTransitRouterService(),
      ),
      ...Array.from({ length: 30 }, () =>
        accounts.get('sandbox').vpc.describeRegions(),
      ),
    ]);
    expect(performance.now() - begin).toBeLessThan(10_000);

    const calls = await seen();
    const times = (pattern: RegExp) =>
      calls
        .filter(({ operation }) => pattern.test(operation))
        .map(({ time }) => Date.parse(time));
    const regions = times(/^DescribeRegions$/);
    const cens = times(/^(DescribeCens|CheckTransitRouterService)$/);
    expect(regions).toHaveLength(30);
    expect(cens).toHaveLength(35);
    for (let i = PER_SECOND; i < cens.length; i++) {
      expect(cens[i] - cens[i - PER_SECOND]).toBeGreaterThan(1000 - LEEWAY_MS);
    }
    // The other product did not wait.
    expect(regions[29] - regions[0]).toBeLessThan(1000);
  });

  it('is off where the configuration says so', async () => {
    const before = (await seen()).length;
    await Promise.all(
      Array.from({ length: 25 }, () => setup.cloud.cen.describeCens({})),
    );
    const times = (await seen()).slice(before).map(c => Date.parse(c.time));
    expect(times).toHaveLength(25);
    expect(times[24] - times[0]).toBeLessThan(1000);
  });
});
