import { METADATA } from './catalog';
import { Labels, labelKey } from './labels';
import { Matcher } from './matchers';
import { BadData, Parameters } from './parameters';
import { Expr, ParseError } from './promql/ast';
import { typeName, typeOf } from './promql/check';
import {
  LOOKBACK_MS,
  QueryOptions,
  instantQuery,
  rangeQuery,
} from './promql/engine';
import { formatValue } from './promql/format';
import { parsePromql } from './promql/parse';
import { QueryError, Value } from './promql/values';
import type { TimeSeriesStore } from './store';

/** Most points of one series in one answer. */
const MAX_POINTS = 11_000;
const MAX_TIMEOUT_MS = 120_000;

/** An answer of the API before it becomes HTTP. */
export interface ApiAnswer {
  status: number;
  body: object;
}

/** What is asked, of which mesh. */
export interface ApiQuery {
  /** Path below `/api/v1/`, e.g. `query_range`. */
  path: string;
  parameters: Parameters;
  /** One mesh, or undefined for all. */
  scope?: string;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Prometheus' HTTP API over a store. Errors come as Prometheus words them, in its envelope and with its status. */
export async function answerApi(
  store: TimeSeriesStore,
  query: ApiQuery,
): Promise<ApiAnswer> {
  try {
    const { data, warnings } = await route(store, query);
    return {
      status: 200,
      body: {
        status: 'success',
        data,
        ...(warnings?.length ? { warnings } : {}),
      },
    };
  } catch (error) {
    return failure(error);
  }
}

class NotFound extends Error {}

function failure(error: unknown): ApiAnswer {
  const fail = (status: number, errorType: string, message: string) => ({
    status,
    body: { status: 'error', errorType, error: message },
  });
  if (error instanceof BadData) return fail(400, 'bad_data', error.message);
  if (error instanceof NotFound) return fail(404, 'not_found', error.message);
  if (error instanceof QueryError) {
    return fail(
      error.type === 'timeout' ? 503 : 422,
      error.type,
      error.message,
    );
  }
  return fail(500, 'internal', String(error));
}

interface Success {
  data: unknown;
  warnings?: string[];
}

async function route(
  store: TimeSeriesStore,
  query: ApiQuery,
): Promise<Success> {
  const { path, parameters } = query;
  const values = /^label\/([^/]+)\/values$/.exec(path);
  if (values) {
    return { ...labelValues(store, query, decodeURIComponent(values[1])) };
  }
  switch (path) {
    case 'query':
      return { data: queryInstant(store, query) };
    case 'query_range':
      return { data: await queryRange(store, query) };
    case 'series':
      return seriesOf(store, query);
    case 'labels':
      return limited(
        [
          ...new Set(
            selected(store, query).flatMap(labels => Object.keys(labels)),
          ),
        ].sort(),
        parameters,
      );
    case 'metadata': {
      const name = parameters.text('metric');
      return {
        data: Object.fromEntries(
          Object.entries(METADATA).filter(([metric]) =>
            name ? metric === name : true,
          ),
        ),
      };
    }
    case 'format_query': {
      parsed(parameters);
      return { data: parameters.text('query') };
    }
    case 'query_exemplars':
    case 'alertmanagers':
      return { data: [] };
    case 'rules':
      return { data: { groups: [] } };
    case 'alerts':
      return { data: { alerts: [] } };
    case 'status/buildinfo':
      return {
        data: {
          version: '3.0.0',
          revision: '',
          branch: 'HEAD',
          buildUser: 'alicloud-sandbox',
          buildDate: '',
          goVersion: '',
        },
      };
    default:
      throw new NotFound(`no such endpoint: /api/v1/${path}`);
  }
}

function parsed(parameters: Parameters): Expr {
  try {
    return parsePromql(parameters.text('query') ?? '');
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new BadData(`invalid parameter "query": ${error.message}`);
  }
}

function optionsOf({ parameters, scope }: ApiQuery): QueryOptions {
  return {
    scope,
    timeoutMs: Math.min(
      MAX_TIMEOUT_MS,
      parameters.duration('timeout', MAX_TIMEOUT_MS),
    ),
    lookbackMs: parameters.duration('lookback_delta', LOOKBACK_MS),
  };
}

function queryInstant(store: TimeSeriesStore, query: ApiQuery): object {
  const time = query.parameters.instant('time', query.now);
  const expr = parsed(query.parameters);
  const value = instantQuery(store, expr, time, optionsOf(query));
  return { resultType: value.type, result: printValue(value, time) };
}

function printValue(value: Value, time: number): unknown {
  switch (value.type) {
    case 'scalar':
      return point(time, value.value);
    case 'string':
      return [time / 1000, value.value];
    case 'vector':
      return value.samples.map(sample => ({
        metric: sample.labels,
        value: point(time, sample.value),
      }));
    default:
      return value.series.map(({ labels, times, values }) => ({
        metric: labels,
        values: times.map((t, i) => point(t, values[i])),
      }));
  }
}

function point(time: number, value: number): [number, string] {
  return [time / 1000, formatValue(value)];
}

async function queryRange(
  store: TimeSeriesStore,
  query: ApiQuery,
): Promise<object> {
  const { parameters } = query;
  const startMs = parameters.instant('start');
  const endMs = parameters.instant('end');
  if (endMs < startMs) {
    throw new BadData(
      'invalid parameter "end": end timestamp must not be before start time',
    );
  }
  const stepMs = parameters.duration('step');
  if (stepMs <= 0) {
    throw new BadData(
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  if ((endMs - startMs) / stepMs > MAX_POINTS) {
    throw new BadData(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  const expr = parsed(parameters);
  const type = typeOf(expr);
  if (type !== 'scalar' && type !== 'vector') {
    throw new BadData(
      `invalid parameter "query": invalid expression type "${typeName(
        type,
      )}" for range query, must be Scalar or instant Vector`,
    );
  }
  const range = { startMs, endMs, stepMs };
  const series = await rangeQuery(store, expr, range, optionsOf(query));
  return {
    resultType: 'matrix',
    result: printValue({ type: 'matrix', series, startMs, endMs }, endMs),
  };
}

/** Label sets of the series that `match[]` selects (all without it) and that have samples between `start` and `end`. */
function selected(store: TimeSeriesStore, query: ApiQuery): Labels[] {
  const { parameters, scope } = query;
  const start = parameters.instant('start', Number.NEGATIVE_INFINITY);
  const end = parameters.instant('end', Number.POSITIVE_INFINITY);
  const selectors: Matcher[][] = parameters.selectors();
  const found = new Map<string, Labels>();
  for (const matchers of selectors.length ? selectors : [[]]) {
    for (const { labels, times } of store.select({ matchers, scope })) {
      if (times[0] <= end && times[times.length - 1] >= start) {
        found.set(labelKey(labels), labels);
      }
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, l]) => l);
}

function seriesOf(store: TimeSeriesStore, query: ApiQuery): Success {
  if (!query.parameters.all('match[]').length) {
    throw new BadData('no match[] parameter provided');
  }
  return limited(selected(store, query), query.parameters);
}

function labelValues(
  store: TimeSeriesStore,
  query: ApiQuery,
  name: string,
): Success {
  if (!/^[a-zA-Z_]\w*$/.test(name)) {
    throw new BadData(`invalid label name: ${JSON.stringify(name)}`);
  }
  const values = selected(store, query).map(labels => labels[name] ?? '');
  return limited([...new Set(values)].filter(Boolean).sort(), query.parameters);
}

function limited(data: unknown[], parameters: Parameters): Success {
  const limit = parameters.limit();
  return limit !== undefined && data.length > limit
    ? {
        data: data.slice(0, limit),
        warnings: ['results truncated due to limit'],
      }
    : { data };
}
