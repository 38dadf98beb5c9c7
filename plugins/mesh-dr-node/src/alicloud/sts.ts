import { text } from './shape';
import type { AlicloudTransport } from './transport';
import type { StsApi } from './types';

/** STS 2015-04-01. */
export function createStsApi(transport: AlicloudTransport): StsApi {
  return {
    async getCallerIdentity(o) {
      const answer = await transport.rpc(
        { product: 'sts', operation: 'GetCallerIdentity' },
        o,
      );
      return {
        accountId: text(answer.AccountId),
        arn: text(answer.Arn),
        identityType: text(answer.IdentityType),
      };
    },
  };
}
