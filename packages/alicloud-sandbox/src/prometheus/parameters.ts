import { Matcher } from './matchers';
import { parseDuration } from './promql/literals';
import { parsePromql } from './promql/parse';

/** A request that Prometheus' API does not take. */
export class BadData extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadData';
  }
}

/** The parameters of one request, from its query and its form body. */
export class Parameters {
  constructor(private readonly values: URLSearchParams) {}

  text(name: string): string | undefined {
    return this.values.get(name) ?? undefined;
  }

  all(name: string): string[] {
    return this.values.getAll(name);
  }

  /** An instant in milliseconds: seconds since the epoch, or RFC 3339. */
  instant(name: string, fallback?: number): number {
    const text = this.values.get(name) ?? '';
    if (!text && fallback !== undefined) return fallback;
    const instant = parseInstant(text);
    if (instant === undefined) {
      throw new BadData(
        `invalid parameter "${name}": cannot parse ${JSON.stringify(
          text,
        )} to a valid timestamp`,
      );
    }
    return instant;
  }

  /** Milliseconds: a number of seconds, or `1m30s`. */
  duration(name: string, fallback?: number): number {
    const text = this.values.get(name) ?? '';
    if (!text && fallback !== undefined) return fallback;
    const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)
      ? Number(text) * 1000
      : parseDuration(text);
    if (number === undefined || !Number.isFinite(number)) {
      throw new BadData(
        `invalid parameter "${name}": cannot parse ${JSON.stringify(
          text,
        )} to a valid duration`,
      );
    }
    return Math.round(number);
  }

  /** Undefined: no limit. */
  limit(): number | undefined {
    const text = this.values.get('limit') ?? '';
    if (!text) return undefined;
    if (!/^\d+$/.test(text)) {
      throw new BadData(
        `invalid parameter "limit": ${JSON.stringify(
          text,
        )} is not a non-negative number`,
      );
    }
    return Number(text) || undefined;
  }

  /** Each `match[]` as conditions. */
  selectors(): Matcher[][] {
    return this.all('match[]').map(text => {
      const invalid = (why: string) =>
        new BadData(`invalid parameter "match[]": ${why}`);
      let expr;
      try {
        expr = parsePromql(text);
      } catch (error) {
        throw invalid((error as Error).message);
      }
      if (expr.kind !== 'selector') {
        throw invalid('1:1: parse error: only a series selector is allowed');
      }
      return expr.matchers;
    });
  }
}

function parseInstant(text: string): number | undefined {
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) {
    return Math.round(Number(text) * 1000);
  }
  const full =
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(text);
  const instant = full ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}
