import type { DepGraph } from 'dependency-graph';
import {
  describeError,
  isAbort,
  isGone,
  isInUse,
  isPassing,
  isUnclear,
} from './cloudErrors';
import { Experience } from './experience';
import { walk } from './graph';
import { poll } from './pace';
import type { Removal } from './removals';
import type { Pace, ProgressEvent, ResourceReport } from './types';

/** Whether it is gone; an unclear or busy answer says that it may be there still. */
async function isTaken(removal: Removal): Promise<boolean> {
  try {
    return await removal.gone();
  } catch (error) {
    if (isGone(error)) return true;
    if (isPassing(error)) return false;
    throw error;
  }
}

/** Removes one thing and waits until it is gone; waits out what still uses it. */
async function take(
  removal: Removal,
  options: {
    pace: Pace;
    signal?: AbortSignal;
    experience: Experience;
    onDelete(): void;
  },
): Promise<'deleted' | 'unchanged'> {
  const { pace, signal, experience } = options;
  if (removal.blocked) {
    throw new Error(`${removal.title} stays: ${removal.blocked}`);
  }
  options.onDelete();
  const begin = pace.now();
  let removed = false;
  while (!removed) {
    signal?.throwIfAborted();
    try {
      await removal.remove();
      removed = true;
    } catch (error) {
      if (isAbort(error) || signal?.aborted) throw error;
      if (isGone(error)) return 'deleted';
      if (!isInUse(error) && !isUnclear(error)) throw error;
      if (isUnclear(error) && (await isTaken(removal))) return 'deleted';
      if (pace.now() - begin >= pace.inUseMs) {
        throw new Error(
          `${removal.title} (${
            removal.id
          }) is still in use by something this environment did not make: ${describeError(
            error,
          )}`,
        );
      }
      await pace.sleep(
        Math.max(pace.minIntervalMs, (pace.now() - begin) * pace.growth),
        signal,
      );
    }
  }
  await poll(
    () => isTaken(removal),
    taken => taken,
    {
      pace,
      signal,
      kind: removal.kind,
      experience,
      timeoutMs: pace.timeoutMs,
      onTimeout: () =>
        new Error(
          `${removal.title} (${removal.id}) is still there ${Math.round(
            pace.timeoutMs / 60_000,
          )} minutes after it was asked to go; run again to resume`,
        ),
    },
  );
  return 'deleted';
}

/**
 * Takes away everything in the graph in reverse order of dependence, and waits until each thing is gone. A failure keeps
 * what depends on it and nothing else. Never rejects.
 */
export async function takeAway(
  graph: DepGraph<Removal>,
  options: {
    pace: Pace;
    signal?: AbortSignal;
    /** Since the run began, ms. */
    elapsed(): number;
    onProgress?(event: ProgressEvent): void;
  },
): Promise<ResourceReport[]> {
  const { pace, signal, elapsed } = options;
  const progress = (event: Omit<ProgressEvent, 'elapsedMs'>) =>
    options.onProgress?.({ ...event, elapsedMs: elapsed() });
  const ended = new Map<string, number>();
  const experience = new Experience();

  const outcomes = await walk(
    graph,
    async removal => {
      const { key, id, title } = removal;
      try {
        await take(removal, {
          pace,
          signal,
          experience,
          onDelete: () =>
            progress({ key, id, state: 'deleting', detail: title }),
        });
        progress({ key, id, state: 'deleted' });
      } catch (error) {
        if (signal?.aborted) progress({ key, id, state: 'cancelled' });
        else {
          progress({ key, id, state: 'failed', detail: describeError(error) });
        }
        throw error;
      } finally {
        ended.set(key, elapsed());
      }
    },
    { signal },
  );

  return graph.overallOrder().map((key): ResourceReport => {
    const { kind, id, title } = graph.getNodeData(key);
    const outcome = outcomes.get(key)!;
    const base = {
      key,
      kind,
      id,
      title,
      elapsedMs: ended.get(key) ?? elapsed(),
    };
    if (outcome.state === 'done') return { ...base, result: 'deleted' };
    if (outcome.state === 'cancelled') return { ...base, result: 'cancelled' };
    if (outcome.state === 'skipped') {
      return {
        ...base,
        result: 'skipped',
        reason: `waits for ${outcome.because
          .map(other => graph.getNodeData(other).title)
          .join(', ')}`,
      };
    }
    return { ...base, result: 'failed', reason: describeError(outcome.error) };
  });
}
