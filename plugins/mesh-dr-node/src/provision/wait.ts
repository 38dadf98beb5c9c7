import { ConflictError } from '@backstage/errors';
import { patientFind, type EnsureOptions } from './look';
import { poll } from './pace';
import type { Observation, ProvisionContext, Resource } from './types';

/**
 * Times that a listing may lag, for which the id of a create may show nothing before its resource is taken for gone. Taking
 * it for gone too soon makes a twin; waiting too long delays what is made in place of something that was deleted.
 */
export const INVISIBLE_LAGS = 6;

/**
 * Waits until a resource is ready.
 *
 * @param id - undefined: it is looked up as before it was known
 * @returns what was seen last; undefined when the id shows nothing, or nothing any more, although no listing can lag any longer
 * @throws Error when it failed or takes too long; ConflictError when it is being deleted
 */
export async function waitUntilReady(
  resource: Resource,
  ctx: ProvisionContext,
  id: string | undefined,
  options: EnsureOptions & { onPending?(): void },
): Promise<Observation | undefined> {
  const { pace, signal, experience } = options;
  const find = patientFind(resource, ctx);
  const timeoutMs = resource.timeoutMs ?? pace.timeoutMs;
  const begin = pace.now();
  let goneMs = INVISIBLE_LAGS * pace.listingLagMs;
  const seen = await poll(
    () => find(id),
    (last, askedAt) => {
      if (last === 'unclear') return false;
      // Just created: the listing may lag behind the create.
      if (!last) return askedAt - begin >= goneMs;
      goneMs = pace.listingLagMs;
      if (last.state === 'pending') options.onPending?.();
      return last.state !== 'pending';
    },
    {
      pace,
      signal,
      kind: resource.kind,
      experience,
      timeoutMs,
      onTimeout: last =>
        new Error(
          `${resource.title} is still ${
            last && last !== 'unclear'
              ? `"${last.status}"${last.reason ? ` (${last.reason})` : ''}`
              : 'not visible'
          } after ${Math.round(
            timeoutMs / 60_000,
          )} minutes; look at it in the cloud console, then run again to resume`,
        ),
    },
  );
  if (!seen || seen === 'unclear') return undefined;
  if (seen.state === 'failed') {
    throw new Error(
      `${resource.title} (${seen.id}) failed with status "${seen.status}"${
        seen.reason ? `: ${seen.reason}` : ''
      }`,
    );
  }
  if (seen.state === 'deleting') {
    throw new ConflictError(
      `${resource.title} (${seen.id}) is being deleted; run again when it is gone`,
    );
  }
  return seen;
}
