import { ConflictError } from '@backstage/errors';
import {
  describeError,
  isAbort,
  isBusy,
  isNameTaken,
  isUnclear,
} from './cloudErrors';
import { poll } from './pace';
import { clientToken } from './tags';
import type {
  Observation,
  Pace,
  ProgressState,
  ProvisionContext,
  Resource,
} from './types';

/** How often a create may be repeated under a new token after its resource vanished. */
const MAX_GENERATIONS = 3;
/** How often settings may be written before something else must be changing them. */
const MAX_UPDATES = 20;
/** Failed looks in a row that are put down to the network. */
const MAX_FAILED_LOOKS = 5;

export interface EnsureOptions {
  pace: Pace;
  signal?: AbortSignal;
  emit(state: ProgressState, fields?: { id?: string; detail?: string }): void;
}

/** Looks, forgiving a few unclear answers in a row. */
function patientFind(
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
      if ((isUnclear(error) || isBusy(error)) && failures < MAX_FAILED_LOOKS) {
        return 'unclear';
      }
      throw error;
    }
  };
}

async function waitUntilReady(
  resource: Resource,
  ctx: ProvisionContext,
  id: string,
  options: EnsureOptions,
): Promise<Observation | undefined> {
  const { pace, signal } = options;
  const find = patientFind(resource, ctx);
  const timeoutMs = resource.timeoutMs ?? pace.timeoutMs;
  const begin = pace.now();
  const seen = await poll(
    () => find(id),
    last => {
      if (last === 'unclear') return false;
      // Just created: the listing may lag behind the create.
      if (!last) return pace.now() - begin >= pace.listingLagMs;
      return last.state !== 'pending';
    },
    {
      pace,
      signal,
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

/**
 * Looks until there is a clear answer. Only a clear answer, given after the listing can no longer lag, says that nothing is
 * there: what is created on the strength of an unclear one may be a twin.
 */
async function lookUntilClear(
  resource: Resource,
  ctx: ProvisionContext,
  options: EnsureOptions,
  lagMs: number,
): Promise<Observation | undefined> {
  const find = patientFind(resource, ctx);
  const begin = options.pace.now();
  const seen = await poll(
    () => find(),
    last =>
      last !== 'unclear' && (!!last || options.pace.now() - begin >= lagMs),
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

/**
 * Calls `create` until it is clear what came of it. A busy neighbour is waited for; an unclear answer is followed by
 * look-ups before anything is decided, because ACK and ASM take no ClientToken.
 */
async function createOnce(
  resource: Resource,
  ctx: ProvisionContext,
  generation: number,
  options: EnsureOptions,
): Promise<string> {
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
      if (isNameTaken(error) || isUnclear(error)) {
        const found = await lookUntilClear(
          resource,
          ctx,
          options,
          pace.listingLagMs,
        );
        if (found) return found.id;
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

async function createUntilVisible(
  resource: Resource,
  ctx: ProvisionContext,
  options: EnsureOptions,
): Promise<Observation> {
  for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
    options.emit('creating', { detail: resource.title });
    const id = await createOnce(resource, ctx, generation, options);
    options.emit('created', { id });
    const seen = await waitUntilReady(resource, ctx, id, options);
    if (seen) return seen;
    // The token answered with a resource that is gone (deleted since): a new generation asks for a new one.
  }
  throw new Error(
    `${resource.title} was created ${MAX_GENERATIONS} times and never became visible; check whether something deletes it`,
  );
}

/**
 * Makes one resource exist, ready and as the spec says: find → create if missing → wait → update what differs.
 *
 * @returns what was seen last, and whether anything was done
 * @throws ConflictError when it exists but differs in a way that cannot be changed in place
 */
export async function ensure(
  resource: Resource,
  ctx: ProvisionContext,
  options: EnsureOptions,
): Promise<{
  observed: Observation;
  result: 'created' | 'updated' | 'unchanged';
}> {
  const { pace, signal, emit } = options;
  emit('looking');
  let result: 'created' | 'updated' | 'unchanged' = 'unchanged';
  let observed = await lookUntilClear(resource, ctx, options, 0);
  if (!observed) {
    if (!resource.create) {
      throw new Error(`${resource.title} does not exist`);
    }
    observed = await createUntilVisible(resource, ctx, options);
    result = 'created';
  } else {
    emit('found', { id: observed.id, detail: observed.status });
    if (observed.mismatch) {
      throw new ConflictError(
        `${resource.title} ${
          observed.adopted ? 'is to be used as' : 'exists as'
        } ${observed.id}, but ${observed.mismatch}`,
      );
    }
    const { id } = observed;
    observed = await waitUntilReady(resource, ctx, id, options);
    if (!observed) {
      throw new ConflictError(
        `${resource.title} (${id}) vanished while it was waited for; run again`,
      );
    }
  }
  const begin = pace.now();
  for (let round = 0; observed.changes?.length; round++) {
    if (!resource.update || round >= MAX_UPDATES) {
      throw new ConflictError(
        `${resource.title} (${
          observed.id
        }) does not become what the spec says: ${observed.changes.join(
          '; ',
        )}. Something else may be changing it.`,
      );
    }
    emit('updating', { id: observed.id, detail: observed.changes.join('; ') });
    try {
      await resource.update(ctx, observed);
      if (result === 'unchanged') result = 'updated';
    } catch (error) {
      const timedOut =
        pace.now() - begin > (resource.timeoutMs ?? pace.timeoutMs);
      if (timedOut || !(isBusy(error) || isUnclear(error))) throw error;
      await pace.sleep(pace.minIntervalMs * 4, signal);
    }
    const { id } = observed;
    const again = await waitUntilReady(resource, ctx, id, options);
    if (!again) {
      throw new ConflictError(`${resource.title} (${id}) vanished; run again`);
    }
    observed = again;
  }
  emit('ready', { id: observed.id });
  return { observed, result };
}
