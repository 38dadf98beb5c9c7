import type { RpcProduct } from '../../operation';

export const stsProduct: RpcProduct = {
  code: 'Sts',
  version: '2015-04-01',
  host: 'sts.aliyuncs.com',
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
