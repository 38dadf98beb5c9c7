import { redact, type AlicloudFailure } from './errors';
import type { OperationKind, Product } from './operations';
import type { Observation } from './popcore';
import { asObject, plain, text, type Json, type JsonObject } from './shape';

/** What a call is, for judging and telling its failure. */
export interface CallFacts {
  product: Product;
  operation: string;
  kind: OperationKind;
  regionId?: string;
  resource?: string;
}

/** Thrown where keys should have been found. */
export class NoCredentials extends Error {}
/** An answer that is not JSON. */
export class NotJson extends Error {}
/** An answer that says no although the library took it for a yes. */
export class Refused extends Error {
  constructor(readonly body: JsonObject) {
    super('refused');
  }
}

/** Everything that the library, the network or an answer can throw, told in one way. */
export function failureOf(
  error: unknown,
  call: CallFacts,
  observation: Observation,
  expired: boolean,
  secrets: readonly (string | undefined)[],
): AlicloudFailure {
  const thrown = (error ?? {}) as {
    message?: string;
    name?: string;
    code?: Json;
    data?: unknown;
    result?: unknown;
  };
  const body =
    error instanceof Refused
      ? error.body
      : asObject(plain(thrown.data ?? thrown.result ?? null));
  const statusCode = observation.statusCode;
  const base = {
    ...call,
    statusCode,
    requestId:
      text(body.RequestId) || text(body.requestId) || text(body.request_id),
  };
  const say = (code: string, detail: string): AlicloudFailure => ({
    ...base,
    code,
    detail: redact(detail, secrets),
  });

  if (error instanceof NoCredentials) {
    return say(
      'NoCredentials',
      `no credentials found (${error.message}); configure meshDr.alicloud.accounts[].accessKeyId or the default credential chain`,
    );
  }
  const code = text(body.Code) || text(body.code) || text(body.errorCode) || '';
  const message =
    text(body.Message) || text(body.message) || text(body.errorMsg) || '';
  if (code || message) {
    return say(code || 'HttpStatus', message || 'no message given');
  }
  if (expired) return say('DeadlineExceeded', 'no answer in time');
  if (
    error instanceof NotJson ||
    thrown.name === 'FormatError' ||
    thrown.name === 'SyntaxError'
  ) {
    return say('NotJson', 'the answer is not JSON');
  }
  if (error instanceof Refused) {
    return say('HttpStatus', 'the answer carries an error status and no code');
  }
  // An XML error of the gateway: the library's own class, without a name of its own.
  if (
    statusCode &&
    statusCode >= 400 &&
    /^[A-Z]\w*\.\w/.test(text(thrown.code))
  ) {
    return say(text(thrown.code), thrown.message ?? '');
  }
  const reason = typeof thrown.code === 'string' ? `${thrown.code} ` : '';
  return say(
    observation.connected ? 'NetworkError' : 'ConnectFailed',
    `${reason}${thrown.message ?? String(error)}`,
  );
}
