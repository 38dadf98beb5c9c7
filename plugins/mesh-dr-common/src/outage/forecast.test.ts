import fc from 'fast-check';
import { anySplit, arbitraryRegion } from '../__testUtils__/arbitrarySplits';
import { modelVersions } from '../versions';
import { forecastOutage } from './forecast';
import { retryPolicy } from './retryPolicy';
import type { OutageInput } from './types';

const asm122 = modelVersions('v1.22.6.66');

/** Ten proxies in Hangzhou call two local and two remote hosts, 20 requests per second each; Hangzhou's hosts fail. */
const base: OutageInput = {
  caller: { region: 'hz', zone: 'a' },
  endpoints: [
    { region: 'hz', zone: 'a', total: 2, healthy: 2 },
    { region: 'sh', zone: 'b', total: 2, healthy: 2 },
  ],
  setting: { failover: [{ from: 'hz', to: 'sh' }] },
  outlierDetection: {
    consecutive5xxErrors: 1,
    maxEjectionPercent: 100,
    baseEjectionTime: '60s',
    interval: '1s',
  },
  failing: { region: 'hz' },
  failure: { kind: 'answers', status: 500 },
  proxies: 10,
  requestsPerSecond: 200,
  outageSeconds: 3600,
  retries: { attempts: 0 },
  versions: asm122,
};

const forecast = (changes: Partial<OutageInput> = {}) =>
  forecastOutage({ ...base, ...changes });

