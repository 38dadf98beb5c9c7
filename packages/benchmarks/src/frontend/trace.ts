import type { Page } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  /** Begin, µs. */
  ts: number;
  /** Duration, µs. */
  dur?: number;
  pid: number;
  tid: number;
  args?: any;
}

/** What runs script on the main thread, garbage collection included; nested ones count once. */
const SCRIPTING = new Set([
  'EvaluateScript',
  'EventDispatch',
  'FireAnimationFrame',
  'FireIdleCallback',
  'FunctionCall',
  'MajorGC',
  'MinorGC',
  'RunMicrotasks',
  'TimerFire',
  'V8.GCScavenger',
  'v8.compile',
]);

/** Records what Chromium does while `run` runs. */
export async function record(
  page: Page,
  run: () => Promise<unknown>,
): Promise<TraceEvent[]> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) =>
    events.push(...(value as unknown as TraceEvent[])),
  );
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: [
        'devtools.timeline',
        'disabled-by-default-devtools.timeline',
        'v8',
      ],
    },
  });
  await run();
  const complete = new Promise(resolve =>
    session.once('Tracing.tracingComplete', resolve),
  );
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return events;
}

/**
 * Script time of each frame, ms: everything that ran between the ends of two frames. The main thread is that which made the
 * most frames.
 */
export function scriptingPerFrame(events: TraceEvent[]): number[] {
  const isFrame = ({ name }: TraceEvent) => name === 'PrePaint';
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const frames = new Map<string, number>();
  for (const event of events.filter(isFrame)) {
    const thread = threadOf(event);
    frames.set(thread, (frames.get(thread) ?? 0) + 1);
  }
  const [busiest] = [...frames].sort(([, a], [, b]) => b - a)[0];
  const main = events.filter(event => threadOf(event) === busiest);
  const ends = main
    .filter(isFrame)
    .map(({ ts }) => ts)
    .sort((a, b) => a - b);
  const scripts = main
    .filter(({ name, ph }) => ph === 'X' && SCRIPTING.has(name))
    .sort((a, b) => a.ts - b.ts);
  const perFrame = ends.map(() => 0);
  let busyUntil = 0;
  let frame = 0;
  for (const { ts, dur = 0 } of scripts) {
    const from = Math.max(ts, busyUntil);
    const to = Math.max(ts + dur, busyUntil);
    busyUntil = to;
    while (frame < ends.length && ends[frame] < from) frame++;
    if (frame === ends.length) break;
    perFrame[frame] += (to - from) / 1000;
  }
  return perFrame;
}
