import type { Product } from './operations';

/** Most calls that begin within any second in a region; 0 lifts the limit. */
export interface CallRate {
  reads: number;
  writes: number;
}

/** The rates of an account, by product. */
export type CallRates = Record<Product, CallRate>;

/** What operations may take of the rate of their kind, between 0 and 1. */
export type OperationShares = Readonly<Record<string, number>>;

/**
 * Calls a second where the configuration says nothing. Alibaba Cloud counts by account, region and operation, and
 * publishes the figures as flow control information of VPC, CEN, ECS and STS. Ours hold for all operations of a product in
 * a region together (of CEN, ASM and STS, whose endpoints are central, in all regions), at the figures of the ordinary ones,
 * so that none of these can exceed its own; those with less have a share of them ({@link SHARES}). Nothing is published for ACK and ASM:
 * theirs are lower than CEN's.
 */
export const DEFAULT_RATES: CallRates = {
  vpc: { reads: 10, writes: 5 },
  cbn: { reads: 5, writes: 5 },
  ecs: { reads: 8, writes: 8 },
  cs: { reads: 5, writes: 3 },
  servicemesh: { reads: 5, writes: 3 },
  sts: { reads: 20, writes: 20 },
};

/** Operations for which Alibaba Cloud publishes less than for the ordinary ones of their product, and how much less. */
export const SHARES: Partial<Record<Product, OperationShares>> = {
  cbn: {
    CreateTransitRouter: 3 / 5,
    // Published once as three a second, once as fifty a minute.
    DeleteTransitRouter: 50 / 300,
  },
};

/** Calls under way per product. */
export const CONCURRENCY: Record<Product, number> = {
  vpc: 8,
  cbn: 5,
  ecs: 8,
  cs: 6,
  servicemesh: 5,
  sts: 2,
};

const UNLIMITED: CallRate = { reads: 0, writes: 0 };

/** No limits, for a local cloud. */
export const UNLIMITED_RATES: CallRates = {
  vpc: UNLIMITED,
  cbn: UNLIMITED,
  ecs: UNLIMITED,
  cs: UNLIMITED,
  servicemesh: UNLIMITED,
  sts: UNLIMITED,
};
