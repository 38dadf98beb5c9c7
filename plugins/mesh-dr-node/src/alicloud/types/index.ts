/**
 * Typed wrappers over the OpenAPI operations that Mesh DR calls, one interface per product. Names and fields follow the
 * OpenAPI in camelCase; list operations return all pages. Every method takes `CallOptions` and throws `AlicloudError`.
 */
import type { AckApi } from './ack';
import type { AsmApi } from './asm';
import type { CenApi } from './cen';
import type { EcsApi } from './ecs';
import type { StsApi } from './sts';
import type { VpcApi } from './vpc';

export * from './ack';
export * from './asm';
export * from './cen';
export * from './common';
export * from './ecs';
export * from './sts';
export * from './vpc';

/** One account's products. */
export interface Alicloud {
  readonly account: string;
  readonly vpc: VpcApi;
  readonly cen: CenApi;
  readonly ecs: EcsApi;
  readonly ack: AckApi;
  readonly asm: AsmApi;
  readonly sts: StsApi;
}

/** All configured accounts (`meshDr.alicloud.accounts[]`). */
export interface AlicloudAccounts {
  /** Throws NotFoundError naming the configured accounts. Without a name: the first account. */
  get(account?: string): Alicloud;
  names(): string[];
}
