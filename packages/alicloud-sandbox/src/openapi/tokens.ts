import { createHash } from 'node:crypto';
import type { RpcCall } from './call';
import type { Cloud } from './cloud';
import { contractOf } from './contracts';
import { ApiError } from './errors';
import type { RpcProduct } from './operation';

/** A client token is forgotten after a day of simulated time. */
const TOKEN_LIFE_MS = 24 * 3600_000;
/** Parameters that say how a call is sent, not what it asks for. */
const ENVELOPE = new Set([
  'AccessKeyId',
  'Action',
  'ClientToken',
  'Format',
  'Signature',
  'SignatureMethod',
  'SignatureNonce',
  'SignatureType',
  'SignatureVersion',
  'SecurityToken',
  'Timestamp',
  'Version',
]);

/** What a call's ClientToken is remembered by; undefined when it has none or its operation takes none. */
function tokenKey(
  product: RpcProduct,
  action: string,
  parameters: ReadonlyMap<string, string>,
): string | undefined {
  const token = parameters.get('ClientToken');
  const contract = contractOf(product.contracts, action);
  if (!token || !contract?.parameters.ClientToken) return undefined;
  const place = product.regional ? parameters.get('RegionId') ?? '' : '';
  return [product.code, action, place, token].join('/');
}

/**
 * Runs the call unless its ClientToken has been used already: the same parameters get the first answer again, others are
 * refused. A call that failed leaves no trace.
 */
export function withClientToken(
  product: RpcProduct,
  call: RpcCall,
  cloud: Cloud,
  run: () => object,
): object {
  const key = tokenKey(product, call.action, call.parameters);
  if (key === undefined) return run();
  checkToken(call.text('ClientToken')!);
  const { tokens } = cloud.store.data;
  const parameters = fingerprint(call);
  const now = cloud.clock.elapsed();
  for (const [old, use] of Object.entries(tokens)) {
    if (use.at < now - TOKEN_LIFE_MS) delete tokens[old];
  }
  const earlier = tokens[key];
  if (earlier) {
    if (earlier.parameters !== parameters) {
      throw new ApiError(
        'IdempotentParameterMismatch',
        'The request uses the same client token as a previous, but non-identical request.',
      );
    }
    return earlier.answer as object;
  }
  const answer = run();
  tokens[key] = { parameters, answer, at: now };
  return answer;
}

function checkToken(token: string): void {
  // eslint-disable-next-line no-control-regex -- ASCII is what the cloud allows.
  if (token.length > 64 || !/^[\x00-\x7f]*$/.test(token)) {
    throw new ApiError(
      'InvalidClientToken.Malformed',
      'The specified ClientToken is not valid: up to 64 ASCII characters.',
    );
  }
}

function fingerprint(call: RpcCall): string {
  const asked = [...call.parameters]
    .filter(([name]) => !ENVELOPE.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}

/** The tokens of calls that have arrived and are not answered yet. */
export class TokensInFlight {
  private readonly keys = new Set<string>();

  /**
   * Holds the call's token until the returned function is called.
   *
   * @throws ApiError the product's code for "still processing" while another call holds it
   */
  claim(
    product: RpcProduct,
    action: string,
    parameters: ReadonlyMap<string, string>,
  ): () => void {
    const key = tokenKey(product, action, parameters);
    if (key === undefined) return () => {};
    if (this.keys.has(key)) {
      throw new ApiError(
        product.tokenProcessing ?? 'OperationFailed.LastTokenProcessing',
        'The request with the same ClientToken is still being processed. Please try again later.',
      );
    }
    this.keys.add(key);
    return () => this.keys.delete(key);
  }
}
