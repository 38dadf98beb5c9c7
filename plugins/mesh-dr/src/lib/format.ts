/** Formats are dear to make and asked for hundreds of times a page: one of each kind and locale is kept. */
function kept<F>(make: (locale: string) => F): (locale: string) => F {
  const formats = new Map<string, F>();
  return locale => {
    const known = formats.get(locale);
    if (known) return known;
    const made = make(locale);
    formats.set(locale, made);
    return made;
  };
}

const wholeNumber = kept(
  locale => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
);
const oneDecimal = kept(
  locale => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }),
);
const dateTime = kept(
  locale =>
    new Intl.DateTimeFormat(locale, {
      dateStyle: 'medium',
      timeStyle: 'short',
    }),
);
const ago = kept(
  locale =>
    new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }),
);

/** Percent without noise: `100`, `90`, `46.5`; never more than one decimal. */
export function formatPercent(value: number, locale: string): string {
  const format =
    Math.abs(value - Math.round(value)) < 0.05 ? wholeNumber : oneDecimal;
  return format(locale).format(value);
}

/** Date and time of day in the reader's locale. */
export function formatDateTime(timestamp: string, locale: string): string {
  return dateTime(locale).format(new Date(timestamp));
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `3 minutes ago` in the reader's locale; times ahead of this clock count as now. */
export function formatAgo(
  timestamp: string,
  now: number,
  locale: string,
): string {
  const seconds = Math.max(0, (now - Date.parse(timestamp)) / 1000);
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? [
    'second' as const,
    1,
  ];
  return ago(locale).format(-Math.floor(seconds / size), unit);
}

/** `in 12 minutes` in the reader's locale; times that have passed count as now. */
export function formatUntil(
  timestamp: string,
  now: number,
  locale: string,
): string {
  const seconds = Math.max(0, (Date.parse(timestamp) - now) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? [
    'second' as const,
    1,
  ];
  return format.format(Math.floor(seconds / size), unit);
}

/** `1:05` minutes and seconds between two times, ms. */
export function formatElapsed(fromMs: number, toMs: number): string {
  const seconds = Math.max(0, Math.round((toMs - fromMs) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `user:default/ada` → `ada`. */
export function shortRef(ref: string): string {
  return ref.replace(/^[^:]+:(default\/)?/, '');
}
