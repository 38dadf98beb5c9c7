import type { CallOptions } from './common';

export interface StsApi {
  getCallerIdentity(
    o?: CallOptions,
  ): Promise<{ accountId: string; arn: string; identityType: string }>;
}
