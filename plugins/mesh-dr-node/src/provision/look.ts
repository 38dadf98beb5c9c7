import { isPassing } from './cloudErrors';
import type { Experience } from './experience';
import { poll } from './pace';
import type {
  Observation,
  Pace,
  ProgressState,
  ProvisionContext,
  Resource,
} from './types';

/** Failed looks in a row that are put down to the network. */
const MAX_FAILED_LOOKS = 5;

export interface EnsureOptions {
  pace: Pace;
  signal?: AbortSignal;
  /**
   * When a look that shows nothing is to be believed, in the pace's time: until then an earlier run may have made what no
   * listing shows yet. Left out: nobody can have made it before this run, or a second create is recognised as that.
   */
  trustedFrom?: number;
  /** How long others of its kind took in this run. */
  experience?: Experience;
  emit(state: ProgressState, fields?: { id?: string; detail?: string }): void;
}

/** Looks, forgiving a few unclear answers in a row. */
export function patientFind(
  resource: Resource,
  ctx: ProvisionContext,
): (id?: string) => Promise<Observation | 'unclear' | undefined> {
  let failures = 0;
  return async id => {
    try {
      const seen = await resource.find(ctx, id);
      failures = 0;
      return seen;
    } catch (error) {
      failures += 1;
      if (isPassing(error) && failures < MAX_FAILED_LOOKS) {
        return 'unclear';
      }
      throw error;
    }
  };
}

/**
 * Looks until there is a clear answer. Only a clear answer, asked for after the listing can no longer lag, says that nothing is
 * there: what is created on the strength of an unclear one may be a twin.
 */
export async function lookUntilClear(
  resource: Resource,
  ctx: ProvisionContext,
  options: EnsureOptions,
  lagMs: number,
): Promise<Observation | undefined> {
  const find = patientFind(resource, ctx);
  const begin = options.pace.now();
  const seen = await poll(
    () => find(),
    (last, askedAt) =>
      last !== 'unclear' && (!!last || askedAt - begin >= lagMs),
    {
      pace: options.pace,
      signal: options.signal,
      timeoutMs: options.pace.timeoutMs,
      onTimeout: () =>
        new Error(`${resource.title} cannot be looked up; run again`),
    },
  );
  return seen === 'unclear' ? undefined : seen;
}
