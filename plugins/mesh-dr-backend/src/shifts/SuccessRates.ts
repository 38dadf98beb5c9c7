import type { ShiftTarget } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Where it is known how many calls of a service succeed, e.g. from the mesh's request metrics. */
export interface SuccessRates {
  /** Whether anything is known at all; a shift that asks for a success rate is refused otherwise. */
  readonly available: boolean;
  /** Percent of the calls to a service's pods in a region that succeeded lately; undefined while there were too few. */
  successPercent(
    service: ShiftTarget,
    region: string,
  ): Promise<number | undefined>;
}

/** For portals without metrics. */
export const NO_SUCCESS_RATES: SuccessRates = {
  available: false,
  successPercent: async () => undefined,
};
