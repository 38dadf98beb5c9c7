import { conformingClient } from '../../../__testUtils__/wire';
import { Sandbox, startSandbox } from '../../../sandbox';
import { stsContracts } from '../../contracts';

describe('STS', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
  });
  afterAll(() => sandbox.stop());

  it('tells who calls', async () => {
    const { call } = conformingClient(sandbox, {
      version: '2015-04-01',
      contracts: stsContracts,
      allowances: { GetCallerIdentity: { optional: ['RoleId'] } },
    });
    expect(await call('GetCallerIdentity')).toMatchObject({
      IdentityType: 'Account',
      Arn: 'acs:ram::1250123456123456:root',
    });
  });
});
