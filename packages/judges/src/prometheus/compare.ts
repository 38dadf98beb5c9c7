// The judge feeds samples of its own making to the sandbox's store, which no interface of the sandbox lets a client do.
/* eslint-disable no-restricted-imports, @backstage/no-forbidden-package-imports */
import { answerApi } from '@mesh-dr/alicloud-sandbox/src/prometheus/api';
import { Parameters } from '@mesh-dr/alicloud-sandbox/src/prometheus/parameters';
import { TimeSeriesStore } from '@mesh-dr/alicloud-sandbox/src/prometheus/store';
import type { Recorded } from './data';

/** An answer of Prometheus' API. */
export interface Result {
  status: number;
  body: any;
}

/** One of the two that are asked. */
export type Api = (
  path: string,
  parameters: Record<string, string>,
) => Promise<Result>;

/** The two compute sums in different orders. */
const TOLERANCE = 1e-9;

/** The sandbox's API over these samples. */
export function ours(series: Recorded[]): Api {
  const store = new TimeSeriesStore({
    maxSamples: 1_000_000,
    retentionMs: Number.MAX_SAFE_INTEGER,
  });
  for (const { labels, times, values } of series) {
    const one = store.series('', labels);
    times.forEach((time, i) => store.append(one, time, values[i]));
  }
  return async (path, parameters) => {
    const answer = await answerApi(store, {
      path,
      parameters: new Parameters(new URLSearchParams(parameters)),
      now: Date.now(),
    });
    return JSON.parse(JSON.stringify(answer));
  };
}

/** A Prometheus server. */
export function theirs(url: string): Api {
  return async (path, parameters) => {
    const query = new URLSearchParams(parameters);
    const answer = await fetch(`${url}/api/v1/${path}?${query}`);
    return { status: answer.status, body: await answer.json() };
  };
}

/** How our answer differs; undefined when it says the same. The order of vectors is not part of what it says. */
export function difference(mine: Result, real: Result): string | undefined {
  if (mine.status !== real.status || mine.body.status !== real.body.status) {
    return `${print(mine)}, Prometheus ${print(real)}`;
  }
  if (mine.body.status === 'error') {
    return mine.body.errorType === real.body.errorType &&
      gist(mine.body.error) === gist(real.body.error)
      ? undefined
      : `${print(mine)}, Prometheus ${print(real)}`;
  }
  const [a, b] = [mine.body.data, real.body.data].map(normal);
  return differs(a, b, '');
}

/**
 * A message without what changed between Prometheus 2 and 3 (whether range queries name the parameter), and without what
 * the library for regular expressions says.
 */
function gist(message: string): string {
  return message
    .replace(/^invalid parameter "query": /, '')
    .replace(/(error parsing regexp: ).*/, '$1');
}

function print({ status, body }: Result): string {
  return `${status} ${body.errorType ?? ''} ${JSON.stringify(
    body.error ?? body.data,
  ).slice(0, 300)}`;
}

/** Series by their labels, so that order does not count. */
function normal(data: any): unknown {
  const { result, resultType } = data;
  if (resultType !== 'vector' && resultType !== 'matrix') {
    return Array.isArray(data)
      ? data.map(v => JSON.stringify(sorted(v))).sort()
      : data;
  }
  return Object.fromEntries(
    result
      .map((one: any) => [
        JSON.stringify(sorted(one.metric)),
        one.value ?? one.values,
      ])
      .sort(),
  );
}

function sorted(value: unknown): unknown {
  return value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort())
    : value;
}

function differs(mine: any, real: any, place: string): string | undefined {
  if (mine && real && typeof mine === 'object' && typeof real === 'object') {
    const keys = new Set([...Object.keys(mine), ...Object.keys(real)]);
    for (const key of keys) {
      const problem = differs(mine[key], real[key], `${place} ${key}`);
      if (problem) return problem;
    }
    return undefined;
  }
  const [a, b] = [Number(mine), Number(real)];
  const same =
    mine === real ||
    Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
  return same ? undefined : `at${place}: ${mine}, Prometheus ${real}`;
}
