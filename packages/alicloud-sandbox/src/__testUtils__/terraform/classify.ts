import type { Incoming, Transport } from './transports';

/** What the provider makes of an answer. */
export type Outcome =
  | { kind: 'ok'; answer: any }
  | {
      kind: 'error';
      code: string;
      message: string;
      status: number;
      /** The provider takes the resource for gone. */
      notFound: boolean;
      /** The provider repeats the call whatever it was. */
      retry: boolean;
    };

const SUCCESS = ['success', 'ok', '200', '0', ''];

/**
 * Sorts an answer the way the provider's error helpers do.
 *
 * - An error status is an error; so is a 200 that carries a `Code` other than one of success, unless it says
 *   `Success: true` or has no message.
 * - Gone: HTTP 404, or `NotFound` in the text (for tea clients).
 * - Worth another try: `ServiceUnavailable`, anything that throttles, 5xx.
 */
export function classify(
  { status, text }: Incoming,
  transport: Transport,
): Outcome {
  let answer: any;
  try {
    answer = JSON.parse(text || '{}');
  } catch {
    throw new Error(`No JSON came back (${status}): ${text}`);
  }
  const code = String(answer.Code ?? answer.code ?? '');
  const message = String(answer.Message ?? answer.message ?? '');
  const failed =
    status >= 400 ||
    (!SUCCESS.includes(code.toLowerCase()) &&
      answer.Success !== true &&
      message !== '');
  if (!failed) return { kind: 'ok', answer };
  const isTea = transport !== 'sdk-go' && transport !== 'aliyungo';
  return {
    kind: 'error',
    code,
    message,
    status,
    notFound:
      status === 404 || (isTea && /NotFound/.test(`${code} ${message}`)),
    retry:
      status >= 500 || code === 'ServiceUnavailable' || /Throttling/.test(code),
  };
}

/**
 * The value at a path such as `$.Vpcs.Vpc[0].Status`.
 * @throws Error when a key is missing: the provider's library does the same, so that an absent list is a failed plan
 */
export function valueAt(path: string, answer: any): any {
  let value = answer;
  for (const key of path.match(/[^.[\]$]+/g) ?? []) {
    if (value === null || typeof value !== 'object' || !(key in value)) {
      throw new Error(`key error: ${key} of ${path} not found`);
    }
    value = value[key];
  }
  return value;
}
