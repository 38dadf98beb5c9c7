import type { Alicloud } from '../alicloud/types';
import { limitCalls } from './calls';

/** A cloud whose calls are answered when the test says so. */
function heldCloud() {
  const calls: { name: string; answer(value?: unknown): void; fail(): void }[] =
    [];
  const product = (prefix: string) =>
    new Proxy(
      {},
      {
        get: (_, method) => () =>
          new Promise((resolve, reject) => {
            calls.push({
              name: `${prefix}.${String(method)}`,
              answer: resolve,
              fail: () => reject(new Error('refused')),
            });
          }),
      },
    );
  const products = ['vpc', 'cen', 'ecs', 'ack', 'asm', 'sts'];
  const cloud = {
    account: 'test',
    ...Object.fromEntries(products.map(name => [name, product(name)])),
  } as unknown as Alicloud;
  return { cloud, calls, names: () => calls.map(({ name }) => name) };
}

const settle = () => new Promise(resolve => setImmediate(resolve));

describe('limitCalls', () => {
  it('bounds the calls to each product, and does not let one wait for another', async () => {
    const { cloud, calls, names } = heldCloud();
    const bounded = limitCalls(cloud, 2);
    for (let i = 0; i < 3; i++) bounded.cen.describeCens({});
    bounded.ack.describeClusters({});
    await settle();
    expect(names()).toEqual([
      'cen.describeCens',
      'cen.describeCens',
      'ack.describeClusters',
    ]);
    calls[0].answer([]);
    await settle();
    expect(names()).toHaveLength(4);
    expect(bounded.account).toBe('test');
  });

  it('asks once what the cloud offers in a region, and again after a failure', async () => {
    const { cloud, calls } = heldCloud();
    const bounded = limitCalls(cloud, 8);
    const { signal } = new AbortController();
    const ask = (regionId: string) =>
      bounded.vpc.describeZones({ regionId }, { signal });
    const looks = [ask('cn-hangzhou'), ask('cn-hangzhou'), ask('cn-shanghai')];
    await settle();
    expect(calls).toHaveLength(2);
    calls[0].answer(['zone']);
    calls[1].fail();
    await expect(looks[0]).resolves.toEqual(['zone']);
    await expect(looks[1]).resolves.toEqual(['zone']);
    await expect(looks[2]).rejects.toThrow('refused');
    const again = ask('cn-shanghai');
    await settle();
    expect(calls).toHaveLength(3);
    calls[2].answer([]);
    await expect(again).resolves.toEqual([]);
  });

  it('asks anew for everything that changes', async () => {
    const { cloud, calls } = heldCloud();
    const bounded = limitCalls(cloud, 8);
    bounded.vpc.describeVpcs({ regionId: 'cn-hangzhou' });
    bounded.vpc.describeVpcs({ regionId: 'cn-hangzhou' });
    await settle();
    expect(calls).toHaveLength(2);
  });
});
