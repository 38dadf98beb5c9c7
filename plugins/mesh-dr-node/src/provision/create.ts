import { ConflictError } from '@backstage/errors';
import {
  describeError,
  isAbort,
  isBusy,
  isNameTaken,
  isTokenSpent,
  isUnclear,
} from './cloudErrors';
import { lookUntilClear, type EnsureOptions } from './look';
import { clientToken } from './tags';
import type { Observation, ProvisionContext, Resource } from './types';
import { INVISIBLE_LAGS, waitUntilReady } from './wait';

/** How often a create may be repeated under a new token after its resource vanished. */
const MAX_GENERATIONS = 5;

/**
 * Calls `create` until it is clear what came of it. A busy neighbour is waited for; an unclear answer is followed by
 * look-ups before anything is decided, because ACK and ASM take no ClientToken.
 *
 * @returns the id; undefined when the token belongs to a request of the past, whose resource is gone
 */
async function createOnce(
  resource: Resource,
  ctx: ProvisionContext,
  generation: number,
  options: EnsureOptions,
): Promise<string | undefined> {
  const { pace, signal } = options;
  const token = clientToken(
    ctx.uid,
    resource.key,
    resource.desired,
    generation,
  );
  const begin = pace.now();
  const timeoutMs = resource.timeoutMs ?? pace.timeoutMs;
  let unclear = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await resource.create!(ctx, token);
    } catch (error) {
      if (isAbort(error) || signal?.aborted) throw error;
      if (isNameTaken(error) || isTokenSpent(error) || isUnclear(error)) {
        const found = await lookUntilClear(
          resource,
          ctx,
          options,
          pace.listingLagMs,
        );
        if (found) return found.id;
        if (isTokenSpent(error)) return undefined;
        if (isNameTaken(error)) {
          throw new ConflictError(
            `${
              resource.title
            } cannot be created: something of that name exists and does not carry this environment's tag, so it is left alone. Choose another name, or remove it. (${describeError(
              error,
            )})`,
          );
        }
        unclear += 1;
        if (unclear >= 3) throw error;
      } else if (!isBusy(error) || pace.now() - begin > timeoutMs) {
        throw error;
      }
      await pace.sleep(pace.minIntervalMs * 4, signal);
    }
  }
}

/**
 * Creates until there is something to see, and waits until it is ready. Whether a create that shows nothing may be
 * repeated depends on what guards it.
 *
 * @returns what was seen last, and whether it was seen unfinished
 */
export async function createUntilVisible(
  resource: Resource,
  ctx: ProvisionContext,
  options: EnsureOptions,
): Promise<{ observed: Observation; unfinished: boolean }> {
  for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
    options.emit('creating', { detail: resource.title });
    const id = await createOnce(resource, ctx, generation, options);
    if (!id) continue;
    options.emit('created', { id });
    let unfinished = false;
    const observed = await waitUntilReady(resource, ctx, id, {
      ...options,
      onPending: () => {
        unfinished = true;
      },
    });
    if (observed) return { observed, unfinished };
    if ((resource.guard ?? 'token') !== 'token') {
      throw new Error(
        `${
          resource.title
        } (${id}) was created and is not visible after ${Math.round(
          (INVISIBLE_LAGS * options.pace.listingLagMs) / 1000,
        )} seconds. It is not created again, because that could make a second one: look for it in the cloud console, then run again to resume`,
      );
    }
    // The token answered with a resource that is gone (deleted since): a new generation asks for a new one.
  }
  throw new Error(
    `${resource.title} was created ${MAX_GENERATIONS} times and never became visible; check whether something deletes it`,
  );
}