describe('forecastOutage', () => {
  it('learns the second host a merge window late', () => {
    const { first, errorsToEject, ejectable } = forecast();
    expect([errorsToEject, ejectable]).toEqual([1, 2]);
    // One failure ejects the first host, 70 % of the calls stay with the other: one of them ejects it a second before
    // workers know.
    expect(first.seconds).toBeGreaterThan(1);
    expect(first.seconds).toBeLessThan(1.4);
    const perProxy = first.failed / base.proxies;
    expect(perProxy).toBeGreaterThan(0.7 * 20);
    expect(perProxy).toBeLessThan(20);
  });

  it('a single local host is left at the first failure of each proxy', () => {
    const endpoints = [
      { region: 'hz', zone: 'a', total: 1, healthy: 1 },
      base.endpoints[1],
    ];
    expect(forecast({ endpoints }).first.failed).toBe(base.proxies);
  });

  it('counts the re-tests of a long outage, each of which costs a merge window', () => {
    const { retests, floorPercent, failed, first } = forecast();
    expect(retests.atSeconds.slice(0, 6)).toEqual([
      60, 180, 360, 600, 900, 1200,
    ]);
    // Both hosts are back for the second by which their new ejection is late.
    expect(retests.each.seconds).toBeGreaterThan(1);
    expect(retests.each.failed / base.proxies).toBeGreaterThan(19);
    expect(failed).toBeCloseTo(
      first.failed + retests.atSeconds.length * retests.each.failed,
      6,
    );
    expect(floorPercent).toBeGreaterThan(0.3);
    expect(floorPercent).toBeLessThan(0.6);
  });

  it("the guide's cap ejects nobody: every call goes on failing", () => {
    const result = forecast({
      outlierDetection: { consecutive5xxErrors: 1 },
    });
    expect(result).toMatchObject({ failingHosts: 2, ejectable: 0 });
    expect(result.steady.failedPercent).toBe(100);
    expect(result.failed).toBe(200 * 3600);
  });

  it('refused connections and the default retries cost nothing', () => {
    const result = forecast({
      failure: { kind: 'refuse' },
      retries: undefined,
      outageSeconds: 30,
    });
    expect(result.first.failed / base.proxies).toBeLessThan(0.3);
    expect(result.first.addedMs.p99).toBeLessThan(100);
  });

  it('retries that leave the priority save what others lose', () => {
    const five = { ...base.outlierDetection, consecutive5xxErrors: 5 };
    const failed = (retryRemoteLocalities: boolean) =>
      forecast({
        failure: { kind: 'refuse' },
        outlierDetection: five,
        retries: { attempts: 2, retryRemoteLocalities },
        outageSeconds: 30,
      }).first.failed;
    expect(failed(true)).toBe(0);
    expect(failed(false)).toBeGreaterThan(base.proxies);
  });

  it('only the connect timeout bounds connecting into a black hole', () => {
    const waits = (changes: Partial<OutageInput>) =>
      forecast({
        failure: { kind: 'black-hole' },
        keptConnections: 0,
        retries: { attempts: 2, perTryTimeout: '300ms' },
        outlierDetection: undefined,
        outageSeconds: 60,
        setting: { enabled: false },
        endpoints: [base.endpoints[0]],
        ...changes,
      }).steady.addedMs;
    // One after the other, three tries each.
    const rare = { requestsPerSecond: 0.5 };
    expect(waits({ connectTimeout: '5s', ...rare })).toBeCloseTo(15_050, -2);
    // Whoever joins others that wait for the host fails with them, earlier.
    expect(waits({ connectTimeout: '5s' })).toBeLessThan(5_000);
    expect(waits({ connectTimeout: '100ms' })).toBeLessThan(500);
  });

  it('a route timeout that strikes while connecting ejects nobody, if requests are rare', () => {
    const result = forecast({
      failure: { kind: 'black-hole' },
      keptConnections: 0,
      connectTimeout: '5s',
      timeout: '400ms',
      requestsPerSecond: 1,
      outageSeconds: 600,
    });
    expect(result).toMatchObject({ notCounted: 'not-charged', ejectable: 0 });
    expect(result.steady).toMatchObject({ failedPercent: 100, addedMs: 400 });
  });

  it('requests on connections that were open hang until a time limit ends them', () => {
    const changes: Partial<OutageInput> = {
      failure: { kind: 'black-hole' },
      keptConnections: 1,
      connectTimeout: '1s',
      outageSeconds: 60,
    };
    expect(forecast(changes).first.hanging).toBeCloseTo(2 * base.proxies, 6);
    expect(forecast({ ...changes, timeout: '3s' }).first.hanging).toBe(0);
  });

  it("Istio's default words do not retry a try that took too long", () => {
    const failed = (retryOn?: string) =>
      forecast({
        failure: { kind: 'slow', delayMs: 2000 },
        outlierDetection: undefined,
        setting: { enabled: false },
        retries: { attempts: 2, perTryTimeout: '300ms', retryOn },
        outageSeconds: 60,
      }).steady.failedPercent;
    expect(failed()).toBeCloseTo(50, -1);
    expect(failed('reset')).toBeLessThan(15);
  });

  it('split origins never add up while requests come one by one', () => {
    const split = {
      splitExternalLocalOriginErrors: true,
      consecutiveLocalOriginFailures: 2,
      maxEjectionPercent: 100,
    };
    const slow: Partial<OutageInput> = {
      failure: { kind: 'slow', delayMs: 2000 },
      outlierDetection: split,
      retries: { attempts: 0, perTryTimeout: '300ms' },
      outageSeconds: 120,
    };
    expect(forecast({ ...slow, requestsPerSecond: 5 })).toMatchObject({
      notCounted: 'never-adds-up',
      steady: { failedPercent: 100 },
    });
    // Ten proxies, each with several requests at once.
    expect(forecast(slow).errorsToEject).toBe(2);
  });

  it('late answers are no failures without a time limit', () => {
    expect(
      forecast({ failure: { kind: 'slow', delayMs: 2000 } }),
    ).toMatchObject({
      notCounted: 'no-failure',
      failed: 0,
      steady: { failedPercent: 0, addedMs: 2000 },
    });
  });

  it('costs callers nothing who do not go there', () => {
    expect(forecast({ caller: { region: 'sh', zone: 'b' } })).toMatchObject({
      failed: 0,
      floorPercent: 0,
      steady: { addedMs: 0 },
    });
  });

  it('scales busy proxies, and the failures of a window with them', () => {
    const at = (requestsPerSecond: number) =>
      forecast({ requestsPerSecond, outageSeconds: 30 }).first.failed;
    expect(at(2_000_000) / at(200_000)).toBeCloseTo(10, 0);
  });

  it('answers the same again', () => {
    expect(forecast()).toEqual(forecast());
  });

  it('never counts more failures than requests, nor fewer than none', () => {
    fc.assert(
      fc.property(
        anySplit,
        arbitraryRegion,
        fc.constantFrom<OutageInput['failure']>(
          { kind: 'refuse' },
          { kind: 'answers', status: 503 },
          { kind: 'black-hole' },
          { kind: 'slow', delayMs: 700 },
        ),
        fc.constantFrom(undefined, '500ms'),
        (split, region, failure, timeout) => {
          const result = forecastOutage({
            ...split,
            failing: { region },
            failure,
            ...(timeout && { timeout }),
            connectTimeout: '1s',
            proxies: 2,
            requestsPerSecond: 10,
            outageSeconds: 20,
            versions: asm122,
          });
          expect(result.failed).toBeGreaterThanOrEqual(0);
          // Requests that are under way at the end of a bout count with it.
          expect(result.failed).toBeLessThanOrEqual(1.2 * 10 * 20 + 10);
          expect(result.ejectable).toBeLessThanOrEqual(result.failingHosts);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([{ proxies: 0 }, { requestsPerSecond: 0 }])('refuses %j', changes => {
    expect(() => forecast(changes)).toThrow('must be above 0');
  });
});

describe('retryPolicy', () => {
  it.each([
    [undefined, '1.22.1', ['connect-failed', 503]],
    [undefined, '1.24.1', ['connect-failed']],
    ['5xx', '1.24.1', ['connect-failed', 'timeout', 500, 503]],
    ['gateway-error', '1.22.1', ['connect-failed', 'timeout', 503]],
    ['reset, 500', '1.22.1', ['connect-failed', 'timeout', 500]],
  ] as const)('retryOn %s with Istio %s', (retryOn, version, expected) => {
    const policy = retryPolicy({ retryOn }, modelVersions(`v${version}.1`));
    const ends = ['connect-failed', 'timeout', 500, 503] as const;
    expect(ends.filter(end => policy.retries(end))).toEqual(expected);
    expect(policy.attempts).toBe(2);
  });
});
