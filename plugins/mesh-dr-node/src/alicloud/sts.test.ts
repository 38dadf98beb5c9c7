import { json } from '../__testUtils__/scriptedServer';
import { setUpProducts } from '../__testUtils__/products';

describe('wrapper of STS', () => {
  const setup = setUpProducts();

  it('tells who calls', async () => {
    setup.server.next(
      json(
        '{"AccountId":1250123456123456789,"Arn":"a","IdentityType":"RAMUser"}',
      ),
    );
    await expect(setup.cloud.sts.getCallerIdentity()).resolves.toEqual({
      accountId: '1250123456123456789',
      arn: 'a',
      identityType: 'RAMUser',
    });
  });
});
