/** In the order of JavaScript's days. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

export type Weekday = (typeof WEEKDAYS)[number];

/** A time in which rules stay as they are. */
export type FreezeWindow = { reason: string } & (
  | {
      kind: 'dates';
      /** Milliseconds since the epoch; `to` is not part of the window. */
      from: number;
      to: number;
    }
  | {
      kind: 'weekly';
      /** Days on which the window begins. */
      weekdays: Weekday[];
      /** Minutes after midnight; an end that is not after the start lies on the following day. */
      start: number;
      end: number;
      /** IANA name, e.g. `Asia/Shanghai`. */
      timezone: string;
    }
);

/** A window as configuration writes it. */
export interface FreezeWindowConfig {
  reason?: string;
  from?: string;
  to?: string;
  weekdays?: string[];
  start?: string;
  end?: string;
  timezone?: string;
}

const DAY_MINUTES = 24 * 60;

/**
 * Reads a window: `from` and `to` with an offset, or `weekdays` with `start` and `end` (default the whole day) in a
 * `timezone` (default UTC).
 *
 * @throws RangeError naming field, value and remedy
 */
export function parseFreezeWindow(config: FreezeWindowConfig): FreezeWindow {
  const reason = config.reason?.trim();
  if (!reason) {
    throw new RangeError(
      'reason is missing; say why nothing may change then, people will read it',
    );
  }
  if (config.weekdays) return { reason, ...parseWeekly(config) };
  const [from, to] = [instant('from', config.from), instant('to', config.to)];
  if (to <= from) {
    throw new RangeError(
      `to is ${config.to}, which is not after from (${config.from}); swap them`,
    );
  }
  return { reason, kind: 'dates', from, to };
}

/** The window that holds at a moment, if any, with the end in words. */
export function activeFreeze(
  windows: FreezeWindow[],
  at: Date,
): { window: FreezeWindow; until: string } | undefined {
  for (const window of windows) {
    if (window.kind === 'dates') {
      if (window.from <= at.getTime() && at.getTime() < window.to) {
        return { window, until: new Date(window.to).toISOString() };
      }
    } else if (holdsWeekly(window, at)) {
      return { window, until: `${clock(window.end)} ${window.timezone}` };
    }
  }
  return undefined;
}

function holdsWeekly(
  window: Extract<FreezeWindow, { kind: 'weekly' }>,
  at: Date,
): boolean {
  const { day, minute } = localTime(at, window.timezone);
  const began = (index: number) =>
    window.weekdays.includes(WEEKDAYS[(index + 7) % 7]);
  if (window.start < window.end) {
    return began(day) && window.start <= minute && minute < window.end;
  }
  return (
    (began(day) && minute >= window.start) ||
    (began(day - 1) && minute < window.end)
  );
}

function localTime(at: Date, timeZone: string) {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: string) =>
    parts.find(entry => entry.type === type)?.value ?? '';
  return {
    day: WEEKDAYS.indexOf(part('weekday').toLowerCase() as Weekday),
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

function parseWeekly(config: FreezeWindowConfig) {
  const weekdays = (config.weekdays ?? []).map(name => {
    const day = name.toLowerCase() as Weekday;
    if (!WEEKDAYS.includes(day)) {
      throw new RangeError(
        `weekdays names '${name}'; use ${WEEKDAYS.join(', ')}`,
      );
    }
    return day;
  });
  if (weekdays.length === 0) {
    throw new RangeError('weekdays is empty; name at least one day');
  }
  const timezone = config.timezone ?? 'UTC';
  try {
    localTime(new Date(0), timezone);
  } catch {
    throw new RangeError(
      `timezone is '${timezone}', which is none; use a name such as Asia/Shanghai`,
    );
  }
  const start = minuteOf('start', config.start ?? '00:00');
  const end = minuteOf('end', config.end ?? '24:00');
  if (start === end || start === DAY_MINUTES) {
    throw new RangeError(
      `start is ${config.start} and end is ${config.end}, which leaves no time between; leave both out for the whole day`,
    );
  }
  return { kind: 'weekly' as const, weekdays, start, end, timezone };
}

function minuteOf(field: string, text: string): number {
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  const minute = match ? Number(match[1]) * 60 + Number(match[2]) : NaN;
  if (!(minute <= DAY_MINUTES) || Number(match?.[2]) > 59) {
    throw new RangeError(
      `${field} is '${text}'; write a time of day from 00:00 to 24:00`,
    );
  }
  return minute;
}

function instant(field: string, text: string | undefined): number {
  if (!text) {
    throw new RangeError(
      `${field} is missing; give from and to, or weekdays for a window that comes back`,
    );
  }
  // Without an offset the moment would depend on the machine.
  const time = /(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) {
    throw new RangeError(
      `${field} is '${text}'; write a moment with its offset, e.g. 2026-11-11T00:00:00+08:00`,
    );
  }
  return time;
}

function clock(minute: number): string {
  const two = (value: number) => `${value}`.padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
