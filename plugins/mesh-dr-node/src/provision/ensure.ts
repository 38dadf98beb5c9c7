import { ConflictError } from '@backstage/errors';
import { isBusy, isUnclear } from './cloudErrors';
import { createUntilVisible } from './create';
import { lookUntilClear, type EnsureOptions } from './look';
import type { Observation, ProvisionContext, Resource } from './types';
import { waitUntilReady } from './wait';

/** How often settings may be written before something else must be changing them. */
const MAX_UPDATES = 20;

/**
 * The look before a create. Where nothing but this look may keep the create from making a twin, one that shows nothing is
 * repeated once no listing can lag behind what an earlier run did.
 */
async function lookFirst(
  resource: Resource,
  ctx: ProvisionContext,
  options: EnsureOptions,
): Promise<Observation | undefined> {
  const { pace, signal, trustedFrom } = options;
  const seen = await lookUntilClear(resource, ctx, options, 0);
  if (seen || trustedFrom === undefined) return seen;
  const remaining = trustedFrom - pace.now();
  if (remaining <= 0) return undefined;
  await pace.sleep(remaining, signal);
  return await lookUntilClear(resource, ctx, options, 0);
}

/** What is somebody else's is looked up as before: asked for by its id alone it would pass for the environment's own. */
const lookedUpBy = ({ adopted, id }: Observation) => (adopted ? undefined : id);

/**
 * Makes one resource exist, ready and as the spec says: find → create if missing → wait → update what differs.
 *
 * @returns what was seen last, whether anything was done, and whether it was made by a create of this run and seen
 *   unfinished: then nothing that depends on it can be older than this run
 * @throws ConflictError when it exists but differs in a way that cannot be changed in place
 */
export async function ensure(
  resource: Resource,
  ctx: ProvisionContext,
  options: EnsureOptions,
): Promise<{
  observed: Observation;
  result: 'created' | 'updated' | 'unchanged';
  isNew: boolean;
}> {
  const { pace, signal, emit } = options;
  emit('looking');
  let result: 'created' | 'updated' | 'unchanged' = 'unchanged';
  let isNew = false;
  let observed = await lookFirst(resource, ctx, options);
  if (!observed) {
    if (!resource.create) {
      throw new Error(`${resource.title} does not exist`);
    }
    const made = await createUntilVisible(resource, ctx, options);
    observed = made.observed;
    isNew = made.unfinished;
    result = 'created';
  } else {
    emit('found', { id: observed.id, detail: observed.status });
    // What is being deleted differs from the spec in nothing but that.
    if (observed.mismatch && observed.state !== 'deleting') {
      throw new ConflictError(
        `${resource.title} ${
          observed.adopted ? 'is to be used as' : 'exists as'
        } ${observed.id}, but ${observed.mismatch}`,
      );
    }
    if (observed.state !== 'ready') {
      const found = observed;
      observed = await waitUntilReady(
        resource,
        ctx,
        lookedUpBy(found),
        options,
      );
      if (!observed) {
        throw new ConflictError(
          `${resource.title} (${found.id}) vanished while it was waited for; run again`,
        );
      }
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
    const by = lookedUpBy(observed);
    const again = await waitUntilReady(resource, ctx, by, options);
    if (!again) {
      throw new ConflictError(`${resource.title} (${id}) vanished; run again`);
    }
    observed = again;
  }
  emit('ready', { id: observed.id });
  return { observed, result, isNew };
}
