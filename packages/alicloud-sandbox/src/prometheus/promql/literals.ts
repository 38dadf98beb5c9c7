const UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Milliseconds of `1h30m`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(amount) * UNITS[unit];
  }
  return total;
}

/** A number literal, in seconds where it is a duration: `1e3`, `0x1f`, `1_000`, `.5`, `Inf`, `NaN`, `5m`. */
export function parseNumber(text: string): number {
  const plain = text.replace(/_/g, '').toLowerCase();
  if (plain === 'inf') return Number.POSITIVE_INFINITY;
  if (plain === 'nan') return Number.NaN;
  const duration = parseDuration(plain);
  return duration === undefined ? Number(plain) : duration / 1000;
}

const ESCAPES: Record<string, string> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The value of a quoted string with Go's escapes; undefined when it is not well formed. */
export function parseString(text: string): string | undefined {
  const quote = text[0];
  if (text.length < 2 || text[text.length - 1] !== quote) return undefined;
  const inner = text.slice(1, -1);
  if (quote === '`') return inner;
  let bad = false;
  const value = inner.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([^]?))/g,
    (_, byte, short, long, octal, letter) => {
      const code = byte ?? short ?? long;
      if (code) return String.fromCodePoint(parseInt(code, 16));
      if (octal) return String.fromCharCode(parseInt(octal, 8));
      bad ||= !Object.hasOwn(ESCAPES, letter);
      return ESCAPES[letter];
    },
  );
  return bad ? undefined : value;
}
