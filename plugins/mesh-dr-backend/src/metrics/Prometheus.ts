import { ForwardedError } from '@backstage/errors';

/** Where the request metrics of a mesh are. */
export interface PrometheusSource {
  /** Base URL, without `/api/v1`. */
  url: string;
  /** Value of the `Authorization` header; secret. */
  authorization?: string;
}

/** One series of an instant vector. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

const DEADLINE_MS = 5_000;
/** An answer larger than this is no count of calls, unless more is asked for; bytes. */
const MAX_ANSWER = 256 * 1024;

/**
 * Evaluates PromQL by Prometheus' HTTP API, which ARMS speaks as well. Only the address of the configuration is asked:
 * redirects are not followed.
 *
 * @throws ForwardedError naming the address, never the credentials, when there is no answer, a late, a large or another one
 */
export async function queryPrometheus(
  source: PrometheusSource,
  query: string,
  options: {
    /** Default 5 s. */
    deadlineMs?: number;
    /** The largest answer taken; default 256 KiB, enough for counts of calls by few labels. */
    maxBytes?: number;
  } = {},
): Promise<Sample[]> {
  const { deadlineMs = DEADLINE_MS, maxBytes = MAX_ANSWER } = options;
  const { url, authorization } = source;
  const address = `${url.replace(/\/+$/, '')}/api/v1/query`;
  try {
    const answer = await fetch(address, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(deadlineMs),
      headers: authorization ? { authorization } : {},
      body: new URLSearchParams({ query }),
    });
    const text = await readBounded(answer, maxBytes);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { status, data } = JSON.parse(text);
    if (status !== 'success' || data?.resultType !== 'vector') {
      throw new Error('the answer is no vector');
    }
    return data.result.map(
      (row: { metric: Record<string, string>; value: [number, string] }) => ({
        labels: row.metric,
        value: Number(row.value[1]),
      }),
    );
  } catch (error) {
    throw new ForwardedError(
      `Prometheus at ${
        new URL(address).host
      } could not be asked; check meshDr.metrics.prometheus`,
      error,
    );
  }
}

async function readBounded(
  answer: Response,
  maxBytes: number,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const piece of answer.body ?? []) {
    size += (piece as Uint8Array).length;
    if (size > maxBytes) {
      throw new Error(`the answer is larger than ${maxBytes} bytes`);
    }
    text += decoder.decode(piece as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}
