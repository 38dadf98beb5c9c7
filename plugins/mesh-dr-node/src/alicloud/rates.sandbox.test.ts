import { setUpSandboxCloud } from '../__testUtils__/sandboxCloud';
import { createAlicloudAccounts } from './accounts';
import { UNLIMITED_RATES } from './rates';

interface Call {
  time: string;
  operation: string;
}

const PER_SECOND = 10;
/** Calls arrive in lumps when the machine stalls: the last ones as late as they should, the first ones late too. */
const STALL_MS = 500;
/** What a stall of that length may push into a second that is not its own. */
const PUSHED = (PER_SECOND * STALL_MS) / 1000;

/** Most of these times that lie within any second. */
const mostWithinSecond = (times: number[]) =>
  Math.max(
    ...times.map(
      begin => times.filter(at => at >= begin && at < begin + 1000).length,
    ),
  );

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

    const calls = await seen();
    const times = (pattern: RegExp) =>
      calls
        .filter(({ operation }) => pattern.test(operation))
        .map(({ time }) => Date.parse(time));
    const regions = times(/^DescribeRegions$/);
    const cens = times(/^(DescribeCens|CheckTransitRouterService)$/);
    expect(regions).toHaveLength(30);
    expect(cens).toHaveLength(35);
    // The first ten may go at once, every other one waits a tenth of a second for its turn.
    const due = (1000 * (cens.length - 1 - PER_SECOND)) / PER_SECOND;
    expect(cens[34] - cens[0]).toBeGreaterThan(due - STALL_MS);
    expect(mostWithinSecond(cens)).toBeLessThanOrEqual(PER_SECOND + PUSHED);
    // The other product did not wait.
    expect(regions[29]).toBeLessThan(cens[34]);
  });

  it('is off where the configuration says so', async () => {
    const many = 60;
    await Promise.all(
      Array.from({ length: many }, () => setup.cloud.cen.describeCens({})),
    );
    const times = (await seen()).slice(-many).map(c => Date.parse(c.time));
    expect(times).toHaveLength(many);
    // At the default of five a second it would be eleven seconds.
    expect(times[many - 1] - times[0]).toBeLessThan(8_000);
  });
});
