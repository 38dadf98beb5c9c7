import { stsContracts } from '../../contracts';
import type { RpcProduct } from '../../operation';

export const stsProduct: RpcProduct = {
  code: 'Sts',
  version: '2015-04-01',
  host: 'sts.aliyuncs.com',
  contracts: stsContracts,
  operations: {
    GetCallerIdentity: {
      run: (_, cloud) => ({
        AccountId: String(cloud.accountId),
        Arn: `acs:ram::${cloud.accountId}:root`,
        IdentityType: 'Account',
        PrincipalId: String(cloud.accountId),
        UserId: String(cloud.accountId),
      }),
    },
  },
};
