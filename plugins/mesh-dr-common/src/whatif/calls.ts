import type { KnownCall } from './snapshot';
import type { ObservedTraffic } from './observed';
import type { CallSource } from './types';

/** A call of the graph, and how it is known. */
export interface SourcedCall extends KnownCall {
  source: CallSource;
  /** Calls per second that were seen. */
  observedPerSecond?: number;
}

/**
 * One list of calls out of what is declared (catalog), seen and asked for. What was seen says how many calls a request
 * causes; a call that is declared and not seen although its caller's proxies report others counts as none. What the
 * request says wins over both.
 */
export function mergeCalls({
  declared,
  observed,
  asked,
}: {
  declared: KnownCall[];
  observed?: ObservedTraffic;
  asked: KnownCall[];
}): SourcedCall[] {
  const calls = new Map<string, SourcedCall>();
  const reporting = new Set(observed?.calls.map(({ from }) => from));
  const keyOf = ({ from, to }: KnownCall) => `${from} ${to}`;
  for (const call of declared) {
    calls.set(keyOf(call), {
      ...call,
      source: 'declared',
      ...(reporting.has(call.from) && {
        callsPerRequest: 0,
        observedPerSecond: 0,
      }),
    });
  }
  for (const { perSecond, ...call } of observed?.calls ?? []) {
    calls.set(keyOf(call), {
      ...calls.get(keyOf(call)),
      ...call,
      source: 'observed',
      observedPerSecond: perSecond,
    });
  }
  for (const call of asked) {
    const known = calls.get(keyOf(call));
    const seen =
      known?.source === 'observed' && call.callsPerRequest === undefined;
    calls.set(keyOf(call), {
      ...(known?.source === 'observed' ? known : {}),
      ...call,
      source: seen ? 'observed' : 'declared',
    });
  }
  return [...calls.values()];
}
